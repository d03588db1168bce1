"""Every message of the source has its Chinese, every Chinese its message, and the same is filled into both."""

from collections import Counter
from collections.abc import Iterator
from functools import cache
from itertools import chain, pairwise
from typing import get_args

import pytest
from pydantic_core import PydanticKnownError, core_schema

from medthread.model.wording import Template, texts
from tests.architecture.messages import Message, Source

HAN = frozenset(map(chr, range(0x4E00, 0xA000)))
ELSEWHERE = {"usage.yaml", "validation.yaml", "words.yaml"}  # said by libraries, or filled into holes: not read from the source
UNTOLD = {"plural", "class_name", "field_type", "kind"}  # an English s, and what libraries call a kind of value
# Kinds of values that no declaration of ours has: nobody can meet what pydantic says of them.
NOT_ASKED = (
    "needs_python_object", "frozen_dict_type", "ordered_dict_type", "counter_type", "deque_type", "missing_sentinel_error", "ellipsis_error",
    "is_instance_of", "is_subclass_of", "callable_type", "arguments_type", "complex_type", "complex_str_parsing", "fraction_type", "fraction_parsing",
)


@cache
def said() -> tuple[Message, ...]:
    return tuple(m for m in Source().messages() if m.says_something)


@cache
def known() -> dict[tuple[str, ...], str]:
    return {Template.read(en).skeleton: file for file, en, _ in texts()}


def test_the_source_is_read() -> None:
    found = {m.pattern for m in said()}
    assert {
        "nobody is signed in",  # a plain text
        "{name} may not {action}",  # with holes
        "more than one {name} is called {name2}",  # one branch of a condition
        "give the newest code of your authenticator app; each code counts once",  # a table of constants, in another module
        "{file}: rule {name} is about no data",  # through a function that builds the error
        "nothing leads to {lost}",  # a flaw of a process
        "there are: none yet",  # a word written out for a hole
        "the server's log has the rest",  # a problem that is no error
        "no severity {severity}",  # told on by an error of ours
        "record {number} is no object",  # a record of a file
    } <= found
    assert len(found) > 900


def test_every_message_has_its_chinese() -> None:
    lacking = sorted({f"{m.at} {m.pattern!r}" for m in said() if m.skeleton not in known()})
    assert not lacking, "write their Chinese under src/medthread/model/wording/zh:\n" + "\n".join(lacking)


def test_every_chinese_has_its_message() -> None:
    used = {m.skeleton for m in said()}
    left = [f"{file}: {en!r}" for file, en, _ in texts() if file not in ELSEWHERE and Template.read(en).skeleton not in used]
    assert not left, "nothing says any more:\n" + "\n".join(left)


def test_nothing_is_translated_twice() -> None:
    twice = [s for s, n in Counter(Template.read(en).skeleton for _, en, _ in texts()).items() if n > 1]
    assert not twice


@pytest.mark.parametrize("file", sorted({f for f, _, _ in texts()}))
def test_both_sides_have_the_same_holes(file: str) -> None:
    for en, zh in ((en, zh) for f, en, zh in texts() if f == file):
        one, other = Template.read(en), Template.read(zh)
        assert set(one.holes) - (UNTOLD - set(other.holes) if file in ELSEWHERE else set()) == set(other.holes), en
        assert len(set(one.holes)) == len(one.holes), f"two holes of one name: {en}"
        assert not any(one.told), f"marks belong into the Chinese: {en}"
        assert "" not in one.literals[1:-1], f"two holes side by side: {en}"


def test_the_chinese_is_chinese() -> None:
    """Full-width marks after Chinese letters; a text without a Chinese letter is one that is the same in both languages."""
    for file, en, zh in texts():
        for before, mark in pairwise(zh):
            assert mark not in ",;:?!()" or before not in HAN, f"{file}: {zh!r}"
        assert not any(mark in zh for mark in ("——", "...。")), zh
        if not any(c in HAN for c in zh):
            assert zh == en or "{" in zh, f"{file}: {zh!r}"


def pydantic_says() -> Iterator[tuple[str, str]]:
    numbers = dict.fromkeys(("min_length", "max_length", "actual_length", "whole_digits", "max_digits", "decimal_places", "tz_expected", "tz_actual"), 5)
    words = dict.fromkeys((
        "field_type", "expected", "pattern", "tag", "class", "mapping_type", "error", "attribute", "encoding", "encoding_error", "class_name", "method_name",
        "discriminator", "expected_tags", "expected_schemes"), "X")
    other = {"gt": 5, "ge": 5, "lt": 5, "le": 5, "multiple_of": 5, "expected_version": 4}
    for kind in get_args(core_schema.ErrorType):
        if kind in NOT_ASKED:
            continue
        for context in (None, {**numbers, **words, **other}):
            try:
                yield kind, PydanticKnownError(kind, context).message()
                break
            except (TypeError, ValueError, KeyError):
                continue
        else:
            pytest.fail(f"no message of {kind}")


def test_what_pydantic_says_is_known() -> None:
    templates = [Template.read(en) for file, en, _ in texts() if file == "validation.yaml"]
    lacking = [f"{kind}: {text}" for kind, text in pydantic_says() if not any(t.fillings(text) is not None for t in templates)]
    assert not lacking
    assert len(list(chain(pydantic_says()))) > 80
