"""Rules as people write them: every wrong word is refused with the file, the rule and the place."""

from typing import Any

import pytest

from medthread.model.errors import DeclarationError
from medthread.model.rule_file import Point, parse_rules
from medthread.model.rules import Gate

RULE: dict[str, Any] = {
    "name": "lot_form", "zh": "批号写法", "en": "Form of lot numbers", "dimension": "validity", "owner": "quality", "gate": "quarantine",
    "at": "intake", "on": {"entity": "lot", "field": "lot_no"}, "check": {"pattern": "L[0-9]+"},
}


def test_one_rule_or_a_list_of_them() -> None:
    [one] = parse_rules(RULE, origin="rules/a.yaml")
    two = parse_rules([RULE, RULE | {"name": "other", "gate": "warn", "at": "release"}], origin="rules/a.yaml")
    assert (one.gate, one.at, one.on.relation, one.origin) == (Gate.QUARANTINE, Point.INTAKE, "golden.lot", "rules/a.yaml")
    assert [r.name for r in two] == ["lot_form", "other"]


@pytest.mark.parametrize(("change", "place"), [
    ({"dimension": "beauty"}, "dimension"),
    ({"gate": "stop"}, "gate"),
    ({"gate": None}, "gate"),
    ({"tolerance": 1.5}, "tolerance"),
    ({"name": "Lot Form"}, "name"),
    ({"zh": ""}, "zh"),
    ({"owner": ""}, "owner"),
    ({"colour": "red"}, "colour"),
    ({"check": {}}, "check"),
    ({"check": {"pattern": "x", "filled": True}}, "say exactly one of"),
    ({"check": {"shape": "round"}}, "check.shape"),
    ({"check": {"range": {}}}, "low, high or both"),
    ({"check": {"check_digit": "isbn"}}, "check.check_digit"),
    ({"check": {"fresh_days": 3}}, "needs whole tables"),
    ({"on": {"entity": "lot"}}, "is said of a field"),
    ({"on": {"entity": "lot", "model": "x", "field": "f"}}, "say one of"),
    ({"on": {"model": "lot_overview", "field": "x"}}, "guards an entity"),
    ({"on": {"table": "raw.x", "field": "f"}}, "on.table"),
    ({"at": "release"}, "rows are held at intake only"),
    ({"at": "serving", "gate": "block"}, "cannot be stopped any more"),
    ({"at": "release", "gate": "warn", "correct": "trim(lot_no)"}, "mended at intake"),
    ({"at": "release", "gate": "warn", "check": {"drift": {"of": "mean", "band": 0.5}}, "on": {"entity": "lot"}}, "is said of a field"),
    ({"at": "release", "gate": "warn", "check": {"drift": {"of": "rows", "band": -1}}}, "check.drift.band"),
    ({"at": "release", "gate": "warn", "check": {"reconcile": {"left": "a", "right": "b", "by": []}}}, "check.reconcile.by"),
])
def test_what_is_wrong_is_said_with_its_place(change: dict[str, Any], place: str) -> None:
    with pytest.raises(DeclarationError, match=r"rules/a\.yaml: rule ") as refused:
        parse_rules(RULE | change, origin="rules/a.yaml")
    assert place in refused.value.message
    assert refused.value.hint


@pytest.mark.parametrize("data", [None, [], "text", 7, [RULE, "text"]])
def test_a_file_without_a_rule_is_refused(data: Any) -> None:
    with pytest.raises(DeclarationError, match="holds no rule"):
        parse_rules(data, origin="rules/a.yaml")
