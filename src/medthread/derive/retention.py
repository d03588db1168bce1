"""When a record is due to be destroyed: SQL from its retention rule, and where each moment that the rule counts from is found.

A moment is told by a field marked `kept_from`: the record's own, or that of a record it refers to, or that refers to it
or to the same one; the nearest, and of several the latest. A native record's creation and closure the machine knows itself,
a lake row's creation is when it was recorded, where no field tells better.

The SQL is DuckDB's over one relation an entity, `kept."<entity>"`, made by `kept_relation`: the entity's fields, references
to masters by the master's own code, `id`, `_creation` and, where there is a case, `_close`.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from medthread.derive.columns import CODE, refers_to_master
from medthread.model import Entity, Field, Home, Label, Ref, Registry, Span
from medthread.model.retention import ANCHORS, Retention

FAR = 2  # references followed, at most
OWN = ("creation", "close")  # moments of the record's own life: nobody else's is taken for them
KNOWN = {"_creation": Label("记录建立之时", "when it was recorded"), "_close": Label("流程结束之时", "when its case ended")}


@dataclass(frozen=True)
class Hop:
    """One step along a reference: up to what a field names, or down to those whose field names it."""

    way: Literal["up", "down"]
    entity: str  # where it leads
    field: str  # the field that refers, here or there


@dataclass(frozen=True)
class Path:
    """Where something about a record is found."""

    hops: tuple[Hop, ...]
    entity: str
    column: str

    @property
    def words(self) -> str:
        """The path for people to read."""
        way = "".join(f"{'→' if h.way == 'up' else '←'}{h.field} " for h in self.hops)
        return f"{way}{self.entity}.{self.column.removeprefix('_')}"

    def label(self, registry: Registry) -> Label:
        """The record and field where it is found, by what they are called."""
        reached = registry[self.entity]
        told = KNOWN.get(self.column) or reached.fields[self.column].label
        about = reached.about.label
        return Label(f"{about.zh} · {told.zh}", f"{about.en} · {told.en}")


@dataclass(frozen=True)
class Rule:
    """An entity's retention rule with where everything that it counts from is found; what is not found keeps every record."""

    entity: type[Entity]
    retain: Retention
    found: dict[str, Path]
    missing: tuple[str, ...]

    @property
    def can_be_due(self) -> bool:
        """Whether any record of the entity can ever be due."""
        return bool(self.retain.spans) and not self.missing


def rule_of(entity: type[Entity], registry: Registry) -> Rule:
    """The rule of an entity, as declared or longer; lines are kept as long as the whole that they belong to, and have none of their own."""
    retain = registry.kept(entity.name)
    paths = {need: path_to(entity, need, registry) for need in retain.needs}
    found = {need: path for need, path in paths.items() if path is not None}
    return Rule(entity, retain, found, tuple(n for n in paths if n not in found))


def rules(registry: Registry) -> list[Rule]:
    """Every entity whose records are destroyed by themselves: no lines, and no masters, which stay while anything names them."""
    return [rule_of(e, registry) for e in registry.values() if e.about.part_of is None and e.about.home is not Home.MASTER]


def path_to(entity: type[Entity], need: str, registry: Registry) -> Path | None:
    """Where a moment of an entity's records is told; nothing where nobody tells it."""
    if need in OWN:
        own = _own(entity, need)
        return None if own is None else Path((), entity.name, own)
    for far in range(FAR + 1):
        for hops, reached in _reached(entity, registry, far):
            told = next((f.name for f in reached.fields.values() if f.mark.kept_from == need), None)
            if told is not None:
                return Path(hops, reached.name, told)
    return None


def _own(entity: type[Entity], need: str) -> str | None:
    told = next((f.name for f in entity.fields.values() if f.mark.kept_from == need), None)
    if told is not None:
        return told
    # What has a case begins and ends. What has none, and is written here, is in use until somebody says that it is not.
    if entity.about.home is Home.NATIVE and entity.about.process is None:
        return None
    return "_creation" if need == "creation" else "_close" if entity.about.home is Home.NATIVE else None


def _reached(entity: type[Entity], registry: Registry, far: int) -> Iterator[tuple[tuple[Hop, ...], type[Entity]]]:
    """Entities at a distance, those that are referred to before those that refer; never back and forth over one reference."""
    if far == 0:
        yield (), entity
        return
    for hops, here in _reached(entity, registry, far - 1):
        if hops and hops[-1].way == "down":  # what else refers to something of many is not about this record
            continue
        for field in here.fields.values():
            if field.mark.ref is not None and field.mark.ref.entity != here.name:
                yield (*hops, Hop("up", field.mark.ref.entity, field.name)), registry[field.mark.ref.entity]
        for other in registry.values():
            for field in other.fields.values():
                if field.mark.ref is not None and field.mark.ref.entity == here.name and other.name not in {entity.name, here.name}:
                    yield (*hops, Hop("down", other.name, field.name)), other


def kept_relation(entity: type[Entity], registry: Registry, *, of: str) -> str:
    """SELECT an entity's rows the way that rules look at them, from its native or golden rows `of`."""
    native = entity.about.home is Home.NATIVE
    columns, joins = ["b.id"], []
    for field in entity.fields.values():
        if field.is_personal:
            continue
        if native or not refers_to_master(field, registry):
            columns.append(f'b."{field.name}"')
            continue
        master = registry[field.mark.ref.entity if field.mark.ref else ""]
        joins.append(f' left join golden."{master.name}" as "m_{field.name}" on "m_{field.name}".id = b."{field.name}"')
        columns.append(f'coalesce("m_{field.name}"."{master.key()[-1]}", b."{field.name}{CODE}", b."{field.name}") as "{field.name}"')
    columns.append("b._creation, b._close" if native else "b._recorded_at as _creation, cast(null as timestamp) as _close")
    return f"select {', '.join(columns)} from {of} as b{''.join(joins)}"


def needed(rule: Rule) -> tuple[str, ...]:
    """Names of the entities whose relation the rule's SQL reads."""
    return tuple(dict.fromkeys([rule.entity.name, *(h.entity for p in rule.found.values() for h in p.hops)]))


def due_sql(rule: Rule, registry: Registry) -> str:
    """SELECT `id`, the key as `key_<n>`, every input by name, and `due_on`, a date or null where something is not known."""
    keys = rule.entity.key()
    inputs = {n: _told(rule.entity, p, registry) for n, p in rule.found.items()}
    joined = "".join(f' left join ({sql}) as "{n}" on {_same(n, len(keys), keys)}' for n, sql in inputs.items())
    named = ", ".join([*(f'cast(b."{k}" as varchar) as key_{i}' for i, k in enumerate(keys)), *(f'"{n}".v as "{n}"' for n in inputs)])
    spans = [_ends(s) for s in rule.retain.spans]
    known = " and ".join(f"{s} is not null" for s in spans)
    implant = ' and "implant" is not distinct from false' if "implant" in inputs else ""
    return (
        f"select *, case when {known}{implant} then cast(greatest({', '.join(spans)}) as date) end as due_on"
        f' from (select b.id, {named} from kept."{rule.entity.name}" as b{joined})')


def _same(name: str, parts: int, keys: tuple[str, ...]) -> str:
    return " and ".join(f'"{name}".k{i} = cast(b."{keys[i]}" as varchar)' for i in range(parts))


def _ends(span: Span) -> str:
    life = ' + "device_life"' if span.device_life else ""
    return f'(cast("{span.anchor}" as date) + to_months(cast({span.years * 12}{life} as integer)))'


def outlook_sql(rule: Rule, registry: Registry, *, today: date) -> str:
    """SELECT one row: records, those due, since when the first is, when the next will be, those whose end is not known."""
    day = f"date '{today}'"
    return (
        f"select count(*) as records, count(*) filter (due_on <= {day}) as due, min(due_on) filter (due_on <= {day}) as first_due_on,"
        f" min(due_on) filter (due_on > {day}) as next_due_on, count(*) filter (due_on is null) as endless from ({due_sql(rule, registry)})")


def _told(entity: type[Entity], path: Path, registry: Registry) -> str:
    """SELECT the key of an entity as `k<n>` and what a path tells of it as `v`, the latest of several."""
    table = f'kept."{entity.name}"'
    if not path.hops:
        return f'select {_key(entity.key(), "b")}, max(b."{path.column}") as v from {table} as b group by all'
    hop, rest = path.hops[0], replace(path, hops=path.hops[1:])
    reached = registry[hop.entity]
    inner = _told(reached, rest, registry)
    if hop.way == "up":
        there = _referred(entity.fields[hop.field], reached, "b")
        return f'select {_key(entity.key(), "b")}, max(t.v) as v from {table} as b join ({inner}) as t on {_on(there)} group by all'
    here = _referred(reached.fields[hop.field], entity, "d")
    keyed = " and ".join(f'd."{k}" is not null and t.k{i} = cast(d."{k}" as varchar)' for i, k in enumerate(reached.key()))
    return f'select {", ".join(f"cast({c} as varchar) as k{i}" for i, c in enumerate(here))}, max(t.v) as v from kept."{reached.name}" as d join ({inner}) as t on {keyed} group by all'


def _key(keys: tuple[str, ...], alias: str) -> str:
    return ", ".join(f'cast({alias}."{k}" as varchar) as k{i}' for i, k in enumerate(keys))


def _on(columns: list[str]) -> str:
    return " and ".join(f"t.k{i} = cast({c} as varchar)" for i, c in enumerate(columns))


def _referred(field: Field, target: type[Entity], alias: str) -> list[str]:
    """The columns of the referring row that name the target, in the order of the target's key."""
    ref = field.mark.ref or Ref("")
    along = dict(ref.along)
    return [f'{alias}."{along[k]}"' for k in target.key()[:-1]] + [f'{alias}."{field.name}"']


def formula(rule: Rule) -> Label:
    """The rule with where it looks, for people who review it."""
    words = "; ".join(f"{ANCHORS[n].en if n in ANCHORS else n}: {p.words}" for n, p in rule.found.items())
    lacking = ", ".join(rule.missing)
    zh = rule.retain.label.zh + (f" [{words}]" if words else "") + (f";无从得知 {lacking},故一律保留" if lacking else "")
    en = rule.retain.label.en + (f" [{words}]" if words else "") + (f"; nobody tells {lacking}, so all are kept" if lacking else "")
    return Label(zh, en)
