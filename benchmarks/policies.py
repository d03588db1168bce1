"""A request with its policy decision at three hundred policies, against the same request without one.

The port keeps decisions of the same roles and action; both are measured: as it is, and with every decision taken anew.
"""

import statistics
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import Annotated, Any

from fastapi import Depends, FastAPI
from sqlalchemy import select

from benchmarks.figures import Figure
from benchmarks.serving import Client, rates, serving
from medthread.api.identity import Given, Reader, whoever
from medthread.api.services import Services
from medthread.stores.postgres.tables import account
from medthread.trust.access import Actor
from medthread.trust.roles import ROLES

POLICIES, ROUNDS = 300, 7
ACTIONS = ("entities:read", "entities:write", "trace:read", "quarantine:read", "releases:publish")


def measure(folder: Path, *, requests: int) -> list[Figure]:
    """Requests a second of all three, in turns; the ratio is of times, the median of the rounds' own."""
    with serving(folder / "policies", files={"policies/own.cedar": own()}, role="qa", routes=three) as server:
        found = rates(server, Asking, ("undecided", "decided", "decided_anew"), times=requests, rounds=ROUNDS)
    return [_figure(found, "decided", "as it is"), _figure(found, "decided_anew", "taken anew each time")]


def _figure(found: dict[str, list[float]], name: str, label: str) -> Figure:
    ratio = statistics.median(theirs / ours for ours, theirs in zip(found[name], found["undecided"], strict=True))
    ours, theirs = (f"{1e3 / statistics.median(found[n]):.2f} ms" for n in (name, "undecided"))
    return Figure(f"a request with its decision at {POLICIES} policies, {label}", ours, theirs, ratio, "<= 1.2", ratio <= 1.2)


def own() -> str:
    """Policies as a company of several plants has them: each forbids something to a role in a plant."""
    roles = [r.name for r in ROLES.values() if r.is_business and r.name != "qa"]
    return "\n".join(
        f'@id("ours.{n}") forbid (principal in Role::"{roles[n % len(roles)]}", action == Action::"{ACTIONS[n % len(ACTIONS)]}", resource)'
        f' when {{ principal.plants.contains("P{n}") }};' for n in range(POLICIES))


class Asking(Client):
    """A client that reads one row."""

    def undecided(self) -> None:
        """Nobody decides."""
        self.send("GET", "/undecided")

    def decided(self) -> None:
        """The port decides."""
        self.send("GET", "/decided")

    def decided_anew(self) -> None:
        """The port decides on somebody whom it has not seen before."""
        self.send("GET", "/decided-anew")


def three(app: FastAPI, services: Services) -> None:
    """One row of one table, three times; whoever asks is looked up by their session."""
    turns = count()

    def row() -> dict[str, Any]:
        with services.store.transaction() as tx:
            return {"name": tx.execute(select(account.c.name).where(account.c.name == "bench")).scalar_one()}

    async def anew(given: Given, actor: Annotated[Actor, Depends(whoever)]) -> Actor:
        stranger = replace(actor, plants=(f"Q{next(turns)}",))
        given.access.require(stranger, "entities:read")
        return actor

    @app.get("/undecided")
    def undecided(_actor: Annotated[Actor, Depends(whoever)]) -> dict[str, Any]:
        return row()

    @app.get("/decided")
    def decided(_actor: Reader) -> dict[str, Any]:
        return row()

    @app.get("/decided-anew")
    def decided_anew(_actor: Annotated[Actor, Depends(anew)]) -> dict[str, Any]:
        return row()
