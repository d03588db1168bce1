"""What stewards parted stays parted when news comes, and ids stay where nothing changed: the bar of `mdm` counted on twelve thousand firms."""

from typing import Any

import pyarrow as pa
from benchmarks.firms import ROWS

from medthread.model import MatchModel
from medthread.pipeline.match.decisions import SPLIT, Decision, Decisions
from medthread.pipeline.match.identity import assign
from medthread.pipeline.match.kinds import kind_of
from medthread.pipeline.match.partition import part
from medthread.pipeline.match.score import score
from medthread.stores.engines import connect
from tests.pipeline.match.test_decisions import NOON

MODEL = MatchModel(kind="organisation")
COMPARISONS = kind_of(MODEL).comparisons
SPLITS = 200
Before = dict[str, str]


def matched(records: pa.Table, before: Before, decisions: Decisions) -> Before:
    """The golden id of each record."""
    with connect(memory="1GB", threads=2) as con:
        con.register("given", records)
        con.execute("create table features as select * from given")
        con.register("before", pa.table({"record_id": pa.array(before, pa.string()), "golden_id": pa.array(before.values(), pa.string())}))
        con.execute("create temp table formerly as select record_id, golden_id from before where false")
        score(con, COMPARISONS, least=MODEL.review)
        part(con, decisions, apart=COMPARISONS.apart, auto=MODEL.auto)
        assign(con, prefix="T")
        return dict(con.execute("select rid, golden_id from cluster join named using (name)").fetchall())


def groups(of: Before) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for record, golden in sorted(of.items()):
        found.setdefault(golden, []).append(record)
    return found


def test_no_split_is_undone_by_news_and_no_id_moves_without_reason() -> None:
    with connect(memory="1GB", threads=2) as con:
        con.execute(f"create table firms as {ROWS.format(firms=12_000)}")
        every: Any = con.sql("select * exclude (firm) from firms order by rid").to_arrow_table()
        known = con.sql("select * exclude (firm) from firms where hash(rid) % 20 > 0 order by rid").to_arrow_table()
    first = matched(known, {}, Decisions())
    several = sorted(g for g in groups(first).values() if len(g) > 1)[:SPLITS]
    assert len(several) == SPLITS
    said = Decisions(tuple(Decision(n, SPLIT, ((g[0],), tuple(g[1:])), {}, NOON) for n, g in enumerate(several, 1)))
    second = matched(every, first, said)
    assert len(second) > len(first) * 1.04
    undone = [g for g in several if second[g[0]] in {second[r] for r in g[1:]}]
    assert undone == []
    before = {tuple(g): id_ for id_, g in groups(first).items()}
    stayed = {id_: g for id_, g in groups(second).items() if tuple(g) in before}
    assert len(stayed) > 1_000
    assert [id_ for id_, g in stayed.items() if before[tuple(g)] != id_] == []
