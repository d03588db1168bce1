"""Control charts against Montgomery's printed examples, and the Poisson limit against summed probabilities."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from medthread.methods.spc import centre_of, poisson_upper, share_upper, u_chart

# Montgomery, example 7.5 (dyed cloth): defects and inspection units of ten rolls; the limits worked out by hand.
CLOTH = ((14, 10.0), (12, 8.0), (20, 13.0), (11, 10.0), (7, 9.5), (10, 10.0), (21, 12.0), (16, 10.5), (19, 12.0), (23, 12.5))
UPPER = (2.555, 2.689, 2.416, 2.555, 2.584, 2.555, 2.456, 2.528, 2.456, 2.436)
LOWER = (0.292, 0.158, 0.431, 0.292, 0.262, 0.292, 0.390, 0.319, 0.390, 0.411)
# Example 7.4 (personal computers): twenty samples of five.
COMPUTERS = (10, 12, 8, 14, 10, 16, 11, 7, 10, 15, 9, 5, 7, 11, 12, 6, 8, 10, 7, 5)


def test_varying_sizes() -> None:
    counts, sizes = zip(*CLOTH, strict=True)
    chart = u_chart(counts, sizes)
    assert chart.centre == pytest.approx(153 / 107.5)
    assert chart.upper == pytest.approx(UPPER, abs=0.001)
    assert chart.lower == pytest.approx(LOWER, abs=0.001)
    assert chart.rates[0] == pytest.approx(1.4)


def test_constant_sizes() -> None:
    chart = u_chart(COMPUTERS, [5.0] * 20)
    assert chart.centre == pytest.approx(1.93)
    assert chart.upper[0] == pytest.approx(3.79, abs=0.005)
    assert chart.lower[0] == pytest.approx(0.07, abs=0.005)


# Expected events and the count exceeded with at most 0.00135: read off tables of the cumulative Poisson distribution.
@pytest.mark.parametrize(("mean", "limit"), [(0.0, 0), (0.001, 0), (0.1, 2), (1.0, 5), (4.0, 11), (10.0, 21)])
def test_the_exact_limit(mean: float, limit: int) -> None:
    assert poisson_upper(mean) == limit


@given(st.floats(0.0, 5000.0))
def test_the_limit_is_the_smallest_that_is_rarely_exceeded(mean: float) -> None:
    limit = poisson_upper(mean)

    def exceeded(count: int) -> float:
        return 1.0 - math.fsum(math.exp(k * math.log(mean) - mean - math.lgamma(k + 1)) for k in range(count + 1)) if mean else 0.0

    assert exceeded(limit) <= 0.00135 + 1e-9
    assert limit == 0 or exceeded(limit - 1) > 0.00135 - 1e-9


def test_nothing_at_risk_has_no_rate() -> None:
    chart = u_chart([0, 3], [0.0, 10.0])
    assert chart.rates[0] is None
    assert chart.upper[0] is None
    assert chart.centre == pytest.approx(0.3)
    assert centre_of([], []) == 0.0


@pytest.mark.parametrize(("counts", "sizes"), [([1], [1.0, 2.0]), ([-1], [1.0]), ([1], [-1.0])])
def test_what_is_no_count_is_refused(counts: list[int], sizes: list[float]) -> None:
    with pytest.raises(ValueError, match="not negative"):
        u_chart(counts, sizes)


@pytest.mark.parametrize(("mean", "tail"), [(-1.0, 0.01), (1.0, 0.0), (1.0, 1.0)])
def test_what_is_no_mean_or_tail_is_refused(mean: float, tail: float) -> None:
    with pytest.raises(ValueError, match="not negative"):
        poisson_upper(mean, tail=tail)


# Tails of binomial tables: 10 fair coins show more than 9 heads once in 1,024; three of three by a share of 0.1, once in 1,000;
# of ten thousand, the normal approximation gives 5,000 + 3 x 50.
@pytest.mark.parametrize(("total", "share", "limit"), [(10, 0.5, 9), (9, 0.5, 9), (3, 0.1, 2), (3, 200 / 230, 3), (0, 0.5, 0), (5, 0.0, 0), (5, 1.0, 5), (10_000, 0.5, 5150)])
def test_the_limit_of_a_share(total: int, share: float, limit: int) -> None:
    assert share_upper(total, share) == limit


@pytest.mark.parametrize(("total", "share"), [(-1, 0.5), (3, -0.1), (3, 1.1)])
def test_what_is_no_share_is_refused(total: int, share: float) -> None:
    with pytest.raises(ValueError, match="a share"):
        share_upper(total, share)
