"""What people write in a question: values, filters, cursors; what is none is refused before any store is asked."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from medthread.model import Kind
from medthread.model.errors import InvalidError
from medthread.stores.serving import SortKey, decode, encode, page_clause, parse_condition
from medthread.stores.serving.values import value_of

KINDS = {"name": Kind.TEXT, "number": Kind.INTEGER, "amount": Kind.DECIMAL, "ok": Kind.BOOLEAN, "day": Kind.DATE, "at": Kind.TIMESTAMP}


@pytest.mark.parametrize(("text", "kind", "value"), [
    ("12", Kind.INTEGER, "12"), (" -3 ", Kind.INTEGER, "-3"), ("5.0", Kind.INTEGER, "5"), ("1e3", Kind.INTEGER, "1000"), (str(2**63 - 1), Kind.INTEGER, str(2**63 - 1)),
    ("1.5", Kind.DECIMAL, "1.500000"), ("1e-9", Kind.DECIMAL, "0.000000"), ("0.0000005", Kind.DECIMAL, "0.000001"), ("-123456789012345678.123456", Kind.DECIMAL, "-123456789012345678.123456"),
    ("True", Kind.BOOLEAN, "true"), ("0", Kind.BOOLEAN, "false"), ("是", Kind.BOOLEAN, "true"), ("2026-11-25", Kind.DATE, "2026-11-25"), ("2026-11-25T23:00:00", Kind.DATE, "2026-11-25"),
    ("2026-11-25", Kind.TIMESTAMP, "2026-11-25 00:00:00"), ("2026-11-25T08:30:00+08:00", Kind.TIMESTAMP, "2026-11-25 00:30:00"),
    ("2026-11-25 08:30:00.5Z", Kind.TIMESTAMP, "2026-11-25 08:30:00.500000"), ("%_'\"", Kind.TEXT, "%_'\""), ("", Kind.TEXT, ""),
])
def test_a_value_is_brought_to_its_usual_form(text: str, kind: Kind, value: str) -> None:
    assert value_of(text, kind) == value


@pytest.mark.parametrize(("kind", "texts"), [
    (Kind.TEXT, ["a\0b", "\ud800"]),
    (Kind.INTEGER, ["", "x", "1.5", "1,000", str(2**63), "1e400000000", "-1e400000000", "nan", "snan", "inf", "9" * 5000, "0x1"]),
    (Kind.DECIMAL, ["", "x", "1e18", "999999999999999999.9999996", "1e400000000", "nan", "snan", "-inf", "1,5"]),
    (Kind.BOOLEAN, ["", "yes please", "2", "甲"]), (Kind.DATE, ["", "25.11.2026", "2026-02-30", "10000-01-01", "today"]),
    (Kind.TIMESTAMP, ["", "now", "2026-11-25T25:00:00", "0001-01-01T00:00:00+23:00", "2026-11-25T08:30:00+99:00"]),
])
def test_what_is_no_value_of_its_kind_is_refused(kind: Kind, texts: list[str]) -> None:
    for text in texts:
        with pytest.raises(InvalidError, match=kind.value) as refused:
            value_of(text, kind)
        assert refused.value.hint


@given(value=st.one_of(
    st.integers(-(2**63) + 1, 2**63 - 1).map(lambda v: (Kind.INTEGER, v)), st.booleans().map(lambda v: (Kind.BOOLEAN, v)), st.dates().map(lambda v: (Kind.DATE, v)),
    st.datetimes().map(lambda v: (Kind.TIMESTAMP, v)), st.decimals("-1e17", "1e17", places=6).map(lambda v: (Kind.DECIMAL, v)),
))
def test_what_a_store_gives_is_read_back_as_it_was(value: tuple[Kind, Any]) -> None:
    kind, given_ = value
    read = {Kind.INTEGER: int, Kind.BOOLEAN: lambda t: t == "true", Kind.DATE: date.fromisoformat, Kind.TIMESTAMP: datetime.fromisoformat, Kind.DECIMAL: Decimal}[kind]
    assert read(value_of(str(given_), kind)) == given_


def test_every_value_is_a_parameter() -> None:
    for operator in ("eq", "ne", "lt", "le", "gt", "ge", "contains", "in"):
        odd = "x'); drop table t; --"
        condition = parse_condition(f"name:{operator}:{odd}", kinds=KINDS)
        assert "drop" not in condition.sql
        assert condition.sql.count("?") == len(condition.parameters)
    assert parse_condition("number:in:1,2,3", kinds=KINDS).parameters == ("1", "2", "3")
    for wrong in ("name", "name:eq", "other:eq:1", "name:like:x", "number:in:1,x", "day:eq:", "at:lt:soon"):
        with pytest.raises(InvalidError):
            parse_condition(wrong, kinds=KINDS)


@given(values=st.lists(st.none() | st.text(), max_size=3), id_=st.text())
def test_a_cursor_holds_what_was_put_in(values: list[str | None], id_: str) -> None:
    assert decode(encode(*values, id_), columns=len(values)) == (tuple(values), id_)
    with pytest.raises(InvalidError):
        decode(encode(*values, id_), columns=len(values) + 1)


@pytest.mark.parametrize("values", [("x", "id"), (None, "i\0d"), ("1", "\ud800"), ("1.5", "id")])
def test_a_cursor_whose_values_do_not_fit_the_order_is_refused(values: tuple[str | None, str]) -> None:
    with pytest.raises(InvalidError, match="cursor"):
        page_clause([SortKey("number", Kind.INTEGER)], descending=False, after=encode(*values))


def test_filled_columns_are_one_range_and_others_are_taken_one_by_one() -> None:
    filled = page_clause([SortKey("a", filled=True)], descending=True, after=encode("x", "1"))
    assert (filled.where, filled.order) == ('("a", "id") < (cast(? as varchar), cast(? as varchar))', '"a" desc, "id" desc')
    open_ = page_clause([SortKey("a")], descending=False, after=encode(None, "1"))
    assert (open_.where, open_.parameters, open_.order) == ('(("a" is null and "id" > cast(? as varchar)))', ("1",), '"a" asc nulls last, "id" asc')
