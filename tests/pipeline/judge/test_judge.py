"""Rules of the company's own over a company's data: what each counts, what it names, and what it stops."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from medthread.app import Installation, declared
from medthread.model.errors import DeclarationError, HeldError
from medthread.model.rule_file import parse_rules
from medthread.pipeline.judge import accept_rules
from medthread.pipeline.judge.verdict import State
from medthread.stores.postgres.tables import rule_verdict
from medthread.stores.serving import LakeReader
from tests.conftest import Opening
from tests.pipeline.judge import ruled
from tests.pipeline.judge.ruled import rule
from tests.scenarios import company


@pytest.fixture
def opening(tmp_path: Path, open_beside: Opening) -> Any:
    @contextmanager
    def opened(*rules: dict[str, Any]) -> Iterator[tuple[Path, Installation]]:
        home = ruled.found(tmp_path / "c", *rules)
        with open_beside(home) as installation:
            yield home, installation

    return opened


def test_each_kind_counts_what_it_should(opening: Any) -> None:
    field = {"entity": "lot", "field": "made_on"}
    rules = [
        rule("dated", {"filled": True}, on=field),
        rule("borne", {"filled": True}, on=field, tolerance=0.06),
        rule("form", {"pattern": "L[0-9]{2}"}, on={"entity": "lot", "field": "lot_no"}),
        rule("few", {"range": {"low": 11, "high": 90}}, on={"entity": "lot", "field": "quantity"}),
        rule("old", {"range": {"low": "2026-01-06"}}, on=field),
        rule("some", {"codes": ["M1", "M2"]}, on={"table": "standard.lot", "field": "item"}),
        rule("short", {"length": {"most": 2}}, on={"table": "standard.lot", "field": "lot_no"}),
        rule("even", {"holds": "quantity % 2 = 0"}),
        rule("once", {"unique": ["item"]}, on={"table": "standard.lot"}),
        rule("known", {"reference": {"to": "standard.item", "field": "code"}}, on={"table": "standard.lot", "field": "item"}),
        rule("odd", {"rows": "select lot_no, quantity from golden.lot where quantity > 97"}),
        rule("agree", {"reconcile": {
            "left": "select item, sum(quantity) as q from standard.lot group by item",
            "right": "select item, sum(quantity) as q from standard.lot where quantity < 98 group by item", "by": ["item"], "within": {"amount": 98},
        }}),
        rule("sized", {"drift": {"of": "rows", "band": 0.1}}),
        rule("fresh", {"fresh_days": 1}, on=field),
        rule("lots", {"holds": "1 = 1"}, on={"model": "lot_overview"}),
    ]
    with opening(*rules) as (_, installation):
        assert company.run(installation).release is not None
        told = ruled.verdicts(installation)
        assert {r["name"]: (told[r["name"]].checked, told[r["name"]].broken, told[r["name"]].state.value) for r in rules} == {
            "dated": (100, 5, "broken"), "borne": (100, 5, "tolerated"), "form": (100, 10, "broken"), "few": (100, 20, "broken"),
            "old": (100, 95, "broken"), "some": (100, 92, "broken"), "short": (100, 90, "broken"), "even": (100, 50, "broken"), "once": (100, 70, "broken"),
            "known": (100, 0, "holds"), "odd": (100, 3, "broken"), "agree": (30, 2, "broken"), "sized": (0, 0, "learning"), "fresh": (1, 1, "broken"),
            "lots": (told["lots"].checked, 0, "holds"),
        }
        assert told["odd"].sample == ("L97", "L98", "L99")
        assert told["dated"].sample[0] != ""
        assert told["sized"].measure == 100
        assert all(v.version and v.round.startswith("run-") for v in (told["odd"], told["agree"]))


def test_nothing_is_asked_again_of_the_same_tables(opening: Any) -> None:
    with opening(rule("odd", {"rows": "select lot_no from golden.lot where quantity > 97"}), rule("fresh", {"fresh_days": 1}, on={"entity": "lot", "field": "made_on"})) as (home, installation):
        company.run(installation)
        first = ruled.verdicts(installation)
        company.run(installation)
        again = ruled.verdicts(installation)
        assert again["odd"].round == first["odd"].round
        assert again["fresh"].round != first["fresh"].round
        ruled.lots(home, "lot2.csv", 100, 1)
        company.run(installation)
        assert ruled.verdicts(installation)["odd"].broken == 4


@pytest.mark.parametrize("point", ["transformed", "release"])
def test_a_blocking_rule_stops_the_release_until_it_holds(opening: Any, point: str) -> None:
    with opening(rule("few", {"holds": "quantity <= 100"}, gate="block", at=point)) as (home, installation):
        seen = company.run(installation).release
        ruled.lots(home, "lot2.csv", 200, 3)
        for _ in range(2):  # also when nothing is asked again
            with pytest.raises(HeldError, match=r"golden.lot: rule Rule few stops the release: 3 of 103 broken") as held:
                company.run(installation)
        assert "L200" not in str(held.value)
        assert installation.releases.current().id == seen
        ruled.lots(home, "lot3.csv", 200, 3, quantity=5)
        assert company.run(installation).release not in (None, seen)
        assert ruled.verdicts(installation)["few"].state is State.HOLDS


def test_what_could_not_be_asked_is_a_verdict_and_stops_when_it_blocks(opening: Any) -> None:
    strange = "select no_such_column from golden.lot"
    with opening(rule("bad", {"rows": strange})) as (home, installation):
        assert company.run(installation).release
        told = ruled.verdicts(installation)["bad"]
        assert (told.state, told.checked) == (State.FAILED, 0)
        assert "no_such_column" in (told.message or "")
    ruled.write(home, rule("bad", {"rows": strange}, gate="block"))


def test_an_unreadable_blocking_rule_stops(opening: Any) -> None:
    with opening(rule("bad", {"rows": "select no_such_column from golden.lot"}, gate="block")) as (_, installation), pytest.raises(HeldError):
        company.run(installation)


@pytest.mark.parametrize("sides", [
    {"left": "select item, count(*) as n from golden.lot group by item", "right": "select item, count(*) as m from golden.lot group by item", "by": ["item"]},
    {"left": "select item, lot_no as n from golden.lot", "right": "select item, lot_no as n from golden.lot", "by": ["item"]},
])
def test_two_sides_that_cannot_be_compared_are_a_verdict(opening: Any, sides: dict[str, Any]) -> None:
    with opening(rule("agree", {"reconcile": sides})) as (_, installation):
        company.run(installation)
        assert ruled.verdicts(installation)["agree"].state is State.FAILED


def test_a_drift_learns_then_judges_by_the_median(opening: Any) -> None:
    with opening(rule("sized", {"drift": {"of": "rows", "band": 0.2}})) as (home, installation):
        states = []
        for n, count in enumerate((0, 1, 1, 1, 60)):
            if n:
                ruled.lots(home, f"more{n}.csv", 1000 * n, count)
                (home / "inbox" / f"more{n}.csv").rename(home / "inbox" / f"lot-more{n}.csv")
            company.run(installation)
            states.append(ruled.verdicts(installation)["sized"].state.value)
        assert states == ["learning", "learning", "learning", "holds", "broken"]


def test_serving_rules_are_tried_on_what_readers_see(opening: Any) -> None:
    with opening(rule("seen", {"rows": "select lot_no from golden.lot"}, at="serving"), rule("few", {"holds": "quantity <= 100"}, gate="block")) as (home, installation):
        company.run(installation)
        ruled.lots(home, "lot2.csv", 200, 3)
        with pytest.raises(HeldError):
            company.run(installation)
        assert ruled.verdicts(installation)["seen"].broken == 100


def test_rules_of_intake_hold_mend_and_flag_in_the_one_scan(opening: Any) -> None:
    number = {"entity": "lot", "field": "lot_no"}
    rules = [
        rule("lot_form", {"pattern": "L[0-9]+"}, at="intake", gate="quarantine", on=number, correct="'L' || regexp_extract(lot_no, '^lot_no ([0-9]+)$', 1)", severity="critical"),
        rule("dated_first", {"holds": "made_on is not null or quantity > 50"}, at="intake", tolerance=0.5),
        rule("not_text", {"holds": "lot_no <> 'lot_no' and \"item\" <> 'item'"}, at="intake"),
    ]
    with opening(*rules) as (home, installation):
        company.write(home / "inbox" / "lot2.csv", "item,lot,qty,made", [("M1", "lot_no 501", 5, "2026/1/5"), ("M1", "X9", 5, "2026/1/5"), ("M1", "lot_no", 5, "2026/1/5")])
        company.run(installation)
        told = ruled.verdicts(installation)
        assert (told["lot.lot_no.lot_form"].checked, told["lot.lot_no.lot_form"].broken, told["lot.lot_no.lot_form"].sample) == (103, 2, ("M1|X9", "M1|lot_no"))
        assert (told["lot.lot_no.lot_form_mended"].broken, told["lot.lot_no.lot_form_mended"].corrected) == (1, 1)
        assert (told["lot.dated_first"].broken, told["lot.dated_first"].state) == (3, State.TOLERATED)
        assert told["lot.not_text"].broken == 1
        reader = LakeReader(installation.releases)
        snapshot = reader.current()
        held = snapshot.query(f"select key, rules from {snapshot.relation('standard.quarantine')} where entity = 'lot' order by key")
        mended = snapshot.query(f"select before, after from {snapshot.relation('standard.correction')} where entity = 'lot'")
        reader.close()
        assert [h["key"] for h in held] == ["M1|X9", "M1|lot_no"]
        assert mended == [{"before": "lot_no 501", "after": "L501"}]


@pytest.mark.parametrize(("wrong", "said"), [
    (rule("a", {"filled": True}, on={"entity": "lott", "field": "x"}), "golden.lott"),
    (rule("a", {"filled": True}, on={"entity": "lot", "field": "x"}), "has no column 'x'"),
    (rule("a", {"filled": True}, at="intake", on={"entity": "lot", "field": "x"}), "has no field 'x'"),
    (rule("a", {"filled": True}, at="intake", on={"entity": "lott", "field": "x"}), "nobody declares 'lott'"),
    (rule("a", {"filled": True}, at="intake", on={"entity": "capa", "field": "capa_no"}), "comes from no source"),
    (rule("a", {"filled": True}, at="intake", on={"entity": "customer", "field": "phone"}), "sealed on arrival"),
    (rule("a", {"holds": "quantity + 1"}, at="intake"), "not yes or no"),
    (rule("a", {"holds": "no_such(quantity)"}, at="intake"), "no_such"),
    (rule("a", {"holds": "weight > 1"}, at="intake"), "has no field 'weight'"),
    (rule("a", {"pattern": "("}, at="intake", on={"entity": "lot", "field": "lot_no"}), "missing )"),
    (rule("a", {"range": {"low": "soon"}}, at="intake", on={"entity": "lot", "field": "made_on"}), "soon"),
    (rule("required", {"filled": True}, at="intake", on={"entity": "lot", "field": "lot_no"}), "a rule of this name already"),
    (rule("approval", {"filled": True}, at="intake", on={"entity": "lot", "field": "lot_no"}), "a rule of this name already"),
    (rule("a", {"filled": True}, at="intake", on={"entity": "lot", "field": "lot_no"}, correct="item"), "correct: it reads item"),
    (rule("a", {"rows": "drop table golden.lot"}), "not one SELECT"),
    (rule("a", {"rows": "select * from marts.none"}), "no table marts.none"),
    (rule("a", {"unique": ["x"]}), "has no column 'x'"),
    (rule("a", {"reference": {"to": "golden.item", "field": "x"}}, on={"entity": "lot", "field": "item"}), "has no column 'x'"),
    (rule("a", {"holds": "count(*) > 1"}), "looks beyond its row"),
])
def test_a_rule_that_cannot_be_tried_is_refused_before_anything_runs(wrong: dict[str, Any], said: str) -> None:
    with pytest.raises(DeclarationError, match=r"rules/own\.yaml: rule ") as refused:
        accept_rules(parse_rules(wrong, origin="rules/own.yaml"), declared()[0], models=[Path("lot_overview.sql")])
    assert said in refused.value.message
    assert refused.value.hint


def test_a_name_stands_once(tmp_path: Path, open_beside: Opening) -> None:
    home = ruled.found(tmp_path / "c", rule("a", {"holds": "quantity > 1"}), rule("a", {"holds": "quantity > 2"}))
    with pytest.raises(DeclarationError, match=r"there is a rule .a. in rules/own\.yaml already"), open_beside(home):
        pass


def test_counts_of_every_scan_are_verdicts(opening: Any) -> None:
    with opening() as (_, installation):
        company.run(installation)
        told = ruled.verdicts(installation)["receipt.quantity.type"]
        assert (told.asset, told.checked, told.broken, told.sample, told.state) == ("erp.receipt", 200, 3, ("R0|1", "R1|1", "R2|1"), State.BROKEN)
        with installation.store.transaction() as tx:
            assert tx.execute(rule_verdict.select().where(rule_verdict.c.point == "intake")).rowcount > 20


def test_a_condition_that_cannot_be_reckoned_for_a_row_is_not_broken_there(opening: Any) -> None:
    reckoned = {"holds": "cast(substr(lot_no, 2) as integer) < 90"}
    with opening(rule("at_intake", reckoned, at="intake"), rule("after", reckoned)) as (home, installation):
        company.write(home / "inbox" / "lot2.csv", "item,lot,qty,made", [("M1", "LX", 5, "2026/1/5")])
        company.run(installation)
        told = ruled.verdicts(installation)
        assert (told["lot.at_intake"].broken, told["after"].broken, told["after"].checked) == (10, 10, 101)
