"""Control charts for counts: how many events chance allows, by how much there was room for them.

Montgomery, Introduction to Statistical Quality Control, chapter 7 (u-chart); ISO 7870-2. Where counts are small the
normal limits of a u-chart are wrong, so a signal is judged by the exact Poisson limit.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

SIGMAS = 3.0
TAIL = 0.00135  # the upper tail beyond three sigmas of a normal distribution


@dataclass(frozen=True)
class UChart:
    """Rate per unit of opportunity: its centre, and for each point rate, lower and upper limit (none where nothing was at risk)."""

    centre: float
    rates: tuple[float | None, ...]
    lower: tuple[float | None, ...]
    upper: tuple[float | None, ...]


def u_chart(counts: Sequence[int], sizes: Sequence[float], *, centre: float | None = None, sigmas: float = SIGMAS) -> UChart:
    """The chart of counts over sizes, both of the same length. `centre` is the baseline's, or that of the points themselves."""
    if len(counts) != len(sizes) or any(c < 0 for c in counts) or any(s < 0 for s in sizes):
        raise ValueError("counts and sizes go together and are not negative")
    middle = centre_of(counts, sizes) if centre is None else centre
    spread = [sigmas * math.sqrt(middle / s) if s else None for s in sizes]
    return UChart(
        middle,
        tuple(c / s if s else None for c, s in zip(counts, sizes, strict=True)),
        tuple(None if w is None else max(0.0, middle - w) for w in spread),
        tuple(None if w is None else middle + w for w in spread),
    )


def centre_of(counts: Sequence[int], sizes: Sequence[float]) -> float:
    """Events per unit over all points; 0 where nothing was at risk."""
    total = math.fsum(sizes)
    return sum(counts) / total if total else 0.0


def poisson_upper(mean: float, *, tail: float = TAIL) -> int:
    """The smallest count that is exceeded with a probability of at most `tail` when `mean` events are expected."""
    if mean < 0 or not 0 < tail < 1:
        raise ValueError("a mean is not negative, a tail lies between 0 and 1")
    count, term = 0, -mean
    below = math.exp(term)
    while 1.0 - below > tail:
        count += 1
        term += math.log(mean) - math.log(count)
        below += math.exp(term)
    return count


def share_upper(total: int, share: float, *, tail: float = TAIL) -> int:
    """The smallest count that one part exceeds with a probability of at most `tail`, when `total` events fall to it by its share.

    Of two Poisson counts, given their sum, one is binomial: so a rate is compared with another that is itself uncertain
    (Przyborowski and Wilenski 1940).
    """
    if total < 0 or not 0 <= share <= 1 or not 0 < tail < 1:
        raise ValueError("a total is not negative, a share and a tail lie between 0 and 1")
    if share in (0, 1):
        return total * int(share)
    above = 0.0
    for count in range(total, 0, -1):
        ways = math.lgamma(total + 1) - math.lgamma(count + 1) - math.lgamma(total - count + 1)
        above += math.exp(ways + count * math.log(share) + (total - count) * math.log1p(-share))
        if above > tail:
            return count
    return 0
