"""Every mutation of an operation has its name, its place and its verdict."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from medthread.methods.compatibility import RULES, compare_openapi
from medthread.model.errors import InvalidError
from tests.methods.compatibility.corpus import B, C, N
from tests.methods.compatibility.documents import Json, document, lots
from tests.methods.compatibility.test_schemas import worst

GET, PUT = ("paths", "/lots/{lot}", "get"), ("paths", "/lots/{lot}", "put")
OK = (*GET, "responses", "200")
Mutate = Callable[[Json], Any]


def put(*where: Any, value: Any) -> Mutate:
    def change(document: Json) -> None:
        *way, last = where
        here: Any = document
        for step in way:
            here = here[step]
        if isinstance(here, list) and last == len(here):
            here.append(value)
        else:
            here[last] = value

    return change


def drop(*where: Any) -> Mutate:
    def change(document: Json) -> None:
        *way, last = where
        here: Any = document
        for step in way:
            here = here[step]
        del here[last]

    return change


def renamed(document: Json) -> None:
    item = document["paths"].pop("/lots/{lot}")
    item["parameters"][0]["name"] = "number"
    document["paths"]["/lots/{number}"] = item


def moved_to_the_operation(document: Json) -> None:
    shared = document["paths"]["/lots/{lot}"].pop("parameters")
    for method in ("get", "put", "delete"):
        operation = document["paths"]["/lots/{lot}"][method]
        operation["parameters"] = [*operation.get("parameters", []), *shared]


QUERY = {"name": "q", "in": "query", "schema": {"type": "string"}}
# name: (mutation, rule, verdict, where it is told of)
OPERATIONS: dict[str, tuple[Mutate, str, Any, str]] = {
    "a path gone": (drop("paths", "/search"), "operation.removed", B, "POST /search"),
    "a method gone": (drop(*PUT), "operation.removed", B, "PUT /lots/{lot}"),
    "a deprecated method gone after its sunset": (drop("paths", "/lots/{lot}", "delete"), "operation.withdrawn", C, "DELETE /lots/{lot}"),
    "a path more": (put("paths", "/new", value={"get": {"responses": {}}}), "operation.added", C, "GET /new"),
    "another operation id": (put(*GET, "operationId", value="one"), "operation.renamed", C, "GET"),
    "deprecated": (put(*GET, "deprecated", value=True), "operation.deprecated", C, "GET"),
    "no longer deprecated": (drop("paths", "/lots/{lot}", "delete", "deprecated"), "operation.reinstated", C, "DELETE"),
    "a parameter gone": (drop(*GET, "parameters", 0), "parameter.removed", B, "query limit"),
    "a parameter more": (put(*GET, "parameters", 4, value=QUERY), "parameter.added", C, "query q"),
    "a required parameter more": (put(*GET, "parameters", 4, value={**QUERY, "required": True}), "parameter.added.required", B, "query q"),
    "a parameter required": (put(*GET, "parameters", 0, "required", value=True), "parameter.required", B, "query limit"),
    "a parameter optional": (put(*GET, "parameters", 1, "required", value=False), "parameter.optional", C, "query kind"),
    "a parameter's bound": (put(*GET, "parameters", 0, "schema", "maximum", value=100), "bound.tightened", B, "query limit"),
    "a parameter elsewhere": (put(*GET, "parameters", 1, "in", value="header"), "parameter.removed", B, "query kind"),
    "a list written otherwise": (put(*GET, "parameters", 2, "explode", value=False), "parameter.written", B, "query states"),
    "a shared parameter": (put("components", "parameters", "language", "schema", "enum", value=["zh"]), "enum.closed", B, "header accept-language"),
    "a path's parameter": (put("paths", "/lots/{lot}", "parameters", 0, "schema", "pattern", value="^L"), "pattern.added", B, "path 1"),
    "no body": (drop(*PUT, "requestBody"), "body.removed", B, "body"),
    "a body": (put(*GET, "requestBody", value={"content": {"application/json": {}}}), "body.added", C, "body"),
    "a required body": (put(*GET, "requestBody", value={"required": True, "content": {}}), "body.added.required", B, "body"),
    "the body required": (put("paths", "/search", "post", "requestBody", "required", value=True), "parameter.required", B, "POST /search · body"),
    "a media type less taken": (drop(*PUT, "requestBody", "content", "application/xml"), "media.removed", B, "application/xml"),
    "a media type more taken": (put(*PUT, "requestBody", "content", "text/csv", value={}), "media.added", C, "text/csv"),
    "a media type less given": (drop(*OK, "content", "text/csv"), "media.removed", B, "200 · text/csv"),
    "how a part is written": (put(*PUT, "requestBody", "content", "application/json", "encoding", value={"a": {}}), "keyword.changed", N, "body"),
    "success gone": (drop(*OK), "status.removed", B, "200"),
    "another success": (put(*GET, "responses", "202", value={"description": "later"}), "status.added", B, "202"),
    "a refusal gone": (drop(*GET, "responses", "404"), "refusal.removed", C, "404"),
    "a refusal more": (put(*GET, "responses", "409", value={"description": "no"}), "refusal.added", C, "409"),
    "a header gone": (drop(*OK, "headers", "X-Total"), "header.removed", B, "header x-total"),
    "a header more": (put(*OK, "headers", "Link", value={"schema": {}}), "header.added", C, "header link"),
    "a header no longer sure": (put(*OK, "headers", "ETag", "required", value=False), "property.optional", B, "header etag"),
    "a header's type": (put(*OK, "headers", "X-Total", "schema", "type", value="string"), "type.added", B, "header x-total"),
    "links": (put(*OK, "links", value={"next": {"operationId": "lot"}}), "keyword.changed", N, "200"),
    "callbacks": (put(*PUT, "callbacks", value={"done": {}}), "keyword.changed", N, "PUT"),
    "webhooks": (put("webhooks", value={"done": {}}), "keyword.changed", N, ""),
    "a word of a path that nobody knows": (put("paths", "/ping", "x", value=1), "keyword.changed", N, "/ping"),
    "a way in gone": (put("security", value=[{"oauth": ["read"]}]), "security.tightened", B, "GET"),
    "a scope more": (put("security", value=[{"token": []}, {"oauth": ["read", "write"]}]), "security.tightened", B, "GET"),
    "a way in more": (put("security", value=[{"token": []}, {"oauth": ["read"]}, {"key": []}]), "security.loosened", C, "GET"),
    "nobody is asked": (put(*GET, "security", value=[]), "security.loosened", C, "GET"),
    "somebody is asked": (put("paths", "/ping", "get", "security", value=[{"token": []}]), "security.tightened", B, "GET /ping"),
    "another scheme of one name": (put("components", "securitySchemes", "token", "scheme", value="basic"), "keyword.changed", N, "security token"),
    "another server": (put("servers", value=[{"url": "https://b.example/"}]), "server.removed", B, "servers"),
    "a server more": (put("servers", 1, value={"url": "https://b.example/"}), "server.added", C, "servers"),
    "a shared schema, where it is received": (drop("components", "schemas", "Lot", "properties", "state"), "property.removed", B, "200 · application/json.state"),
    "a shared schema, where it is sent": (drop("components", "schemas", "Lot", "properties", "secret"), "property.removed", B, "body · application/json.secret"),
    "a shared list": (put("components", "schemas", "Lot", "properties", "state", "enum", 2, value="scrap"), "enum.value.added", B, "200"),
    "a word about it": (put(*GET, "summary", value="A lot"), "wording.changed", C, "GET"),
    "a word of our own": (put(*GET, "x-owner", value="quality"), "wording.changed", C, "GET"),
}
FALSE_ALARMS: dict[str, Mutate] = {
    "another name in a path": renamed,
    "a parameter of every method": moved_to_the_operation,
    "what nobody uses": drop("components", "schemas", "Unused"),
    "the version": put("info", "version", value="2.0.0"),
    "a header in other letters": put("components", "parameters", "language", "name", value="accept-language"),
    "the charset of JSON": lambda d: d["paths"]["/lots/{lot}"]["get"]["responses"]["200"]["content"].update(
        {"application/json; charset=utf-8": d["paths"]["/lots/{lot}"]["get"]["responses"]["200"]["content"].pop("application/json")}),
    "how a list is written, said": put(*GET, "parameters", 2, "style", value="form"),
    "a status within its class": put("paths", "/search", "post", "responses", "200", value={"description": "any"}),
    "what only readers see, not sent": put("components", "schemas", "Lot", "properties", "id", "description", value="ours"),
    "the order of ways in": put("security", value=[{"oauth": ["read"]}, {"token": []}]),
}
TODAY = date(2026, 7, 1)


@pytest.mark.parametrize("name", OPERATIONS)
def test_a_mutation_is_judged(name: str) -> None:
    mutate, rule, verdict, at = OPERATIONS[name]
    new = lots()
    mutate(new)
    found = compare_openapi(lots(), new, today=TODAY)
    here = [c for c in found if c.rule == rule and at in c.at]
    assert here, found
    assert worst([c.verdict for c in found]) is verdict, found


@pytest.mark.parametrize("name", FALSE_ALARMS)
def test_what_no_client_can_notice_breaks_nobody(name: str) -> None:
    new = lots()
    FALSE_ALARMS[name](new)
    assert new != lots()
    for old, changed in ((lots(), new), (new, lots())):
        assert [c for c in compare_openapi(old, changed) if c.rule != "wording.changed"] == []


def test_a_sunset_that_is_not_past_withdraws_nothing() -> None:
    new = lots()
    del new["paths"]["/lots/{lot}"]["delete"]
    for today in (date(2026, 6, 30), None):
        assert [c.rule for c in compare_openapi(lots(), new, today=today)] == ["operation.removed"]


def test_every_rule_of_operations_is_tried() -> None:
    rules = list(RULES)
    of_operations = set(rules[rules.index("operation.added") : rules.index("channel.removed")])
    assert of_operations <= {rule for _, rule, _, _ in OPERATIONS.values()}
    assert all(r.label.zh and r.label.en for r in RULES.values())


@pytest.mark.parametrize(("broken", "says"), [
    ([], "no object"), ({}, "not an OpenAPI 3.1"), ({"openapi": "2.0"}, "not an OpenAPI 3.1"), ({"openapi": "3.0.3", "paths": {}}, "not an OpenAPI 3.1"),
    ({"openapi": "3.1.0", "paths": []}, "no object"),
    ({"openapi": "3.1.0", "paths": {"/x": {"get": {"parameters": {}}}}}, "no list"),
    ({"openapi": "3.1.0", "paths": {"/x": {"get": {"requestBody": {"$ref": "#/components/none"}}}}}, "leads nowhere"),
    ({"openapi": "3.1.0", "paths": {"/x": {"$ref": "#/paths/~1x"}}}, "refers to itself"),
    ({"openapi": "3.1.0", "paths": {"/x": {"get": {"parameters": [{"name": "a", "in": "query", "schema": {"type": "file"}}]}}}}, "type is"),
    ({"openapi": "3.1.0", "paths": {"/x": {"get": {"parameters": [{"name": "a", "in": "query", "schema": {"minimum": True}}]}}}}, "minimum is"),
    ({"openapi": "3.1.0", "paths": {"/x": {"get": {"parameters": [{"name": "a", "in": "query", "schema": {"$ref": "#/components/schemas/A"}}]}}},
      "components": {"schemas": {"A": {"allOf": [{"$ref": "#/components/schemas/A"}]}}}}, "defined by itself"),
])
def test_what_is_no_description_is_refused(broken: Any, says: str) -> None:
    with pytest.raises(InvalidError, match=says):
        compare_openapi(broken, broken)


def test_a_description_nested_beyond_reading_is_refused() -> None:
    deep: Any = {"type": "string"}
    for _ in range(5000):
        deep = {"type": "array", "items": deep}
    with pytest.raises(InvalidError, match="nested"):
        compare_openapi(document(request=deep), document(request=deep))
