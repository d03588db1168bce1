"""What became of golden records, as far as somebody may see it."""

from collections.abc import Sequence
from typing import Any

from medthread.api.golden_rows import MASKED, RETIRED, GoldenRows
from medthread.api.services import Services
from medthread.derive.sharing import WITHHELD
from medthread.derive.view import masked_fields
from medthread.model import Entity
from medthread.pipeline.match.crosswalk import XREF_COLUMNS
from medthread.trust.access import Actor

CHANGE = (
    ("seq", "bigint"), ("golden_id", "varchar"), ("kind", "varchar"), ("field", "varchar"), ("before", "varchar"), ("after", "varchar"), ("record_id", "varchar"),
    ("source", "varchar"), ("at", "timestamp"),
)


class GoldenChanges:
    """The changes that somebody may see: those of golden records that they see, of records of sources that they see."""

    def __init__(self, given: Services, actor: Actor, entity: type[Entity]) -> None:
        self._snapshot = given.reader.current()
        self._rows = GoldenRows(given, self._snapshot, entity, actor)
        self._hidden = masked_fields(entity, actor.clearance)
        self._change = self._snapshot.relation(f"golden.{entity.name}_change", CHANGE)
        self._sql, self._bound = self._seen(entity)

    def _seen(self, entity: type[Entity]) -> tuple[str, list[Any]]:
        if self._rows.is_all:
            return f"select * from {self._change}", []
        rows, bound = self._rows.golden()
        xref, retired = (self._snapshot.relation(f"golden.{entity.name}_{n}", c) for n, c in (("xref", XREF_COLUMNS), ("retired", RETIRED)))
        return (
            f"with seen as materialized (select id from {rows}), known as (select id from seen union select golden_id from {retired} where merged_into in (select id from seen))"
            f" select c.* from {self._change} c left join {xref} x on x.record_id = c.record_id"
            " where c.golden_id in (select id from known) and (c.record_id is null or x.source in (select unnest(?)))"
        ), [*bound, self._rows.sources]

    def last(self) -> int:
        """The newest number, of all that were told."""
        return int(self._snapshot.query(f"select coalesce(max(seq), 0) as n from {self._change}")[0]["n"])

    def after(self, seq: int, *, limit: int) -> list[dict[str, Any]]:
        """Those after a number, in their order."""
        return self._told(f"seq > ? order by seq limit {limit}", [seq])

    def of(self, golden: Sequence[str], *, before: int | None, limit: int) -> list[dict[str, Any]]:
        """Those of golden records, the newest first."""
        bound: list[Any] = [list(golden)]
        older = ""
        if before is not None:
            older, bound = " and seq < ?", [*bound, before]
        return self._told(f"golden_id in (select unnest(?)){older} order by seq desc limit {limit}", bound)

    def numbered(self, seqs: Sequence[int]) -> dict[int, str]:
        """The golden record of each number among those that they see."""
        return {r["seq"]: r["golden_id"] for r in self._told("seq in (select unnest(?))", [list(seqs)])} if seqs else {}

    def _told(self, where: str, bound: Sequence[Any]) -> list[dict[str, Any]]:
        found = self._snapshot.query(f"select * from ({self._sql}) where {where}", [*self._bound, *bound])
        return [{**r, "before": self._value(r, "before"), "after": self._value(r, "after")} for r in found]

    def _value(self, row: dict[str, Any], side: str) -> str | None:
        value: str | None = row[side]
        if value is None or row["field"] is None:
            return value
        if self._rows.terms.touch(row["field"]):
            return WITHHELD
        return MASKED if row["field"] in self._hidden else value
