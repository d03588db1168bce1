"""How far something is that a metric is to reach: computed from the metric now, against the straight line from start to target."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum


class Standing(StrEnum):
    """How it stands. What is reached stays so whatever the line says; what is due and not reached is missed."""

    REACHED = "reached"
    ON_TRACK = "on_track"
    AT_RISK = "at_risk"
    MISSED = "missed"
    AHEAD = "not_begun"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Goal:
    """From a figure to another between two days."""

    start: Decimal
    target: Decimal
    since: date
    due: date


@dataclass(frozen=True)
class Progress:
    """The share of the way that is behind it, the share that a straight line has behind it today, and how it stands."""

    share: float | None
    expected: float
    standing: Standing


def progress(goal: Goal, now: Decimal | None, today: date) -> Progress:
    """Shares are of one: below nothing where it went the other way, above one where it is past the target."""
    days = max((goal.due - goal.since).days, 1)
    expected = min(max((today - goal.since).days / days, 0.0), 1.0)
    if now is None or goal.start == goal.target:
        return Progress(None, expected, Standing.UNKNOWN)
    share = float((now - goal.start) / (goal.target - goal.start))
    return Progress(share, expected, _standing(goal, share, expected, today))


def _standing(goal: Goal, share: float, expected: float, today: date) -> Standing:
    if share >= 1:
        return Standing.REACHED
    if today > goal.due:
        return Standing.MISSED
    if today < goal.since:
        return Standing.AHEAD
    return Standing.ON_TRACK if share >= expected else Standing.AT_RISK
