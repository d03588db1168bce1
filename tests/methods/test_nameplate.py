"""What a nameplate says is one thing in whatever notation, and what is no number of a maker is none."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from medthread.methods.nameplate import Maker, called, designation, maker, serial


@pytest.mark.parametrize("written", ["20180401", "S/N: 2018-0401", "ＳＮ２０１８ ０４０１", "No.0020180401", "2018O40I", "出厂编号：20180401", "20180401(已换表头)", "s/n no. 2018 0401"])
def test_a_serial_number_in_the_notations_of_clerks(written: str) -> None:
    assert serial(written) == "20180401"


@pytest.mark.parametrize("written", ["", "无", "-", "/", "N/A", "不详", "见铭牌", "0000", "111111", "123456", "2.01804E+11", "S/N", "12", "ABC"])
def test_what_is_no_serial_number(written: str) -> None:
    assert serial(written) is None


def test_a_counter_with_its_zeros_is_a_number_though_its_figures_are_alike() -> None:
    assert (serial("00000666"), serial("00000123"), serial("00000085")) == ("666", "123", "85")
    assert (serial("666"), serial("123"), serial("85")) == (None, None, None)


@settings(max_examples=40, deadline=None)
@given(st.from_regex(r"[A-HJ-NP-Z]{1,3}[2-9][0-9]{4,8}", fullmatch=True), st.sampled_from(["{}", "S/N {}", "sn:{}", " {} ", "编号:{}", "{}(旧)"]), st.booleans())
def test_decoration_changes_no_number_and_other_numbers_stay_other(number: str, decoration: str, lower: bool) -> None:  # noqa: FBT001 - drawn by hypothesis
    told = serial(decoration.format(number.lower() if lower else number))
    assert told == serial(number)
    assert told is not None
    other = number[:-1] + str((int(number[-1]) + 1) % 10)
    assert serial(decoration.format(other)) != told


@pytest.mark.parametrize(
    ("written", "brand", "latin"),
    [
        ("三丰(Mitutoyo)", "三丰", "MITUTOYO"), ("日本三丰株式会社", "三丰", None), ("MITUTOYO Corp.", None, "MITUTOYO"), ("海天", "海天", None),
        ("梅特勒-托利多仪器（上海）有限公司", "梅特勒托利多", None), ("ARBURG GmbH + Co KG", None, "ARBURG"), ("-", None, None),
    ],
)
def test_a_maker_in_both_scripts(written: str, brand: str | None, latin: str | None) -> None:
    told = maker(written)
    assert (told.han, told.latin) == (brand, latin)
    assert bool(told.sound) == bool(brand)


def test_no_maker_is_none() -> None:
    assert maker("") == Maker()


@pytest.mark.parametrize("written", ["3#注塑机", "注塑机03", "注塑机 No.3", "3号注塑机", "注塑机(3#)", "三号注塑机", "注塑机-03"])
def test_which_of_several(written: str) -> None:
    assert called(written) == ("注塑机", "3")


@pytest.mark.parametrize(("written", "noun"), [("2号车间空压机", "号车间空压机"), ("数显卡尺 0-150mm", "数显卡尺"), ("MA1600注塑机", "注塑机"), ("Injection press", "INJECTION PRESS")])
def test_numbers_in_a_name_that_count_no_machines(written: str, noun: str) -> None:
    assert called(written) == (noun, None)


def test_a_type_without_what_stands_beside_it() -> None:
    assert {designation(t) for t in ("MA1600II/570", "ma 1600Ⅱ／570", "海天 MA-1600II/570型", "MA1600II/570(伺服)")} == {"MA160011570"}
    assert designation("型") is None
