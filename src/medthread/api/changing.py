"""Proposals about what governs the data, over HTTP: checked, told with diff and impact, decided with what their kind asks for."""

from collections.abc import Sequence
from datetime import date
from functools import partial
from typing import Any, Protocol

import yaml
from sqlalchemy import Connection

from medthread.api.in_person import Proof, prove_in_person
from medthread.api.services import Services
from medthread.governance.dictionary.changes import (
    PROPOSED,
    Change,
    Content,
    changes_of,
    decide,
    propose,
    undo,
    waiting,
)
from medthread.governance.governed import GOVERNED, Force, Sight, impact_of
from medthread.governance.governed.governed import listed
from medthread.governance.governed.mappings import place_of
from medthread.governance.governed.signed import shown_of, sign_approval, signature_of
from medthread.governance.governed.thresholds import DEFAULTS
from medthread.governance.governed.words import MAPPING, RETENTION, RULE, THRESHOLD, name_of, subject_of
from medthread.governance.retention import Look
from medthread.governance.sources import difference
from medthread.methods.canonical import hash_of
from medthread.model.errors import ConflictError, InvalidError, NotFoundError
from medthread.trust.access import Actor, sources_seen
from medthread.workflow import handle

Row = tuple[str, str, Content | None, Content | None]  # kind, subject, before, after
TOLD = ("reason", "effective_from", "state", "proposed_by", "decided_by", "decided_at", "decision", "undoes", "at")


class Decided(Protocol):
    """What somebody says who decides."""

    approve: bool
    reason: str
    shown: str | None
    password: str | None
    code: str | None


def change_of(given: Services, actor: Actor, kind: str, subject: str, content: Content | None) -> Change | None:
    """A change of what governs the data; nothing where it is so already. A source that the actor does not see is not there for them."""
    if kind == MAPPING and (known := place_of(name_of(subject)).source) in {s.name for s in given.sources} and not _seen(given, actor, kind, subject):
        raise NotFoundError(f"no source {known!r}", hint="GET /api/v1/sources lists those that you see")
    return given.governed.change(kind, subject, content)


def mapping_text(given: Services, name: str) -> tuple[str | None, str]:
    """The file of a source and its text; where the mapping is one that was approved, that, and no file."""
    if given.governed.is_closed(MAPPING, name):
        return None, given.governed.text(name)
    path = given.source_file(name)
    return path.name, path.read_text(encoding="utf-8")


def propose_change(given: Services, actor: Actor, change: Change | None, *, reason: str) -> str:
    """Propose one change, to hold from today; gives the proposal's id. Whoever may not propose is told."""
    given.access.require(actor, "definitions:propose")
    changes, today = [change] if change else [], given.governed.today
    act = partial(propose, by=actor.name, changes=changes, reason=reason, on=today, today=today)
    return handle(given.store, by=actor.name, action="definition.propose", object_="definition", act=act)


def decided_on(tx: Connection, *, given: Services, actor: Actor, proposal: str, decided: Decided, today: date) -> date:
    """Decide a proposal: what governs data is held against what files say now, and signed where the workspace asks for it. Gives from when it holds."""
    rows = changes_of(tx, proposal)
    if any(r.kind == RETENTION for r in rows):
        given.access.require(actor, "retention:decide")
    if not decided.approve:
        return decide(tx, by=actor.name, proposal=proposal, approve=False, reason=decided.reason, today=today)
    if rows[0].state == PROPOSED and rows[0].proposed_by != actor.name:  # else it is refused for that
        given.governed.check(tx, rows, on=rows[0].effective_from)
    on = decide(tx, by=actor.name, proposal=proposal, approve=True, reason=decided.reason, today=today)
    if _signs(given, rows):
        factors = prove_in_person(tx, given, actor, Proof(password=decided.password, code=decided.code), action="definitions:decide")
        sign_approval(
            tx, given.workflow.signer, actor=actor, rows=rows, shown=decided.shown, factors=factors, reason=decided.reason, zone=given.workflow.calendar.zone)
    return on


def undone_of(tx: Connection, *, given: Services, actor: Actor, proposal: str, reason: str, today: date) -> str:
    """Propose to take an approved proposal back; refused where something approved later rests on it."""
    rows = [r for r in changes_of(tx, proposal) if r.kind in GOVERNED]
    made = undo(tx, by=actor.name, proposal=proposal, reason=reason, today=today)
    if rows:
        given.governed.stands(given.governed.on(tx, max(today, rows[0].effective_from)), [(r.kind, r.subject, r.before) for r in rows])
    return made


def told_proposal(tx: Connection, given: Services, actor: Actor, rows: Sequence[Any]) -> dict[str, Any]:
    """A proposal with every change of it, what would be signed, and the signature there is."""
    first = rows[0]
    signs = _signs(given, rows)
    items = [_told(given, actor, (r.kind, r.subject, r.before, r.after)) for r in rows]
    return {
        "proposal": first.proposal, "mine": first.proposed_by == actor.name, **{n: getattr(first, n) for n in TOLD}, "items": items, "signs": signs,
        "shown": hash_of(shown_of(rows)) if signs else None, "signature": signature_of(tx, first.proposal), "breaking": any(i["breaking"] for i in items),
    }


def told_impact(tx: Connection, given: Services, actor: Actor, rows: Sequence[Row], language: str) -> list[dict[str, Any]]:
    """What changes would do, each with figures before and after. One that could not stand says why instead.

    What rules and mappings count is told to those who decide or may look at held rows: a condition that somebody proposes counts values that they may not see.
    """
    ours = [r for r in rows if r[0] in GOVERNED and _seen(given, actor, *r[:2])]
    if not ours:
        return []
    force = given.governed.refresh()
    try:
        after = given.governed.stands(force, [(kind, subject, content) for kind, subject, _, content in ours])
    except ConflictError as error:
        worded = error.told(language)
        return [{"subject": r[1], "breaking": None, "figures": [], "readers": [], "more": 0, "refused": worded.message, "kept_back": False} for r in ours]
    sight = Sight(
        given.batch(), force, after, given.releases.heads(), given.graph, Look(given.registry, given.native, given.reader), given.governed.today)
    told, can = [], given.access.can(actor)
    counts = not actor.reach.is_bound and ("definitions:decide" in can or "quarantine:read" in can)
    for kind, subject, before, content in ours:
        shown = counts or kind not in (RULE, MAPPING)
        found = impact_of(sight, tx, subject, narrows=given.governed.narrows(kind, subject, before, content), counts=shown)
        told.append({
            "subject": subject, "breaking": found.narrows, "figures": [vars(f) for f in found.figures], "readers": list(found.readers), "more": found.more, "refused": None,
            "kept_back": not shown})
    return told


def told_standing(tx: Connection, given: Services, actor: Actor, force: Force, *, kind: str, subject: str | None, language: str) -> dict[str, Any]:
    """What holds of everything of a kind, or of one subject, what of it waits for a decision, and what is in trouble."""
    if subject is not None and not subject.startswith(f"{kind}:"):
        raise InvalidError(f"{subject} is no {kind}", hint=f"write {kind}: and what it is about")
    found = [s for s in listed(force, kind, subject) if _seen(given, actor, kind, s.subject)]
    open_ = waiting(tx, [s.subject for s in found])
    notes = [n for n in force.notes if n.subject.partition(":")[0] == kind and _seen(given, actor, kind, n.subject)]
    return {
        "items": [vars(s) | {"text": _text(given.governed.told(kind, s.content)), "notes": list(s.notes), "waiting": open_.get(s.subject)} for s in found],
        "defaults": {subject_of(THRESHOLD, n): v for n, v in DEFAULTS.items()} if kind == THRESHOLD else {},
        "notes": [{"subject": n.subject, "trouble": n.trouble.value, "why": n.why.told(language).message if n.why else None} for n in notes],
    }


def _told(given: Services, actor: Actor, row: Row) -> dict[str, Any]:
    kind, subject, before, after = row
    if not _seen(given, actor, kind, subject):
        return {"kind": kind, "subject": f"{MAPPING}:***", "before": None, "after": None, "diff": None, "breaking": False, "kept_back": True}
    told = {"kind": kind, "subject": subject, "before": before, "after": after, "diff": None, "breaking": False, "kept_back": False}
    if kind not in GOVERNED:
        return told
    declared = given.governed.declared(kind, subject)
    was, is_ = (_text(given.governed.told(kind, c or declared)) for c in (before, after))
    return told | {"diff": difference(was, is_), "breaking": given.governed.narrows(kind, subject, before, after)}


def _text(content: Content | None) -> str:
    """A content as a file would say it."""
    if content is None:
        return ""
    inner = next(iter(content.values())) if len(content) == 1 and isinstance(next(iter(content.values())), dict) else content
    return str(yaml.safe_dump(inner, allow_unicode=True, sort_keys=False, width=200))


def _signs(given: Services, rows: Sequence[Any]) -> bool:
    """Whether the approval is signed."""
    return any(r.kind in given.governed.setting.signed for r in rows)


def _seen(given: Services, actor: Actor, kind: str, subject: str) -> bool:
    """A mapping is told to whoever sees its source; of one that is not mapped any more, and of all else, there is nothing to keep back."""
    if kind != MAPPING:
        return True
    source = place_of(name_of(subject)).source
    return source not in {s.name for s in given.sources} or source in sources_seen(actor, given.sources)
