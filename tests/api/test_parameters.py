"""A parameter that no route declares is refused by name; one that is declared anywhere on its way is not."""

import pytest
from fastapi import APIRouter
from fastapi.testclient import TestClient

from medthread.api.parameters import Brought
from medthread.api.server import routed


@pytest.fixture
def client() -> TestClient:
    router = APIRouter(tags=["shelf"])

    @router.get("/things")
    def things(limit: int = 1, kind: str = "") -> dict[str, str | int]:
        return {"limit": limit, "kind": kind}

    @router.get("/bare")
    def bare() -> dict[str, str]:
        return {}

    @router.get("/open")
    def opened(brought: Brought) -> dict[str, str]:
        return brought

    return TestClient(routed([router]))


def test_a_misspelt_parameter_is_refused_and_the_right_one_named(client: TestClient) -> None:
    answer = client.get("/api/v1/things?limt=5")
    assert (answer.status_code, answer.json()["type"]) == (422, "/problems/invalid")
    assert "'limt'" in answer.json()["detail"]
    assert answer.json()["hint"] == "did you mean limit?"


def test_what_there_is_is_listed_where_nothing_is_near(client: TestClient) -> None:
    assert client.get("/api/v1/things?whatever=5").json()["hint"] == "there are: kind, limit"
    assert client.get("/api/v1/bare?whatever=5").json()["hint"] == "leave the query out"


def test_declared_parameters_and_open_questions_pass(client: TestClient) -> None:
    assert client.get("/api/v1/things?limit=5&kind=a").json() == {"limit": 5, "kind": "a"}
    assert client.get("/api/v1/open?a=1&b=2").json() == {"a": "1", "b": "2"}
