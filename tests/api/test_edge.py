"""The edge of the interface: how large what comes may be, under which name it comes, what answers carry, and who is waited for."""

import asyncio
import json
import socket
import threading
import time
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import uvicorn
from fastapi import FastAPI
from fastapi.testclient import TestClient
from starlette.types import ASGIApp

from medthread.api.answers import Answers, Streamed
from medthread.api.bodies import MOST, MOST_OF_STRANGERS, SAID
from medthread.api.hosts import host_of, names_of
from medthread.api.routes.native import MOST_OF_MANY
from medthread.api.server import create_app, routed
from tests.api.conftest import House

API = "/api/v1"
PROBLEM = "application/problem+json"


def is_too_large(answer: Any) -> bool:
    return (answer.status_code, answer.headers["content-type"], answer.json()["type"]) == (413, PROBLEM, "/problems/too-large")


def pieces(size: int) -> Iterator[bytes]:
    """A body that does not say how long it is."""
    for _ in range(0, size, 65_536):
        yield b" " * 65_536


def test_a_stranger_sends_little(nobody: TestClient) -> None:
    body = json.dumps({"username": "a", "password": "x" * MOST_OF_STRANGERS}).encode()
    headers = {"content-type": "application/json"}
    assert is_too_large(nobody.post(f"{API}/session", content=body, headers=headers))
    assert is_too_large(nobody.post(f"{API}/session", content=pieces(4 * MOST_OF_STRANGERS), headers=headers))
    assert nobody.post(f"{API}/session", json={"username": "a", "password": "x" * 900}).status_code == 401


def test_a_body_is_bounded_however_it_comes(steward: TestClient) -> None:
    headers = {"content-type": "application/json"}
    assert is_too_large(steward.post(f"{API}/entities/person", content=b" " * (MOST + 1), headers=headers))
    assert is_too_large(steward.post(f"{API}/entities/person", content=pieces(2 * MOST), headers=headers))
    assert steward.post(f"{API}/entities/person", content=b" " * MOST, headers=headers).status_code == 422


def test_routes_that_take_more_say_so(steward: TestClient) -> None:
    told = {f"{method} {path}": o[SAID] for path, methods in routed().openapi()["paths"].items() for method, o in methods.items() if SAID in o}
    sheets = {f"post {API}/stewardship/{{entity}}/requests/file", f"post {API}/quarantine/sheet", f"post {API}/quarantine/sheet/trial", f"post {API}/dictionary-sheet", f"post {API}/dictionary-sheet/trial"}
    assert set(told) == {f"post {API}/loads", f"post {API}/entities/{{entity}}/many", f"post {API}/entities/{{entity}}/file", f"post {API}/lineage", *sheets}
    body = b'{"rows": [' + b"{}," * (MOST // 2) + b"{}]}"
    answer = steward.post(f"{API}/entities/uom/many", content=body, headers={"content-type": "application/json"})
    assert answer.status_code == 422, "read, and refused for what is in it"
    assert is_too_large(steward.post(f"{API}/entities/uom/many", content=b" " * (MOST_OF_MANY + 1), headers={"content-type": "application/json"}))


@pytest.mark.parametrize("path", [f"{API}/loads?source=erp", f"{API}/entities/uom/file", f"{API}/entities/uom/many"])
def test_nothing_large_is_read_of_somebody_who_is_not_known(house: House, path: str) -> None:
    read = 0

    def body() -> Iterator[bytes]:
        nonlocal read
        for piece in pieces(8 << 20):
            read += len(piece)
            yield piece

    for cookie in ("", "medthread_session=made-up"):
        answer = unread(house.app, path, cookie)
        assert answer == (401, 0), "refused, and nothing was read"
    assert house.browser().post(path, content=body()).status_code == 401


def unread(app: ASGIApp, path: str, cookie: str) -> tuple[int, int]:
    """The status of a request, and how often its body was asked for."""
    asked, status = 0, 0
    path, _, query = path.partition("?")

    async def receive() -> dict[str, Any]:
        nonlocal asked
        asked += 1
        return {"type": "http.request", "body": b"x" * 65_536, "more_body": True}

    async def send(message: Any) -> None:
        nonlocal status
        status = message.get("status", status)

    headers = [(b"host", b"localhost"), (b"x-requested-with", b"medthread"), (b"cookie", cookie.encode()), (b"content-type", b"multipart/form-data; boundary=x")]
    scope = {"type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "POST", "scheme": "http", "path": path, "raw_path": path.encode(),
             "query_string": query.encode(), "headers": headers, "client": ("127.0.0.1", 1), "server": ("127.0.0.1", 80), "root_path": ""}
    with ThreadPoolExecutor(1) as apart:  # where a browser's loop runs in this thread already
        apart.submit(lambda: asyncio.run(app(scope, receive, send))).result()  # type: ignore[arg-type] # the plain dicts of ASGI
    return status, asked


def test_answers_are_kept_nowhere(steward: TestClient) -> None:
    for path in (f"{API}/session", f"{API}/entities/lot?limit=1", f"{API}/nothing", "/health"):
        headers = steward.get(path).headers
        assert (headers["cache-control"], headers["x-content-type-options"]) == ("no-store", "nosniff"), path
    assert steward.get("/").headers["cache-control"] == "no-cache"


def test_too_many_filters_and_values_are_refused(steward: TestClient) -> None:
    many = ",".join(["a"] * 501)
    for params in ([("filter", f"name:in:{many}")], [("filter", "name:contains:x")] * 21):
        for entity in ("customer", "person"):
            answer = steward.get(f"{API}/entities/{entity}", params=params)
            assert (answer.status_code, bool(answer.json().get("hint"))) == (422, True), answer.text
    assert steward.get(f"{API}/entities/customer", params={"filter": f"name:in:{many[2:]}"}).status_code == 200


@pytest.mark.parametrize(("entity", "values"), [
    ("uom", {"code": "q1", "name": "n", "dimension": "count", "factor": "1e400", "precision": 0}),
    ("uom", {"code": "q3", "name": "n", "dimension": "count", "factor": 1, "precision": 2**70}),
    ("complaint", {"description": "x", "received_at": "9999-12-31T23:59:59-14:00"}),
])
def test_what_is_beyond_all_bounds_is_refused(house: House, entity: str, values: dict[str, Any]) -> None:
    client = house.make(f"edge{entity}{len(str(values))}", "whs", "steward")
    answer = client.post(f"{API}/entities/{entity}", json=values)
    assert (answer.status_code, answer.headers["content-type"]) == (422, PROBLEM), answer.text


@pytest.mark.parametrize(("host", "status"), [
    ("localhost:8000", 200), ("127.0.0.1", 200), ("[::1]:8000", 200), ("MED.example.com", 200), ("own.example", 200),
    ("evil.example", 421), ("localhost.evil.example", 421), ("evil@localhost", 421), ("localhost:x", 421), ("", 421), ("localhost/x", 421),
])
def test_only_known_names_are_answered_to(house: House, host: str, status: int) -> None:
    hosts = names_of("https://med.example.com/x", ["own.example"])
    with house.installation.services(None) as services:
        answer = TestClient(create_app(services, hosts=hosts)).get(f"{API}/providers", headers={"host": host})
    assert answer.status_code == status, answer.text
    assert status == 200 or answer.headers["content-type"] == PROBLEM


def test_a_host_is_a_name_and_nothing_else() -> None:
    assert host_of("A.example:1") == "a.example"
    assert [host_of(h) for h in ("a@b", "a/b", "a?b", "a#b", "a:b", "")] == [None] * 6


def test_exports_of_the_log_are_few_at_a_time(auditor: TestClient, sign_in: Callable[[str], TestClient]) -> None:
    store = auditor.app.state.services.store  # type: ignore[attr-defined] # a FastAPI
    held = [store.streaming() for _ in range(4)]
    for one in held:
        one.__enter__()
    try:
        refused = auditor.get(f"{API}/audit.ndjson")
        assert (refused.status_code, refused.headers["content-type"]) == (503, PROBLEM), refused.text
        assert sign_in("manager").get(f"{API}/session").status_code == 200
    finally:
        for one in held:
            one.__exit__(None, None, None)
    assert auditor.get(f"{API}/audit.ndjson").status_code == 200


def test_who_does_not_read_is_not_waited_for() -> None:
    ended = threading.Event()

    def much() -> Generator[bytes]:
        try:
            for _ in range(2000):
                yield b"x" * 65_536
        finally:
            ended.set()

    app = FastAPI()
    app.add_middleware(Answers, step=0.5, whole=60)
    app.get("/much")(lambda: Streamed(much(), media_type="text/plain", headers={}))
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=0, log_level="critical"))
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        while not server.started:
            time.sleep(0.01)
        port = server.servers[0].sockets[0].getsockname()[1]
        with socket.socket() as reader:
            reader.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
            reader.connect(("127.0.0.1", port))
            reader.sendall(b"GET /much HTTP/1.1\r\nHost: x\r\n\r\n")
            assert ended.wait(10), "what it held is given back"
    finally:
        server.should_exit = True
        thread.join()
