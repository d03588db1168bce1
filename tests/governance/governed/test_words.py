"""Contents of governed things: what files say survives being kept, what is asked of settings, which changes are breaking."""

import pytest

from medthread.governance.governed import GovernanceSetting, mappings, periods, rules, thresholds
from medthread.governance.governed.words import Base, state_of
from medthread.model.errors import ConfigurationError
from medthread.model.retention import Retention
from medthread.model.rule_file import parse_rules
from medthread.model.source import parse_source
from medthread.workspace import Workspace
from tests.conftest import Demonstration
from tests.registry import registry

SAID = {"name": "a", "zh": "甲", "en": "A", "dimension": "validity", "owner": "quality", "at": "release", "on": {"entity": "lot"}, "check": {"holds": "1 = 1"}}


def test_every_mapping_of_the_demonstration_is_the_same_after_it_was_kept(demonstration: Demonstration) -> None:
    sources = Workspace.open(demonstration.home).sources(registry())
    assert len(sources) >= 6
    for source in sources:
        kept = mappings.as_data(source)
        assert parse_source(kept, origin=source.name) == source
        assert mappings.as_data(parse_source(kept, origin=source.name)) == kept


def test_every_form_of_a_rule_is_the_same_after_it_was_kept() -> None:
    for check in ({"reconcile": {"left": "select 1 as k", "right": "select 1 as k", "by": ["k"], "within": {"share": 0.1}}}, {"drift": {"of": "rows", "band": 0.2}}, {"unique": ["lot_no"]}):
        [rule] = parse_rules({**SAID, "check": check, "tolerance": 0.25, "severity": "minor"}, origin="x")
        [again] = parse_rules(rules.as_data(rule), origin="x")
        assert again == rule


@pytest.mark.parametrize(("before", "after", "breaks"), [
    (None, {"gate": "warn"}, False), (None, {"gate": "block"}, True), ({"gate": "block"}, {"gate": "warn"}, False), ({"gate": "warn"}, {"gate": "block"}, True),
    ({"gate": "block", "tolerance": 0.1}, {"gate": "block", "tolerance": 0.2}, False), ({"gate": "block", "tolerance": 0.1}, {"gate": "block"}, True),
    ({"gate": "block"}, {"gate": "block", "check": {"holds": "2 = 2"}}, True), ({"gate": "block"}, None, False),
])
def test_a_rule_breaks_where_it_holds_back_more(before: dict[str, object] | None, after: dict[str, object] | None, *, breaks: bool) -> None:
    was, is_ = (None if c is None else {"rule": {**SAID, **c}} for c in (before, after))
    assert rules.Rules().narrows(was, is_) is breaks


def test_a_mapping_breaks_where_a_field_is_filled_no_more_or_otherwise() -> None:
    kind = mappings.Mappings()
    assert kind.narrows({"field": {"from": "a"}}, {"field": None})
    assert kind.narrows({"field": {"from": "a"}}, {"field": {"from": "b"}})
    assert not kind.narrows({"field": None}, {"field": {"from": "b"}})


def test_a_period_of_a_company_stands_beside_the_declared_one() -> None:
    declared = Retention(years=5, anchor="release")
    longer = periods.with_period(declared, {"years": 9, "anchor": "creation", "device_life": False, "basis": "B"})
    assert (longer.spans[0], longer.spans[1].years, longer.basis) == (declared.spans[0], 9, "GMP 2025 art. 45; B")
    assert periods.with_period(declared, {"forever": True, "basis": "B"}).spans == ()
    assert periods.with_period(declared, None) is declared


def test_a_threshold_is_put_among_the_settings_and_taken_out_again() -> None:
    settings = {"name": "x", "quality": {"target": 90, "targets": {"lot": 99}}}
    made = thresholds.with_value(settings, "quality.targets.domain:supply", 98)
    assert thresholds.said_in(made) == ["quality.target", "quality.targets.lot", "quality.targets.domain:supply"]
    assert thresholds.with_value(made, "quality.targets.domain:supply", None) == settings
    assert settings == {"name": "x", "quality": {"target": 90, "targets": {"lot": 99}}}


def test_what_files_say_is_told_apart_by_content_alone() -> None:
    base = Base(registry(), settings={"quality": {"target": 90.0}})
    assert state_of(thresholds.Thresholds().declared(base, "quality.target")) == state_of({"value": 90.0})
    assert state_of({"value": 90.0}) != state_of({"value": 90.5})
    assert state_of(None) is None


@pytest.mark.parametrize("said", [{"changes": "never"}, {"signed": ["everything"]}, {"signed": "rule"}, {"sign": True}, 5])
def test_a_setting_that_means_nothing_is_refused(said: object) -> None:
    with pytest.raises(ConfigurationError):
        GovernanceSetting.read({"governance": said})
