"""The numbers that matching goes by: the later word counts, numbers that make no sense are refused, those that the product no longer knows do no harm."""

import pytest

from medthread.model import MatchModel
from medthread.model.errors import InvalidError
from medthread.pipeline.match.decisions import SETTING, Decision, Decisions
from medthread.pipeline.match.setting import checked, declared_weighing, weighing
from tests.pipeline.match.test_decisions import NOON

MODEL = MatchModel(kind="organisation")
DECLARED = declared_weighing(MODEL)


def in_force(*values: dict[str, str | None]) -> Decisions:
    return Decisions(tuple(Decision(n, SETTING, (), v, NOON) for n, v in enumerate(values, 1)))


def test_the_later_word_counts_and_the_rest_stays_as_declared() -> None:
    now = weighing(MODEL, in_force({"auto": "40", "name.1": "28"}, {"name.1": "26.5"}))
    changed = {n: v for n, v in now.numbers.items() if v != DECLARED.numbers[n]}
    assert changed == {"auto": 40.0, "name.1": 26.5}
    assert (now.model.auto, now.comparisons.compare[1].cases[1].weight) == (40.0, 26.5)
    assert weighing(MODEL, Decisions()) == DECLARED


def test_a_number_of_another_version_of_the_product_does_no_harm() -> None:
    assert weighing(MODEL, in_force({"smell.0": "9", "auto": "39"})).numbers == {**DECLARED.numbers, "auto": 39.0}


@pytest.mark.parametrize(("values", "why"), [
    ({"auto": 10.0}, "review = 24, auto = 10"),
    ({"review": 0.0}, "review = 0, auto = 38"),
    ({"auto": 38.0}, "every number is as it is now"),
    ({"name.99": 3.0}, "name.99 is no number of matching"),
    ({"name.1": 900.0}, "name.1 = 900 is out of bounds"),
])
def test_numbers_that_make_no_sense_are_refused(values: dict[str, float], why: str) -> None:
    with pytest.raises(InvalidError, match=why):
        checked(DECLARED, values)
    assert checked(DECLARED, {"auto": 38.0, "review": 20.0}) == {"review": 20.0}
