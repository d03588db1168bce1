"""What a run would do to models and why, told before it does it: changes, what must be made again, who reads it, the cost.

A plan computes no table. Columns come from the statement over the tables' own columns, rows and seconds from the last build.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from medthread.model.consumer import Consumer
from medthread.model.errors import DeclarationError
from medthread.pipeline.build.built import Built, Columns, built, heads
from medthread.pipeline.build.change import ORDER, Change, Verdict, columns_changed
from medthread.pipeline.build.fields import use_of
from medthread.pipeline.build.model import PREFIX, Model, in_order, parse_model
from medthread.pipeline.build.models import Workshop
from medthread.pipeline.build.shapes import declared_columns
from medthread.pipeline.build.versions import Version, in_force
from medthread.pipeline.context import Context
from medthread.stores.lakehouse import Releases


@dataclass(frozen=True)
class Reader:
    """Who reads a table: another model, or a part of the product; the fields it takes (None: that cannot be told).

    `broken` are the fields it takes and will not find as they were; `deciding` those whose values do not go on, but decide over what does.
    """

    name: str
    kind: str
    fields: tuple[str, ...] | None
    broken: tuple[str, ...] = ()
    deciding: tuple[str, ...] = ()


@dataclass(frozen=True)
class Remake:
    """A table that must be made: which tables that it reads differ from the last time (none where its own text does), and the cost.

    `seconds` is what the last time took; where there was none, a guess from the rows that it reads. 0 where it lies ready.
    """

    name: str
    because: tuple[str, ...]
    rows: int | None
    seconds: float
    guessed: bool


@dataclass(frozen=True)
class Planned:
    """A change, who reads the table, and how many rows it has now."""

    change: Change
    readers: tuple[Reader, ...]
    rows: int | None


@dataclass(frozen=True)
class Fault:
    """A model that could not be made, in the words of the engine."""

    name: str
    error: DeclarationError


@dataclass(frozen=True)
class Plan:
    """Everything that would change. With `faults` it cannot be applied."""

    changes: tuple[Planned, ...]
    remade: tuple[Remake, ...]
    faults: tuple[Fault, ...]

    @property
    def verdict(self) -> Verdict | None:
        """The gravest of all; None where no text changes."""
        return min((p.change.verdict for p in self.changes), key=ORDER.index, default=None)

    @property
    def seconds(self) -> float:
        """What it would take."""
        return sum(r.seconds for r in self.remade)

    @property
    def verdicts(self) -> dict[str, str]:
        """By name."""
        return {p.change.name: str(p.change.verdict) for p in self.changes}


def plan(context: Context, models: Iterable[Model], consumers: Iterable[Consumer] = ()) -> Plan:
    """Compare declared models with those in force, and what they are made from with what they were made from."""
    declared = in_order(models)
    with context.store.transaction() as tx:
        versions, made = in_force(tx), heads(tx)
    return _Planning(context, declared, versions, made, tuple(consumers)).plan()


class _Planning:
    def __init__(
        self, context: Context, declared: Sequence[Model], versions: Mapping[str, Version], made: Mapping[str, Built], consumers: Sequence[Consumer]
    ) -> None:
        self._context, self._declared, self._made, self._consumers = context, declared, made, consumers
        self._after = {m.name: m for m in declared}
        texts = {name: v.text for name, v in versions.items()}
        self._gone = [_parsed(v) for v in versions.values() if v.name not in self._after]
        self._before = {m.name: _parsed(versions[m.name]) for m in declared if texts.get(m.name, m.text) != m.text}
        self._fresh = {m.name for m in declared if m.name not in texts}
        self._workshop = Workshop(context)
        self._faults: dict[str, Fault] = {}

    def plan(self) -> Plan:
        remade, changes = [], []
        for model in self._declared:
            fingerprint = self._workshop.fingerprint(model)
            there = self._made.get(model.table)
            if there is None or there.fingerprint != fingerprint:
                remade.append(self._remake(model, fingerprint, there))
            if change := self._change(model, there):
                changes.append(change)
        changes += [Change(m.name, m, None, columns_changed(self._columns(m.table), ())) for m in self._gone]
        return Plan(tuple(Planned(c, tuple(self._readers(c)), self._rows(c)) for c in changes), tuple(remade), tuple(dict.fromkeys(self._faults.values())))

    def _change(self, model: Model, there: Built | None) -> Change | None:
        """How it differs from what is in force: in its text, or in its columns because what it reads differs."""
        touched = any(r in self._workshop.shapes or r in self._faults for r in model.reads)
        if model.name not in self._before and model.name not in self._fresh and not touched:
            return None
        shape = self._shape(model)
        columns = columns_changed(there.columns, shape) if there and shape else ()
        if model.name in self._fresh:
            return Change(model.name, None, model, columns_changed((), shape))
        if model.name not in self._before and not columns:
            return None
        return Change(model.name, self._before.get(model.name, model), model, columns)

    def _shape(self, model: Model) -> Columns:
        """The columns that it would have; none where it could not be made, or something that it reads could not."""
        if not any(r in self._faults for r in model.reads):
            try:
                return self._workshop.shape(model)
            except DeclarationError as error:
                self._faults[model.table] = Fault(model.name, error)
        else:
            self._faults.setdefault(model.table, self._faults[next(r for r in model.reads if r in self._faults)])
        return ()

    def _remake(self, model: Model, fingerprint: str, there: Built | None) -> Remake:
        with self._context.store.transaction() as tx:
            ready = built(tx, model.table, fingerprint)
        inputs = self._workshop.inputs(model)
        because = tuple(n for n, state in inputs.items() if n and there and there.inputs.get(n) != state)
        if ready or there:
            return Remake(model.name, because, there.rows if there else None, 0.0 if ready else there.seconds if there else 0.0, guessed=False)
        return Remake(model.name, because, None, self._guess(model), guessed=True)

    def _guess(self, model: Model) -> float:
        """Seconds by the rows that it reads, at the pace of all that was made."""
        pace = sum(b.seconds for b in self._made.values()) / max(1, sum(self._read(b.inputs) for b in self._made.values()))
        return pace * self._read(model.reads)

    def _read(self, tables: Iterable[str]) -> int:
        return sum(self._lake_rows.get(t, 0) for t in tables)

    @cached_property
    def _lake_rows(self) -> dict[str, int]:
        return {name: table.rows for name, table in Releases(self._context.store).heads().items()}

    def _rows(self, change: Change) -> int | None:
        there = self._made.get(PREFIX + change.name)
        return there.rows if there else None

    def _columns(self, table: str) -> Columns:
        """As they are, before any change."""
        if table in self._made:
            return self._made[table].columns
        return declared_columns(table, self._context.registry)

    def _readers(self, change: Change) -> Iterator[Reader]:
        """Models that read the table, those that read these, and the parts of the product that do."""
        table = PREFIX + change.name
        broken = {c.name for c in change.columns if c.breaks}
        near = [m for m in self._declared if table in m.reads]
        for model in near:
            yield self._reader(model, table, broken)
        far, reached = [m.table for m in near], {m.table for m in near}
        while far:
            through = far.pop(0)
            for model in self._declared:
                if through in model.reads and model.table not in reached:
                    reached.add(model.table)
                    far.append(model.table)
                    yield Reader(model.name, "model", ())
        for consumer in self._consumers:
            if fields := consumer.reads.get(table):
                yield Reader(consumer.name, "part", fields, tuple(sorted(broken & set(fields))))
            elif reached & consumer.reads.keys():
                yield Reader(consumer.name, "part", ())

    def _reader(self, model: Model, table: str, broken: set[str]) -> Reader:
        """What a model takes of the table, by the statement that is in force."""
        before = self._before.get(model.name) or model
        if table not in before.reads:
            return Reader(model.name, "model", ())
        use = use_of(before.statement, {name: columns for name in before.reads if (columns := self._columns(name))})[table]
        if use is None:
            return Reader(model.name, "model", None, tuple(sorted(broken)))
        return Reader(model.name, "model", tuple(sorted(use.fields)), tuple(sorted(broken & use.fields)), tuple(sorted(use.deciding)))


def _parsed(version: Version) -> Model:
    return parse_model(version.name, version.text, file=version.name)
