"""The weights and lines that matching goes by: those declared, with what stewards decided in their place.

A setting is a decision like any other: asked for with its effect, approved by another person, in force until it is ended.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from medthread.model import MatchModel
from medthread.model.errors import InvalidError
from medthread.pipeline.match.comparisons import Comparisons
from medthread.pipeline.match.decisions import SETTING, Decisions
from medthread.pipeline.match.kinds import kind_of

AUTO, REVIEW = "auto", "review"
HEAVIEST = 200.0
Numbers = Mapping[str, float]


@dataclass(frozen=True)
class Weighing:
    """A model with its lines, and its comparisons with their weights."""

    model: MatchModel
    comparisons: Comparisons

    @property
    def numbers(self) -> dict[str, float]:
        """Every number by its name: the lines, and `respect.place of the case` of each weight."""
        weights = {name_of(c.what, n): case.weight for c in self.comparisons.compare for n, case in enumerate(c.cases)}
        return {AUTO: self.model.auto, REVIEW: self.model.review, **weights}

    def with_numbers(self, numbers: Numbers) -> "Weighing":
        """The same with other numbers; names that are not known are left out, for the product may have changed since."""
        compared = tuple(
            replace(c, cases=tuple(replace(case, weight=numbers.get(name_of(c.what, n), case.weight)) for n, case in enumerate(c.cases))) for c in self.comparisons.compare
        )
        model = replace(self.model, auto=numbers.get(AUTO, self.model.auto), review=numbers.get(REVIEW, self.model.review))
        return Weighing(model, replace(self.comparisons, compare=compared))


def name_of(what: str, case: int) -> str:
    """What a weight is called."""
    return f"{what}.{case}"


def declared_weighing(model: MatchModel) -> Weighing:
    """As it is declared."""
    return Weighing(model, kind_of(model).comparisons)


def weighing(model: MatchModel, decisions: Decisions) -> Weighing:
    """As it is in force: of two decisions about a number the later one counts."""
    numbers: dict[str, float] = {}
    for decision in decisions.of(SETTING):
        numbers |= {name: float(value) for name, value in decision.values.items() if value is not None}
    return declared_weighing(model).with_numbers(numbers)


def checked(now: Weighing, numbers: Numbers) -> dict[str, float]:
    """The numbers that are other ones than now. Raises `InvalidError` for names that are not known, for numbers that make no sense, and where nothing is another."""
    known = now.numbers
    if strange := sorted(set(numbers) - set(known)):
        raise InvalidError(f"{strange[0]} is no number of matching", hint=f"there are: {', '.join(known)}")
    if heavy := next((name for name, value in numbers.items() if not -HEAVIEST <= value <= HEAVIEST), None):
        raise InvalidError(f"{heavy} = {numbers[heavy]:g} is out of bounds", hint=f"from {-HEAVIEST:g} to {HEAVIEST:g}")
    fresh = {name: float(value) for name, value in numbers.items() if value != known[name]}
    if not fresh:
        raise InvalidError("every number is as it is now", hint="change one at least")
    then = now.with_numbers(fresh).model
    if not 0 < then.review <= then.auto:
        raise InvalidError(f"review = {then.review:g}, auto = {then.auto:g}", hint="the line for stewards lies above 0 and not above the one for matching by itself")
    return fresh
