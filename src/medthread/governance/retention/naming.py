"""What records tell of whatever a decision asks about: in their own fields, in those of their lines, and under other names.

A decision takes parameters by name. A record tells one by a field of that name, or by a field that refers to something
(`ref`, `mentions`) whose key has a part of that name: `next_lot`, which names a lot along `next_item`, tells both.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import duckdb
import pyarrow as pa

from medthread.model import Entity, Registry
from medthread.stores.engines import quote

Values = dict[str, Any]


@dataclass
class Named:
    """A record: what it is called, and every set of values that it or a line of it tells, each once."""

    name: str
    told: list[Values] = field(default_factory=list)

    def asked(self, decision: Iterable[str], **known: Any) -> list[Values]:
        """What to ask a decision about it: one question a set of values, one at least; what nobody tells is null."""
        return [{**dict.fromkeys(decision), **told, **known} for told in self.told or [{}]]


def lines_of(entity: type[Entity], registry: Registry) -> list[tuple[type[Entity], dict[str, str]]]:
    """The entities whose records are lines of this one's: their field -> the whole's key part that it holds."""
    found = []
    for line in registry.values():
        ref = line.fields[line.about.part_of].mark.ref if line.about.part_of else None
        if ref is not None and ref.entity == entity.name:
            found.append((line, {line.about.part_of or "": entity.key()[-1], **{mine: theirs for theirs, mine in ref.along}}))
    return found


def family(entity: type[Entity], registry: Registry) -> list[str]:
    """Names of the entity and of its lines, and of theirs."""
    return [entity.name, *(n for line, _ in lines_of(entity, registry) for n in family(line, registry))]


def named(con: duckdb.DuckDBPyConnection, registry: Registry, entity: type[Entity], ids: Sequence[str], takes: Sequence[str]) -> dict[str, Named]:
    """By id, what these records and their lines tell; read of `kept.<entity>` for the whole family."""
    con.register("wanted", pa.table({"id": pa.array(list(ids), pa.string())}))
    con.execute("create or replace temp table whole as select id as root, id from wanted")
    key = " || '/' || ".join(f"cast(o.{quote(k)} as varchar)" for k in entity.key())
    rows = con.execute(f"select o.id, {key} from kept.{quote(entity.name)} o semi join whole w on o.id = w.id").fetchall()
    found = {id_: Named(name) for id_, name in rows}
    _tell(con, registry, entity, "whole", found, takes)
    return found


def _tell(con: duckdb.DuckDBPyConnection, registry: Registry, entity: type[Entity], here: str, found: dict[str, Named], takes: Sequence[str]) -> None:
    for way in ways(entity, registry, takes):
        columns = ", ".join(f"cast(o.{quote(name)} as varchar)" for name in way.values())
        for root, *values in con.execute(f"select distinct w.root, {columns} from kept.{quote(entity.name)} o join {here} w on o.id = w.id order by all").fetchall():
            told = dict(zip(way, values, strict=True))
            if any(v is not None for v in values) and told not in found[root].told:
                found[root].told.append(told)
    for line, holds in lines_of(entity, registry):
        same = " and ".join(f"cast(l.{quote(mine)} as varchar) = cast(o.{quote(theirs)} as varchar)" for mine, theirs in holds.items())
        below = f"{here}_{line.name}"
        con.execute(f"create or replace temp table {quote(below)} as select w.root, l.id from kept.{quote(line.name)} l "
                    f"join kept.{quote(entity.name)} o on {same} join {here} w on o.id = w.id")
        _tell(con, registry, line, quote(below), found, takes)


def ways(entity: type[Entity], registry: Registry, takes: Sequence[str]) -> list[dict[str, str]]:
    """Ways in which an entity's records tell of what is asked: parameter -> field; none that another one contains."""
    ways = [{p: p for p in takes if p in entity.fields}]
    for f in entity.fields.values():
        ref = f.mark.ref or f.mark.mentions
        if ref is not None:
            parts = {**dict(ref.along), registry[ref.entity].key()[-1]: f.name}
            ways.append({p: parts[p] for p in takes if p in parts})
    readable = [w for w in ways if w and not any(entity.fields[n].is_personal for n in w.values())]
    return [w for i, w in enumerate(readable) if w not in readable[:i] and not any(w.items() < other.items() for other in readable)]
