"""Golden ids stay where records stay together, leave a trail where they are merged, and come back where they are parted."""

from collections.abc import Mapping, Sequence

import duckdb
import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from medthread.pipeline.match.identity import assign

Pairs = Sequence[tuple[str, str]]
names = st.sampled_from([f"r{n}" for n in range(12)])


def assigned(members: Mapping[str, Sequence[str]], before: Mapping[str, str] | None = None, former: Pairs = ()) -> tuple[dict[str, str], dict[str, str]]:
    """Ids by cluster, and retired ids with their successors."""

    def table(rows: Pairs, *columns: str) -> pa.Table:
        return pa.table({c: pa.array([r[n] for r in rows], pa.string()) for n, c in enumerate(columns)})

    with duckdb.connect() as con:
        con.register("cluster", table([(r, name) for name, of in members.items() for r in of], "rid", "name"))
        con.register("before", table(list((before or {}).items()), "record_id", "golden_id"))
        con.register("formerly", table(former, "record_id", "golden_id"))
        assign(con, prefix="T")
        ids, gone = (dict(con.execute(f"select * from {t}").fetchall()) for t in ("named", "gone"))
    return ids, gone


@st.composite
def partitions(draw: st.DrawFn) -> dict[str, list[str]]:
    groups: dict[str, list[str]] = {}
    for record in draw(st.lists(names, unique=True, min_size=1)):
        groups.setdefault(draw(st.sampled_from("abcd")), []).append(record)
    return {min(of): sorted(of) for of in groups.values()}


@settings(deadline=None, max_examples=50)
@given(partitions())
def test_ids_stay_where_membership_stays(members: dict[str, list[str]]) -> None:
    first, _ = assigned(members)
    again, gone = assigned(members, {r: first[name] for name, of in members.items() for r in of})
    assert (again, gone) == (first, {})
    assert len(set(first.values())) == len(members)


@settings(deadline=None, max_examples=50)
@given(partitions(), partitions())
def test_each_id_is_borne_once_and_each_old_one_is_found_again(earlier: dict[str, list[str]], later: dict[str, list[str]]) -> None:
    first, _ = assigned(earlier)
    before = {r: first[name] for name, of in earlier.items() for r in of}
    second, gone = assigned(later, before)
    assert set(second) == set(later)
    assert len(set(second.values())) == len(later)
    here = {r for of in later.values() for r in of}
    for name, of in earlier.items():
        if here & set(of):
            assert first[name] in second.values() or gone[first[name]] in second.values()


@settings(deadline=None, max_examples=50)
@given(partitions())
def test_who_goes_there_and_back_bears_the_same_ids(earlier: dict[str, list[str]]) -> None:
    records = sorted({r for of in earlier.values() for r in of})
    gathered = {records[0]: records}
    first, _ = assigned(earlier)
    before = {r: first[name] for name, of in earlier.items() for r in of}
    merged, _ = assigned(gathered, before)
    kept = merged[records[0]]
    former = [(r, old) for r, old in before.items() if old != kept]
    back, gone = assigned(earlier, dict.fromkeys(records, kept), former)
    assert gone == {}
    assert back == first


def test_a_merge_keeps_the_larger_id_and_leaves_a_trail() -> None:
    ids, gone = assigned({"a": ["a", "b", "c"]}, {"a": "T-1", "b": "T-1", "c": "T-2"})
    assert (ids, gone) == ({"a": "T-1"}, {"T-2": "T-1"})


def test_a_split_keeps_the_id_on_the_larger_side() -> None:
    ids, _ = assigned({"a": ["a", "b"], "c": ["c"]}, {"a": "T-1", "b": "T-1", "c": "T-1"})
    assert ids["a"] == "T-1"
    assert ids["c"] not in ("T-1", "T-2")


def test_what_was_put_together_and_parted_again_has_the_ids_it_had() -> None:
    ids, gone = assigned({"a": ["a", "b"], "c": ["c"]}, dict.fromkeys("abc", "T-1"), [("c", "T-2")])
    assert (ids, gone) == ({"a": "T-1", "c": "T-2"}, {})


def test_an_id_that_others_bear_now_does_not_come_back() -> None:
    ids, _ = assigned({"a": ["a"], "b": ["b"], "c": ["c"]}, {"a": "T-1", "b": "T-2", "c": "T-1"}, [("c", "T-2")])
    assert ids["b"] == "T-2"
    assert ids["c"] not in ("T-1", "T-2")


def test_a_cluster_whose_id_is_in_use_gets_another() -> None:
    taken, _ = assigned({"a": ["a"]})
    ids, _ = assigned({"a": ["a"], "b": ["b"]}, {"b": taken["a"]})
    assert ids["b"] == taken["a"] != ids["a"]
