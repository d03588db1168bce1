"""Tables of a release as somebody may see them: marts and lists of entities, masked and cut alike, for pages, files, pivots and SQL.

A mart's column is as protected as the most protected field behind it; one that cannot be followed is as protected as anything.
What cannot be cut to a reader's plants, organisations or regions is refused, and the refusal says so.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from medthread.api.listing import Listing, listing_of
from medthread.api.services import Services
from medthread.derive.columns import DUCK, MASKED
from medthread.derive.sharing import Terms
from medthread.governance.metrics.measured import kind_of
from medthread.model import Classification, Entity, Home, Kind, Label
from medthread.model.errors import ForbiddenError, InvalidError, NotFoundError
from medthread.pipeline.build.behind import Behind, Origins, origins
from medthread.pipeline.build.known import Known
from medthread.pipeline.build.model import PREFIX
from medthread.pipeline.lineage import Source
from medthread.stores.engines import quote
from medthread.stores.serving import Condition, LakeRows, Snapshot, all_of, belonging, holding, parse_condition
from medthread.trust.access import Actor

MASK = "***"
UNKNOWN = Behind(known=False)


@dataclass(frozen=True)
class ServedColumn:
    """A column as it is served: `kind` where lists may filter and sort by it; masked where the reader does not see it; `record` names the entity whose records it holds."""

    name: str
    duck: str
    kind: Kind | None
    label: Label
    masked: bool = False
    record: str | None = None
    codes: Mapping[str, Label] | None = None

    @property
    def value(self) -> str:
        """SQL for what the reader sees of it; of what is no text, nothing, so that its type stays."""
        name = quote(self.name)
        if not self.masked:
            return name
        if self.duck == "varchar":
            return f"case when {name} is null then null else '{MASK}' end as {name}"
        return f"cast(null as {self.duck}) as {name}"


@dataclass(frozen=True)
class Served:
    """A table that is asked: SQL for a FROM, what narrows it, how it is asked, and its columns."""

    given: Services
    actor: Actor
    table: str
    label: Label
    columns: tuple[ServedColumn, ...]
    source: str
    query: Callable[..., list[dict[str, Any]]]
    where: str = "true"
    parameters: tuple[Any, ...] = ()
    release: str | None = None
    grain: tuple[str, ...] = ()
    terms: Terms | None = None

    @property
    def kinds(self) -> dict[str, Kind]:
        """Columns that may be filtered, sorted and grouped by."""
        return {c.name: c.kind for c in self.columns if c.kind is not None and not c.masked}

    @property
    def zone(self) -> str:
        """The organisation's."""
        return self.given.workflow.calendar.zone

    def column(self, name: str) -> ServedColumn:
        """A column. Raises `InvalidError` where the reader may not ask by it."""
        if name not in self.kinds:
            raise InvalidError(f"cannot ask by {name!r}", hint=f"fields: {', '.join(self.kinds)}")
        return next(c for c in self.columns if c.name == name)

    def narrowed(self, filters: Iterable[str], q: str | None = None) -> "Served":
        """The same under more conditions and with a text in it, as lists take them. What narrows it already comes first among the parameters, as it may stand inside its source."""
        texts = {n: k for n, k in self.kinds.items() if k is Kind.TEXT}
        found = [holding(texts, q.strip())] if q and texts else []
        whole = all_of([Condition(self.where, self.parameters), *(parse_condition(f, kinds=self.kinds, zone=self.zone) for f in filters), *found])
        return replace(self, where=whole.sql, parameters=whole.parameters)


@dataclass(frozen=True)
class Shelf:
    """Everything that may be served of a release to somebody."""

    given: Services
    actor: Actor
    snapshot: Snapshot
    known: Mapping[str, Known]
    origins: Origins

    def names(self) -> Iterator[str]:
        """Tables of the release that people may ask for: golden ones of entities, and marts."""
        for table in sorted(self.snapshot.release.tables):
            layer, _, name = table.partition(".")
            if f"{layer}." == PREFIX or (layer == "golden" and name in self.given.registry and self.given.registry[name].about.home is not Home.NATIVE):
                yield table

    def mart(self, table: str) -> Served:
        """A mart. Raises `NotFoundError` where the release has none of that name, `ForbiddenError` where its rows cannot be cut to the reader's."""
        if not self.snapshot.has(table):
            raise NotFoundError(f"the release {self.snapshot.release.id} has no table {table}", hint="GET /api/v1/models lists the models; one that was never built has no rows")
        columns = self._columns(table)
        relation = f"read_parquet({self.snapshot.file_list(table)}, union_by_name=true)"
        reach = self._reach(table, {c.name for c in columns})
        name = table.removeprefix(PREFIX)
        model = self.known[name].model if name in self.known else None
        selected = ", ".join(c.value for c in columns)
        source = f"(select {selected}, (file_index::bigint << 40) + file_row_number as _row from {relation} where {reach.sql}) as shown"
        return Served(
            self.given, self.actor, table, model.label if model else Label(name, name), columns, source, self.snapshot.query, parameters=reach.parameters,
            release=self.snapshot.release.id, grain=model.grain if model else ())

    def _columns(self, table: str) -> tuple[ServedColumn, ...]:
        behind, name = self.origins.of(table), table.removeprefix(PREFIX)
        said = self.known[name].model.columns if name in self.known else {}
        found = []
        for column, duck in self.snapshot.columns(table):
            there = behind.get(column, UNKNOWN)
            label, codes = said.get(column), None
            if there.same is not None and (field := self._field(there.same)) is not None:
                label, codes = label or field.label, field.mark.codes
            found.append(ServedColumn(column, duck, kind_of(duck), label or Label(column, column), self._hides(there), self._record(there), codes))
        return tuple(found)

    def _field(self, source: Source) -> Any:
        entity = source.table.partition(".")[2]
        return self.given.registry[entity].fields.get(source.column) if entity in self.given.registry else None

    def _record(self, behind: Behind) -> str | None:
        """The entity whose records a column names: it holds their ids, or refers to them."""
        if behind.same is None:
            return None
        entity, field = behind.same.table.partition(".")[2], self._field(behind.same)
        if behind.same.column == "id" and entity in self.given.registry:
            return entity
        ref = field.mark.ref.entity if field is not None and field.mark.ref else None
        return ref if ref in self.given.registry else None

    def _hides(self, behind: Behind) -> bool:
        """Whether the reader may not see a column: the most protected of what is behind it decides."""
        cleared = max(self.actor.clearance, Classification.INTERNAL)
        if not behind.known and (cleared < max(Classification) or self.given.workflow.sharing.restricts(self.actor)):
            return True
        return any(self._hidden(s, cleared) for s in behind.fields)

    def _hidden(self, source: Source, cleared: Classification) -> bool:
        entity, name = source.table.partition(".")[2], source.column.partition("__")[0]
        if entity not in self.given.registry:
            return False  # the machine's own: steps of processes, codes, links
        declared = self.given.registry[entity]
        field = declared.fields.get(name)
        if field is None:
            return False
        sealed = field.is_personal and not source.column.endswith(MASKED)  # it is opened in its own record alone
        return field.mark.classification > cleared or sealed or self.given.workflow.sharing.terms(declared, self.actor).touch(name)

    def _reach(self, table: str, columns: set[str]) -> Condition:
        """The rows within reach, by the columns that say where a row belongs."""
        for read in self.origins.reads(table):
            name = read.partition(".")[2]
            if name in self.given.registry and self.given.workflow.sharing.terms(self.given.registry[name], self.actor).records:
                self._refuse(table, "a sharing rule keeps records from you that this table was made of, and its rows do not say which")
        bounds = list(self.actor.reach.bounds(None))
        if self.actor.reach.regions or any(column not in columns for column, _ in bounds):
            self._refuse(table, "its rows do not say of which plant, organisation or region they are, so nobody can tell which are yours")
        return belonging(bounds)

    def _refuse(self, table: str, why: str) -> None:
        raise ForbiddenError(f"the rows of {table} are not for you", hint=why, actor=self.actor.name, action="entities:read")

    def entity(self, entity: type[Entity]) -> Served:
        """The list of an entity; records that are written here as they stand now, others as the release has them."""
        listing = listing_of(self.given, entity, self.actor, q=None, filters=(), sort=None)
        native = entity.about.home is Home.NATIVE
        if not native:
            listing = replace(listing, rows=LakeRows(self.snapshot, entity, self.given.registry))
        layer = "native" if native else "golden"
        return Served(
            self.given, self.actor, f"{layer}.{entity.name}", entity.about.label, tuple(_of_entity(listing)), listing.source, listing.rows.query,
            listing.where, listing.parameters, None if native else self.snapshot.release.id, ("id",), listing.terms)

    def served(self, table: str) -> Served:
        """A table by its name: `marts.lot_overview`, `golden.item`, `native.capa`."""
        layer, _, name = table.partition(".")
        if f"{layer}." == PREFIX:
            return self.mart(table)
        if layer not in ("golden", "native") or name not in self.given.registry:
            raise NotFoundError(f"no table {table!r}", hint="tables are called marts.<model>, golden.<entity> or native.<entity>")
        return self.entity(self.given.registry[name])


def _of_entity(listing: Listing) -> Iterator[ServedColumn]:
    entity, kinds = listing.entity, listing.kinds
    yield ServedColumn("id", "varchar", Kind.TEXT, Label("标识", "Id"), record=entity.name)
    for f in entity.fields.values():
        record = f.mark.ref.entity if f.mark.ref else None
        yield ServedColumn(f.name, DUCK[f.kind], f.kind, f.label, f.name not in kinds, record, f.mark.codes)


def shelf_of(given: Services, actor: Actor, as_of_release: str | None = None) -> Shelf:
    """What a release holds for somebody. Raises `NotFoundError` where there is no such release."""
    snapshot = given.reader.of(as_of_release) if as_of_release else given.reader.current()
    known = given.all_models()
    with given.store.transaction() as tx:
        return Shelf(given, actor, snapshot, known, origins(tx, given.registry, known))


def described_columns(columns: Sequence[ServedColumn]) -> list[dict[str, Any]]:
    """Columns as JSON."""
    return [
        {"name": c.name, "type": c.duck, "kind": c.kind.value if c.kind else None, "label": {"zh": c.label.zh, "en": c.label.en}, "masked": c.masked, "record": c.record}
        | ({"codes": {k: {"zh": v.zh, "en": v.en} for k, v in c.codes.items()}} if c.codes else {})
        for c in columns
    ]
