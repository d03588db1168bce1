"""A retention rule reads as it is meant, and one that could not be meant is refused where it is written."""

import pytest

from medthread.model import Retention, Span
from medthread.model.errors import DeclarationError


def test_a_rule_in_words() -> None:
    rule = Retention(years=2, anchor="release", device_life=True, at_least=(Span(years=5, anchor="release"),), implants_forever=True, basis="GMP 2025 art. 45")
    assert rule.label.en == "the device's life and 2 years from release, and at least 5 years from release, implants for ever (GMP 2025 art. 45)"
    assert rule.label.zh == "放行后 器械使用期限与 2 年,且不少于放行后 5 年,植入类永久保存(GMP 2025 art. 45)"
    assert rule.needs == ("release", "device_life", "implant")
    assert Retention(forever=True, basis="x").label.en == "kept for ever (x)"
    assert Retention(forever=True, implants_forever=True).needs == ()
    assert Retention(years=10, anchor="close", basis="b").label.en == "10 years from closure (b)"


@pytest.mark.parametrize("given", [{"years": -1}, {"years": 201}, {"anchor": "birth"}])
def test_a_span_that_no_calendar_knows_is_refused(given: dict[str, object]) -> None:
    with pytest.raises(DeclarationError):
        Retention(**given)  # type: ignore[arg-type]
    with pytest.raises(DeclarationError):
        Span(**{"years": 1, **given})  # type: ignore[arg-type]
