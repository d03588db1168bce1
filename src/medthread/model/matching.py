"""How records of a master are matched: declared with the entity, carried out by the machine."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from medthread.model.labels import Label


@dataclass(frozen=True)
class LinkKind:
    """One way in which a golden record belongs under another: at most one above it at a time.

    `child` says what the lower is to the upper, `parent` the other way round. `told_by` names what of their names tells it,
    where names do: a `branch` is called after its head office, the firms of a `group` after the one that says so.
    """

    name: str
    child: Label
    parent: Label
    told_by: Literal["branch", "group"] | None = None


@dataclass(frozen=True, kw_only=True)
class MatchModel:
    """Which fields play which part in matching.

    `kind` names the comparison (`pipeline/match/kinds` declares them); `parts` says which field plays which part of it,
    beside `name`. `unique` is an identifier that two different things never share (USCC, GTIN); `valid` is the
    SQL function that says whether a value of it counts. Fields in `agree` should have one value among all
    records of a thing: where they do not, a conflict is recorded for the steward. Fields in `survives` have a condition (SQL
    over `{column}`) of the values that say something: a dash in the place of a number is never a golden value. Fields in
    one tuple of `together` survive from one record, the one that fills most of them: a street of one record and the city of
    another are no address. `links` are the ways in which one thing belongs under another. Pairs with a score of `auto` or more
    are one thing by themselves; from `review` on a steward looks; the others are never shown.
    """

    kind: str
    unique: str | None = None
    valid: str = "true"
    name: str = "name"
    parts: Mapping[str, str] = field(default_factory=dict)
    agree: tuple[str, ...] = ()
    survives: Mapping[str, str] = field(default_factory=dict)
    together: tuple[tuple[str, ...], ...] = ()
    links: tuple[LinkKind, ...] = ()
    auto: float = 38.0
    review: float = 24.0
    prefix: str = "G"

    @property
    def fields(self) -> tuple[str, ...]:
        """The fields of the record that it names."""
        return tuple(n for n in (self.name, *self.parts.values(), self.unique, *self.agree, *self.survives) if n)
