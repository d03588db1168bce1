"""Decisions on held rows: one act over one row or many, undone as one until a run took it."""

import uuid
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
from sqlalchemy import Connection, func, select, text, update

from medthread.derive.checks import is_approval
from medthread.governance.review.desk import State
from medthread.model.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError
from medthread.pipeline.correct.decided import Kind
from medthread.pipeline.correct.origin import correctors
from medthread.stores.postgres.tables import row_decision
from medthread.trust.audit import record

SHORTEST_REASON = 2
BY_PERSONS = (Kind.CORRECTED, Kind.APPROVED, Kind.REJECTED, Kind.RETURNED)
UNPARSED = "load.unparsable"
NAMED = ("id", "source", "table", "load", "file", "row", "entity", "key", "content")
# A row that somebody else decided on first stays theirs, and is counted as missing.
WRITE = text("""
    insert into medthread.row_decision (id, act, held, source, "table", load, file, "row", entity, key, content, kind, edits, reason, decided_by)
    select 'D' || md5(:act || h.id), :act, h.*, :kind, coalesce(v.given, cast(:common as jsonb)), :reason, :by
    from unnest(cast(:id as text[]), cast(:source as text[]), cast(:table as text[]), cast(:load as text[]), cast(:file as text[]), cast(:row as bigint[]),
                cast(:entity as text[]), cast(:key as text[]), cast(:content as text[])) as h(id, source, "table", load, file, "row", entity, key, content)
    left join unnest(cast(:edited as text[]), cast(:edits as jsonb[])) as v(id, given) on v.id = h.id
    on conflict do nothing
""")


@dataclass(frozen=True)
class Decided:
    """An act: its id, and how many rows it is about."""

    act: str
    rows: int
    by_source: Mapping[str, int]


@dataclass(frozen=True)
class Saying:
    """What is decided, why, and by whom."""

    kind: Kind
    reason: str
    by: str


def decide(tx: Connection, *, rows: pa.Table, saying: Saying, edits: Mapping[str, str] | None = None, common: str = "{}") -> Decided:
    """Decide on rows of the desk. `edits` are new values as JSON by row; rows without have the `common` ones."""
    _check(rows, saying)
    if saying.kind is Kind.APPROVED:
        _may_approve(tx, rows, saying)
    act, given = f"A{uuid.uuid4().hex[:16]}", edits or {}
    columns: dict[str, Sequence[Any]] = {n: rows[n].to_pylist() for n in NAMED}
    said = {"act": act, "kind": saying.kind, "reason": saying.reason.strip(), "by": saying.by, "common": common, "edited": list(given), "edits": list(given.values())}
    written = tx.execute(WRITE, {**columns, **said}).rowcount
    if written < rows.num_rows:
        raise ConflictError(f"somebody decided on {rows.num_rows - written} of these rows first", hint="look at them again; what was decided is undone first")
    places = sorted(set(zip(columns["source"], columns["table"], strict=True)))
    record(tx, actor=saying.by, action="held.decide", object_=f"held/{act}", reason=saying.reason.strip(),
           detail={"kind": saying.kind, "rows": written, "tables": [".".join(p) for p in places], "first": columns["id"][0]})
    return Decided(act, written, Counter(columns["source"]))


def _check(rows: pa.Table, saying: Saying) -> None:
    if len(saying.reason.strip()) < SHORTEST_REASON:
        raise InvalidError("a decision has a reason", hint="say in some words why; whoever owns the source reads it")
    if saying.kind not in BY_PERSONS:
        raise InvalidError(f"{saying.kind} is not decided by hand", hint=f"one of: {', '.join(BY_PERSONS)}")
    if rows.num_rows == 0:
        raise NotFoundError("there is no such held row", hint="it may have been published anew; look at the list again")
    # A row that was taken in is corrected again; any other decision is undone before it is changed.
    allowed = {State.OPEN, State.TAKEN} if saying.kind is Kind.CORRECTED else {State.OPEN}
    decided = sum(s not in allowed for s in rows["state"].to_pylist())
    if decided:
        raise ConflictError(f"{decided} of these rows are decided already", hint="undo that first, or leave them out")
    unparsed = sum(UNPARSED in (r or ()) for r in rows["rules"].to_pylist())
    if unparsed and saying.kind is Kind.CORRECTED:
        raise InvalidError(f"{unparsed} of these records could not be parsed, so there are no columns to correct", hint="return them to the source, or reject them")


def _may_approve(tx: Connection, rows: pa.Table, saying: Saying) -> None:
    """Critical values are approved by somebody else than who put them in, and only where nothing else is wrong with the row."""
    asked = [(str(i), tuple(r or ())) for i, r in zip(rows["id"].to_pylist(), rows["rules"].to_pylist(), strict=True)]
    for id_, rules in asked:
        if not any(map(is_approval, rules)):
            raise InvalidError(f"{id_} brings no other critical value", hint="correct it, reject it, or return it")
        if wrong := [r for r in rules if not is_approval(r)]:
            raise ConflictError(f"{id_} breaks {wrong[0]} besides", hint="correct that first: the corrected row comes again for the approval of its value")
    places = [(str(at), int(n or 0)) for at, n in zip(rows["load"].to_pylist(), rows["row"].to_pylist(), strict=True)]
    if saying.by in correctors(tx, places).values():
        raise ForbiddenError(f"{saying.by} put this value in: who changes a critical value does not approve it", hint="let somebody else decide", actor=saying.by, action="quarantine:decide")


def undo(tx: Connection, *, act: str, by: str, sources: Sequence[str]) -> Decided:
    """Take back an act as a whole; refused once a run took any of it."""
    here = row_decision.c.act == act
    rows = tx.execute(select(row_decision.c.id, row_decision.c.taken_load, row_decision.c.undone_at, row_decision.c.kind, row_decision.c.source).where(here).with_for_update()).all()
    if not rows or any(r.source not in sources for r in rows) or any(r.kind == Kind.SUPERSEDED for r in rows):
        raise NotFoundError(f"no act {act!r}", hint="`medthread held list --state decided` names them")
    if all(r.undone_at is not None for r in rows):
        raise ConflictError("that was undone before", hint="nothing is left of it to undo")
    taken = sum(r.taken_load is not None for r in rows)
    if taken:
        raise ConflictError(f"{taken} of its rows were taken in", hint="what was taken in is corrected again: decide on the row once more")
    undone = tx.execute(update(row_decision).where(here, row_decision.c.undone_at.is_(None)).values(undone_at=func.clock_timestamp(), undone_by=by)).rowcount
    record(tx, actor=by, action="held.undo", object_=f"held/{act}", detail={"rows": undone})
    return Decided(act, undone, Counter(r.source for r in rows if r.undone_at is None))
