"""Letters apart, against the table that defines it."""

from hypothesis import given
from hypothesis import strategies as st

from medthread.methods.edits import distance

words = st.text("abc供应", max_size=12)


def by_table(a: str, b: str) -> int:
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        following = [i]
        for j, y in enumerate(b, 1):
            following.append(min(row[j] + 1, following[-1] + 1, row[j - 1] + (x != y)))
        row = following
    return row[-1]


@given(words, words)
def test_as_the_table_says(a: str, b: str) -> None:
    assert distance(a, b) == by_table(a, b)
