"""What people see of a case: where it stands, what they may do next and what is in the way, what was done, what is due."""

from collections.abc import Collection
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, select

from medthread.derive.form import pair
from medthread.derive.sharing import WITHHELD
from medthread.derive.view import masked_fields
from medthread.model import Classification, Mask
from medthread.model.errors import NotFoundError
from medthread.model.process import MEANINGS, Meaning
from medthread.stores.postgres.tables import account, deadline, process_step, signature
from medthread.trust.access import Actor
from medthread.trust.roles import role_label
from medthread.trust.second_factor import has_second_factor
from medthread.trust.signatures import stands
from medthread.workflow.act import Act, Doing, prepare
from medthread.workflow.cases import Case, case_of
from medthread.workflow.changing import changes_possible
from medthread.workflow.content import changed_since, content_of, parts_of, shown_hash, values_of
from medthread.workflow.context import Context
from medthread.workflow.guarding import heard, objections
from medthread.workflow.native import row_of
from medthread.workflow.possible import act_view, possible_acts
from medthread.workflow.standing import roles_for


def case_view(tx: Connection, context: Context, *, entity: str, record: str, actor: Actor) -> dict[str, Any]:
    """The whole case for a record's page."""
    case = case_of(tx, context, entity=entity, record=record)
    row = row_of(tx, context, entity, record)
    return {
        "process": case.process.name, "label": pair(case.process.label), "version": case.process.version, "clauses": list(case.process.clauses),
        "state": case.state, "state_since": case.state_since, "opened_by": case.opened_by, "opened_at": case.opened_at, "closed": case.is_over,
        "changes": [k.value for k in changes_possible(tx, case, by=actor)],
        "states": [{"name": s.name, "label": pair(s.label), "terminal": s.name in case.process.terminal} for s in case.process.states],
        "opened_by_name": _name(tx, case.opened_by), "acts": possible_acts(tx, context, case, row, actor),
        "steps": _steps(tx, case), "deadlines": _deadlines(tx, case), "signatures": _signatures(tx, context, case, row, actor),
    }


def _name(tx: Connection, name: str) -> str:
    """The printed name of an account; the name itself where there is none."""
    return tx.execute(select(account.c.printed_name).where(account.c.name == name)).scalar_one_or_none() or name


def _steps(tx: Connection, case: Case) -> list[dict[str, Any]]:
    table = process_step
    query = select(table, account.c.printed_name).outerjoin(account, account.c.name == table.c.actor)
    rows = tx.execute(query.where(table.c.entity == case.entity, table.c.record == case.record).order_by(table.c.id))
    labels = {t.action: pair(t.label) for t in case.process.transitions}
    kept = ("action", "from_state", "to_state", "actor", "printed_name", "on_behalf_of", "role", "reason", "signature", "void", "at")
    return [{**{k: r._mapping[k] for k in kept}, "label": labels.get(r.action), "role_label": pair(role_label(r.role))} for r in rows]  # noqa: SLF001


def _deadlines(tx: Connection, case: Case) -> list[dict[str, Any]]:
    clocks = {c.name: pair(c.label) for c in case.process.clocks}
    query = select(deadline).where(deadline.c.entity == case.entity, deadline.c.record == case.record).order_by(deadline.c.due_at)
    kept = ("clock", "started_at", "due_at", "statutory", "basis", "met_at", "escalated_at", "escalate")
    return [{**{k: r._mapping[k] for k in kept}, "label": clocks.get(r.clock)} for r in tx.execute(query)]  # noqa: SLF001 - SQLAlchemy's way


def _signatures(tx: Connection, context: Context, case: Case, row: dict[str, Any], actor: Actor) -> list[dict[str, Any]]:
    """Signatures, oldest first; `changed` are the fields and kinds of lines that are no longer as they were signed."""
    entity, table = context.registry[case.entity], signature
    rows = tx.execute(select(table).where(table.c.entity == case.entity, table.c.record == case.record).order_by(table.c.signed_at)).all()
    kept = ("id", "signer", "printed_name", "on_behalf_of", "signed_at", "zone", "meaning", "reason", "revision", "action", "factors", "algorithm")
    withheld = context.sharing.terms(entity, actor).fields
    labels = {t.action: pair(t.label) for t in case.process.transitions}
    now = {"values": values_of(entity, row), "parts": parts_of(tx, context, entity, row)} if rows else {}
    return [
        {**{k: r._mapping[k] for k in kept}, "label": labels.get(r.action), "meaning_label": pair(MEANINGS[Meaning(r.meaning)]),  # noqa: SLF001
         "content_hash": r.content_hash if _shown(context, r.content, actor, withheld)[1] else None,
         "changed": [*changed_since(entity, r.content["values"], now["values"]), *(n for n, lines in now["parts"].items() if r.content["parts"].get(n) != lines)]}
        for r in rows
    ]


def signed_view(tx: Connection, context: Context, *, entity: str, record: str, id_: str, actor: Actor, withheld: Collection[str] = ()) -> dict[str, Any]:
    """Exactly what a signature is bound to, as far as the reader is cleared for it and it is shared with them, and whether it stands: content, statements and key agree.

    `withheld` are the record's fields that sharing rules keep from them.
    """
    here = (signature.c.id == id_) & (signature.c.entity == entity) & (signature.c.record == record)
    row = tx.execute(select(signature).where(here)).one_or_none()
    if row is None:
        raise NotFoundError(f"no signature {id_!r} of this record", hint="its page lists those that there are")
    shown, is_whole = _shown(context, row.content, actor, withheld)
    return {"id": id_, "content": shown, "content_hash": row.content_hash if is_whole else None, "algorithm": row.algorithm, "key": row.key,
            "factors": row.factors, "stands": stands(tx, id_)}


def _shown(context: Context, content: dict[str, Any], actor: Actor, withheld: Collection[str], *, typed: Collection[str] = ()) -> tuple[dict[str, Any], bool]:
    """Content as the reader may see it, and whether that is all of it: to whom a value is hidden the plain hash would confirm a guess at it.

    The index of a personal value goes to nobody. What the reader has `typed` is no secret to them.
    """
    entity = content["entity"]
    bare = {**content, "values": _bare(content["values"]), "parts": {p: [_bare(line) for line in lines] for p, lines in content["parts"].items()}}
    clear = {**bare, "values": _cleared(context, entity, bare["values"], actor.clearance) | {n: bare["values"][n] for n in typed}}
    clear["parts"] = {part: [_cleared(context, part, line, actor.clearance) for line in lines] for part, lines in bare["parts"].items()}
    shown = _shared(context, clear, actor, withheld)
    return shown, shown == bare


def _bare(values: dict[str, Any]) -> dict[str, Any]:
    """Signed values, the personal ones by their mask alone."""
    return {n: {"masked": v["masked"]} if isinstance(v, dict) else v for n, v in values.items()}


def _cleared(context: Context, entity: str, values: dict[str, Any], clearance: Classification) -> dict[str, Any]:
    """Signed values without those that the reader is not cleared for; personal ones are signed by their mask."""
    fields = context.registry[entity].fields if entity in context.registry else {}
    hidden = {n for n in masked_fields(context.registry[entity], clearance) if fields[n].mark.mask is not Mask.PARTIAL or not fields[n].is_personal} if fields else set()
    return {n: "***" if n in hidden and v is not None else v for n, v in values.items()}


def _shared(context: Context, content: dict[str, Any], actor: Actor, withheld: Collection[str]) -> dict[str, Any]:
    """Content without what sharing rules keep from the reader: of the record its own fields, of lines every field that may be withheld."""
    parts = {p: context.sharing.terms(context.registry[p], actor).fields if p in context.registry else () for p in content["parts"]}
    lines = {p: [_without(line, parts[p]) for line in lines] for p, lines in content["parts"].items()}
    return {**content, "values": _without(content["values"], withheld), "parts": lines}


def _without(values: dict[str, Any], withheld: Collection[str]) -> dict[str, Any]:
    return {n: WITHHELD if n in withheld and v is not None else v for n, v in values.items()}


def preview(tx: Connection, context: Context, act: Act, actor: Actor, *, withheld: Collection[str] = ()) -> dict[str, Any]:
    """What somebody would sign, the hash by which they say that they saw it, what it still needs, and what objects; nothing is changed."""
    doing = prepare(tx, context, act, actor, at=datetime.now(UTC))
    content = content_of(tx, context, doing.case, doing.row, doing.transition, doing.given)
    shown, _ = _shown(context, content, actor, withheld, typed=doing.given)
    missing = [n for n in doing.transition.asks if doing.values.get(n) in (None, "")]
    return {
        **act_view(context, act.entity, doing.transition, mine=True, roles=roles_for(doing.transition, doing.row)), "content": shown,
        "content_hash": shown_hash(context, content, doing.given, by=actor.name), "missing": missing,
        "role": doing.standing.role, "factors": _factors(tx, doing), "on_behalf_of": doing.standing.on_behalf_of, "objections": _objections(tx, context, doing),
    }


def _factors(tx: Connection, doing: Doing) -> list[str]:
    """What the signer has to give again; nothing where nothing is signed."""
    if doing.transition.meaning is None:
        return []
    return ["password", *(["totp"] if has_second_factor(tx, doing.actor.name) else [])]


def _objections(tx: Connection, context: Context, doing: Doing) -> list[dict[str, Any]]:
    return [asdict(heard(context, o, doing.actor)) for o in objections(tx, context, doing.transition.guards, doing.values)]
