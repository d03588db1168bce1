"""Every mutation of a description of events has its name and its verdict; for what we receive the other way round."""

import copy
from typing import Any

import pytest
from hypothesis import given

from medthread.methods.compatibility import RULES, Verdict, compare_asyncapi
from medthread.model.errors import InvalidError
from tests.methods.compatibility.corpus import B, C, N
from tests.methods.compatibility.documents import Json
from tests.methods.compatibility.test_openapi import Mutate, drop, put
from tests.methods.compatibility.test_properties import anything, calm
from tests.methods.compatibility.test_schemas import worst

EVENTS: Json = {
    "asyncapi": "3.0.0",
    "info": {"title": "Lots", "version": "1.0.0"},
    "defaultContentType": "application/json",
    "channels": {
        "held": {"address": "lot.held", "messages": {"held": {"$ref": "#/components/messages/held"}, "freed": {"payload": {"type": "object"}}}},
        "asked": {"address": "lot.asked", "messages": {"asked": {"payload": {"$ref": "#/components/schemas/lot"}}}},
    },
    "operations": {
        "held": {"action": "send", "channel": {"$ref": "#/channels/held"}, "messages": [{"$ref": "#/channels/held/messages/held"}]},
        "asked": {"action": "receive", "channel": {"$ref": "#/channels/asked"}},
    },
    "components": {
        "messages": {"held": {"title": "held", "payload": {"$ref": "#/components/schemas/lot"}, "headers": {"type": "object", "properties": {"id": {"type": "string"}}}}},
        "schemas": {"lot": {"type": "object", "required": ["no"], "properties": {"no": {"type": "string"}, "state": {"enum": ["held", "free"]}}}},
    },
}
STATE = ("components", "schemas", "lot", "properties", "state", "enum")
# Words of the shared schema are read by clients in `held` and by ourselves in `asked`.
MUTATIONS: dict[str, tuple[Mutate, str, Verdict, str]] = {
    "a channel gone": (drop("operations", "held"), "operation.removed", B, "operation held"),
    "a channel more": (put("channels", "new", value={"address": "lot.new"}), "channel.added", C, "channel new"),
    "another address": (put("channels", "held", "address", value="lots.held"), "channel.moved", B, "channel held"),
    "an operation more": (put("operations", "new", value={"action": "send", "channel": {"$ref": "#/channels/held"}}), "operation.added", C, "operation new"),
    "the other way round": (put("operations", "held", "action", value="receive"), "keyword.changed", N, "operation held"),
    "a message more to us": (put("channels", "asked", "messages", "more", value={}), "message.added", C, "operation asked · more"),
    "a message more from us": (put("operations", "held", "messages", 1, value={"$ref": "#/channels/held/messages/freed"}), "message.added", B, "operation held · freed"),
    "a message less": (put("operations", "held", "messages", value=[]), "message.removed", B, "operation held · held"),
    "another content type": (put("components", "messages", "held", "contentType", value="text/plain"), "media.removed", B, "operation held"),
    "a state more": (put(*STATE, 2, value="scrap"), "enum.value.added", B, "operation held · held · payload.state"),
    "a state less": (drop(*STATE, 1), "enum.value.removed", B, "operation asked · asked · payload.state"),
    "a header gone": (drop("components", "messages", "held", "headers", "properties", "id"), "property.removed", B, "held · headers.id"),
    "a field more": (put("components", "schemas", "lot", "properties", "kind", value={"type": "string"}), "property.added", C, "payload.kind"),
    "servers": (put("servers", value={"a": {"host": "a", "protocol": "nats"}}), "keyword.changed", N, ""),
    "bindings": (put("channels", "held", "bindings", value={"nats": {}}), "keyword.changed", N, "channel held"),
    "traits": (put("components", "messages", "held", "traits", value=[]), "keyword.changed", N, "operation held · held"),
    "a word": (put("components", "messages", "held", "title", value="on hold"), "wording.changed", C, "operation held · held"),
}


def mutated(mutate: Mutate) -> Json:
    changed = copy.deepcopy(EVENTS)
    mutate(changed)
    return changed


@pytest.mark.parametrize("name", MUTATIONS)
def test_a_mutation_is_judged(name: str) -> None:
    mutate, rule, verdict, at = MUTATIONS[name]
    found = compare_asyncapi(EVENTS, mutated(mutate))
    assert [c for c in found if c.rule == rule and at in c.at], found
    assert worst([c.verdict for c in found]) is verdict, found


def test_a_channel_without_operations_is_missed_too() -> None:
    lone = mutated(put("channels", "lone", value={"address": "lot.lone"}))
    assert [(c.rule, c.verdict) for c in compare_asyncapi(lone, EVENTS)] == [("channel.removed", B)]
    used = {rule for _, rule, _, _ in MUTATIONS.values()} | {"channel.removed"}
    assert set(list(RULES)[list(RULES).index("channel.removed") :]) <= used


def test_it_is_like_itself_and_the_version_is_no_change() -> None:
    assert compare_asyncapi(EVENTS, EVENTS) == []
    assert compare_asyncapi(EVENTS, mutated(put("info", "version", value="2"))) == []


@pytest.mark.parametrize("broken", [[], {}, {"asyncapi": "2.6.0"}, {"asyncapi": "3.0.0", "channels": []}, {"asyncapi": "3.0.0", "operations": {"a": 1}},
                                    {"asyncapi": "3.0.0", "operations": {"a": {"channel": {"$ref": "#/channels/none"}}}}])
def test_what_is_no_description_is_refused(broken: Any) -> None:
    with pytest.raises(InvalidError) as refused:
        compare_asyncapi(broken, broken)
    assert refused.value.hint


@calm
@given(anything, anything)
def test_nothing_breaks_the_comparison_itself(one: Any, other: Any) -> None:
    for old, new in ((one, other), ({"asyncapi": "3.0.0", "operations": one}, {"asyncapi": "3.0.0", "operations": other}),
                     ({"asyncapi": "3.0.0", "channels": {"a": one}}, {"asyncapi": "3.0.0", "channels": {"a": other}})):
        try:
            compare_asyncapi(old, new)
        except InvalidError:
            continue
