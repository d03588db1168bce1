"""A company's sharing rules as they are read: every mistake is told, none is passed over."""

import tomllib
from typing import Any

import pytest

from medthread.model.classification import Classification
from medthread.model.errors import DeclarationError
from medthread.model.sharing import Effect, Recipient, ShippedRule
from medthread.model.sharing_file import check_shipped, parse_sharing
from tests.registry import registry

RULE = """
[[rules]]
name = "told"
zh = "可提供"
en = "may be told"
effect = "allow"
clause = "PIPL art. 38"
basis = "standard contract"
data = { entities = ["complaint"], personal = true }
from = { regions = ["CN"] }
to = { regions = ["EU"] }
"""


def parse(text: str) -> Any:
    return parse_sharing(tomllib.loads(text), registry(), ShippedRule.all().values())


def test_a_companys_own_come_before_those_that_ship() -> None:
    rules, places = parse(RULE + '[regions.CN]\nplants = ["SZ"]\nsystems = ["erp"]')
    assert [r.name for r in rules][:2] == ["told", "cn_personal_information"]
    assert rules[0].effect is Effect.ALLOW
    assert places.region_of(plant="SZ", organisation=None) == places.region_of(plant=None, organisation="?", system="erp") == "CN"
    assert places.region_of(plant="?", organisation=None) is None


def test_a_classification_is_written_by_its_name() -> None:
    rules, _ = parse(RULE.replace("personal = true", 'at_least = "confidential"'))
    assert rules[0].data.at_least is Classification.CONFIDENTIAL


@pytest.mark.parametrize(("wrong", "said"), [
    (('name = "told"', 'name = "Told!"'), "is no name"),
    (('effect = "allow"', 'effect = "perhaps"'), "effect"),
    (('basis = "standard contract"', ""), "without a ground"),
    (('clause = "PIPL art. 38"', 'clause = " "'), "does not say what it is"),
    (('zh = "可提供"\n', ""), "zh"),
    (('"complaint"', '"nothing"'), "'nothing'"),
    (("personal = true", 'fields = ["colour"]'), "'colour'"),
    (('["complaint"], personal = true', '["complaint"], at_least = "secret"'), "'secret'"),
    (('["complaint"], personal', '["capa"], personal'), "about no data"),
    (('to = { regions = ["EU"] }', "to = {}"), "about no recipient"),
    (('to = { regions = ["EU"] }', 'to = { regions = ["ATLANTIS"] }'), "'ATLANTIS'"),
    (("from = {", "whence = {"), "whence"),
    (('{ regions = ["CN"] }', '{ region = ["CN"] }'), "region"),
    (("[[rules]]", "[[rules]]\ncolour = 1"), "colour"),
    (("[[rules]]", "[places]\n[[rules]]"), "no word 'places'"),
    (('name = "told"', 'name = "eu_personal_data"'), "two rules 'eu_personal_data'"),
    (("[[rules]]", '[regions.CN]\nplants = ["SZ"]\n[regions.EU]\nplants = ["SZ"]\n[[rules]]'), "'SZ' of plants lies in CN and in EU"),
    (("[[rules]]", "[regions]\nCN = 3\n[[rules]]"), "CN"),
])
def test_a_mistake_is_told_with_what_to_do(wrong: tuple[str, str], said: str) -> None:
    assert wrong[0] in RULE
    with pytest.raises(DeclarationError, match=r"^sharing\.toml") as told:
        parse(RULE.replace(*wrong))
    assert said in told.value.message
    assert told.value.hint


@pytest.mark.parametrize("text", ["rules = 3", "rules = [1]", "regions = []", "rules = { a = 1 }"])
def test_what_is_no_list_of_rules_is_refused(text: str) -> None:
    with pytest.raises(DeclarationError, match=r"^sharing\.toml"):
        parse(text)


def test_what_ships_stands_by_the_same_rules() -> None:
    shipped = ShippedRule.all().values()
    assert len(shipped) >= 3
    check_shipped(shipped, registry())


def test_whoever_stands_nowhere_is_outside_of_nothing() -> None:
    for rule in ShippedRule.all().values():
        assert not rule.to.hold(Recipient())
