"""A declaration that cannot stand fails where it is written, and says what to do."""

from decimal import Decimal
from typing import Annotated

import pytest

from medthread.model import About, Entity, F, Home, Kind, Ref, Registry, Rule
from medthread.model.errors import DeclarationError
from medthread.model.labels import Label
from medthread.model.rules import Dimension


@pytest.fixture(autouse=True)
def _forget() -> object:
    before = dict(Entity.declared)
    yield
    Entity.declared.clear()
    Entity.declared.update(before)


def about() -> About:
    return About("样例", "Sample", domain="product", group="product", owner="tests")


def test_fields_are_read_from_the_annotations() -> None:
    class SampleThing(Entity):
        about = about()
        code: Annotated[str, F("编码", "Code", key=True)]
        amount: Annotated[Decimal | None, F("数量", "Amount")]

    assert SampleThing.name == "sample_thing"
    assert SampleThing.key() == ("code",)
    assert SampleThing.fields["amount"].kind is Kind.DECIMAL
    assert not SampleThing.fields["amount"].required


def test_an_entity_without_words_about_itself_is_refused() -> None:
    with pytest.raises(DeclarationError, match="about = About"):
        class Nothing(Entity):
            code: Annotated[str, F("编码", "Code", key=True)]


def test_what_is_seen_at_a_glance_is_fields() -> None:
    with pytest.raises(DeclarationError, match="no field 'cause' for a glance"):
        class Sample(Entity):
            about = About("样例", "Sample", domain="product", group="product", owner="tests", glance=("code", "cause"))
            code: Annotated[str, F("编码", "Code", key=True)]


def test_an_entity_without_key_is_refused() -> None:
    with pytest.raises(DeclarationError, match="key=True"):
        class Keyless(Entity):
            about = about()
            code: Annotated[str, F("编码", "Code")]


def test_an_unmarked_field_is_refused() -> None:
    with pytest.raises(DeclarationError, match="carries no mark"):
        class Unmarked(Entity):
            about = about()
            code: str


def test_an_unknown_type_is_refused() -> None:
    with pytest.raises(DeclarationError, match="has type"):
        class Strange(Entity):
            about = about()
            code: Annotated[list[str], F("编码", "Code", key=True)]


def test_an_optional_key_is_refused() -> None:
    with pytest.raises(DeclarationError, match="part of the key and optional"):
        class Loose(Entity):
            about = about()
            code: Annotated[str | None, F("编码", "Code", key=True)]


def test_a_rule_that_never_names_its_field_is_refused() -> None:
    rule = Rule(name="odd", about=Label("怪", "odd"), broken="1 = 2", dimension=Dimension.VALIDITY)
    with pytest.raises(DeclarationError, match="never names its field"):
        class Odd(Entity):
            about = about()
            code: Annotated[str, F("编码", "Code", key=True, rules=(rule,))]


def test_a_field_names_a_record_of_what_another_field_says() -> None:
    with pytest.raises(DeclarationError, match="names a record of what 'kind' says"):
        class Lost(Entity):
            about = about()
            code: Annotated[str, F("码", "Code", key=True)]
            cause: Annotated[str | None, F("起因", "Cause", names="kind")]


def test_a_reference_to_nobody_is_refused() -> None:
    class Lonely(Entity):
        about = about()
        code: Annotated[str, F("编码", "Code", key=True)]
        other: Annotated[str | None, F("另一个", "Other", ref=Ref("nobody_there"))]

    with pytest.raises(DeclarationError, match="which nobody declares"):
        Registry({"lonely": Lonely})


def test_references_in_a_circle_are_refused() -> None:
    class Egg(Entity):
        about = about()
        code: Annotated[str, F("编码", "Code", key=True)]
        hen: Annotated[str | None, F("鸡", "Hen", ref=Ref("hen"))]

    class Hen(Entity):
        about = about()
        code: Annotated[str, F("编码", "Code", key=True)]
        egg: Annotated[str | None, F("蛋", "Egg", ref=Ref("egg"))]

    with pytest.raises(DeclarationError, match="circle"):
        Registry({"egg": Egg, "hen": Hen}).in_reference_order()


def test_a_name_that_somebody_declares_already_is_refused() -> None:
    class Pallet(Entity):
        about = about()
        code: Annotated[str, F("编码", "Code", key=True)]

    with pytest.raises(DeclarationError, match=r"extension\.things declares 'pallet', which tests\.model\.test_entity declares already") as refused:
        type("Pallet", (Entity,), {"__module__": "extension.things", "about": about(), "__annotations__": {"code": Annotated[str, F("编码", "Code", key=True)]}})
    assert "another name" in refused.value.hint
    assert Entity.declared["pallet"] is Pallet


def test_a_critical_value_stands_where_somebody_can_approve_its_change() -> None:
    with pytest.raises(DeclarationError, match="never changes and is marked critical"):
        class Marked(Entity):
            about = about()
            code: Annotated[str, F("编码", "Code", key=True, critical=True)]

    with pytest.raises(DeclarationError, match="nothing holds a change of it back"):
        class Limit(Entity):
            about = About("限值", "Limit", domain="test", group="test", owner="it", home=Home.NATIVE)
            code: Annotated[str, F("编码", "Code", key=True)]
            most: Annotated[int, F("上限", "Most", critical=True)]
