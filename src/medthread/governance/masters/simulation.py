"""What would come of other weights or lines: everything matched once more with them, beside what is released and decided, and nothing written."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from medthread.model import Entity
from medthread.pipeline.match.crosswalk import REVIEW
from medthread.pipeline.match.decisions import Decisions
from medthread.pipeline.match.identity import assign
from medthread.pipeline.match.partition import part, register_sides
from medthread.pipeline.match.score import score
from medthread.pipeline.match.setting import Numbers, Weighing, checked, weighing
from medthread.stores.engines import job
from medthread.stores.serving import Snapshot

NAMED = 50  # golden records of each kind that are named
XREF = (("record_id", "varchar"), ("golden_id", "varchar"))
FORMER = (("record_id", "varchar"), ("golden_id", "varchar"))

@dataclass(frozen=True)
class Merged:
    """Golden ids that would be one: the first stays."""

    into: str
    golden: tuple[str, ...]


@dataclass(frozen=True)
class Parted:
    """A golden record that would be several: how many records would stay with it, and in how many others the rest would be."""

    golden: str
    stay: int
    others: int


@dataclass(frozen=True)
class Effect:
    """Golden records and pairs to be looked at, before and after; records that would be in another golden record; the first of those it would happen to."""

    golden: tuple[int, int]
    pairs: tuple[int, int]
    moved: int
    merged: int
    parted: int
    merges: tuple[Merged, ...]
    partings: tuple[Parted, ...]
    touched: tuple[str, ...]  # the golden ids that are released and would hold other records

    def told(self) -> dict[str, Any]:
        """As it is kept with the decision: the ids that are touched are only counted."""
        return {
            "golden": list(self.golden), "pairs": list(self.pairs), "moved": self.moved, "merged": self.merged, "parted": self.parted, "touched": len(self.touched),
            "merges": [{"into": m.into, "golden": list(m.golden)} for m in self.merges],
            "partings": [{"golden": p.golden, "stay": p.stay, "others": p.others} for p in self.partings],
        }


def weighed_now(tx: Connection, entity: type[Entity]) -> Weighing:
    """What a master is matched by from the next run on."""
    assert entity.about.match is not None  # noqa: S101 - only matched masters have weights
    return weighing(entity.about.match, Decisions.in_force(tx, entity.name))


def simulate(tx: Connection, snapshot: Snapshot, entity: type[Entity], numbers: Numbers) -> tuple[dict[str, float], Effect]:
    """The numbers that would change, and their effect on what is released and decided. Raises `InvalidError` for numbers that make no sense."""
    assert entity.about.match is not None  # noqa: S101 - only matched masters have weights
    decisions = Decisions.in_force(tx, entity.name)
    now = weighing(entity.about.match, decisions)
    fresh = checked(now, numbers)
    name = f"golden.{entity.name}"
    if not snapshot.has(f"{name}_feature"):
        return fresh, Effect((0, 0), (0, 0), 0, 0, 0, (), (), ())
    # What was decided and no run has taken in yet is no effect of these numbers: both sides have it.
    before, pairs = _as_decided(snapshot, name, decisions, now) if decisions.all else (None, int(snapshot.rows_of(f"{name}_review")))
    with job() as con:
        _released(con, snapshot, name, before)
        _matched(con, decisions, now.with_numbers(fresh))
        return fresh, _effect(con, pairs)


def _as_decided(snapshot: Snapshot, name: str, decisions: Decisions, now: Weighing) -> tuple[Any, int]:
    """The crosswalk by the numbers in force with all that is decided (record_id, golden_id), and how many pairs there would be to look at."""
    with job() as con:
        _released(con, snapshot, name, None)
        _matched(con, decisions, now)
        crosswalk = con.sql("select rid as record_id, golden_id from assigned").to_arrow_table()
        return crosswalk, int(con.execute("select count(*) from looked_at").fetchall()[0][0])


def _released(con: Any, snapshot: Snapshot, name: str, before: Any) -> None:
    """`features`, `before` and `formerly`; the crosswalk is the released one where none is given."""
    con.execute(f"create temp table features as select * from {snapshot.relation(f'{name}_feature')}")
    if before is None:
        con.execute(f"create temp table before as select record_id, golden_id from {snapshot.relation(f'{name}_xref', XREF)}")
    else:
        con.register("before", before)
    con.execute(f"create temp table formerly as select record_id, golden_id from {snapshot.relation(f'{name}_former', FORMER)}")


def _matched(con: Any, decisions: Decisions, then: Weighing) -> None:
    score(con, then.comparisons, least=then.model.review)
    part(con, decisions, apart=then.comparisons.apart, within=then.comparisons.within, auto=then.model.auto)
    assign(con, prefix=then.model.prefix)
    con.execute("create temp table assigned as select rid, golden_id from cluster join named using (name)")
    register_sides(con, decisions)
    con.execute(f"create temp table looked_at as {REVIEW.format(auto=then.model.auto)}")
    con.execute(
        "create temp table moved as select a.rid, b.golden_id as was, a.golden_id as now from assigned a"
        " join before b on b.record_id = a.rid where b.golden_id <> a.golden_id"
    )


def _effect(con: Any, pairs: int) -> Effect:
    def one(sql: str) -> int:
        return int(con.execute(sql).fetchall()[0][0])

    merges = con.execute(f"select merged_into, list(golden_id order by golden_id) from gone group by 1 order by len(list(golden_id)) desc, 1 limit {NAMED}").fetchall()
    parted = "select was, count(*) as left_, count(distinct now) as others from moved where was not in (select golden_id from gone) group by was"
    partings = con.execute(
        f"select p.was, (select count(*) from before b where b.golden_id = p.was) - p.left_, p.others from ({parted}) p order by p.left_ desc, p.was limit {NAMED}"
    ).fetchall()
    touched = con.execute("select distinct golden_id from (select was as golden_id from moved union select now from moved where now in (select golden_id from before)) order by 1").fetchall()
    return Effect(
        golden=(one("select count(distinct golden_id) from before"), one("select count(distinct name) from cluster")),
        pairs=(pairs, one("select count(*) from looked_at")),
        moved=one("select count(*) from moved"),
        merged=one("select count(*) from gone"), parted=one(f"select count(*) from ({parted})"),
        merges=tuple(Merged(into, tuple(golden)) for into, golden in merges),
        partings=tuple(Parted(*row) for row in partings), touched=tuple(g for (g,) in touched),
    )


def touched_codes(snapshot: Snapshot, entity: type[Entity], golden: Sequence[str]) -> list[str]:
    """The codes of the records of golden records: records written here name them by these."""
    found = snapshot.query(f"select distinct source_key from {snapshot.relation(f'golden.{entity.name}_xref')} where golden_id in (select unnest(?)) order by 1", [list(golden)])
    return [r["source_key"] for r in found]
