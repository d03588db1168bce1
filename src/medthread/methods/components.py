"""Connected components of an undirected graph, by arrays: each node takes the least number that it can reach.

Rounds of taking the smaller number along every edge and of following the numbers to where they lead (Shiloach and Vishkin,
1982); as many rounds as the logarithm of the longest path.
"""

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.int64]


def components(count: int, a: Numbers, b: Numbers) -> Numbers:
    """The component of each of `count` nodes, named by its least node; edge `i` joins `a[i]` and `b[i]`."""
    label = np.arange(count, dtype=np.int64)
    while True:
        left, right = label[a], label[b]
        least = np.minimum(left, right)
        before = label.copy()
        np.minimum.at(label, left, least)
        np.minimum.at(label, right, least)
        while not np.array_equal(label, label[label]):
            label = label[label]
        if np.array_equal(before, label):
            return label
