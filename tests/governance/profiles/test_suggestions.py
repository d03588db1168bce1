"""Rules suggested from a profile: each with what all rows say of it, none that is said already, accepted into a file that is read back."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from medthread.app import Installation
from medthread.governance.profiles import (
    Kept,
    Suggestion,
    accept_suggestion,
    changes,
    take_profile,
    unsaid,
    with_gate,
    written,
)
from medthread.governance.profiles.candidates import round_out
from medthread.governance.profiles.suggestions import is_said
from medthread.model.errors import ConflictError
from medthread.model.rule_file import parse_rules
from medthread.model.yaml_file import parse_yaml
from medthread.pipeline.profile import Reading
from medthread.stores.postgres.tables import audit_event
from tests.conftest import Opening
from tests.pipeline.judge import ruled
from tests.pipeline.judge.ruled import rule
from tests.scenarios import company


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory, open_beside: Opening) -> Iterator[tuple[Path, Installation]]:
    """A company without rules of its own, for tests that leave its tables as they are."""
    with found(tmp_path_factory.mktemp("plain") / "c", open_beside) as opened:
        yield opened


@pytest.fixture
def opening(tmp_path: Path, open_beside: Opening) -> Any:
    return lambda *rules: found(tmp_path / "c", open_beside, *rules)


@contextmanager
def found(home: Path, open_beside: Opening, *rules: dict[str, Any]) -> Iterator[tuple[Path, Installation]]:
    """Three hundred lots, and two whose number is written otherwise."""
    ruled.found(home, *rules)
    ruled.lots(home, "lot2.csv", 1000, 200)
    ruled.lots(home, "lot3.csv", 2000, 2, form="odd-{}x")
    with open_beside(home) as installation:
        company.run(installation)
        yield home, installation


def take(installation: Installation, table: str = "golden.lot") -> Kept:
    return take_profile(installation.context(), installation.shelf, table, installation.releases.heads())


def accept(installation: Installation, found: Suggestion) -> None:
    folder = installation.workspace.rule_folder
    with installation.store.transaction() as tx:
        accept_suggestion(tx, context=installation.context(), folder=folder, found=found, by="me")


def test_each_suggestion_says_how_many_of_all_rows_keep_it(plain: tuple[Path, Installation]) -> None:
    _, installation = plain
    suggested = {s.rule.name: s for s in take(installation).suggestions}
    form = suggested["lot_lot_no_pattern"]
    assert form.rule.check.pattern == "[A-Z][0-9]{1,4}"
    assert (form.checked, form.broken, form.rule.tolerance) == (302, 2, 0.01)
    assert all("odd-" in row for row in form.sample)
    assert (form.rule.at.value, form.rule.gate.value, form.rule.on.field) == ("intake", "warn", "lot_no")
    quantity = suggested["lot_quantity_range"]
    assert quantity.rule.check.range is not None
    assert quantity.rule.check.range.low is None  # its declaration says that it is not negative
    assert quantity.rule.check.range.high in (1500, 2000, 3000, 4000)
    assert suggested["lot_lot_no_unique"].rule.check.unique == ("lot_no",)
    assert suggested["lot_drift"].rule.at.value == "release"
    assert "lot_made_on_filled" not in suggested  # a row in twenty has no day
    assert not any(s.rule.on.field in ("item", "item__code") for s in suggested.values())  # required, and a reference by its declaration


def test_what_the_declarations_or_own_rules_say_is_not_said_again(opening: Any) -> None:
    own = [rule("form", {"pattern": "L[0-9]+"}, at="intake", on={"entity": "lot", "field": "lot_no"}), rule("rows", {"drift": {"of": "rows", "band": 0.1}}),
           rule("once", {"unique": ["lot_no"]}, on={"table": "golden.lot"})]
    with opening(*own) as (_, installation):
        names = {s.rule.name for s in take(installation).suggestions}
        assert "lot_quantity_range" in names
        assert not names & {"lot_lot_no_pattern", "lot_drift", "lot_lot_no_unique"}
        known = installation.registry
        [required] = parse_rules(rule("a", {"filled": True}, on={"entity": "lot", "field": "lot_no"}), origin="")
        [key] = parse_rules(rule("a", {"unique": ["lot_no", "item__code"]}), origin="")
        [new] = parse_rules(rule("a", {"filled": True}, on={"entity": "lot", "field": "made_on"}), origin="")
        assert [is_said(r, known, ()) for r in (required, key, new)] == [True, True, False]


def test_an_accepted_rule_is_a_file_in_force_without_opening_anew(opening: Any) -> None:
    with opening() as (home, installation):
        kept = take(installation)
        form = with_gate(next(s for s in kept.suggestions if s.rule.name == "lot_lot_no_pattern"), gate="quarantine", tolerance=None)
        accept(installation, form)
        path = home / "rules" / "lot_lot_no_pattern.yaml"
        text = path.read_text(encoding="utf-8")
        assert text == written(form)
        [read] = parse_rules(parse_yaml(text, file="x"), origin="")
        assert read == form.rule
        assert "on: {entity: lot, field: lot_no}" in text
        assert "300 / 302" in text
        installation.read_rules()
        assert [r.name for r in installation.rules] == ["lot_lot_no_pattern"]
        assert "lot_lot_no_pattern" not in {s.rule.name for s in unsaid(kept.suggestions, installation.registry, installation.rules)}
        ruled.lots(home, "lot4.csv", 3000, 3, form="wrong {}")
        company.run(installation)
        told = ruled.verdicts(installation)["lot.lot_no.lot_lot_no_pattern"]
        assert (told.checked, told.broken) == (3, 3)
        with installation.store.transaction() as tx:
            [row] = tx.execute(select(audit_event).where(audit_event.c.action == "rule.accept")).all()
        assert (row.actor, row.object, row.detail["broken"]) == ("me", "rule/lot_lot_no_pattern", 2)
        assert [r.name for r in installation.workspace.rules()] == ["lot_lot_no_pattern"]


def test_nothing_is_written_over(plain: tuple[Path, Installation]) -> None:
    home, installation = plain
    suggested = {s.rule.name: s for s in take(installation).suggestions}
    path = home / "rules" / "lot_drift.yaml"
    path.write_text("# mine\n", encoding="utf-8")
    with pytest.raises(ConflictError):
        accept(installation, suggested["lot_drift"])
    assert path.read_text(encoding="utf-8") == "# mine\n"
    accept(installation, suggested["lot_quantity_range"])
    with pytest.raises(ConflictError):
        accept(installation, suggested["lot_quantity_range"])
    assert sorted(p.name for p in (home / "rules").iterdir()) == ["lot_drift.yaml", "lot_quantity_range.yaml"]


def test_every_suggestion_can_be_accepted_and_read(opening: Any) -> None:
    with opening() as (_, installation):
        tables = ["golden.lot", "golden.receipt", "golden.item", "marts.lot_overview", "marts.genealogy", "standard.lot"]
        suggested = {s.rule.name: s for table in tables for s in take(installation, table).suggestions}
        assert {s.rule.check.kind for s in suggested.values()} >= {"filled", "pattern", "range", "codes", "unique", "reference", "drift"}
        for one in suggested.values():
            accept(installation, one)
        installation.read_rules()
        assert {r.name for r in installation.rules} == set(suggested)
        assert not any(unsaid(take(installation, t).suggestions, installation.registry, installation.rules) for t in tables)
        ruled.lots(installation.workspace.home, "lot4.csv", 4000, 5)
        assert company.run(installation).release is not None


def test_the_last_profile_is_kept_and_what_changed_since_the_one_before(opening: Any) -> None:
    with opening() as (home, installation):
        first = take(installation)
        assert installation.shelf.last("golden.lot") == first
        assert first.before is None
        ruled.lots(home, "lot4.csv", 5000, 100, form="Z-{}", quantity=7)
        company.run(installation)
        take(installation)
        kept = take(installation)  # again of the same rows: the one before stays
        assert kept.before is not None
        assert (kept.before.rows, kept.profile.rows) == (302, 402)
        assert not any(c.values or c.low for c in kept.before.columns)
        told = {(c.column, c.what): (c.before, c.now) for c in changes(kept.before, kept.profile)}
        assert told[None, "rows"] == ("302", "402")
        assert ("lot_no", "pattern") in told
        assert (installation.shelf.folder / "golden.lot.json").is_file()
        (installation.shelf.folder / "golden.lot.json").write_text("{}", encoding="utf-8")
        assert installation.shelf.last("golden.lot") is None


def test_a_column_that_came_went_or_changed_its_kind(plain: tuple[Path, Installation]) -> None:
    _, installation = plain
    profile = take(installation).profile
    less = partial(profile.__class__, **{n: getattr(profile, n) for n in ("table", "snapshot", "rows", "sampled", "at", "seconds")})
    column = profile.column("quantity")
    other = column.__class__(**{**vars(column), "likely": Reading.TEXT, "nulls": 151})
    told = {(c.column, c.what) for c in changes(less(columns=(other, profile.column("lot_no"))), less(columns=(column, profile.column("made_on"))))}
    assert told == {("quantity", "likely"), ("quantity", "empty"), ("made_on", "new"), ("lot_no", "gone")}


@pytest.mark.parametrize(("value", "bound"), [(0.7, 0.8), (1, 1), (1.2, 1.5), (97, 100), (100, 100), (1234, 1500), (0.012, 0.015)])
def test_bounds_are_round(value: float, bound: float) -> None:
    assert round_out(value) == pytest.approx(bound)
