"""The product's server with routes of a benchmark's own, and clients in another process that ask it in turns."""

import json
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import uvicorn
from fastapi import FastAPI

from medthread.api.server import create_app
from medthread.api.services import Services
from medthread.app import open_installation
from medthread.cli.serve import kept_loaded
from medthread.trust.accounts import create_account

PASSWORD, CLIENTS = "a long enough word 7", 4
HEADERS = {"Content-Type": "application/json", "X-Requested-With": "medthread"}


@dataclass(frozen=True)
class Server:
    """A running server, and the cookie of somebody signed in."""

    port: int
    cookie: str


@contextmanager
def serving(home: Path, *, files: Mapping[str, str], role: str, routes: Callable[[FastAPI, Services], None]) -> Iterator[Server]:
    """An installation with these files of a company's own, somebody in a role, and routes beside the product's."""
    for name, text in {"medthread.toml": 'name = "bench"\n', **files}.items():
        (home / name).parent.mkdir(parents=True, exist_ok=True)
        (home / name).write_text(text, encoding="utf-8")
    with open_installation(home) as installation, installation.serving([]) as services:
        with installation.store.transaction() as tx:
            create_account(tx, name="bench", printed_name="Bench", password=PASSWORD, roles=(role,), by="bench")
        app = create_app(services)
        routes(app, services)
        server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="error"))
        thread = threading.Thread(target=server.run)
        with kept_loaded():
            thread.start()
            while not server.started:
                time.sleep(0.05)
            try:
                port = server.servers[0].sockets[0].getsockname()[1]
                yield Server(port, _signed_in(port))
            finally:
                server.should_exit = True
                thread.join()


def _signed_in(port: int) -> str:
    connection = HTTPConnection("127.0.0.1", port)
    connection.request("POST", "/api/v1/session", json.dumps({"username": "bench", "password": PASSWORD}), HEADERS)
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return str(answer.getheader("set-cookie")).partition(";")[0]


class Client:
    """One connection."""

    def __init__(self, server: Server, number: int) -> None:
        self.number, self.sent = number, 0
        self.connection = HTTPConnection("127.0.0.1", server.port)
        self.headers = {**HEADERS, "Cookie": server.cookie}

    def send(self, method: str, path: str, body: dict[str, Any] | None = None, **headers: str) -> dict[str, Any]:
        """One request, answered 2xx."""
        self.sent += 1
        self.connection.request(method, path, None if body is None else json.dumps(body), {**self.headers, **headers})
        answer = self.connection.getresponse()
        told = answer.read()
        assert answer.status < 300, told
        found: dict[str, Any] = json.loads(told)
        return found


CALLERS: list[Client] = []  # of the process that asks


def _connect(server: Server, kind: type[Client]) -> None:
    CALLERS[:] = [kind(server, n) for n in range(CLIENTS)]


def _rate(request: str, times: int) -> float:
    each = times // CLIENTS

    def run(client: Client) -> None:
        for _ in range(each):
            getattr(client, request)()

    started = time.perf_counter()
    with ThreadPoolExecutor(CLIENTS) as pool:
        list(pool.map(run, CALLERS))
    return each * CLIENTS / (time.perf_counter() - started)


def rates(server: Server, kind: type[Client], requests: tuple[str, ...], *, times: int, rounds: int) -> dict[str, list[float]]:
    """Requests a second by all clients at once, each kind in its turn; a first short round warms up and does not count."""
    found: dict[str, list[float]] = {r: [] for r in requests}
    with ProcessPoolExecutor(1, get_context("spawn"), _connect, (server, kind)) as asking:
        for n in range(rounds + 1):
            for request in requests:
                rate = asking.submit(_rate, request, times if n else CLIENTS * 10).result()
                if n:
                    found[request].append(rate)
    return found
