"""The class of a change follows from what it does to who reads the table."""

import pytest

from medthread.pipeline.build.change import Change, Verdict, columns_changed
from medthread.pipeline.build.model import Model, parse_model

TEXT = """-- about: 批次 | Lots
-- meaning: 一行一批 | One row per lot
-- owner: production
-- grain: id
select id, quantity from golden.lot
"""
COLUMNS = (("id", "VARCHAR"), ("quantity", "INTEGER"))


def model(old: str = "", new: str = "") -> Model:
    return parse_model("lots", TEXT.replace(old, new) if old else TEXT, file="lots.sql")


@pytest.mark.parametrize(("after", "columns", "verdict"), [
    (model("select id, quantity", "select id"), COLUMNS[:1], Verdict.BREAKING),
    (model("quantity from", "cast(quantity as varchar) as quantity from"), (COLUMNS[0], ("quantity", "VARCHAR")), Verdict.BREAKING),
    (model("quantity from", "cast(quantity as smallint) as quantity from"), (COLUMNS[0], ("quantity", "SMALLINT")), Verdict.BREAKING),
    (model("grain: id", "grain: id, quantity"), COLUMNS, Verdict.BREAKING),
    (None, (), Verdict.BREAKING),
    (model("quantity from", "cast(quantity as bigint) as quantity from"), (COLUMNS[0], ("quantity", "BIGINT")), Verdict.VALUES),
    (model("quantity from", "quantity, 1 as one from"), (*COLUMNS, ("one", "INTEGER")), Verdict.VALUES),
    (model("golden.lot", "golden.lot where quantity > 0"), COLUMNS, Verdict.VALUES),
    (model("一行一批", "每批一行"), COLUMNS, Verdict.DESCRIBED),
    (model("grain: id", "grain: id\n-- test: quantity > 0"), COLUMNS, Verdict.DESCRIBED),
    (model("select id, quantity from", "select id,\n quantity -- how much\n from"), COLUMNS, Verdict.TYPED),
])
def test_verdicts(after: Model | None, columns: tuple[tuple[str, str], ...], verdict: Verdict) -> None:
    assert Change("lots", model(), after, columns_changed(COLUMNS, columns)).verdict is verdict


def test_a_new_model_is_added_and_its_text_is_all_new() -> None:
    change = Change("lots", None, model(), columns_changed((), COLUMNS))
    assert change.verdict is Verdict.ADDED
    assert [line[1:] for line in change.diff if line.startswith("+")] == TEXT.splitlines()


def test_the_same_text_over_other_columns_is_a_change_too() -> None:
    assert Change("lots", model(), model(), columns_changed(COLUMNS, COLUMNS[:1])).verdict is Verdict.BREAKING
    assert Change("lots", model(), model(), columns_changed(COLUMNS, (*COLUMNS, ("more", "DATE")))).verdict is Verdict.ADDED
