"""The head of a model's file: what it says, and what is said back when it does not."""

import pytest

from medthread.model import Label
from medthread.model.errors import DeclarationError
from medthread.pipeline.build.head import Head
from medthread.pipeline.build.model import SHIPPED, in_order, parse_model

HEAD = """-- about: 批次 | Lots
-- meaning: 每个批次一行,
--   按工厂 | One row per lot,
--   by plant
-- owner: production
-- grain: id, _plant
-- test: quantity >= 0
-- warn: count(*) > 0
-- Prose is a comment like any other: it says nothing.
"""
SELECT = "select id, _plant, quantity from golden.lot\n"


def test_a_head_is_read_with_its_continued_lines() -> None:
    model = parse_model("lots", HEAD + SELECT, file="lots.sql", domain="manufacturing")
    assert (model.label.zh, model.label.en, model.owner, model.grain) == ("批次", "Lots", "production", ("id", "_plant"))
    assert (model.meaning.zh, model.meaning.en) == ("每个批次一行, 按工厂", "One row per lot, by plant")
    assert [(e.condition, e.blocks, e.whole) for e in model.expectations] == [
        ('"id" is not null', True, False), ('"_plant" is not null', True, False), ('count(*) = count(distinct ("id", "_plant"))', True, True),
        ("quantity >= 0", True, False), ("count(*) > 0", False, True),
    ]
    assert (model.reads, model.origin) == (("golden.lot",), SHIPPED)


def test_events_without_a_key_are_not_asked_for_one() -> None:
    model = parse_model("lots", HEAD.replace("grain: id, _plant", "grain: none") + SELECT, file="lots.sql")
    assert [e.condition for e in model.expectations] == ["quantity >= 0", "count(*) > 0"]


@pytest.mark.parametrize(("old", "new", "message"), [
    ("-- owner: production\n", "", "lots.sql: the head does not say 'owner'"),
    ("-- grain:", "-- grian:", "lots.sql: the head says 'grian', which means nothing there"),
    ("-- owner: production\n", "-- owner: a\n-- owner: b\n", "lots.sql: the head says 'owner' twice"),
    ("批次 | Lots", "批次", "lots.sql: 'about' is not in both languages"),
    ("批次 | Lots", "| Lots", "lots.sql: 'about' is not in both languages"),
    ("quantity >= 0", "quantity >=", "lots.sql: 'quantity >=' is no condition"),
    ("quantity >= 0", "a, b", "lots.sql: 'a, b' is not one condition"),
    ("quantity >= 0", "x from golden.lot", "lots.sql: 'x from golden.lot' is not one condition"),
    ("golden.lot", "bronze.lot", "lots.sql reads bronze.lot"),
    ("select id", "delete", "lots.sql"),
])
def test_what_is_wrong_is_told_with_the_file(old: str, new: str, message: str) -> None:
    with pytest.raises(DeclarationError) as told:
        parse_model("lots", (HEAD + SELECT).replace(old, new, 1), file="lots.sql")
    assert told.value.message.startswith(message)
    assert told.value.hint


def test_a_text_that_means_the_same_is_the_same() -> None:
    one = parse_model("lots", HEAD + SELECT, file="lots.sql")
    other = parse_model("lots", HEAD + "SELECT id,\n  _plant, -- where\n  quantity\nFROM golden.lot", file="lots.sql")
    assert one.sha == other.sha
    assert one.sha != parse_model("lots", HEAD + SELECT.replace("quantity from", "-quantity as quantity from"), file="lots.sql").sha


def test_models_stand_after_those_they_read_and_never_in_a_circle() -> None:
    head = HEAD.replace("-- test: quantity >= 0\n", "")
    make = lambda name, reads: parse_model(name, f"{head}select id, _plant from {reads}", file=f"{name}.sql")  # noqa: E731
    assert [m.name for m in in_order([make("a", "marts.b"), make("b", "marts.c"), make("c", "golden.lot")])] == ["c", "b", "a"]
    with pytest.raises(DeclarationError, match="in a circle"):
        in_order([make("a", "marts.b"), make("b", "marts.a")])
    with pytest.raises(DeclarationError, match=r"reads marts\.nowhere, which nobody makes"):
        in_order([make("a", "marts.nowhere")])
    with pytest.raises(DeclarationError, match="two models called a"):
        in_order([make("a", "golden.lot"), make("a", "golden.lot")])


def test_columns_say_what_they_are_called_as_far_as_anybody_says() -> None:
    head = Head("-- column: quantity = 数量 | Quantity\n-- column: a = 甲 | A = B\nselect 1", file="m.sql")
    assert head.columns() == {"quantity": Label("数量", "Quantity"), "a": Label("甲", "A = B")}


@pytest.mark.parametrize("line", ["quantity", "= 数量 | Quantity", "quantity = 数量", "a = 甲 | A\n-- column: a = 乙 | B"])
def test_a_column_that_is_not_said_whole_is_refused(line: str) -> None:
    with pytest.raises(DeclarationError):
        Head(f"-- column: {line}\nselect 1", file="m.sql").columns()
