"""The audit log: search it, see one row whole with its proof, take it away; the log's own state for who watches it."""

import csv
import io
import json
import re
from collections.abc import Generator, Iterator
from datetime import UTC, datetime
from itertools import chain
from typing import Annotated, Any

from fastapi import Depends, Query
from sqlalchemy import Select, select, text

from medthread.api.act_names import KINDS
from medthread.api.answers import Streamed
from medthread.api.audit_rows import CELLS, Sight, flat, holding, patiently, rows_query, streamed
from medthread.api.cells import safe_cell
from medthread.api.identity import Auditor, Given
from medthread.api.media import CSV, NDJSON, text_as
from medthread.api.routes.health import told as told_alarms
from medthread.api.subjects import Subject
from medthread.derive.form import pair
from medthread.methods.note import encode
from medthread.model.errors import InvalidError, NotFoundError
from medthread.stores.postgres.tables import audit_checkpoint, audit_event, audit_log
from medthread.trust.audit import OUTCOMES, record
from medthread.trust.log import alarms, consistency, inclusion, public_keys, waiting
from medthread.trust.log.leaf import COLUMNS, leaf_of

router = Subject("audit", "审计日志", "Audit log", owner="audit").router()
LATEST = 2**62
Cursor = Annotated[str | None, Query(max_length=40)]
Size = Annotated[int, Query(ge=1, le=LATEST)]
ONE = text(f"select {COLUMNS} from medthread.audit_event e where e.seq = :seq")


def _in_utc(at: datetime | None) -> datetime | None:
    return at if at is None or at.tzinfo else at.replace(tzinfo=UTC)


class Asked:
    """What is looked for: who, what beginning of an action, which object (or all of a kind: `lot/`), how it ended, when, a text."""

    def __init__(
        self, actor: Annotated[str | None, Query(max_length=200)] = None,
        action: Annotated[str | None, Query(max_length=200, description="the beginning of an action")] = None,
        object_: Annotated[str | None, Query(alias="object", max_length=400, description="entity/id or entity/number, or all of a kind: entity/")] = None,
        outcome: Annotated[str | None, Query(max_length=20, description=", ".join(OUTCOMES))] = None,
        from_: Annotated[datetime | None, Query(alias="from")] = None, to: Annotated[datetime | None, Query()] = None,
        q: Annotated[str | None, Query(max_length=200, description="text to find")] = None,
    ) -> None:
        self.actor, self.action, self.object_, self.outcome = actor, action, object_, outcome
        self.from_, self.to, self.q = _in_utc(from_), _in_utc(to), (q or "").strip()

    def query(self, sight: Sight) -> Select[Any]:
        """As a query over audit rows."""
        if self.outcome and self.outcome not in OUTCOMES:
            raise InvalidError(f"no outcome {self.outcome!r}", hint=f"there are: {', '.join(OUTCOMES)}")
        if self.from_ and self.to and self.from_ > self.to:
            raise InvalidError("`to` lies before `from`", hint="give the earlier moment first")
        table, query = audit_event, rows_query()
        for column, value in ((table.c.actor, self.actor), (table.c.outcome, self.outcome)):
            query = query.where(column == value) if value else query
        if self.action:
            query = query.where(table.c.action.startswith(self.action, autoescape=True))
        if self.object_:
            kind, object_ = self.object_.endswith("/"), sight.meant(self.object_)
            query = query.where(table.c.object.startswith(object_, autoescape=True) if kind else table.c.object == object_)
        query = query.where(table.c.at >= self.from_) if self.from_ else query
        query = query.where(table.c.at <= self.to) if self.to else query
        return holding(query, self.q, values=sight.searches_values) if self.q else query

    def said(self) -> dict[str, Any]:
        """What was asked, for the log."""
        return {k.strip("_"): v for k, v in vars(self).items() if v}


Wanted = Annotated[Asked, Depends(Asked)]


def _place(after: str | None) -> int:
    if after is None:
        return LATEST
    if not re.fullmatch("[0-9]{1,18}", after):
        raise InvalidError("the cursor is not one of ours", hint="begin again without `after`")
    return int(after)


@router.get("/audit.csv", summary="导出审计记录 CSV · Export audit rows as CSV", **text_as(CSV))
def as_csv(given: Given, actor: Auditor, asked: Wanted) -> Streamed:
    """Every row that is looked for, as a table; taking it away is itself an audit row.

    查到的全部审计记录,以表格导出;导出本身也记入审计。
    """
    return _taken(given, actor, asked, CSV, "csv", _csv)


@router.get("/audit.ndjson", summary="导出审计记录 NDJSON · Export audit rows as NDJSON", **text_as(NDJSON))
def as_ndjson(given: Given, actor: Auditor, asked: Wanted) -> Streamed:
    """The same, one JSON object a line. What proves the rows is in a bundle: `medthread audit export`.

    同上,每行一个 JSON 对象。能证明这些记录的是证据包:`medthread audit export`。
    """
    return _taken(given, actor, asked, NDJSON, "ndjson", _ndjson)


def _taken(given: Given, actor: Auditor, asked: Asked, media: str, ending: str, written: Any) -> Streamed:
    sight = Sight(given, actor)
    steps = streamed(sight, asked.query(sight))
    first = next(steps, [])  # read at once: what refuses refuses before an answer begins
    with given.store.transaction() as tx:
        record(tx, actor=actor.name, action="audit.export", object_="audit_log", detail=asked.said() | {"as": ending})
    headers = {"Content-Disposition": f'attachment; filename="audit.{ending}"'}
    return Streamed(written(chain([first], steps)), media_type=f"{media}; charset=utf-8", headers=headers)


def _csv(steps: Iterator[list[dict[str, Any]]]) -> Generator[bytes]:
    yield ("\ufeff" + ",".join(CELLS) + "\r\n").encode()
    for rows in steps:
        out = io.StringIO()
        csv.writer(out).writerows([safe_cell(v) for v in flat(r)] for r in rows)
        yield out.getvalue().encode()


def _ndjson(steps: Iterator[list[dict[str, Any]]]) -> Generator[bytes]:
    for rows in steps:
        yield "".join(json.dumps(r, ensure_ascii=False, default=datetime.isoformat) + "\n" for r in rows).encode()


@router.get("/audit", summary="查找审计记录 · Search audit rows")
def audit(given: Given, actor: Auditor, asked: Wanted, limit: Annotated[int, Query(ge=1, le=500)] = 50, after: Cursor = None) -> dict[str, Any]:
    """What was done, refused, and read under unmasking; newest first.

    做过的、被拒绝的、查看过明文的;最新的在前。
    """
    sight = Sight(given, actor)
    query = asked.query(sight).where(audit_event.c.seq < _place(after)).limit(limit + 1)
    with given.store.transaction() as tx:
        rows = patiently(tx, query)
        more, rows = len(rows) > limit, rows[:limit]
        items = sight.all_told(tx, rows)
    return {"items": items, "next": str(rows[-1].seq) if more else None}


@router.get("/audit/kinds", summary="列出审计对象的类别 · List kinds of objects in the log")
def kinds(given: Given, _: Auditor) -> dict[str, Any]:
    """What an object may be that is looked for.

    可以查找的对象类别。
    """
    entities = {e.name: e.about.label for e in given.registry.values() if e.name in given.native}
    return {"items": [{"name": n, "label": pair(label)} for n, label in sorted((entities | KINDS).items())]}


@router.get("/audit/log", summary="取日志的封存状况 · Get the state of the log")
def state(given: Given, _: Auditor) -> dict[str, Any]:
    """The log itself: how much is sealed, the newest checkpoint, what waits, what is wrong, the keys to check it with.

    日志本身:已封存多少、最新检查点、尚待封存的、有何异常、用哪些公钥核验。
    """
    with given.store.transaction() as tx:
        head = tx.execute(select(audit_log)).one_or_none()
        newest = tx.execute(select(audit_checkpoint).order_by(audit_checkpoint.c.size.desc()).limit(1)).one_or_none()
        found, raised, keys = waiting(tx), alarms(tx), [k.text for k in public_keys(tx)]
    return {
        "origin": head.origin if head else None, "algorithm": head.algorithm if head else None, "size": head.size if head else 0,
        "checkpoint": {"size": newest.size, "at": newest.at, "note": newest.note} if newest else None,
        "waiting": found.rows, "oldest": round(found.oldest, 1), "keys": keys, "copied": given.sealer.log.copies is not None,
        "alarms": told_alarms([*(a for a in given.sealer.alarms if a.code not in {r.code for r in raised}), *raised]),
    }


@router.get("/audit/checkpoints", summary="列出签名检查点 · List signed checkpoints")
def checkpoints(given: Given, _: Auditor, limit: Annotated[int, Query(ge=1, le=500)] = 50, after: Cursor = None) -> dict[str, Any]:
    """Signed checkpoints, newest first: for whoever keeps them elsewhere.

    签名检查点,最新的在前,供在别处保存。
    """
    table = audit_checkpoint
    query = select(table).where(table.c.size < _place(after)).order_by(table.c.size.desc()).limit(limit + 1)
    with given.store.transaction() as tx:
        rows = tx.execute(query).all()
    more, rows = len(rows) > limit, rows[:limit]
    return {"items": [{"size": r.size, "at": r.at, "note": r.note} for r in rows], "next": str(rows[-1].size) if more else None}


@router.get("/audit/consistency", summary="取一致性证明 · Get a consistency proof")
def consistent(given: Given, _: Auditor, old: Size, size: Size) -> dict[str, Any]:
    """The proof that the log of one checkpoint begins with the log of an earlier one (RFC 9162, 2.1.4).

    证明一个检查点的日志以更早的日志开头(RFC 9162,2.1.4)。
    """
    with given.store.transaction() as tx:
        proof = consistency(tx, old, size)
    return {"algorithm": proof.algorithm, "old": proof.old, "size": proof.size, "path": [encode(h) for h in proof.path]}


@router.get("/audit/{seq}", summary="查看一条审计记录及其证明 · Get an audit row with its proof")
def one(seq: int, given: Given, actor: Auditor) -> dict[str, Any]:
    """One row with the proof that it is in the log (RFC 9162, 2.1.3). The sealed text comes with it unless fields in it are masked.

    一条记录及其在日志中的证明(RFC 9162,2.1.3)。除非其中有脱敏字段,否则附上封存的原文。
    """
    sight = Sight(given, actor)
    with given.store.transaction() as tx:
        row = tx.execute(rows_query().where(audit_event.c.seq == seq)).one_or_none() if abs(seq) < LATEST else None
        if row is None:
            raise NotFoundError(f"no audit row {seq}", hint="numbers are given to attempts that failed, too: not each has a row")
        (item,) = sight.all_told(tx, [row])
        proof, sealed = inclusion(tx, seq), leaf_of(tx.execute(ONE, {"seq": seq}).one())
    told = None if proof is None else {
        "algorithm": proof.algorithm, "index": proof.index, "size": proof.size, "leaf": encode(proof.leaf), "path": [encode(h) for h in proof.path],
        "checkpoint": proof.checkpoint, "record": sealed.decode() if sight.whole(row) else None,
    }
    return {"item": item, "proof": told}
