"""Names of Chinese organisations taken apart."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from medthread.methods.names import address_core, parse_organisation

SAME = [
    ("苏州市明远精密机械有限公司", "明远(苏州)精密机械有限公司"),
    ("苏州市明远精密机械有限公司", "明远（苏州）精密机械股份有限公司"),
    ("苏州市明远精密机械有限公司", "江苏省苏州明远精密机械有限责任公司"),
    ("苏州市明远精密机械有限公司", "蘇州市明遠精密機械有限公司"),
    ("苏州市明远精密机械有限公司", "苏州市明远 精密机械有限公司(停用)"),
    ("苏州市明远精密机械有限公司", "Ｓｕｚｈｏｕ Mingyuan Precision Machinery Co., Ltd."),
    ("苏州市第一人民医院", "苏州一院"),
]
DIFFERENT = [
    ("苏州市明远精密机械有限公司", "无锡市明远精密机械有限公司"),
    ("苏州市明远精密机械有限公司", "苏州市明远精密机械有限公司无锡分公司"),
    ("苏州市第一人民医院", "苏州市第二人民医院"),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_spellings_of_one_firm_agree(one: str, other: str) -> None:
    a, b = parse_organisation(one), parse_organisation(other)
    assert a.sound == b.sound
    assert a.city == b.city
    assert a.branch == b.branch


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_different_firms_differ_in_a_part(one: str, other: str) -> None:
    a, b = parse_organisation(one), parse_organisation(other)
    assert (a.brand, a.city, a.branch) != (b.brand, b.city, b.branch)


@given(st.text(max_size=60))
def test_any_text_is_taken_apart(text: str) -> None:
    parsed = parse_organisation(text)
    assert isinstance(parsed.norm, str)
    address_core(text)


def test_addresses_lose_their_region() -> None:
    assert address_core("江苏省苏州市工业园区星湖街328号") == address_core("苏州工业园区星湖街 328 号")
    assert address_core("苏州市") is None
