"""What may be measured: the tables of entities, and those of models as they were made or would be."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from medthread.derive.metric import Measured, MeasuredColumn
from medthread.model import Entity, Home, Kind, Label, Registry
from medthread.pipeline.build.built import Columns
from medthread.pipeline.build.known import Known
from medthread.pipeline.build.model import PREFIX, in_order
from medthread.pipeline.build.shapes import shapes

CASE = {
    "_state": MeasuredColumn(Kind.TEXT, Label("状态", "State")), "_since": MeasuredColumn(Kind.TIMESTAMP, Label("进入此状态的时间", "In this state since")),
    "_due": MeasuredColumn(Kind.TIMESTAMP, Label("期限", "Due")),
}
WHOLE = re.compile(r"^(u?(tiny|small|big|huge)?int(eger)?)$")


def kind_of(duck: str) -> Kind | None:
    """The kind of a column by its type in DuckDB; none where it is a list or a structure."""
    name = duck.lower()
    if WHOLE.match(name):
        return Kind.INTEGER
    if name.startswith("decimal") or name in ("double", "float"):
        return None if name.endswith("]") else Kind.DECIMAL
    return {"varchar": Kind.TEXT, "boolean": Kind.BOOLEAN, "date": Kind.DATE, "timestamp": Kind.TIMESTAMP}.get(name)


@dataclass(frozen=True)
class Tables:
    """Looks a table up by its name, `golden.lot`, `native.capa` or `marts.supplier_quality`."""

    registry: Registry
    known: Mapping[str, Known]
    with_case: frozenset[str] = frozenset()

    def __call__(self, name: str) -> Measured | None:
        """What is called so, with its columns; none where there is no such table."""
        layer, _, called = name.partition(".")
        if f"{layer}." == PREFIX:
            return self._of_model(self.known[called]) if called in self.known else None
        if called not in self.registry or (layer == "native") != (self.registry[called].about.home is Home.NATIVE):
            return None
        return self._of_entity(name, self.registry[called])

    def _of_entity(self, name: str, entity: type[Entity]) -> Measured:
        columns = {
            f.name: MeasuredColumn(f.kind, f.label, f.mark.codes, f.mark.ref.entity if f.mark.ref else None)
            for f in entity.fields.values() if not f.is_personal
        }
        return Measured(name, entity.about.label, columns | (CASE if entity.name in self.with_case else {}))

    def _of_model(self, known: Known) -> Measured:
        model = known.model
        made = known.made.columns if known.made else self._shapes.get(model.table, ())
        kinds = {n: k for n, duck in made if (k := kind_of(duck)) is not None}
        return Measured(model.table, model.label, {n: MeasuredColumn(k, _short(model.columns.get(n) or Label(n, n))) for n, k in kinds.items()})

    @cached_property
    def _shapes(self) -> dict[str, Columns]:
        """The tables as they would be made, while none is."""
        return shapes(in_order(k.model for k in self.known.values()), self.registry)


def coded(measured: Measured, like: Iterable[tuple[str, str | None]], registry: Registry) -> dict[str, MeasuredColumn]:
    """Columns with the names, codes and references of the fields whose values they hold."""
    found = {}
    for column, field in like:
        entity, _, name = (field or "").partition(".")
        own = measured.columns[column]
        if entity in registry and name in registry[entity].fields:
            other = registry[entity].fields[name]
            own = MeasuredColumn(own.kind, other.label, other.mark.codes or own.codes, other.mark.ref.entity if other.mark.ref else own.ref)
        found[column] = own
    return found


def _short(label: Label) -> Label:
    """A column's name without what explains it."""
    return Label(re.split("[:;。]", label.zh, maxsplit=1)[0], re.split("[:;.]", label.en, maxsplit=1)[0])
