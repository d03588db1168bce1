"""Held rows before a steward: what waits, what would pass if it were corrected, decisions on one row or many, and what became of them."""

import json
from datetime import UTC, datetime
from functools import partial
from typing import Annotated, Any, Self

from fastapi import Query
from pydantic import BaseModel, ConfigDict, Field, model_validator
from sqlalchemy import Connection

from medthread.api.held_rows import checks_by_id, kept_back, shown_raw, shown_rule
from medthread.api.identity import Given, HeldDecider, QuarantineReader
from medthread.api.services import Services
from medthread.api.subjects import Subject
from medthread.derive.form import pair
from medthread.governance.review import STATES, Decided, Desk, Seen, State, Wanted, decide, desk, undo
from medthread.governance.review.deciding import Saying
from medthread.governance.review.desk import NO_TIME
from medthread.governance.review.told import tell_decided, tell_undone
from medthread.governance.review.values import (
    edits_for,
    only,
    own_edits,
    proposed_for,
    raw_columns,
    same,
    sealed_in,
    texts,
    tried,
)
from medthread.model import Source
from medthread.model.errors import NotFoundError
from medthread.pipeline.correct.decided import Kind
from medthread.pipeline.correct.origin import changes_of, taken_row
from medthread.trust.access import Actor, sources_seen
from medthread.workflow import handle

router = Subject("review", "隔离行处理", "Review of held rows", owner="quality").router()
MOST_IDS, MOST_TRIED = 5000, 2000
Text = Annotated[str | None, Query(max_length=300)]
Limit = Annotated[int, Query(ge=1, le=500)]
After = Annotated[str | None, Query(max_length=2000)]
States = Annotated[str, Query(max_length=100, description="open, waiting, taken, rejected, returned, superseded; several with commas, none for all")]
Value = Annotated[str, Field(max_length=4000)]


class Which(BaseModel):
    """Rows by their ids, or all open ones that a filter finds."""

    model_config = ConfigDict(extra="forbid")
    ids: list[str] | None = Field(default=None, min_length=1, max_length=MOST_IDS)
    source: str | None = Field(default=None, max_length=300)
    table: str | None = Field(default=None, max_length=300)
    entity: str | None = Field(default=None, max_length=300)
    rule: str | None = Field(default=None, max_length=300)
    load: str | None = Field(default=None, max_length=300)

    @model_validator(mode="after")
    def one_way(self) -> Self:
        """Some narrowing is said: nobody decides on everything by leaving all out."""
        if self.ids is None and not any((self.source, self.table, self.entity, self.rule, self.load)):
            msg = "say which rows: ids, or one of source, table, entity, rule, load"
            raise ValueError(msg)
        return self

    @property
    def wanted(self) -> Wanted:
        """The same as the desk asks it."""
        return Wanted(
            state=(State.OPEN,) if self.ids is None else (), source=self.source, table=self.table, entity=self.entity, rule=self.rule, load=self.load,
            ids=tuple(self.ids or ()))


class Trying(Which):
    """New values for raw columns."""

    values: dict[str, Value | None] = Field(default_factory=dict, max_length=200)
    as_proposed: bool = Field(default=False, description="each row with the values that rules propose for it; rows without are left alone")


class Deciding(Trying):
    """What is decided, and why. `corrected` without values tries the row again as it is; `approved` lets another critical value take the place of what stands."""

    kind: Kind
    reason: str = Field(min_length=2, max_length=2000)


def seen(given: Services, actor: Actor) -> Seen:
    """What of the held rows somebody may see."""
    return Seen(tuple(sorted(sources_seen(actor, given.sources))), tuple(sorted(kept_back(given, actor))))


@router.get("/quarantine/desk", summary="列出待处理与已处理的隔离行 · List held rows with what was decided")
def listed(
    given: Given, actor: QuarantineReader, state: States = "", entity: Text = None, source: Text = None, table: Text = None, rule: Text = None,
    load: Text = None, act: Text = None, limit: Limit = 50, after: After = None,
) -> dict[str, Any]:
    """One page of held rows with their state, those that came first before the others; and how many there are in each state.

    隔离行一页,附处理状态,先到的在前;以及各状态的行数。
    """
    wanted = Wanted(source=source, table=table, entity=entity, rule=rule, load=load, act=act)
    chosen = tuple(s for s in State if s.value in state.split(","))
    with given.store.transaction() as tx, desk(given.reader.current(), tx, seen=seen(given, actor)) as rows:
        items, following = rows.page(Wanted(**{**vars(wanted), "state": chosen}), limit=limit, after=after)
        counts = rows.counts(wanted)
        tables, rules = rows.by_table(Wanted(state=chosen)), rows.by_rule(Wanted(state=chosen, source=source, table=table))
        late = given.terms.overdue_before(datetime.now(UTC))
        overdue = rows.count_before(Wanted(**{**vars(wanted), "state": (State.OPEN,)}), late) if late else 0
    known = checks_by_id(given)
    return {
        "items": [_shown(given, r, known) for r in items], "next": following,
        "total": sum(n for s, n in counts.items() if not chosen or s in chosen),
        "counts": {s.value: counts.get(s, 0) for s in State}, "overdue": overdue, "review_within": given.terms.within,
        "tables": tables, "rules": [{**shown_rule(r["rule"], known), "count": r["count"]} for r in rules],
    }


@router.get("/quarantine/rows/{id_}", summary="取一条隔离行 · Get a held row")
def row(id_: str, given: Given, actor: QuarantineReader) -> dict[str, Any]:
    """One held row: its raw columns, which rules it broke in which of them, what was decided and what became of it.

    一条隔离行:原始各列、在哪些列违反了哪些规则、如何处理、后来怎样。
    """
    with given.store.transaction() as tx, desk(given.reader.current(), tx, seen=seen(given, actor)) as rows:
        items, _ = rows.page(Wanted(ids=(id_,)), limit=1, after=None)
        if not items:
            raise NotFoundError(f"no held row {id_!r}", hint="it may have been decided on in another row of the same content")
        became = _became(tx, given, actor, rows, items[0])
    return {**_shown(given, items[0], checks_by_id(given)), **became}


def _became(tx: Connection, given: Services, actor: Actor, rows: Desk, row: dict[str, Any]) -> dict[str, str | None]:
    """What a corrected row is now: a golden record that this version is shown of, or a row that is held again."""
    nothing: dict[str, str | None] = {"record": None, "held_again": None}
    number = taken_row(tx, row["taken_load"], row["id"]) if row["taken_load"] else None
    if number is None:
        return nothing
    again, _ = rows.page(Wanted(load=row["taken_load"]), limit=500, after=None)
    held = next((r["id"] for r in again if r["row"] == number), None)
    snapshot, name = given.reader.current(), f"golden.{row['entity']}"
    if held is not None or row["entity"] not in given.registry or not snapshot.has(name) or "entities:read" not in given.access.can(actor):
        return {**nothing, "held_again": held}
    found = snapshot.query(f"select id from {snapshot.relation(name)} where _load = ? and _row = ? limit 1", [row["taken_load"], number])
    return {**nothing, "record": found[0]["id"] if found else None}


@router.post("/quarantine/trials", summary="试算更正后的结果 · Try what a correction would do")
def trial(body: Trying, given: Given, actor: HeldDecider) -> dict[str, Any]:
    """Try rows with new values against the rules they are held by; nothing is written. Of many rows the first 2,000 are tried.

    用新值按同样的规则试算,不写入任何内容。行数很多时只试算前 2,000 行。
    """
    with given.store.transaction() as tx, desk(given.reader.current(), tx, seen=seen(given, actor)) as found:
        rows = found.rows(body.wanted, most=MOST_TRIED)
        total = sum(found.counts(body.wanted).values())
        if body.values:
            edits_for(tx, given.batch(), rows, body.values)  # refuses what could not be decided either
    proposals = proposed_for(rows) if body.as_proposed else {}
    if body.as_proposed:
        rows = only(rows, proposals)
    results = tried(given.batch(), rows, proposals or same(texts(rows, "id"), body.values))
    known = checks_by_id(given)
    return {
        "rows": total, "tried": len(results), "passing": sum(t.passes for t in results),
        "items": [{"id": t.held, "passes": t.passes, "rules": [shown_rule(i, known) for i in t.rules]} for t in results[:100]],
    }


@router.post("/quarantine/decisions", summary="处理隔离行 · Decide on held rows", status_code=201)
def decided(body: Deciding, given: Given, actor: HeldDecider) -> dict[str, Any]:
    """Correct, approve, reject or return held rows, one or many, as one act. What is corrected or approved is taken in by the next run.

    更正、批准、不予接收或退回隔离行,一条或多条,作为一次操作。更正与批准的行由下一次运行接入。
    """
    done = handle(given.store, by=actor.name, action="held.decide", object_="held", act=partial(_decide, given=given, actor=actor, body=body))
    return {"act": done.act, "rows": done.rows}


def _decide(tx: Connection, given: Services, actor: Actor, body: Deciding) -> Decided:
    done = _written(tx, given, actor, body)
    tell_decided(tx, given.workflow, act=done.act, kind=body.kind, reason=body.reason, by=actor.name, rows=done.by_source)
    return done


def _written(tx: Connection, given: Services, actor: Actor, body: Deciding) -> Decided:
    with desk(given.reader.current(), tx, seen=seen(given, actor)) as found:
        rows = found.rows(body.wanted)
    if body.ids is not None and rows.num_rows < len(set(body.ids)):
        raise NotFoundError(f"{len(set(body.ids)) - rows.num_rows} of these rows are not on the desk", hint="look at the list again")
    saying = Saying(body.kind, body.reason, actor.name)
    if body.as_proposed:
        proposals = proposed_for(rows)
        rows = only(rows, proposals)
        return decide(tx, rows=rows, saying=saying, edits=own_edits(tx, given.batch(), rows, proposals))
    edits, common = edits_for(tx, given.batch(), rows, body.values if body.kind is Kind.CORRECTED else {})
    return decide(tx, rows=rows, saying=saying, edits=edits, common=common)


@router.post("/quarantine/acts/{act}/undo", summary="撤销一次处理 · Undo a decision")
def undone(act: str, given: Given, actor: HeldDecider) -> dict[str, Any]:
    """Take back everything that was decided in one act, as long as no run took any of it.

    撤销一次操作中的全部决定;已被运行接入的不能撤销。
    """
    allowed = tuple(sources_seen(actor, given.sources))
    done = handle(given.store, by=actor.name, action="held.undo", object_=f"held/{act}", act=partial(_undo, given=given, actor=actor, act=act, allowed=allowed))
    return {"act": done.act, "rows": done.rows}


def _undo(tx: Connection, given: Services, actor: Actor, act: str, allowed: tuple[str, ...]) -> Decided:
    done = undo(tx, act=act, by=actor.name, sources=allowed)
    tell_undone(tx, given.workflow, act=act, by=actor.name, rows=done.by_source)
    return done


def _shown(given: Services, row: dict[str, Any], known: dict[str, Any]) -> dict[str, Any]:
    """A row of the desk: rules with the raw columns that they look at, raw columns under their masks."""
    source = next((s for s in given.sources if s.name == row["source"]), None)
    names = ("id", "entity", "source", "table", "file", "row", "load", "key", "at", "state", "times", "act", "decision", "decided_by", "reason", "taken_load")
    said = _moment(row["decided_at"]) if row["decided_at"] else None
    raw = shown_raw(row["raw"])
    first = None if row["stamp"] == NO_TIME else _moment(row["stamp"])
    return {
        **{n: row[n] for n in names}, "state_label": pair(STATES[State(row["state"])]), "decided_at": said, "first_at": first,
        "due_at": given.terms.due(first) if first and row["state"] == State.OPEN else None,
        "rules": [{**shown_rule(i, known), "columns": _columns(source, row["table"], known.get(i))} for i in dict.fromkeys(row["rules"])],
        "raw": raw, "columns": sorted(raw_columns(row["raw"])), "sealed": sealed_in(row["raw"]),
        "proposed": json.loads(row["proposed"]) if row["proposed"] else None, "stood": _stood(given, source, row), "changes": changes_of(row["edits"], raw),
    }


def _stood(given: Services, source: Source | None, row: dict[str, Any]) -> list[dict[str, Any]]:
    """What stands of the critical fields that the row changes, with the raw columns that bring the new value."""
    fields: dict[str, str | None] = {n: v for one in json.loads(row["stood"] or "[]") for n, v in one.items()}
    declared = given.registry[row["entity"]].fields if row["entity"] in given.registry else {}
    feeds = source.tables[row["table"]].feeds if source is not None and row["table"] in source.tables else ()
    columns = {n: f.fields[n].columns for f in feeds if f.entity == row["entity"] for n in fields if n in f.fields}
    return [{"field": n, "label": pair(declared[n].label) if n in declared else None, "value": v, "columns": list(columns.get(n, ()))} for n, v in fields.items()]


def _moment(text: str) -> datetime:
    """A moment as the store writes it, in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def _columns(source: Source | None, table: str, check: Any) -> list[str]:
    """The raw columns that a rule looks at: those that its fields are filled from."""
    if source is None or table not in source.tables or check is None:
        return []
    fields = [check.field] if check.field else list(check.rule.needs)
    found = [c for feed in source.tables[table].feeds if feed.entity == check.entity for f in fields if f in feed.fields for c in feed.fields[f].columns]
    return list(dict.fromkeys(found))
