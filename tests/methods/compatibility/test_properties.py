"""Over generated documents: one is like itself; what is called compatible is so for every value a validator was asked about."""

import contextlib
from typing import Any

import jsonschema_rs
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from medthread.methods.compatibility import Direction, Verdict, compare_openapi
from medthread.model.errors import InvalidError
from tests.methods.compatibility.documents import changes, document

FIELDS = ("a", "b")
values = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 8) | st.sampled_from([0.5, 2.5]) | st.sampled_from(["", "a", "bb", "ccc"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(FIELDS), inner, max_size=2), max_leaves=5,
)
numbers = st.fixed_dictionaries({"type": st.sampled_from(["integer", "number"])}, optional={
    "minimum": st.integers(-2, 5), "maximum": st.integers(0, 7), "exclusiveMinimum": st.integers(-2, 5), "multipleOf": st.sampled_from([1, 2, 4, 0.5])})
texts = st.fixed_dictionaries({"type": st.just("string")}, optional={
    "minLength": st.integers(0, 2), "maxLength": st.integers(0, 4), "pattern": st.sampled_from(["", ".*", "^[ab]*$", "^b"])})
lists = st.fixed_dictionaries({"enum": st.lists(st.sampled_from(["a", "bb", 1, 2, None, True]), min_size=1, max_size=3, unique_by=repr)})
simple = numbers | texts | lists | st.sampled_from([{"type": "null"}, {"type": "boolean"}, {}, True])


def grown(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    arrays = st.fixed_dictionaries({"type": st.just("array")}, optional={
        "items": inner, "minItems": st.integers(0, 2), "maxItems": st.integers(0, 3), "uniqueItems": st.booleans(), "prefixItems": st.lists(inner, min_size=1, max_size=2)})
    objects = st.fixed_dictionaries({"type": st.just("object")}, optional={
        "properties": st.dictionaries(st.sampled_from(FIELDS), inner, max_size=2), "required": st.lists(st.sampled_from(FIELDS), unique=True),
        "additionalProperties": st.booleans() | inner, "minProperties": st.integers(0, 1), "not": st.just({"required": ["a"]})})
    several = st.lists(inner, min_size=1, max_size=3)
    combined = st.fixed_dictionaries({}, optional={"anyOf": several, "oneOf": several, "allOf": st.lists(inner, min_size=1, max_size=2)})
    return arrays | objects | combined


schemas = st.recursive(simple, grown, max_leaves=6)
calm = settings(max_examples=250, deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck))


def fits(schema: Any, value: Any) -> bool:
    return bool(jsonschema_rs.Draft202012Validator(schema).is_valid(value))


def described(schema: Any) -> set[str]:
    """Every field that a schema names."""
    if isinstance(schema, list):
        return {n for s in schema for n in described(s)}
    if not isinstance(schema, dict):
        return set()
    named = set(schema["properties"]) if isinstance(schema.get("properties"), dict) else set()
    return named | {n for k, v in schema.items() for s in (v.values() if k == "properties" else [v]) for n in described(s)}


def fields_of(value: Any) -> set[str]:
    if isinstance(value, list):
        return {n for v in value for n in fields_of(v)}
    return set(value) | {n for v in value.values() for n in fields_of(v)} if isinstance(value, dict) else set()


def breaks(old: Any, new: Any, direction: Direction) -> bool:
    return any(c.verdict is not Verdict.COMPATIBLE for c in changes(old, new, direction))


@calm
@given(schemas)
def test_a_description_is_like_itself(schema: Any) -> None:
    for content in (document(request=schema), document(response=schema), document(request={"$ref": "#/components/schemas/A"}, schemas={"A": schema})):
        assert compare_openapi(content, content) == []


@settings(calm, max_examples=400)
@given(schemas, schemas, st.lists(values, min_size=1, max_size=12))
def test_what_clients_sent_is_taken_still(old: Any, new: Any, sent: list[Any]) -> None:
    if breaks(old, new, Direction.REQUEST):
        return
    for value in sent:
        # a client sends the fields that it was told of
        if fits(old, value) and fields_of(value) <= described(old):
            assert fits(new, value), (old, new, value)


def opened(schema: Any) -> Any:
    """As a client reads it that ignores fields it does not know."""
    if isinstance(schema, list):
        return [opened(s) for s in schema]
    if not isinstance(schema, dict):
        return schema
    return {k: opened(v) for k, v in schema.items() if not (k == "additionalProperties" and v is False)}


@settings(calm, max_examples=400)
@given(schemas, schemas, st.lists(values, min_size=1, max_size=12))
def test_what_clients_receive_they_can_read_still(old: Any, new: Any, received: list[Any]) -> None:
    if breaks(old, new, Direction.RESPONSE):
        return
    for value in received:
        if fits(new, value) and fields_of(value) <= described(old):
            assert fits(opened(old), value), (old, new, value)


mutations = st.sampled_from(["minimum", "maximum", "minLength", "maxLength", "minItems", "required", "items", "properties", "enum", "type", "anyOf", "additionalProperties"])


def mutate(schema: Any, word: str, other: Any) -> Any:
    """The same with one word taken from another schema, or dropped: near misses, which random pairs seldom are."""
    if not isinstance(schema, dict):
        return other
    changed = {k: v for k, v in schema.items() if k != word}
    return {**changed, word: other[word]} if isinstance(other, dict) and word in other else changed


@settings(calm, max_examples=400)
@given(schemas, schemas, mutations, st.lists(values, min_size=1, max_size=12))
def test_near_misses(old: Any, other: Any, word: str, met: list[Any]) -> None:
    new = mutate(old, word, other)
    test_what_clients_sent_is_taken_still.hypothesis.inner_test(old, new, met)  # type: ignore[attr-defined]
    test_what_clients_receive_they_can_read_still.hypothesis.inner_test(old, new, met)  # type: ignore[attr-defined]


WORDS = ("openapi", "paths", "/x", "get", "post", "parameters", "requestBody", "content", "application/json", "schema", "responses", "200", "$ref",
         "anyOf", "properties", "required", "type", "items", "in", "name", "security", "servers", "headers", "enum")
leaves = st.none() | st.booleans() | st.integers() | st.sampled_from(["3.1.0", "#/paths/~1x", "#/", "#", "object", "query", "x"])
anything = st.recursive(leaves, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(WORDS), inner, max_size=4), max_leaves=25)


@calm
@given(anything, anything)
def test_nothing_breaks_the_comparison_itself(one: Any, other: Any) -> None:
    for old, new in ((one, other), ({"openapi": "3.1.0", "paths": one}, {"openapi": "3.1.0", "paths": other}),
                     (document(request=one), document(request=other)), ({**document(), "paths": {"/x": {"get": one}}}, {**document(), "paths": {"/x": {"get": other}}})):
        with contextlib.suppress(InvalidError):
            compare_openapi(old, new)
