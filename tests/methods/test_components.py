"""Connected components."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from medthread.methods.components import components


@given(st.integers(1, 30), st.data())
def test_components_are_what_can_be_reached(count: int, data: st.DataObject) -> None:
    node = st.integers(0, count - 1)
    edges = data.draw(st.lists(st.tuples(node, node), max_size=40))
    label = components(count, np.array([a for a, _ in edges], np.int64), np.array([b for _, b in edges], np.int64))
    reached = list(range(count))
    for _ in range(count):
        for a, b in edges:
            reached[a] = reached[b] = min(reached[a], reached[b])
    assert label.tolist() == reached


def test_a_long_chain_is_one_component() -> None:
    nodes = np.random.default_rng(1).permutation(200_000).astype(np.int64)
    assert set(components(len(nodes), nodes[:-1], nodes[1:]).tolist()) == {0}
