"""What hangs on a master record: how many rows of which kinds refer to it, and how many cases about it are open."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from sqlalchemy import Connection, String, Table, and_, cast, func, or_, select

from medthread.model import Entity, Home, Kind, Registry
from medthread.stores.postgres.tables import process_case
from medthread.stores.serving import Snapshot

MOST = 100_000  # rows of one kind are counted no further


@dataclass(frozen=True)
class Impact:
    """`by`: entity → rows that refer to the records, each counted up to `MOST`."""

    references: int = 0
    open_cases: int = 0
    by: Mapping[str, int] = field(default_factory=dict)

    def told(self) -> dict[str, Any]:
        """As it is kept with a decision."""
        return asdict(self)


@dataclass(frozen=True)
class Reach:
    """Where references stand: the released tables, and the records written here."""

    registry: Registry
    native: Mapping[str, Table]
    snapshot: Snapshot

    def impact(self, tx: Connection, entity: type[Entity], *, golden: Sequence[str], codes: Sequence[str]) -> Impact:
        """Of golden records, named by their ids, in records written here by any of their codes too."""
        by: dict[str, int] = {}
        open_cases = 0
        for other in self.registry.values():
            columns = [f.name for f in other.fields.values() if f.mark.ref is not None and f.mark.ref.entity == entity.name]
            if not columns:
                continue
            if other.about.home is Home.NATIVE:
                count, still_open = self._native(tx, other, columns, [*golden, *codes])
                open_cases += still_open
            else:
                count = self._lake(other, columns, golden)
            if count:
                by[other.name] = count
        return Impact(sum(by.values()), open_cases, by)

    def _native(self, tx: Connection, other: type[Entity], columns: Sequence[str], names: Sequence[str]) -> tuple[int, int]:
        table, case = self.native[other.name], process_case
        rows = table.outerjoin(case, and_(case.c.entity == other.name, case.c.record == table.c.id))
        still_open = func.count().filter(case.c.record.is_not(None), case.c.closed_at.is_(None))
        query = select(func.count(), still_open).select_from(rows).where(or_(*(cast(table.c[c], String).in_(names) for c in columns)))
        count, of_them = tx.execute(query).one()
        return int(count), int(of_them)

    def _lake(self, other: type[Entity], columns: Sequence[str], golden: Sequence[str]) -> int:
        if not self.snapshot.has(f"golden.{other.name}"):
            return 0
        named = " or ".join(f"{_text(other, c)} in (select unnest(?))" for c in columns)
        sql = f"select count(*) as n from (select 1 from {self.snapshot.relation(f'golden.{other.name}')} where {named} limit {MOST})"
        return int(self.snapshot.query(sql, [list(golden)] * len(columns))[0]["n"])


def _text(entity: type[Entity], column: str) -> str:
    return f'"{column}"' if entity.fields[column].kind is Kind.TEXT else f'cast("{column}" as varchar)'
