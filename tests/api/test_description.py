"""What clients were told at the last release still holds, or the version says that it does not; and the telling is true."""

import json
from typing import Any

import pytest
from fastapi.testclient import TestClient

from medthread.api.server import routed
from medthread.cli.api import compared, descriptions, written
from medthread.methods.compatibility import objections
from tests.conftest import ROOT

RELEASED = ROOT / "docs" / "api"


@pytest.mark.parametrize("name", ["openapi.json", "asyncapi.json"])
def test_nothing_breaks_without_a_version_that_says_so(name: str) -> None:
    released, now = json.loads((RELEASED / name).read_text(encoding="utf-8")), descriptions()[name]
    changes = compared(released, now)
    refused = objections(changes, old=released["info"]["version"], new=now["info"]["version"])
    assert refused == [], "clients may break: keep what they use, or raise the version in pyproject.toml and __init__.py"
    assert (RELEASED / name).read_text(encoding="utf-8") == written(now), f"run `medthread api describe`; it tells of {len(changes)} compatible changes"


def operations() -> list[tuple[str, str, dict[str, Any]]]:
    return [(path, method, o) for path, methods in routed().openapi()["paths"].items() for method, o in methods.items()]


def test_every_operation_says_who_may_and_how_it_refuses() -> None:
    for path, method, operation in operations():
        assert operation["responses"]["default"]["content"]["application/problem+json"], (method, path)
        assert "security" in operation, (method, path)
        assert bool(operation.get("x-action")) <= bool(operation["security"]), (method, path)
    assert len({o["operationId"] for _, _, o in operations()}) == len(operations())


def test_an_answer_is_of_the_described_type(auditor: TestClient) -> None:
    told = routed().openapi()["paths"]
    asked = {"/entities/{entity}.csv": "/entities/lot.csv", "/contracts/{entity}": "/contracts/lot", "/catalogue-exports/{form}": "/catalogue-exports/dcat", "/entities/{entity}": "/entities/lot", "/quarantine.csv": "/quarantine.csv"}
    for path, address in asked.items():
        answer = auditor.get(f"/api/v1{address}")
        assert answer.status_code == 200
        assert answer.headers["content-type"].partition(";")[0] in told[f"/api/v1{path}"]["get"]["responses"]["200"]["content"]


def test_a_refusal_is_of_the_described_shape(nobody: TestClient, buyer: TestClient) -> None:
    problem = routed().openapi()["components"]["schemas"]["Problem"]
    for answer in (nobody.get("/api/v1/home"), buyer.get("/api/v1/audit"), buyer.get("/api/v1/entities/lot?limit=0"), buyer.get("/api/v1/entities/none")):
        assert answer.status_code >= 400
        assert set(problem["required"]) <= set(answer.json()) <= set(problem["properties"])


def test_events_are_served_as_they_are_described(buyer: TestClient, nobody: TestClient) -> None:
    assert nobody.get("/api/v1/asyncapi.json").status_code == 401
    assert buyer.get("/api/v1/asyncapi.json").json() == descriptions()["asyncapi.json"]
