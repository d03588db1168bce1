"""A person's act over HTTP, with its audit row and its event, against a bare endpoint that inserts one row."""

import statistics
from pathlib import Path

from fastapi import FastAPI
from sqlalchemy import create_engine, insert

from benchmarks.figures import Figure
from benchmarks.serving import Client, Server, rates, serving
from medthread.api.services import Services
from medthread.app import open_installation
from medthread.stores.postgres.tables import unknown_carrier

ROUNDS = 7
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


def measure(folder: Path, *, acts: int) -> list[Figure]:
    """Requests a second of both, in turns, by several clients; the ratio is the median of the rounds' own."""
    home = folder / "commands"
    home.mkdir()
    (home / "medthread.toml").write_text('name = "bench"\n', encoding="utf-8")
    with open_installation(home) as installation:
        event = next(e for e in installation.rulebook.events if e not in installation.rulebook.reactions_to)
    files = {"processes/bench.yaml": PROCESS.replace("EVENT", event)}
    with serving(home, files=files, role="qa", routes=bare) as server:
        found = rates(server, Acting, ("bare", "act"), times=acts, rounds=ROUNDS)
    ratio = statistics.median(ours / theirs for ours, theirs in zip(found["act"], found["bare"], strict=True))
    ours, theirs = (f"{statistics.median(found[n]):,.0f}/s" for n in ("act", "bare"))
    return [Figure("an act with audit and event, over HTTP", ours, theirs, ratio, ">= 0.6 of a bare insert", ratio >= 0.6)]


class Acting(Client):
    """A client with a record of its own, set to work and to rest in turns."""

    def __init__(self, server: Server, number: int) -> None:
        super().__init__(server, number)
        body = {"code": f"B{number}", "name": "bench", "kind": "plant"}
        self.record = self.send("POST", "/api/v1/entities/organisation", body)["item"]["_id"]
        self.revision, self.busy = 1, False

    def bare(self) -> None:
        """One row inserted, nothing else."""
        self.send("POST", "/bare", {"id": f"{self.record}-{self.sent}"})

    def act(self) -> None:
        """One act done."""
        path = f"/api/v1/entities/organisation/{self.record}/acts/{'rest' if self.busy else 'begin'}"
        done = self.send("POST", path, {"values": {}}, **{"If-Match": f'"{self.revision}"'})
        self.revision, self.busy = done["revision"], not self.busy


def bare(app: FastAPI, services: Services) -> None:
    """A bare SQLAlchemy insert endpoint: nobody asked who it is, one statement, one transaction, an engine as it comes."""
    engine = create_engine(services.store.url, pool_size=20)

    @app.post("/bare")
    def insert_one(body: dict[str, str]) -> dict[str, str]:
        with engine.begin() as tx:
            tx.execute(insert(unknown_carrier).values(id=body["id"], text="x", issuer="x", first_by="bench"))
        return {"id": body["id"]}
