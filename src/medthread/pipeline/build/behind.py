"""What stands behind each column of a model's table: the fields of entities whose values are in it or decide over it.

A table of a model is a new table, and yet nobody may see in it what they may not see where it came from. So each column is
followed to the fields that it is made of, through other models, in every text that the model ever had: an earlier release
was made by an earlier one. A column that cannot be followed is said to be such (`known`), for whoever asks to be careful with.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from sqlalchemy import Connection, select

from medthread.model import Registry
from medthread.pipeline.build.built import Columns
from medthread.pipeline.build.known import Known, parsed
from medthread.pipeline.build.model import PREFIX, Model
from medthread.pipeline.build.shapes import declared_columns
from medthread.pipeline.lineage import Direct, Indirect, Output, Source, read_query
from medthread.stores.postgres.tables import model_version

# By what rows are put together is told by its own column, where it is one; the others only say how many there were.
BY_THE_WAY = frozenset({Indirect.GROUP_BY})


@dataclass(frozen=True)
class Behind:
    """The fields behind a column, by table and column; `same` is the one whose value it is, unchanged. Without `known` there may be more."""

    fields: frozenset[Source] = frozenset()
    known: bool = True
    same: Source | None = None


@dataclass
class Origins:
    """Follows the columns of models' tables; `texts` are the statements of each, the one in force first."""

    registry: Registry
    known: Mapping[str, Known]
    texts: Mapping[str, tuple[Model, ...]]
    _found: dict[str, dict[str, Behind]] = field(default_factory=dict)

    def of(self, table: str) -> dict[str, Behind]:
        """The columns of a model's table; a column that is not among them cannot be followed."""
        if table not in self._found:
            self._found[table] = {}  # a model that reads itself by way of others is refused where it is declared
            versions = [self._columns(m) for m in self.texts.get(table.removeprefix(PREFIX), ())]
            self._found[table] = {n: _all(v[n] for v in versions if n in v) for n in dict.fromkeys(n for v in versions for n in v)}
        return self._found[table]

    def reads(self, table: str) -> frozenset[str]:
        """The tables of entities that stand behind a model's table, whatever it takes of them."""
        found: set[str] = set()
        for model in self.texts.get(table.removeprefix(PREFIX), ()):
            for read in model.reads:
                found |= self.reads(read) if read.startswith(PREFIX) and read != table else {read}
        return frozenset(found)

    def _columns(self, model: Model) -> dict[str, Behind]:
        shapes = {t: c for t in model.reads if (c := self._shape(t))}
        target = read_query(model.statement, shapes)
        return {c.name: self._behind(c, sure=not target.gaps) for c in target.columns}

    def _behind(self, column: Output, *, sure: bool) -> Behind:
        sources = {*column.values, *(s for s, how in column.influences if how not in BY_THE_WAY)}
        fields: set[Source] = set()
        known = sure and not column.gap
        for source in sources:
            if source.table.startswith(PREFIX):
                inner = self.of(source.table).get(source.column, Behind(known=False))
                fields |= inner.fields
                known &= inner.known
            else:
                fields.add(source)
        return Behind(frozenset(fields), known, self._same(column))

    def _same(self, column: Output) -> Source | None:
        if len(column.values) != 1:
            return None
        source, how = next(iter(column.values.items()))
        if how is not Direct.IDENTITY:
            return None
        if source.table.startswith(PREFIX):
            inner = self.of(source.table).get(source.column)
            return inner.same if inner else None
        return source

    def _shape(self, table: str) -> Columns:
        there = self.known.get(table.removeprefix(PREFIX)) if table.startswith(PREFIX) else None
        return there.made.columns if there and there.made else declared_columns(table, self.registry)


def origins(tx: Connection, registry: Registry, known: Mapping[str, Known]) -> Origins:
    """The origins of every column, over all texts that models ever had."""
    texts: dict[str, list[Model]] = {n: [m for m in (k.model, k.declared) if m] for n, k in known.items()}
    for row in tx.execute(select(model_version.c.name, model_version.c.text).order_by(model_version.c.version.desc())):
        texts.setdefault(row.name, []).append(parsed(row.name, row.text, file=f"{row.name}.sql", domain=""))
    return Origins(registry, known, {n: tuple({m.sha: m for m in reversed(found)}.values()) for n, found in texts.items()})


def _all(versions: Iterable[Behind]) -> Behind:
    """What stands behind a column in any of the texts."""
    found = list(versions)
    same = {v.same for v in found}
    return Behind(frozenset().union(*(v.fields for v in found)), all(v.known for v in found), same.pop() if len(same) == 1 else None)
