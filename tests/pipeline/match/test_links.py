"""Golden records under one another: what names tell, what a steward says, and that it stays so through whatever is matched anew."""

from datetime import UTC, datetime
from typing import Any

import duckdb
import pytest

from medthread.masters.hierarchy import ALLIANCE, BRANCH, GROUP
from medthread.model import MatchModel
from medthread.pipeline.match.decisions import LINK, Decision, Decisions
from medthread.pipeline.match.features import features_of
from medthread.pipeline.match.links import CIRCULAR, LINKED, SUGGESTED, link

MODEL = MatchModel(kind="organisation", unique="uscc", parts={"place": "city"}, links=(BRANCH, GROUP, ALLIANCE))
FIRMS = {
    "G1": ("上海康联医疗器械有限公司", "上海"), "G2": ("上海康联医疗器械有限公司苏州分公司", "苏州"), "G3": ("上海康联医疗器械有限公司无锡分公司", None),
    "G4": ("北京康联医疗器械有限公司", "北京"), "G5": ("宁波华阳集团有限公司", "宁波"), "G6": ("宁波华阳塑胶有限公司", "宁波"), "G7": ("苏州华阳包装有限公司", "苏州"),
    "G8": ("华阳", None), "G9": ("杭州远见光电科技有限公司", "杭州"), "G10": ("远见光电科技杭州分公司", "嘉兴"),
}


def links(*decisions: Decision, firms: dict[str, tuple[str, str | None]] = FIRMS) -> list[tuple[Any, ...]]:
    """The same where each firm is one golden record of one record named after it."""
    return linked({f"erp|{g}": (g, *said) for g, said in firms.items()}, *decisions)


def linked(records: dict[str, tuple[str, str, str | None]], *decisions: Decision) -> list[tuple[Any, ...]]:
    """What comes of records (golden id, name, city): child, parent, kind, status, from, until."""
    ids, names, cities = (list(column) for column in zip(*records.values(), strict=True))
    with duckdb.connect() as con:
        con.register("features", features_of(MODEL, {"record_id": list(records), "name": names, "city": cities}))
        con.execute("create table assigned (rid varchar, golden_id varchar); create table member (record_id varchar, name varchar)")
        con.executemany("insert into assigned values (?, ?)", list(zip(records, ids, strict=True)))
        con.executemany("insert into member values (?, ?)", list(zip(records, names, strict=True)))
        link(con, MODEL, Decisions(decisions))
        return con.execute("select child, parent, kind, status, valid_from::varchar, valid_until::varchar from link order by all").fetchall()


def said(number: int, child: str, parent: str | None, kind: str = "group", begin: str | None = None, end: str | None = None) -> Decision:
    sides = ((f"erp|{child}",), (f"erp|{parent}",)) if parent else ((f"erp|{child}",),)
    return Decision(number, LINK, sides, {"kind": kind, "parent": parent, "from": begin, "until": end}, datetime(2026, 1, number, tzinfo=UTC))


def of(found: list[tuple[Any, ...]], *children: str) -> list[tuple[Any, ...]]:
    return [f for f in found if f[0] in children]


def test_a_branch_is_linked_to_the_one_head_office_of_its_name_and_city_and_what_is_less_sure_is_suggested() -> None:
    found = links()
    # Their names say of which city the firm is, so that the one of Beijing is not meant.
    assert of(found, "G2", "G3") == [("G2", "G1", "branch", LINKED, None, None), ("G3", "G1", "branch", LINKED, None, None)]
    # Without a region in its name a branch may be of any firm that is called so.
    assert of(found, "G10") == [("G10", "G9", "branch", SUGGESTED, None, None)]
    assert of(found, "G1", "G4", "G5", "G9") == []


def test_what_one_record_of_a_branch_says_of_its_city_counts_for_the_others_too() -> None:
    told = {"r1": ("G2", "郑州帛远线缆有限公司佛山分公司", "佛山"), "r2": ("G2", "帛远线缆有限公司佛山分公司", None), "r3": ("G1", "昆山帛远线缆有限公司", "昆山")}
    assert linked(told) == []
    assert linked({**told, "r1": ("G2", "帛远线缆有限公司佛山分公司", "佛山")}) == [("G2", "G1", "branch", SUGGESTED, None, None)]


def test_firms_are_suggested_as_members_of_the_one_that_calls_itself_a_group() -> None:
    assert of(links(), "G6", "G7", "G8") == [(c, "G5", "group", SUGGESTED, None, None) for c in ("G6", "G7", "G8")]
    two = {**FIRMS, "G11": ("厦门华阳集团股份有限公司", "厦门")}
    assert of(links(firms=two), "G6", "G7", "G8") == []  # two groups of that name: names tell nothing


def test_a_word_of_a_steward_stands_above_names_and_says_also_that_there_is_none() -> None:
    found = links(said(1, "G2", "G4", "branch"), said(2, "G6", None), said(3, "G7", "G5"))
    assert of(found, "G2") == [("G2", "G4", "branch", LINKED, None, None)]
    assert of(found, "G6") == []
    assert of(found, "G7") == [("G7", "G5", "group", LINKED, None, None)]


@pytest.mark.parametrize(("words", "stand"), [
    ((("G5", None, None), ("G1", "2026-07-01", None)), [("G5", None, "2026-07-01"), ("G1", "2026-07-01", None)]),
    ((("G5", "2026-01-01", "2026-03-01"), ("G1", None, None)), [("G1", None, None)]),
    ((("G5", "2026-01-01", "2026-03-01"), ("G1", "2026-06-01", None)), [("G5", "2026-01-01", "2026-03-01"), ("G1", "2026-06-01", None)]),
    ((("G5", None, None), (None, "2026-07-01", None)), [("G5", None, "2026-07-01")]),
    ((("G5", "2026-07-01", None), ("G1", "2026-07-01", None)), [("G1", "2026-07-01", None)]),
])
def test_of_two_words_about_one_the_later_counts_from_its_first_day(words: tuple[tuple[str | None, ...], ...], stand: list[tuple[str | None, ...]]) -> None:
    found = links(*(said(n, "G9", parent, begin=begin, end=end) for n, (parent, begin, end) in enumerate(words, 1)))
    assert sorted((p, b, e) for _, p, k, s, b, e in of(found, "G9") if k == "group" and s == LINKED) == sorted(stand)


def test_links_never_go_in_a_circle_the_newest_word_is_left_out() -> None:
    found = links(said(1, "G9", "G4"), said(2, "G4", "G5"), said(3, "G5", "G9", "alliance"))
    assert {(c, p): s for c, p, _, s, _, _ in of(found, "G9", "G4", "G5")} == {("G9", "G4"): LINKED, ("G4", "G5"): LINKED, ("G5", "G9"): CIRCULAR}


def test_two_that_became_one_are_not_linked_to_themselves() -> None:
    firms = {"G1": FIRMS["G1"]}
    same = Decision(1, LINK, (("erp|G1",), ("erp|G1",)), {"kind": "group", "parent": "G0"}, datetime(2026, 1, 1, tzinfo=UTC))
    assert links(same, firms=firms) == []
