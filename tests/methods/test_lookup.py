"""Names are found by what people type."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from medthread.methods.lookup import Key, Lookup

NAMES = ["供应商", "供应商评价", "物料清单", "Bill of materials", "shelf_life_days", "批号", "Credit code (USCC)"]
LOOKUP = Lookup([[Key(n)] for n in NAMES])


@pytest.mark.parametrize(("asked", "first"), [
    ("供应商", "供应商"), ("评价", "供应商评价"), ("供应商评", "供应商评价"), ("清单", "物料清单"), ("bill", "Bill of materials"), ("materials bill", "Bill of materials"),
    ("bil of materals", "Bill of materials"), ("shelfLifeDays", "shelf_life_days"), ("shelf life", "shelf_life_days"), ("uscc", "Credit code (USCC)"), ("批 号", "批号"), ("ＵＳＣＣ", "Credit code (USCC)"),
])
def test_what_is_meant_comes_first(asked: str, first: str) -> None:
    assert NAMES[LOOKUP.find(asked, most=3)[0]] == first


@pytest.mark.parametrize("asked", ["", " ", "?!", "zzzz", "完全无关的话题"])
def test_what_fits_nothing_finds_nothing(asked: str) -> None:
    assert LOOKUP.find(asked, most=3) == []


def test_the_name_itself_comes_before_what_it_is_also_called() -> None:
    lookup = Lookup([[Key("批次"), Key("批号", 0.96)], [Key("批号")]])
    assert lookup.find("批号", most=2) == [1, 0]


@given(st.lists(st.text(max_size=12), max_size=8), st.text(max_size=40))
def test_nothing_that_is_typed_breaks_it(names: list[str], asked: str) -> None:
    found = Lookup([[Key(n)] for n in names]).find(asked, most=5)
    assert len(found) == len(set(found)) <= min(5, len(names))


def test_every_name_finds_itself() -> None:
    for place, name in enumerate(NAMES):
        assert LOOKUP.find(name, most=1) == [place]
