"""Calculations asked as an ERP asks them: an answer, or words that say what is wrong."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from medthread.model.errors import InvalidError
from tests.registry import rulebook

BOOK = rulebook()


def test_a_sampling_plan() -> None:
    assert BOOK.calculations["sampling_plan"].do(lot_size=Decimal(1000), aql="1.0", severity="tightened") == {
        "letter": "J", "sample_quantity": 80, "accept_no": 1, "reject_no": 2, "every_one": False}


def test_a_shelf_life() -> None:
    assert BOOK.calculations["shelf_life"].do(made_on=date(2026, 1, 31), on=date(2026, 2, 1), months=1) == {
        "expires_on": "2026-02-28", "days_left": 27, "share_left": 0.9643, "expired": False}


@pytest.mark.parametrize(("name", "given"), [
    ("sampling_plan", {"lot_size": Decimal(1000), "aql": "1.1"}), ("sampling_plan", {"lot_size": Decimal(1000), "aql": "1.0", "level": "IV"}),
    ("sampling_plan", {"lot_size": Decimal("Infinity"), "aql": "1.0"}), ("sampling_plan", {"lot_size": Decimal("NaN"), "aql": "1.0"}),
    ("shelf_life", {"made_on": date(2026, 1, 1), "on": date(2026, 1, 1)}), ("shelf_life", {"made_on": date(2026, 1, 1), "on": date(2026, 1, 1), "days": -1}),
    ("shelf_life", {"made_on": date(2026, 1, 1), "on": date(2026, 1, 1), "months": 10**7}),
])
def test_bad_input_is_told_what_is_wrong(name: str, given: dict[str, Any]) -> None:
    with pytest.raises(InvalidError) as refused:
        BOOK.calculations[name].do(**given)
    assert refused.value.hint
