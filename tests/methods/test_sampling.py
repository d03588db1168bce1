"""Single sampling by attributes against published table entries, and the properties that every plan has."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from medthread.methods.sampling import (
    AQLS,
    LEVELS,
    MASTER,
    code_letter,
    next_severity,
    plan,
    sampling_plan,
    switching_score,
)

# Table 1 of ISO 2859-1:1999: first and last lot of rows, level, letter.
CODE_LETTERS = [
    (2, "II", "A"), (8, "II", "A"), (9, "II", "B"), (15, "III", "C"), (25, "S-4", "B"), (26, "S-3", "B"), (90, "II", "E"), (91, "II", "F"),
    (150, "S-4", "D"), (280, "I", "E"), (281, "II", "H"), (500, "II", "H"), (501, "II", "J"), (1200, "II", "J"), (1201, "II", "K"),
    (3200, "S-1", "C"), (10_000, "II", "L"), (35_000, "III", "N"), (150_000, "S-2", "E"), (500_000, "II", "P"), (500_001, "II", "Q"),
    (500_001, "III", "R"), (2_000_000, "S-1", "D"),
]
# Lot size at level II, AQL, severity: letter reached, sample, Ac. Cells of MIL-STD-105E tables I, II-A and II-B, which these standards keep.
PUBLISHED = [
    (1000, "0.65", "normal", "J", 80, 1), (1000, "1.0", "normal", "J", 80, 2), (1000, "1.5", "normal", "J", 80, 3), (1000, "2.5", "normal", "J", 80, 5),
    (1000, "4.0", "normal", "J", 80, 7), (1000, "6.5", "normal", "J", 80, 10), (1000, "10", "normal", "J", 80, 14),
    (5000, "0.65", "normal", "L", 200, 3), (20_000, "1.0", "normal", "M", 315, 7), (100_000, "0.65", "normal", "N", 500, 7),
    (400, "2.5", "normal", "H", 50, 3), (200, "1.5", "normal", "G", 32, 1), (120, "0.65", "normal", "F", 20, 0), (120, "2.5", "normal", "F", 20, 1),
    (120, "1.0", "normal", "E", 13, 0),  # the arrow points up
    (120, "1.5", "normal", "G", 32, 1),  # the arrow points down
    (5, "2.5", "normal", "C", 5, 0),  # down to a sample as large as the lot
    (5, "6.5", "normal", "A", 2, 0), (600_000, "0.010", "normal", "Q", 1250, 0),
    (5000, "10", "normal", "K", 125, 21),  # beyond the last column of its row: up
    (1000, "1.0", "tightened", "J", 80, 1), (1000, "1.5", "tightened", "J", 80, 2), (1000, "2.5", "tightened", "J", 80, 3),
    (1000, "4.0", "tightened", "J", 80, 5), (1000, "6.5", "tightened", "J", 80, 8), (1000, "10", "tightened", "J", 80, 12),
    (200, "0.65", "tightened", "G", 32, 0), (120, "1.0", "tightened", "F", 20, 0), (200, "1.0", "tightened", "J", 80, 1), (1000, "0.65", "tightened", "K", 125, 1),
    (2000, "0.65", "tightened", "K", 125, 1), (2000, "6.5", "tightened", "K", 125, 12), (5, "10", "tightened", "D", 5, 1),
    (1000, "1.0", "reduced", "J", 32, 1), (5000, "0.65", "reduced", "L", 80, 2), (20_000, "0.65", "reduced", "M", 125, 3),
]


@pytest.mark.parametrize(("lot", "level", "letter"), CODE_LETTERS)
def test_code_letters(lot: int, level: str, letter: str) -> None:
    assert code_letter(lot, level) == letter


@pytest.mark.parametrize(("lot", "aql", "severity", "letter", "sample", "accept"), PUBLISHED)
def test_published_plans(lot: int, aql: str, severity: str, letter: str, sample: int, accept: int) -> None:
    found = plan(lot, "II", aql, severity)
    assert (found.letter, found.sample, found.accept, found.reject) == (letter, sample, accept, accept + 1)


@given(st.integers(2, 2_000_000), st.sampled_from(sorted(LEVELS)), st.sampled_from(AQLS), st.sampled_from(sorted(MASTER)))
def test_there_is_always_a_plan_that_can_reject(lot: int, level: str, aql: str, severity: str) -> None:
    found = plan(lot, level, aql, severity)
    assert 0 < found.sample <= lot
    assert found.every_one == (found.sample == lot)
    assert found.accept < found.sample or found.every_one


@given(st.integers(2, 2_000_000), st.sampled_from(AQLS))
def test_tightened_never_accepts_more_readily_on_the_same_sample(lot: int, aql: str) -> None:
    normal, tightened = plan(lot, "II", aql), plan(lot, "II", aql, "tightened")
    if normal.sample == tightened.sample:
        assert tightened.accept <= normal.accept


@pytest.mark.parametrize(("lot", "level", "aql", "severity"), [
    (1, "II", "1.0", "normal"), (0, "II", "1.0", "normal"), (-5, "II", "1.0", "normal"), (100, "IV", "1.0", "normal"), (100, "II", "1.1", "normal"),
    (100, "II", "15", "normal"), (100, "II", "1.0", "sloppy"),
])
def test_what_the_standard_does_not_know_is_refused(lot: int, level: str, aql: str, severity: str) -> None:
    with pytest.raises(ValueError, match=r"no |whole"):
        plan(lot, level, aql, severity)


@pytest.mark.parametrize(("now", "accepted", "then"), [
    ("normal", [True, True, False, True], "normal"), ("normal", [False, True, True, True, False], "tightened"),
    ("normal", [False, True, True, True, True, False], "normal"), ("normal", [False, False], "tightened"), ("normal", [], "normal"),
    ("tightened", [True] * 4, "tightened"), ("tightened", [False, True, True, True, True, True], "normal"),
    ("tightened", [False, True, False, False, True, False, False], None), ("reduced", [True, True], "reduced"), ("reduced", [True, False], "normal"),
])
def test_switching(now: str, accepted: list[bool], then: str | None) -> None:
    assert next_severity(now, accepted) == then


def test_switching_knows_its_severities() -> None:
    with pytest.raises(ValueError, match="sloppy"):
        next_severity("sloppy", [True])


def test_the_switching_score_grows_by_good_lots_and_falls_to_zero_by_a_bad_one() -> None:
    two, one = plan(1000, "II", "1.0"), plan(1000, "II", "0.65")
    assert switching_score([(two, 0)] * 10, [True] * 10) == 30
    assert switching_score([(one, 0)] * 15, [False] * 15) == 30
    assert switching_score([(two, 0), (two, 2), (two, 0)], [True, False, True]) == 3
    assert switching_score([(one, 0), (one, 2)], [True, True]) == 0


def test_the_plain_answer() -> None:
    assert sampling_plan(Decimal("1000.5"), "1.0") == {"letter": "J", "sample_quantity": 80, "accept_no": 2, "reject_no": 3, "every_one": False}
    assert sampling_plan(Decimal(1), "1.0") == {"letter": None, "sample_quantity": 1, "accept_no": 0, "reject_no": 1, "every_one": True}
