"""Every mutation of a schema has its name and its verdict in both directions; what says the same breaks nobody."""

import pytest

from medthread.methods.compatibility import RULES, Direction, Verdict, may_break, objections
from tests.methods.compatibility.corpus import FALSE_ALARMS, ONE_WAY, SCHEMAS, B, C
from tests.methods.compatibility.documents import changes

REQUEST, RESPONSE = Direction.REQUEST, Direction.RESPONSE


def worst(found: list[Verdict]) -> Verdict:
    return max(found, key=[Verdict.COMPATIBLE, Verdict.NOT_JUDGED, Verdict.BREAKING].index, default=Verdict.COMPATIBLE)


@pytest.mark.parametrize("name", SCHEMAS)
def test_a_mutation_is_judged(name: str) -> None:
    old, new, rule, request, response = SCHEMAS[name]
    for direction, expected in ((REQUEST, request), (RESPONSE, response)):
        found = changes(old, new, direction)
        assert rule in [c.rule for c in found], (direction, found)
        assert worst([c.verdict for c in found]) is expected, (direction, found)


@pytest.mark.parametrize("name", [n for n in SCHEMAS if n not in ONE_WAY])
def test_the_inverse_breaks_the_other_side(name: str) -> None:
    old, new, _, request, response = SCHEMAS[name]
    assert worst([c.verdict for c in changes(new, old, REQUEST)]) is response
    assert worst([c.verdict for c in changes(new, old, RESPONSE)]) is request


@pytest.mark.parametrize("name", FALSE_ALARMS)
def test_the_same_said_otherwise_is_no_change(name: str) -> None:
    for old, new in (FALSE_ALARMS[name], FALSE_ALARMS[name][::-1]):
        for direction in Direction:
            assert [c for c in changes(old, new, direction) if c.verdict is not Verdict.COMPATIBLE] == []


def test_wording_is_seen_and_breaks_nobody() -> None:
    found = changes({"type": "string", "title": "A", "description": "a"}, {"type": "string", "title": "B", "examples": ["x"]}, REQUEST)
    assert [(c.rule, c.verdict) for c in found] == [("wording.changed", C)] * 3


def test_an_optional_field_more_breaks_nobody() -> None:
    old = {"type": "object", "properties": {"a": {"type": "string"}}}
    new = {"type": "object", "properties": {"a": {"type": "string"}, "b": {"type": "string"}}}
    for direction in Direction:
        assert [(c.rule, c.at[-2:], c.verdict) for c in changes(old, new, direction)] == [("property.added", ".b", C)]


def test_a_change_says_where_it_is() -> None:
    one = {"type": "object", "properties": {"items": {"type": "array", "items": {"type": "object", "properties": {"state": {"enum": ["a", "b"]}}}}}}
    two = {"type": "object", "properties": {"items": {"type": "array", "items": {"type": "object", "properties": {"state": {"enum": ["a"]}}}}}}
    assert [(c.at, c.before, c.after) for c in changes(one, two, REQUEST)] == [("POST /things · body · application/json.items[].state", "b", None)]


def test_every_rule_of_schemas_is_tried() -> None:
    tried = {rule for _, _, rule, _, _ in SCHEMAS.values()} | {"wording.changed", "property.added", "object.opened"}
    of_values = list(RULES)[: list(RULES).index("operation.added")]
    assert tried == set(of_values)
    assert [c.verdict for d in Direction for c in changes({"type": "object", "additionalProperties": False}, {"type": "object"}, d)] == [C, C]
    assert len(SCHEMAS) > 40
    assert B in {v for _, _, _, *both in SCHEMAS.values() for v in both}


@pytest.mark.parametrize(("old", "new", "allowed"), [
    ("1.2.3", "1.2.4", False), ("1.2.3", "1.3.0", False), ("1.2.3", "2.0.0", True), ("2.0.0", "1.0.0", False), ("0.1.0", "0.1.9", False),
    ("0.1.0", "0.2.0", True), ("0.9.0", "1.0.0", True), ("0.2.0", "0.1.0", False), ("", "1", True), ("1", "1.1", False), ("draft", "draft", False),
])
def test_which_step_of_versions_may_break(old: str, new: str, *, allowed: bool) -> None:
    assert may_break(old, new) is allowed
    breaking = changes({"type": "string"}, {"type": "integer"}, REQUEST)
    assert objections(breaking, old=old, new=new) == ([] if allowed else [c for c in breaking if c.verdict is B])
