"""A message is recognised by its pieces, whatever strangers wrote into its holes."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from medthread.model.wording import Template

ANYTHING = st.text(max_size=40)


def test_what_stands_in_the_holes_is_found() -> None:
    template = Template.read("no lot {lot} of item {item}")
    assert template.fillings("no lot 'L-1' of item 'PUMP'") == ("'L-1'", "'PUMP'")
    assert template.fillings("no lot  of item ") == ("", "")
    assert template.fillings("no lot 'L-1'") is None
    assert template.fillings("there is no lot 'L-1' of item 'PUMP'") is None


def test_pieces_do_not_overlap() -> None:
    assert Template.read("ab{x}ba").fillings("aba") is None
    assert Template.read("{x} is {y} is").fillings("a is") is None


def test_a_message_without_holes_is_itself_alone() -> None:
    template = Template.read("nobody is signed in")
    assert template.fillings("nobody is signed in") == ()
    assert template.fillings("nobody is signed in.") is None


def test_braces_that_stand_for_themselves_are_doubled() -> None:
    template = Template.read("set options: {{delimiter: {sign}}}")
    assert template.fillings("set options: {delimiter: ;}") == (";",)
    assert template.filled({"sign": "{|}"}) == "set options: {delimiter: {|}}"


@pytest.mark.parametrize("text", ["{}", "{a:>3}", "{a!r}", "{a", "a}"])
def test_what_is_no_template_is_refused(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - whichever of the two words the reader of formats has for it
        Template.read(text)


@given(ANYTHING, ANYTHING, ANYTHING)
def test_nothing_is_lost_whatever_was_filled_in(one: str, two: str, three: str) -> None:
    template = Template.read("{a}: row {b}, column {c} is wrong")
    text = template.filled({"a": one, "b": two, "c": three})
    fillings = template.fillings(text)
    assert fillings is not None
    assert template.filled(dict(zip(template.holes, fillings, strict=True))) == text


def test_a_text_made_to_be_slow_is_not() -> None:
    """Every piece occurs a hundred thousand times, and the last is missing: a search that goes back would not end."""
    template, begun = Template.read("{a}, {b}, {c}, {d}, {e}, {f} end"), time.perf_counter()
    assert template.fillings(", " * 100_000) is None
    assert time.perf_counter() - begun < 1
