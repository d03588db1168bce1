"""The catalogue is whole: every route, event, question, object and mart, who may call them, and who did."""

import json
import re
from typing import Any

import pytest
from fastapi import APIRouter, Request
from fastapi.testclient import TestClient

from medthread.api.catalogue import Catalogue, operation_name, operations
from medthread.api.retirement import retiring
from medthread.api.server import routed
from medthread.api.subjects import Subject
from medthread.app import Installation
from medthread.governance.offers import declared_offers
from medthread.model.owners import OWNERS
from medthread.model.service import OFFERS, STABILITIES, Offer, Stability
from medthread.pipeline.build.model import read_model
from tests.api.test_retirement import LATER, NOW, WHY

API = "/api/v1"


def listed(client: TestClient, **asked: Any) -> list[dict[str, Any]]:
    answer = client.get(f"{API}/services", params=asked)
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


def written(client: TestClient) -> None:
    """What was counted so far stands in the store."""
    client.app.state.meter.flush()  # type: ignore[attr-defined]


def test_everything_offered_is_in_it(steward: TestClient, installation: Installation) -> None:
    items = {i["id"]: i for i in listed(steward)}
    described = routed().openapi()["paths"]
    assert {i["address"] for i in items.values() if i["kind"] == "operation"} == {f"{m.upper()} {p}" for p, methods in described.items() for m in methods}
    book = installation.rulebook
    for kind, names in ((Offer.EVENT, book.events), (Offer.DECISION, book.decisions), (Offer.CALCULATION, book.calculations), (Offer.ENTITY, installation.registry)):
        assert {i["name"] for i in items.values() if i["kind"] == kind} == set(names)
    assert {i["name"] for i in items.values() if i["kind"] == "mart"} == {m.name for m in installation.models}
    for item in items.values():
        assert item["owner"], item["id"]
        assert item["label"]["zh"], item["id"]
        assert item["label"]["en"], item["id"]
        assert item["version"] or item["address"] in {"GET /health", "GET /ready"}, item["id"]


def test_every_route_has_a_subject_with_an_owner() -> None:
    for path, methods in routed().openapi()["paths"].items():
        for operation in methods.values():
            assert operation["tags"], path
            assert operation["tags"][0] in Subject.all(), f'{path}: make its router with Subject("{operation["tags"][0]}", "中文", "English", owner=...).router()'
    assert set(OFFERS) == set(Offer)
    assert set(STABILITIES) == set(Stability)


def test_every_operation_has_a_name_of_its_own_in_both_languages(steward: TestClient) -> None:
    found = listed(steward, kind="operation")
    for language, said in (("zh", "[\u4e00-\u9fff]"), ("en", "^[ -~]+$")):
        names = [i["label"][language] for i in found]
        assert sorted(n for n in names if names.count(n) > 1) == []
        assert [n for n in names if not re.search(said, n)] == [], 'give the route summary="中文 · English"'
    assert next(i for i in found if i["id"] == "operation.get.entities.entity.id.history")["label"] == {"zh": "查看记录的历史", "en": "Get a record's history"}
    assert {i["owner"] for i in listed(steward)} <= set(OWNERS), "owners by what they are called: model/owners.py"
    assert "operation.get.audit" in {i["id"] for i in listed(steward, q="审计", kind="operation")}


def test_every_operation_says_what_it_does_in_both_languages(steward: TestClient) -> None:
    told = {s["id"]: s["about"] for s in listed(steward, kind="operation")}
    untold = [n for n, about in told.items() if not re.search("[\u4e00-\u9fff]", about["zh"]) or re.search("[\u4e00-\u9fff]", about["en"])]
    assert untold == [], "its docstring: English, an empty line, Chinese"


def test_it_is_found_by_words_kind_state_and_use(steward: TestClient) -> None:
    assert {i["id"] for i in listed(steward, q="entities/{entity} get csv")} == {"operation.get.entities.entity.csv"}
    assert "entity.supplier" in {i["id"] for i in listed(steward, q="供应商", kind="entity")}
    assert "entity.supplier" in {i["id"] for i in listed(steward, q="gongyingshang", kind="entity")}
    assert {i["stability"] for i in listed(steward, stability="internal")} == {"internal"}
    assert all(not i["reusable"] for i in listed(steward, stability="internal"))
    assert listed(steward, q="no such thing at all") == []
    kinds = {k["name"]: k["count"] for k in steward.get(f"{API}/services").json()["kinds"]}
    assert kinds["entity"] == len(listed(steward, kind="entity"))
    for wrong in ({"kind": "x"}, {"stability": "x"}, {"used": "perhaps"}, {"q": "x" * 101}):
        assert steward.get(f"{API}/services", params=wrong).status_code == 422
    assert steward.get(f"{API}/services/operation.get.nothing").status_code == 404


def test_one_tells_its_schema_in_the_language_of_its_kind(steward: TestClient, installation: Installation) -> None:
    def schema(id_: str) -> Any:
        answer = steward.get(f"{API}/services/{id_}")
        assert answer.status_code == 200, answer.text
        return answer.json()["schema"]

    operation = schema("operation.get.entities.entity")
    assert next(p["name"] for p in operation["parameters"]) == "entity"
    assert "$ref" not in json.dumps(operation)
    event = next(iter(installation.rulebook.events))
    assert "$ref" not in json.dumps(schema(f"event.{event}"))
    assert schema("entity.lot")["kind"] == "DataContract"
    assert {"name": "lot_no", "type": "VARCHAR"} in schema("mart.lot_overview")["columns"]
    decision = next(iter(installation.rulebook.decisions))
    assert schema(f"decision.{decision}")["guards"]
    for calculation in installation.rulebook.calculations:
        assert schema(f"calculation.{calculation}")["takes"]


def test_it_says_who_may_call(steward: TestClient) -> None:
    may = steward.get(f"{API}/services/operation.get.audit").json()["may_call"]
    assert may["action"] == "audit:read"
    assert "auditor" in {r["name"] for r in may["roles"]}
    assert "buyer" not in {r["name"] for r in may["roles"]}
    assert steward.get(f"{API}/services/operation.get.health").json()["may_call"]["who"] == "everybody"
    assert steward.get(f"{API}/services/operation.get.session").json()["may_call"]["who"] == "signed_in"


def test_an_event_says_what_follows_inside(steward: TestClient, installation: Installation) -> None:
    event, reactions = next((e, r) for e, r in installation.rulebook.reactions_to.items() if r)
    told = steward.get(f"{API}/services/event.{event}").json()["reactions"]
    assert [t["name"] for t in told] == [r.name for r in reactions]


def use(client: TestClient, id_: str) -> dict[str, Any]:
    written(client)
    found: dict[str, Any] = client.get(f"{API}/services/{id_}").json()
    return found


def test_calls_are_counted_by_caller_and_operation_and_by_what_was_asked_for(steward: TestClient, auditor: TestClient, buyer: TestClient) -> None:
    made = steward.post(f"{API}/tokens", json={"name": "夜间同步", "scopes": ["entities:read"]}).json()
    machine = TestClient(steward.app, headers={"Authorization": f"Bearer {made['token']}"})
    before = use(auditor, "entity.location")["calls"]
    for _ in range(3):
        assert machine.get(f"{API}/entities/location").status_code == 200
    assert machine.get(f"{API}/entities/location?limit=0").status_code == 422
    assert machine.get(f"{API}/entities/unicorn").status_code == 404
    assert machine.get(f"{API}/quarantine").status_code == 403
    entity = use(auditor, "entity.location")
    assert entity["calls"] == before + 4
    mine = next(c for c in entity["consumers"] if c["token"] == made["id"])
    assert (mine["account"], mine["token_name"], mine["calls"], mine["refused"]) == ("steward", "夜间同步", 4, 1)
    assert sum(d["calls"] for d in entity["days"]) == entity["calls"]
    refused = next(c for c in use(auditor, "operation.get.quarantine")["consumers"] if c["token"] == made["id"])
    assert refused["refused"] == refused["calls"] == 1
    hidden = use(buyer, "entity.location")
    assert hidden["consumers"] == []
    assert hidden["named"] is False
    assert hidden["calls"] >= entity["calls"]
    assert "entity.location" in {i["id"] for i in listed(steward, used=True)}
    assert "entity.location" not in {i["id"] for i in listed(steward, used=False)}


def test_a_question_is_counted_by_its_name(steward: TestClient, auditor: TestClient, installation: Installation) -> None:
    decision = next(iter(installation.rulebook.decisions))
    before = use(auditor, f"decision.{decision}")["calls"]
    steward.post(f"{API}/rules/{decision}", json={})
    steward.post(f"{API}/rules/no_such_rule", json={})
    assert use(auditor, f"decision.{decision}")["calls"] == before + 1
    assert not [i for i in listed(auditor, used=True) if "no_such_rule" in i["id"]]


def test_nobody_and_unknown_addresses_are_counted_for_what_they_are(nobody: TestClient, auditor: TestClient) -> None:
    before = use(auditor, "operation.get.home")
    nobody.get(f"{API}/home")
    nobody.get(f"{API}/nowhere")
    after = use(auditor, "operation.get.home")
    assert after["refused"] >= before["refused"] + 1
    assert None in {c["account"] for c in after["consumers"]}
    assert not [i for i in listed(auditor, used=True) if "nowhere" in i["id"]]


def test_a_retiring_route_is_listed_with_its_end() -> None:
    router = Subject("shelf", "货架", "Shelf", owner="warehouse").router()

    @router.get("/boxes/{kind}", **retiring(since=NOW, sunset=LATER, successor="/api/v1/things/{kind}", why=WHY))
    def boxes(kind: str, request: Request) -> dict[str, str]:
        return {"kind": kind, "path": request.url.path}

    try:
        entry = Catalogue(routed([router]).routes, ())["operation.get.boxes.kind"]
    finally:
        Subject.declared.pop("shelf")
    assert (entry.stability, entry.sunset, entry.successor) == (Stability.DEPRECATED, LATER.isoformat(), "/api/v1/things/{kind}")
    assert entry.owner == "warehouse"


def test_what_has_no_subject_is_listed_under_its_address() -> None:
    router = APIRouter()

    @router.get("/loose")
    def loose() -> dict[str, str]:
        return {}

    from datetime import UTC, datetime
    entry = next(s for _, s in operations(routed([router]).routes, today=datetime.now(UTC)) if "loose" in s.id)
    assert entry.label.en == "Read: /api/v1/loose"


@pytest.mark.parametrize(("method", "path", "name"), [
    ("GET", "/api/v1/entities/{entity}.csv", "get.entities.entity.csv"), ("POST", "/api/v1/entities/{entity}/{id_}/acts/{action}", "post.entities.entity.id.acts.action"),
    ("GET", "/health", "get.health"), ("GET", "/api/v2/entities", "get.v2.entities"),
])
def test_what_an_operation_is_called(method: str, path: str, name: str) -> None:
    assert operation_name(method, path) == name


def test_marts_of_a_companys_own_are_offered_too(installation: Installation, tmp_path: Any) -> None:
    own = tmp_path / "models" / "returns_by_month.sql"
    own.parent.mkdir()
    own.write_text("-- about: 每月退货 | Returns by month\n-- meaning: 每月一行 | One row per month\n-- owner: service\n-- grain: n\nselect 1 as n from golden.lot\n", encoding="utf-8")
    found = {s.id: s for s in declared_offers(installation.registry, installation.rulebook, [read_model(own)])}
    assert (found["mart.returns_by_month"].owner, found["mart.returns_by_month"].domain) == ("service", "")
