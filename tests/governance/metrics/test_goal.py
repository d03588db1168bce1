"""How far something is that a metric is to reach."""

from datetime import date
from decimal import Decimal

import pytest

from medthread.governance.metrics.goal import Goal, Standing, progress

UP = Goal(Decimal(90), Decimal(100), date(2026, 1, 1), date(2026, 4, 11))  # a hundred days
DOWN = Goal(Decimal(8), Decimal(4), date(2026, 1, 1), date(2026, 4, 11))


@pytest.mark.parametrize(("goal", "now", "today", "share", "standing"), [
    (UP, "95", date(2026, 2, 20), 0.5, Standing.ON_TRACK),  # half of the way, half of the time
    (UP, "94.9", date(2026, 2, 20), 0.49, Standing.AT_RISK),
    (UP, "89", date(2026, 2, 20), -0.1, Standing.AT_RISK),
    (UP, "101", date(2026, 1, 2), 1.1, Standing.REACHED),
    (UP, "99.9", date(2026, 4, 12), 0.99, Standing.MISSED),
    (UP, "90", date(2025, 12, 31), 0.0, Standing.AHEAD),
    (DOWN, "6", date(2026, 2, 20), 0.5, Standing.ON_TRACK),
    (DOWN, "4", date(2027, 1, 1), 1.0, Standing.REACHED),
])
def test_it_stands_by_the_straight_line(goal: Goal, now: str, today: date, share: float, standing: Standing) -> None:
    found = progress(goal, Decimal(now), today)
    assert found.share == pytest.approx(share)
    assert found.standing is standing


def test_without_a_figure_nobody_knows() -> None:
    assert progress(UP, None, date(2026, 2, 20)).standing is Standing.UNKNOWN
