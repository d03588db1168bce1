"""Machines are told from their sisters: by serial number with its maker, by ledger number, by which of several they are called."""

from collections.abc import Sequence

import pyarrow as pa
import pytest
from benchmarks.assets import F1, PRECISION, measured, written

from medthread.masters.asset import Asset
from medthread.pipeline.match.decisions import MERGE, SPLIT, Decision, Decisions
from medthread.pipeline.match.feature_table import bring_up
from medthread.pipeline.match.features import inputs_of
from medthread.pipeline.match.kinds import kind_of
from medthread.pipeline.match.partition import part
from medthread.pipeline.match.score import score
from medthread.stores.engines import connect
from tests.pipeline.match.test_decisions import NOON

MODEL = Asset.about.match
assert MODEL is not None
COMPARISONS = kind_of(MODEL).comparisons
PRESS = {"name": "注塑机", "maker": "宁波海天塑机集团有限公司", "model": "MA1600II/570", "location": "注塑车间", "commissioned_on": "2018-05-01"}
Record = dict[str, str]


def press(source: str, **other: str) -> Record:
    return {"_source": source, **PRESS, **other}


def matched(records: Sequence[Record], *decisions: Decision) -> tuple[list[set[int]], list[tuple[int, int]]]:
    """Records by cluster, and the pairs of different clusters that a steward sees."""
    assert MODEL is not None
    with connect(memory="500MB", threads=1) as con:
        con.register("record", pa.table({
            "record_id": [f"r{n}" for n in range(len(records))], **{c: pa.array([r.get(c) for r in records], pa.string()) for c in inputs_of(MODEL)},
        }))
        bring_up(con, MODEL, earlier=())
        score(con, COMPARISONS, least=MODEL.review)
        part(con, Decisions(decisions), apart=COMPARISONS.apart, within=COMPARISONS.within, auto=MODEL.auto)
        of = {int(r[1:]): name for r, name in con.execute("select rid, name from cluster").fetchall()}
        shown = [(int(a[1:]), int(b[1:])) for a, b in con.execute("select a, b from edges order by 1, 2").fetchall()]
    groups = [{r for r, name in of.items() if name == one} for one in sorted(set(of.values()))]
    return groups, [(a, b) for a, b in shown if of[a] != of[b]]


def test_serial_and_maker_are_one_machine_in_whatever_notation() -> None:
    groups, _ = matched([
        press("erp", serial_no="20180401", name="塑料注射成型机"), press("cmms", serial_no="S/N 2018-0401", maker="HAITIAN", model="ma1600Ⅱ", location="二楼"),
        {"_source": "metro", "name": "注塑机", "maker": "海天(Haitian)", "serial_no": "2018O4O1"},
    ])
    assert groups == [{0, 1, 2}]


def test_sisters_stay_apart_in_one_system_and_across_systems() -> None:
    sisters = [press(s, asset_no=f"GD{n}", ledger_no=f"GD{n}" if s == "erp" else "", serial_no=f"2018040{n}") for s in ("erp", "cmms") for n in (1, 2, 3)]
    groups, shown = matched(sisters)
    assert groups == [{0, 3}, {1, 4}, {2, 5}]
    assert shown == [], "nobody is asked whether consecutive numbers are mistyped where nothing else tells them to be one"


def test_what_sisters_share_puts_nothing_together() -> None:
    groups, _ = matched([press("erp"), press("erp"), press("mes"), press("mes")])
    assert groups == [{0}, {1}, {2}, {3}]


def test_which_of_several_tells_sisters_apart() -> None:
    groups, _ = matched([press("erp", name="3#注塑机"), press("mes", name="注塑机-03"), press("mes", name="4号注塑机")])
    assert groups == [{0, 1}, {2}]


@pytest.mark.parametrize("other", ["20180410", "CU55319"], ids=["mistyped", "a new control unit"])
def test_another_serial_under_one_ledger_number_goes_to_a_steward(other: str) -> None:
    records = [press("erp", ledger_no="GD2018-0001", serial_no="20180401"), press("cmms", ledger_no="GD20180001", serial_no=other)]
    assert matched(records) == ([{0}, {1}], [(0, 1)])
    put_together = Decision(1, MERGE, (("r0", "r1"),), {}, NOON)
    assert matched(records, put_together)[0] == [{0, 1}]
    parted = Decision(2, SPLIT, (("r0",), ("r1",)), {}, NOON)
    assert matched(records, put_together, parted)[0] == [{0}, {1}]


@pytest.mark.parametrize("makers", [("深圳市正旺仪器有限公司", "济南时试仪器有限公司"), ("Zwick GmbH", "Instron Corp.")], ids=["in Chinese", "in Latin letters"])
def test_one_number_of_two_makers_is_no_evidence_even_through_a_record_that_names_none(makers: tuple[str, str]) -> None:
    plain = {"name": "拉力试验机", "model": "", "serial_no": "880412"}
    groups, _ = matched([
        {"_source": "erp", **plain, "maker": makers[0]}, {"_source": "metro", **plain}, {"_source": "cmms", **plain, "maker": makers[1]},
    ])
    assert {0, 2} not in groups
    assert {0, 1, 2} not in groups


def test_makers_count_anew_for_each_type() -> None:
    groups, _ = matched([press("erp", serial_no="0123"), press("cmms", serial_no="123", model="MA900/260", name="卧式注塑机", location="三楼", commissioned_on="2021-02-02")])
    assert groups == [{0}, {1}]


def test_one_card_for_several_machines_joins_one_of_a_system_at_most() -> None:
    groups, shown = matched([press("erp", ledger_no="GD1"), *(press("mes", ledger_no="GD1", asset_no=f"EQ-{n}") for n in range(3))])
    assert sorted(map(len, groups)) == [1, 1, 2]
    assert shown, "the others are for a steward to place"


def test_a_few_hundred_machines_in_four_systems() -> None:
    precision, _, f1 = measured(written(61, 500))
    assert precision >= PRECISION
    assert f1 >= F1 - 0.02, "of a sixth of the benchmark's machines, so that chance has its part"
