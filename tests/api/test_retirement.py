"""One declaration ends a route: headers while it lives, its description, its refusal after the sunset, and then it may go."""

from datetime import UTC, date, datetime, timedelta
from email.utils import parsedate_to_datetime

import pytest
from fastapi import APIRouter, Response
from fastapi.testclient import TestClient

from medthread.api.media import CSV, text_as
from medthread.api.retirement import retiring
from medthread.api.server import Server, routed
from medthread.methods.compatibility import compare_openapi
from medthread.model import Label
from medthread.model.errors import DeclarationError, NotFoundError

WHY = Label("改用统一的清单", "one list for everything")
NOW = datetime.now(UTC).date()
LATER = NOW + timedelta(days=200)


def shelf(*, gone: bool = True) -> APIRouter:
    router = APIRouter(tags=["shelf"])

    @router.get("/boxes/{kind}", **retiring(since=NOW, sunset=LATER, successor="/api/v1/things/{kind}", why=WHY))
    def boxes(kind: str) -> dict[str, str]:
        if kind == "none":
            raise NotFoundError("no such box", hint="look at another")
        return {"kind": kind}

    @router.get("/boxes.csv", **retiring(since=NOW, successor="/api/v1/things/{kind}", why=WHY), **text_as(CSV))
    def lines() -> Response:
        return Response("a,b\n", media_type=CSV)

    @router.get("/things/{kind}")
    def things(kind: str) -> dict[str, str]:
        return {"kind": kind}

    if gone:
        @router.get("/crates/{kind}", **retiring(since=date(2020, 1, 1), sunset=date(2020, 6, 30), successor="/api/v1/things/{kind}", why=WHY))
        def crates(kind: str) -> dict[str, str]:
            raise AssertionError(kind)

    return router


@pytest.fixture
def app() -> Server:
    return routed([shelf()])


@pytest.fixture
def client(app: Server) -> TestClient:
    return TestClient(app)


def test_a_retiring_route_answers_and_says_so(client: TestClient) -> None:
    answer = client.get("/api/v1/boxes/lot no. 1")
    assert answer.json() == {"kind": "lot no. 1"}
    assert answer.headers["deprecation"] == f"@{int(datetime(NOW.year, NOW.month, NOW.day, tzinfo=UTC).timestamp())}"
    assert parsedate_to_datetime(answer.headers["sunset"]).date() == LATER
    assert answer.headers["link"] == '</api/v1/things/lot%20no.%201>; rel="successor-version"'


def test_its_refusals_and_its_files_say_so_too(client: TestClient) -> None:
    refused = client.get("/api/v1/boxes/none")
    assert refused.status_code == 404
    assert "sunset" in refused.headers
    lines = client.get("/api/v1/boxes.csv")
    assert lines.text == "a,b\n"
    assert "deprecation" in lines.headers
    assert "sunset" not in lines.headers


def test_other_routes_say_nothing_of_it(client: TestClient) -> None:
    for path in ("/api/v1/things/a", "/api/v1/nowhere"):
        assert not {"deprecation", "sunset", "link"} & set(client.get(path).headers)


def test_after_its_sunset_it_is_gone_and_names_its_successor(client: TestClient) -> None:
    answer = client.get("/api/v1/crates/a")
    assert answer.status_code == 410
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert problem["type"] == "/problems/gone"
    assert problem["successor"] == "/api/v1/things/a"
    assert "/api/v1/things/a" in problem["hint"]
    assert WHY.en in problem["detail"]
    assert "sunset" in answer.headers
    chinese = client.get("/api/v1/crates/a", headers={"Accept-Language": "zh"}).json()
    assert WHY.zh in chinese["detail"]
    assert "/api/v1/things/a" in chinese["hint"]


def test_its_description_says_so_and_lets_it_go_when_the_day_is_past(app: Server) -> None:
    told = app.openapi()["paths"]["/api/v1/boxes/{kind}"]["get"]
    assert told["deprecated"] is True
    assert told["x-sunset"] == LATER.isoformat()
    assert told["x-successor"] == "/api/v1/things/{kind}"
    without = routed([shelf(gone=False)]).openapi()
    assert [c.rule for c in compare_openapi(app.openapi(), without, today=NOW)] == ["operation.withdrawn"]
    assert [c.rule for c in compare_openapi(app.openapi(), without, today=date(2020, 6, 1))] == ["operation.removed"]


def test_an_end_that_nobody_could_prepare_for_is_refused() -> None:
    with pytest.raises(DeclarationError, match="30 days"):
        retiring(since=NOW, sunset=NOW + timedelta(days=30), successor="/api/v1/things/{kind}", why=WHY)


def test_a_successor_that_is_none_is_refused() -> None:
    router = APIRouter()

    @router.get("/old", **retiring(since=NOW, successor="/api/v1/nowhere", why=WHY))
    def old() -> dict[str, str]:
        return {}

    with pytest.raises(DeclarationError, match="no route"):
        routed([router]).openapi()
