"""Invariants of clustering."""

from hypothesis import given
from hypothesis import strategies as st

from medthread.pipeline.match.cluster import cluster

records = st.lists(st.sampled_from([f"r{n}" for n in range(12)]), unique=True, min_size=1)
tokens = st.dictionaries(st.sampled_from(["uscc", "city"]), st.sampled_from(["1", "2"]))


@st.composite
def problems(draw: st.DrawFn) -> tuple[dict[str, dict[str, str]], list[tuple[str, str, float]]]:
    names = draw(records)
    given_tokens = {n: draw(tokens) for n in names}
    pairs = st.tuples(st.sampled_from(names), st.sampled_from(names), st.integers(1, 5).map(float))
    return given_tokens, draw(st.lists(pairs, max_size=30))


def partition(of: dict[str, str]) -> set[frozenset[str]]:
    groups: dict[str, set[str]] = {}
    for record, name in of.items():
        groups.setdefault(name, set()).add(record)
    return {frozenset(g) for g in groups.values()}


@given(problems())
def test_no_cluster_holds_two_values_of_a_namespace(problem: tuple) -> None:
    given_tokens, edges = problem
    for members in cluster(given_tokens, edges).members().values():
        for namespace in ("uscc", "city"):
            assert len({given_tokens[m][namespace] for m in members if namespace in given_tokens[m]}) <= 1


@given(problems(), st.randoms())
def test_the_order_of_the_input_does_not_matter(problem: tuple, random: object) -> None:
    given_tokens, edges = problem
    shuffled = list(edges)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    turned = dict(reversed(given_tokens.items()))
    assert partition(cluster(given_tokens, edges).of) == partition(cluster(turned, shuffled).of)
