"""What golden records belong under, and what under them, as far as somebody may see it."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from medthread.api.golden_rows import GoldenRows
from medthread.api.services import Services
from medthread.derive.form import pair
from medthread.derive.view import shared_value
from medthread.model import Entity, LinkKind
from medthread.model.errors import ConflictError
from medthread.pipeline.match.crosswalk import XREF_COLUMNS
from medthread.pipeline.match.links import COLUMNS, LINKED, SUGGESTED
from medthread.stores.serving import Snapshot
from medthread.trust.access import Actor

MOST = 500  # records shown below one
DEEPEST = 50  # links are followed no further: none goes in a circle, so this is deeper than any company is
ON = "(valid_from is null or valid_from <= ?) and (valid_until is null or valid_until > ?)"


def kinds_of(entity: type[Entity]) -> tuple[LinkKind, ...]:
    """The ways in which its records belong under one another."""
    return entity.about.match.links if entity.about.match else ()


def told_kinds(entity: type[Entity]) -> list[dict[str, Any]]:
    """The same, with what the lower and the upper are called."""
    return [{"kind": k.name, "child": pair(k.child), "parent": pair(k.parent)} for k in kinds_of(entity)]


class GoldenLinks:
    """The links between golden records that somebody sees."""

    def __init__(self, given: Services, actor: Actor, entity: type[Entity]) -> None:
        self._snapshot = given.reader.current()
        self._entity, self._rows = entity, GoldenRows(given, self._snapshot, entity, actor)
        self._link = self._snapshot.relation(f"golden.{entity.name}_link", COLUMNS)

    def around(self, golden: str, *, on: date) -> dict[str, list[dict[str, Any]]]:
        """What is above it, the nearest first; what is below, the nearest first, at most `MOST`; what is suggested either way."""
        return {
            "up": self._walk(golden, on=on, start="child", to="parent"), "down": self._walk(golden, on=on, start="parent", to="child"),
            "suggested": self._suggested("? in (child, parent)", [golden], limit=MOST),
        }

    def suggested(self, *, q: str, limit: int) -> dict[str, Any]:
        """Links that names suggest and nobody has said anything about, by the upper one's name; how many there are."""
        where, bound = ("contains(lower(c.name), lower(?)) or contains(lower(p.name), lower(?))", [q, q]) if q else ("true", [])
        return {"items": self._suggested(where, bound, limit=limit), "total": self._count(where, bound)}

    def _walk(self, golden: str, *, on: date, start: str, to: str) -> list[dict[str, Any]]:
        seen, bound = self._seen()
        said = f"select * from {self._link} where status = '{LINKED}' and {ON}"
        sql = (
            f"with recursive seen as materialized ({seen}), said as materialized ({said}), walk as ("
            f" select {to} as golden_id, {start} as beside, kind, tier, decision, valid_from, valid_until, 1 as depth from said where {start} = ?"
            f" union all select s.{to}, s.{start}, s.kind, s.tier, s.decision, s.valid_from, s.valid_until, w.depth + 1"
            f" from walk w join said s on s.{start} = w.golden_id where w.depth < {DEEPEST}"
            ") select w.*, n.name from walk w join seen n on n.id = w.golden_id order by depth, kind, n.name, w.golden_id"
            f" limit {MOST}"
        )
        return self._snapshot.query(sql, [*bound, on, on, golden])

    def _suggested(self, where: str, bound: Sequence[Any], *, limit: int) -> list[dict[str, Any]]:
        sql, of_it = self._between()
        return self._snapshot.query(f"{sql} and ({where}) order by p.name, l.parent, l.kind, c.name, l.child limit {limit}", [*of_it, *bound])

    def _count(self, where: str, bound: Sequence[Any]) -> int:
        sql, of_it = self._between()
        return int(self._snapshot.query(f"select count(*) as n from ({sql} and ({where}))", [*of_it, *bound])[0]["n"])

    def _between(self) -> tuple[str, list[Any]]:
        seen, bound = self._seen()
        return (
            f"with seen as materialized ({seen}) select l.child || ' ' || l.parent || ' ' || l.kind as id, l.kind, l.child, c.name as child_name, l.parent, p.name as parent_name"
            f" from {self._link} l join seen c on c.id = l.child join seen p on p.id = l.parent where l.status = '{SUGGESTED}'"
        ), bound

    def _seen(self) -> tuple[str, list[Any]]:
        """Golden records within reach that have a record of a source that they see, by what they are called."""
        rows, bound = self._rows.golden()
        called = shared_value(self._entity.fields[self._rows.title], f'"{self._rows.title}"', self._rows.terms)
        sql, given = f"select id, coalesce(cast({called} as varchar), id) as name from {rows}", list(bound)
        if self._rows.is_all:
            return sql, given
        xref = self._snapshot.relation(f"golden.{self._entity.name}_xref", XREF_COLUMNS)
        return f"{sql} where id in (select golden_id from {xref} where source in (select unnest(?)))", [*given, self._rows.sources]


def require_no_circle(snapshot: Snapshot, entity: type[Entity], *, child: str, parent: str | None) -> None:
    """Refuse that something comes to stand under what stands under it. Raises `ConflictError`."""
    above = snapshot.query(
        f"with recursive above as (select ? as id union select l.parent from above a join {snapshot.relation(f'golden.{entity.name}_link', COLUMNS)} l"
        f" on l.child = a.id and l.status = '{LINKED}') select 1 from above where id = ?", [parent, child],
    ) if parent else []
    if above:
        raise ConflictError(f"{parent} stands under {child} already", hint="end the link the other way round first")
