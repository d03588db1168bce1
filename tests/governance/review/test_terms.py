"""When a held row is due, and which are overdue: the same answer, whether asked of one row or of all."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from medthread.governance.review.terms import FORMAT, ReviewTerms
from medthread.model.errors import ConfigurationError
from medthread.workflow import Calendar

CALENDAR = Calendar(holidays=frozenset({date(2026, 10, 1), date(2026, 10, 2)}), workdays=frozenset({date(2026, 10, 10)}))
NOW = datetime(2026, 10, 9, 3, 0, tzinfo=UTC)


@given(st.sampled_from(["1 wd", "5 wd", "3 d", "36 h"]), st.integers(0, 40 * 24 * 60))
def test_a_row_is_overdue_when_its_limit_has_passed(span: str, minutes: int) -> None:
    terms = ReviewTerms(CALENDAR, span)
    came = NOW - timedelta(minutes=minutes, seconds=1)
    due, before = terms.due(came), terms.overdue_before(NOW)
    assert due is not None
    assert before is not None
    assert (came.strftime(FORMAT) < before) == (due < NOW)


def test_without_a_span_nothing_is_due() -> None:
    terms = ReviewTerms.read({}, CALENDAR)
    assert (terms.due(NOW), terms.overdue_before(NOW), terms.corrects_from) == (None, None, 0.95)


@pytest.mark.parametrize("section", [{"review_within": "soon"}, {"review_within": 5}, {"corrects_from": 2}, {"corrects_from": "sure"}, {"corrects_from": True}, {"corrects_from": 0}])
def test_terms_that_cannot_be_are_refused(section: Any) -> None:
    with pytest.raises(ConfigurationError, match="quality"):
        ReviewTerms.read({"quality": section}, CALENDAR)
