"""What stewards decided holds however often everything is matched again."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from medthread.pipeline.match.cluster import Clusters, cluster
from medthread.pipeline.match.decisions import MERGE, SPLIT, Decision, Decisions
from tests.pipeline.match.test_cluster import partition, problems

NOON = datetime(2026, 11, 26, 4, tzinfo=UTC)
Problem = tuple[dict[str, dict[str, str]], list[tuple[str, str, float]]]


def decided(*said: tuple[str, list[list[str]]]) -> Decisions:
    return Decisions(tuple(
        Decision(n, kind, tuple(map(tuple, sides)), {}, NOON + timedelta(minutes=n)) for n, (kind, sides) in enumerate(said, 1)
    ))


def clustered(tokens: dict[str, dict[str, str]], edges: list[tuple[str, str, float]], decisions: Decisions) -> Clusters:
    return cluster(decisions.applied(tokens), edges, bound=decisions.links())


def together(found: Clusters, a: str, b: str) -> bool:
    return found.of[a] == found.of[b]


@given(problems(), st.data())
def test_parted_records_never_meet_again_whatever_comes_later(problem: Problem, data: st.DataObject) -> None:
    tokens, edges = problem
    names = sorted(tokens)
    side = data.draw(st.lists(st.sampled_from(names), unique=True, min_size=1))
    other = [n for n in names if n not in side]
    later = {f"n{n}": {} for n in range(data.draw(st.integers(0, 4)))}
    ends = st.sampled_from([*names, *later])
    more = data.draw(st.lists(st.tuples(ends, ends, st.integers(1, 9).map(float)), max_size=30))
    found = clustered(tokens | later, edges + more, decided((SPLIT, [side, other])))
    assert not {found.of[r] for r in side} & {found.of[r] for r in other}


@given(problems(), st.data())
def test_records_that_were_put_together_stay_so_unless_two_valid_identifiers_forbid_it(problem: Problem, data: st.DataObject) -> None:
    tokens, edges = problem
    names = sorted(tokens)
    told = {n: ({"sure": t["uscc"]} if "uscc" in t else {}) | {k: v for k, v in t.items() if k == "city"} for n, t in tokens.items()}
    members = data.draw(st.lists(st.sampled_from(names), unique=True, min_size=1))
    found = clustered(told, edges, decided((MERGE, [members])))
    identifiers = {told[m]["sure"] for m in members if "sure" in told[m]}
    if len(identifiers) <= 1:
        assert len({found.of[m] for m in members}) == 1
    else:
        assert found.unbound
        assert all(against == "sure" for _, _, against in found.unbound)


def test_of_two_opposite_words_the_later_one_counts() -> None:
    tokens: dict[str, dict[str, str]] = {r: {} for r in "abc"}
    parted_last = clustered(tokens, [], decided((MERGE, [["a", "b", "c"]]), (SPLIT, [["a", "b"], ["c"]])))
    assert partition(parted_last.of) == {frozenset("ab"), frozenset("c")}
    merged_last = clustered(tokens, [], decided((SPLIT, [["a", "b"], ["c"]]), (MERGE, [["a", "b", "c"]])))
    assert partition(merged_last.of) == {frozenset("abc")}


def test_the_move_of_a_firm_to_another_city_does_not_part_it_again() -> None:
    tokens = {"old": {"city": "苏州"}, "new": {"city": "无锡"}, "other": {"city": "苏州"}}
    edges = [("old", "other", 50.0)]
    found = clustered(tokens, edges, decided((MERGE, [["new", "old"]])))
    assert together(found, "old", "new")
    assert together(found, "old", "other")


def test_a_word_about_records_that_are_gone_breaks_nothing() -> None:
    found = clustered({"a": {}}, [], decided((MERGE, [["a", "gone"]]), (SPLIT, [["gone"], ["a"]])))
    assert partition(found.of) == {frozenset("a")}
