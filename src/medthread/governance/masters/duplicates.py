"""Whether something is there already, asked before it is made anywhere: values compared with every record as matching would."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from medthread.derive.columns import INDEX
from medthread.model import Entity, MatchModel
from medthread.pipeline.match.feature_table import bring_up
from medthread.pipeline.match.features import inputs_of
from medthread.pipeline.match.score import score
from medthread.pipeline.match.setting import Weighing
from medthread.stores.engines import job, literal
from medthread.stores.serving import Snapshot

ASKED = ""  # the record that is asked for: no other has this name
BESIDE = "\x00"  # before the names of others that are asked for and stand in no release yet: no record begins so
MOST = 50
Values = Mapping[str, str | None]


@dataclass(frozen=True)
class Likeness:
    """A record that may be it: the score, whether it is as high as what is matched by itself, and what it is made of.

    `golden_id` is none of those that are asked for as well: of them `record` is the name that they were given with. `exact`: both
    bear the same valid identifier.
    """

    golden_id: str | None
    record: str
    score: float
    sure: bool
    parts: str
    exact: bool = False


def likely(snapshot: Snapshot, entity: type[Entity], weighed: Weighing, values: Values, *, beside: Mapping[str, Values] | None = None) -> list[Likeness]:
    """The likeliest record of each golden record, and each of `beside` that is like it, best first. A value that is no field of matching plays no part."""
    return likely_of_each(snapshot, entity, weighed, {ASKED: values}, beside=beside)[ASKED]


def likely_of_each(
    snapshot: Snapshot, entity: type[Entity], weighed: Weighing, asked: Mapping[str, Values], *, beside: Mapping[str, Values] | None = None,
) -> dict[str, list[Likeness]]:
    """The same of several at once, by the names they were given with; each is compared with those asked for after it as well."""
    found: dict[str, list[Likeness]] = {name: [] for name in asked}
    given = {BESIDE + name if name else ASKED: of for name, of in {**asked, **(beside or {})}.items()}
    with _scored(snapshot, entity, weighed, given, first=len(asked)) as con:
        rows = con.execute("select * from likeness qualify row_number() over (partition by one, coalesce(golden_id, record) order by exact desc, score desc, record) = 1"
                           " order by exact desc, score desc, record").fetchall() if con else []
    for one, record, golden, points, parts, exact in rows:
        told = found[one.removeprefix(BESIDE)]
        if len(told) < MOST:
            told.append(Likeness(golden, record.removeprefix(BESIDE), float(points), exact or points >= weighed.model.auto, parts, exact))
    return found


@contextmanager
def _scored(snapshot: Snapshot, entity: type[Entity], weighed: Weighing, given: Mapping[str, Values], *, first: int) -> Iterator[Any]:
    """A database with the `likeness` of the first so many to records that share a block with them; none where they share none."""
    model, name = weighed.model, f"golden.{entity.name}"
    with job() as con:
        con.register("record", pa.table({"record_id": list(given)} | {c: pa.array([_given(model, of, c) for of in given.values()], pa.string()) for c in inputs_of(model)}))
        bring_up(con, model, earlier=())
        con.register("placed", pa.table({"rid": list(given), "place": range(len(given))}))
        con.execute("create or replace temp table features as select f.* from features f join placed using (rid) order by place")  # so that those asked for come first
        blocks = ("sure", *weighed.comparisons.blocks)
        told = con.execute(f"select {', '.join(f'list(distinct cast({b} as varchar))' for b in blocks)} from features where rowid < {first}").fetchall()[0]
        shared = [f"cast({b} as varchar) in ({', '.join(literal(v) for v in values)})" for b, of in zip(blocks, told, strict=True) if (values := [v for v in of or () if v])]
        if not shared:
            yield None
            return
        con.execute("create temp table xref (record_id varchar, golden_id varchar)")
        if snapshot.has(f"{name}_feature"):
            con.execute(f"insert into features by name select * from {snapshot.relation(f'{name}_feature')} where {' or '.join(shared)}")
            con.execute(f"insert into xref select record_id, golden_id from {snapshot.relation(f'{name}_xref')} where record_id in (select rid from features)")
        score(con, weighed.comparisons, least=model.review, of_first=first)
        con.execute(
            "create temp view likeness as select a.rid as one, b.rid as record, x.golden_id, e.score, e.parts, e.exact from ("
            " select row_a, row_b, score, parts, false as exact from edges union all"
            f" select l.rowid, r.rowid, coalesce(s.score, 0), coalesce(s.parts, '[]'), true from features l join features r on l.sure = r.sure and l.rowid < {first} and r.rowid > l.rowid"
            " left join edges s on s.row_a = l.rowid and s.row_b = r.rowid) e"
            " join features a on a.rowid = e.row_a join features b on b.rowid = e.row_b left join xref x on x.record_id = b.rid"
        )
        yield con


def _given(model: MatchModel, values: Values, column: str) -> str | None:
    value = (values.get(column) or "").strip()
    return (value.upper() if column == model.unique else value) or None


def asked_fields(entity: type[Entity]) -> tuple[str, ...]:
    """The fields that may be given."""
    model = entity.about.match
    return tuple(c for c in (inputs_of(model) if model else ()) if c in entity.fields and not entity.fields[c].is_personal)


def compared_fields(entity: type[Entity]) -> tuple[str, ...]:
    """The same, with the blind indices of personal fields that are compared: of what is sealed."""
    model = entity.about.match
    return tuple(c for c in (inputs_of(model) if model else ()) if c.removesuffix(INDEX) in entity.fields)
