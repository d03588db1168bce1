"""Two contracts compared: every kind of change once, against truths written by hand; nothing is passed over; versions follow."""

import copy
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from medthread.methods.contracts import BOTH, KINDS, READERS, Side, Verdict, compare, next_version, worst
from medthread.methods.contracts.types import pattern_kind
from tests.methods.contracts.corpus import BASE, EDITS, edited


@pytest.mark.parametrize("name", EDITS)
def test_each_change_is_told_as_what_it_is(name: str) -> None:
    edit, kind, reader, supplier = EDITS[name]
    after = edited(edit)
    for sides, verdict in ((READERS, reader), (frozenset({Side.SUPPLIER}), supplier)):
        found = [d for d in compare(BASE, after, sides=sides) if d.verdict is not Verdict.DESCRIPTION or kind in ("words", "owner.changed")]
        assert {d.kind for d in found} == {kind}, [(d.kind, d.at) for d in found]
        assert {d.verdict.value for d in found} == {verdict}
        assert all(d.label.zh and d.label.en for d in found)


def test_the_same_contract_has_no_difference() -> None:
    assert compare(BASE, json.loads(json.dumps(BASE)), sides=BOTH) == []


def test_nearly_every_kind_is_tried() -> None:
    tried = {kind for _, kind, _, _ in EDITS.values()}
    assert len({k for k in KINDS if not k.startswith("expected.")} - tried) <= 25
    assert tried <= KINDS.keys()


JUNK = st.recursive(st.none() | st.booleans() | st.integers(-5, 10**20) | st.floats(allow_nan=False) | st.text(max_size=5), lambda inner: st.lists(inner, max_size=2), max_leaves=3)
WORDS = sorted({w for p in BASE["schema"][0]["properties"] for w in p} - {"name", "id", "customProperties", "enum", "relationships", "quality", "items", "properties", "logicalTypeOptions", "primaryKeyPosition"})


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 7), st.sampled_from([*WORDS, "flavour", "semanticType", "examples"]), JUNK)
def test_no_change_of_a_field_is_passed_over(number: int, word: str, value: Any) -> None:
    after = copy.deepcopy(BASE)
    part = after["schema"][0]["properties"][number]
    before = part.get(word)
    part[word] = value
    found = compare(BASE, after)
    empty = not before and not value  # an empty word says no more than none
    same_type = str(before).upper() == str(value).upper()  # a stored type in other letters
    assert found or before == value or empty or same_type or (word in ("required", "unique", "primaryKey") and bool(before) == bool(value))


def test_an_older_version_says_the_same() -> None:
    older = copy.deepcopy(BASE)
    older["apiVersion"] = "v3.0.2"
    older["team"] = older["team"]["members"]
    rule = older["schema"][0]["quality"][0]
    rule["rule"] = "duplicateCount"
    del rule["metric"]
    assert compare(older, BASE) == []


def test_two_ways_to_say_that_a_value_must_be_there() -> None:
    before, after = copy.deepcopy(BASE), copy.deepcopy(BASE)
    before["schema"][0]["properties"][2]["required"] = True
    after["schema"][0]["properties"][2]["quality"] = [{"metric": "nullValues", "mustBe": 0}]
    assert {d.kind for d in compare(before, after)} == {"rule.added"}  # the rule is new, the promise is not


@pytest.mark.parametrize(("before", "after", "kind"), [
    ("[0-9]{13}", "[0-9]{13,14}", "pattern.loosened"), ("^A{1,}$", "^A{2,}$", "pattern.tightened"), ("a|b{1,2}", "a|b{1,3}", "pattern.changed"), ("A{1,3}", "A{2,4}", "pattern.changed"),
    ("x" * 100_000 + "{1,2}", "x" * 100_000 + "{1,3}", "pattern.changed"),
])
def test_patterns_are_judged_only_where_reading_decides(before: str, after: str, kind: str) -> None:
    assert pattern_kind(before, after) == kind


def test_versions_follow_the_gravest() -> None:
    assert [next_version("1.4.2", v) for v in Verdict] == ["2.0.0", "2.0.0", "1.5.0", "1.4.3"]
    assert worst([Verdict.COMPATIBLE, Verdict.NOT_JUDGED]) is Verdict.NOT_JUDGED
