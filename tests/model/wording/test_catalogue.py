"""An English message is found in the catalogue and said in Chinese; what is not known stays as it is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from medthread.model import Label
from medthread.model.errors import ForbiddenError
from medthread.model.wording import Catalogue, shipped, texts, worded
from medthread.model.wording.catalogue import LOOSE

ODD = ("", " ", "质量部", "{name}", "}{", "{{", "%s", "\\", "a\nb", ".*(?P<x>)[", "'", "no ", ": ", "; ", ", ", "nobody is signed in", "🩺", "\x00", "x" * 3000)
FILES = sorted({f for f, _, _ in texts()})

catalogue = Catalogue({
    "no {entity} {id}": "没有 {entity} {id}",
    "no lot {lot} of item {item}": "物料 {item} 没有批次 {lot}",
    "{file} is empty": "{file} 是空文件",
    "{count} of them are wrong, the first: {cause}": "有 {count} 处错误，第一处：{cause!t}",
    "there are: {them}": "有：{them}",
    "{name} is {state}": "{name} 的状态是{state}",
    "nobody is signed in": "尚未登录",
    "a closed record": "已关闭的记录",
})


def test_the_message_that_says_most_is_meant() -> None:
    assert catalogue.chinese("no lot 7 of item X") == "物料 X 没有批次 7"
    assert catalogue.chinese("no lot 7") == "没有 lot 7"


def test_what_is_filled_in_is_not_translated() -> None:
    assert catalogue.chinese("there are: nobody is signed in") == "有：nobody is signed in"


def test_a_message_in_a_message_is_translated() -> None:
    assert catalogue.chinese("3 of them are wrong, the first: a.csv is empty") == "有 3 处错误，第一处：a.csv 是空文件"
    assert catalogue.chinese("3 of them are wrong, the first: something else") == "有 3 处错误，第一处：something else"


def test_messages_after_a_name_and_after_each_other() -> None:
    assert catalogue.chinese("mapping.yaml: no lot 7 of item X") == "mapping.yaml：物料 X 没有批次 7"
    assert catalogue.chinese("x: nobody is signed in; y: a closed record") == "x：尚未登录；y：已关闭的记录"


def test_a_loose_message_does_not_hide_a_whole_one() -> None:
    assert catalogue.chinese("lot 7 is open") == "lot 7 的状态是open"
    assert catalogue.chinese("first: nobody is signed in") == "first：尚未登录"


def test_names_come_in_the_readers_language() -> None:
    words = {"Head of quality": "质量负责人", "Inspector": "检验员"}
    assert catalogue.chinese("Head of quality, Inspector", words) == "质量负责人、检验员"
    assert catalogue.chinese("close: Head of quality: lot/1 open", words) == "close：质量负责人：lot/1 open"


@pytest.mark.parametrize("text", ["", "nothing of ours", "nothing: of; ours, at all", "C:\\temp: gone"])
def test_what_is_not_known_stays(text: str) -> None:
    assert worded(text, "zh-CN") == text


def test_english_is_what_the_source_says() -> None:
    assert worded("nobody is signed in", "en") == "nobody is signed in"
    assert worded("nobody is signed in", "zh-Hans-CN") == "尚未登录"


def test_an_error_is_told_in_both_languages() -> None:
    role = Label("质量负责人", "Head of quality")
    error = ForbiddenError("lin may not release", hint=f"no policy permits it; {role.en} may", labels=[role])
    assert error.told("en") == ("lin may not release", "no policy permits it; Head of quality may")
    assert error.told("zh-CN") == ("lin 无权执行 release", "没有策略允许；质量负责人 可以")


@pytest.mark.parametrize("file", FILES)
def test_every_message_is_found_whatever_was_filled_in(file: str) -> None:
    """As itself, or as one that says more and has all of the text: nothing that was filled in is lost."""
    known = shipped()
    for entry in (e for f, en, zh in texts() if f == file for e in Catalogue({en: zh}).entries if e.en.holes):
        for n in range(len(ODD)):
            text = entry.en.filled({h: ODD[(n + k) % len(ODD)] for k, h in enumerate(entry.en.holes)})
            found = known.find(text)
            if found is None:
                raise AssertionError(text)
            other, fillings = found
            assert other.en.filled(fillings) == text
            assert other.en.weight >= entry.en.weight
            told = {h for h, t in zip(other.zh.holes, other.zh.told, strict=True) if t}
            said = known.chinese(text) or ""
            assert other.en.weight < LOOSE or all(fillings[h] in said for h in set(other.zh.holes) - told), text


@given(st.text(max_size=300))
def test_no_text_is_an_error(text: str) -> None:
    assert worded(text, "zh-CN") or not text


def test_a_long_list_is_nobody_s_message() -> None:
    hostile = "; ".join(["say why"] * 20_000)
    assert worded("say why; say why", "zh-CN") == "请填写原因；请填写原因"
    assert worded(hostile, "zh-CN") == hostile
