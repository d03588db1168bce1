"""Cases of models: every one that ships holds, and one that does not says which rows."""

from pathlib import Path

import pytest

from medthread.app import declared
from medthread.model.errors import DeclarationError
from medthread.pipeline.build.case import Tried, cases_of, try_cases
from medthread.pipeline.build.model import Model, read_model

REGISTRY, FOLDERS = declared()
SHIPPED = [read_model(p) for f in FOLDERS for p in sorted(f.glob("**/marts/*.sql"))]
TEXT = """-- about: 批次 | Lots
-- meaning: 一行一批 | One row per lot
-- owner: production
-- grain: id
select id, lot_no, quantity * 2 as twice from golden.lot where quantity is not null
"""


@pytest.fixture
def model(tmp_path: Path) -> Model:
    (tmp_path / "lots.sql").write_text(TEXT, encoding="utf-8")
    return read_model(tmp_path / "lots.sql")


def tried(model: Model, yaml: str) -> Tried:
    assert model.path is not None
    (model.path.parent / "lots.cases.yaml").write_text(yaml, encoding="utf-8")
    [found] = try_cases([model], [*SHIPPED, model], REGISTRY)
    return found


@pytest.mark.parametrize("model", SHIPPED, ids=lambda m: m.name)
def test_every_model_that_ships_has_cases_and_they_hold(model: Model) -> None:
    found = try_cases([model], SHIPPED, REGISTRY)
    assert found, "write them beside the model"
    assert [t for t in found if not t.holds] == []


def test_rows_missing_and_rows_too_many_are_shown(model: Model) -> None:
    found = tried(model, """
- about: 加倍 | Twice
  given: {golden.lot: [{id: L1, quantity: 2}, {id: L2, quantity: 3}, {id: L3}]}
  expect: [{id: L1, twice: 4}, {id: L2, twice: 7}]
""")
    assert not found.holds
    assert (len(found.missing), len(found.extra)) == (1, 1)
    assert '"L2"' in found.missing[0]
    assert "7" in found.missing[0]
    assert "6" in found.extra[0]


def test_no_row_is_expected_by_saying_so(model: Model) -> None:
    assert tried(model, "- {about: 空 | None, given: {golden.lot: [{id: L1}]}, expect: []}").holds
    assert not tried(model, "- {about: 空 | None, given: {golden.lot: [{id: L1, quantity: 1}]}, expect: []}").holds


def test_the_same_row_twice_is_not_the_row_once(model: Model) -> None:
    assert not tried(model, "- {about: 二 | Two, given: {golden.lot: [{id: L1, quantity: 1}]}, expect: [{id: L1}, {id: L1}]}").holds


def test_words_stay_words(model: Model) -> None:
    assert tried(model, "- {about: 词 | Words, given: {golden.lot: [{id: no, lot_no: '007', quantity: 1}]}, expect: [{id: no, lot_no: '007'}]}").holds


@pytest.mark.parametrize(("yaml", "message"), [
    ("- {about: x, given: {golden.item: []}, expect: []}", "lots does not read golden.item"),
    ("- {about: x, given: {golden.lot: [{colour: red}]}, expect: []}", "golden.lot has no column colour"),
    ("- {about: x, given: {golden.lot: []}, expect: [{colour: red}]}", "marts.lots has no column colour"),
    ("- {about: x, given: {golden.lot: [{quantity: many}]}, expect: []}", "many"),
])
def test_a_case_that_cannot_be_tried_does_not_hold(model: Model, yaml: str, message: str) -> None:
    assert message in (tried(model, yaml).error or "")


@pytest.mark.parametrize("yaml", ["- {about: x}", "- {about: x, expect: [], expected: []}", "about: x", "- [", "- {about: x, expect: [{a: {b: 1}}]}"])
def test_a_file_that_is_no_cases_is_named(model: Model, yaml: str) -> None:
    assert model.path is not None
    (model.path.parent / "lots.cases.yaml").write_text(yaml, encoding="utf-8")
    with pytest.raises(DeclarationError, match=r"lots\.cases\.yaml"):
        cases_of(model)
