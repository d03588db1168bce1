"""A person's act over HTTP, with its audit row and its event, against a bare endpoint that inserts one row."""

import json
import statistics
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import uvicorn
from fastapi import FastAPI
from sqlalchemy import create_engine, insert

from benchmarks.figures import Figure
from medthread.api import create_app
from medthread.app import Installation, open_installation
from medthread.stores.postgres.tables import unknown_carrier
from medthread.trust.accounts import create_account

PASSWORD, CLIENTS, ROUNDS = "a long enough word 7", 4, 5
PROCESS = """
record: organisation
name: bench
version: 1
zh: 测速
en: Bench
states: [{name: idle, zh: 闲, en: Idle}, {name: busy, zh: 忙, en: Busy}, {name: gone, zh: 终, en: Gone}]
initial: [idle]
terminal: [gone]
transitions:
  - {action: begin, zh: 开始, en: Begin, from: [idle], to: busy, by: qa, emits: EVENT}
  - {action: rest, zh: 停, en: Rest, from: [busy], to: idle, by: qa, emits: EVENT}
  - {action: leave, zh: 离开, en: Leave, from: [idle], to: gone, by: qa}
"""


@dataclass(frozen=True)
class Server:
    """A running server, and records to act on."""

    port: int
    cookie: str
    records: list[str]


def measure(folder: Path, *, acts: int) -> list[Figure]:
    """Requests a second of both, in turns, by several clients in a process of their own."""
    with serving(folder / "commands") as server, ProcessPoolExecutor(1, get_context("spawn"), call_on, (server,)) as load:
        ours, theirs = [], []
        for acts_now in (CLIENTS * 10, *([acts] * ROUNDS)):
            theirs.append(load.submit(rate, "bare", acts_now).result())
            ours.append(load.submit(rate, "act", acts_now).result())
    ours, theirs = ours[1:], theirs[1:]  # the first of both is for warming up
    mine, bare = statistics.median(ours), statistics.median(theirs)
    return [Figure("an act with audit and event, over HTTP", f"{mine:,.0f}/s", f"{bare:,.0f}/s", mine / bare, ">= 0.6 of a bare insert", mine / bare >= 0.6)]


def call_on(server: Server) -> None:
    """Connect the clients of this process."""
    CALLERS[:] = [Client(server, n) for n in range(CLIENTS)]


def rate(request: str, times: int) -> float:
    """Requests a second by all clients at once."""
    each = times // CLIENTS

    def run(client: Client) -> None:
        for _ in range(each):
            getattr(client, request)()

    started = time.perf_counter()
    with ThreadPoolExecutor(CLIENTS) as pool:
        list(pool.map(run, CALLERS))
    return each * CLIENTS / (time.perf_counter() - started)


CALLERS: "list[Client]" = []


class Client:
    """One connection, one record of its own."""

    def __init__(self, server: Server, number: int) -> None:
        self.record, self.revision, self.busy, self.sent = server.records[number], 1, False, 0
        self.connection = HTTPConnection("127.0.0.1", server.port)
        self.headers = {"Cookie": server.cookie, "X-Requested-With": "medthread", "Content-Type": "application/json"}

    def send(self, path: str, body: dict[str, Any], **headers: str) -> dict[str, Any]:
        """One request, answered 2xx."""
        self.connection.request("POST", path, json.dumps(body), {**self.headers, **headers})
        answer = self.connection.getresponse()
        told = answer.read()
        assert answer.status < 300, told
        found: dict[str, Any] = json.loads(told)
        return found

    def bare(self) -> None:
        """One row inserted, nothing else."""
        self.sent += 1
        self.send("/bare", {"id": f"{self.record}-{self.sent}"})

    def act(self) -> None:
        """One act done."""
        path = f"/api/v1/entities/organisation/{self.record}/acts/{'rest' if self.busy else 'begin'}"
        done = self.send(path, {"values": {}}, **{"If-Match": f'"{self.revision}"'})
        self.revision, self.busy = done["revision"], not self.busy


@contextmanager
def serving(home: Path) -> Iterator[Server]:
    """The product's server with one more endpoint."""
    (home / "processes").mkdir(parents=True)
    (home / "medthread.toml").write_text('name = "bench"\n', encoding="utf-8")
    with open_installation(home) as installation:
        event = next(e for e in installation.rulebook.events if e not in installation.rulebook.reactions_to)
    (home / "processes" / "bench.yaml").write_text(PROCESS.replace("EVENT", event), encoding="utf-8")
    with open_installation(home) as installation, installation.serving([]) as services:
        with installation.store.transaction() as tx:
            create_account(tx, name="bench", printed_name="Bench", password=PASSWORD, roles=("qa",), by="bench")
        app = create_app(services)
        bare(app, installation)
        server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="error"))
        thread = threading.Thread(target=server.run)
        thread.start()
        while not server.started:
            time.sleep(0.05)
        port = server.servers[0].sockets[0].getsockname()[1]
        try:
            yield Server(port, *signed_in(port))
        finally:
            server.should_exit = True
            thread.join()


def bare(app: FastAPI, installation: Installation) -> None:
    """A bare SQLAlchemy insert endpoint: one statement, one transaction."""

    engine = create_engine(installation.store.url, pool_size=20)

    @app.post("/bare")
    def insert_one(body: dict[str, str]) -> dict[str, str]:
        with engine.begin() as tx:
            tx.execute(insert(unknown_carrier).values(id=body["id"], text="x", issuer="x", first_by="bench"))
        return {"id": body["id"]}


def signed_in(port: int) -> tuple[str, list[str]]:
    """A session, and a record for each client."""
    connection = HTTPConnection("127.0.0.1", port)
    headers = {"Content-Type": "application/json", "X-Requested-With": "medthread"}
    connection.request("POST", "/api/v1/session", json.dumps({"username": "bench", "password": PASSWORD}), headers)
    answer = connection.getresponse()
    answer.read()
    headers["Cookie"] = str(answer.getheader("set-cookie")).partition(";")[0]
    records = []
    for n in range(CLIENTS):
        body = {"code": f"B{n}", "name": "bench", "kind": "plant"}
        connection.request("POST", "/api/v1/entities/organisation", json.dumps(body), headers)
        answer = connection.getresponse()
        told = json.loads(answer.read())
        assert answer.status == 201, told
        records.append(told["item"]["_id"])
    return headers["Cookie"], records


