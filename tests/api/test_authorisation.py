"""Every route, as everybody, about one's own and a foreign plant: what is answered is what policies, rows and masks say. A new route is asked as well."""

from collections import Counter
from collections.abc import Iterator
from itertools import product
from typing import Any, NoReturn

import pytest
from httpx2 import Response
from sqlalchemy import text

from medthread.api.server import create_app
from medthread.cli import main
from medthread.model import Entity
from medthread.model.errors import ConflictError
from medthread.stores.postgres.row_security import own_rows
from medthread.trust.access import Actor, row_rule
from medthread.trust.roles import ROLES
from tests.api.authorisation import FOREIGN, OWN, SHARED, Call, Company, Model, calls, leaks, unmasked
from tests.conftest import Opening

REFUSED = 403
SEEING = ("data_engineer", "qa", "steward", "pms")  # one role for each clearance that looks at data
REACHES: tuple[dict[str, Any], ...] = ({}, {"plants": (OWN,)})


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory, open_beside: Opening) -> Iterator[Company]:
    home = tmp_path_factory.mktemp("asked") / "company"
    with pytest.raises(SystemExit):
        main(["init", str(home)])
    with open_beside(home) as opened, opened.services(None) as services:
        made = Company(opened, create_app(services), services.workflow)
        made.fill()
        yield made


@pytest.fixture(scope="module")
def every(company: Company) -> list[Call]:
    return calls(company.app)


def person(role: str, *, token: bool = False, **reach: Any) -> Actor:
    return Actor(role, role, (role,), session=None if token else "session", scopes=frozenset() if token else None, **reach)


class ReachedError(ConflictError):
    """Nothing stood between the caller and the route's work, which is left undone."""

    code = "reached"


def test_every_route_asks_the_policies(company: Company, every: list[Call], monkeypatch: pytest.MonkeyPatch) -> None:
    """Route by role by reach, against Cedar asked directly; and with a token that has no scopes, which may nothing."""

    async def reached(**_: object) -> NoReturn:
        raise ReachedError("reached", hint="the work is left undone")

    monkeypatch.setattr("fastapi.routing.run_endpoint_function", reached)
    model, wrong, seen = Model(), [], Counter[int]()
    about = company.ids["complaint"][OWN]
    for role, reach, token in [*product(ROLES, REACHES, (False,)), *product(SEEING, ({},), (True,))]:
        actor = person(role, token=token, **reach)
        for call, answer in zip(every, company.ask(actor, [(c.method, c.at("complaint", about)) for c in every]), strict=True):
            action, asked = call.asked.action, call.asked
            refused = (action is not None and (token or not model.allows(actor, action))) or (asked.in_person and token)
            seen[answer.status_code] += 1
            if (answer.status_code == REFUSED) is not refused or answer.status_code == 401:
                wrong.append((role, reach, token, call.method, call.path, answer.status_code))
    assert wrong == []
    assert seen[REFUSED] > 1000, "what is refused was asked for too"
    assert seen[409] > 1000, "and what is allowed got through"


def test_nobody_gets_through_who_did_not_sign_in(company: Company, every: list[Call]) -> None:
    guarded = [c for c in every if c.asked.signed_in]
    answers = company.ask(None, [(c.method, c.at("complaint", "x")) for c in guarded])
    assert {(c.path, a.status_code) for c, a in zip(guarded, answers, strict=True) if a.status_code != 401} == set()
    unguarded = {c.path for c in every if not c.asked.signed_in}
    assert all(p in ("/health", "/ready") or p.removeprefix("/api/v1/").startswith(("session", "demo-accounts", "providers")) for p in unguarded), unguarded


def test_nothing_above_ones_clearance_and_nothing_foreign_leaves(company: Company, every: list[Call]) -> None:
    """Every route that reads, for every kind of record, by turns as somebody of each clearance, bound to a plant and not."""
    reading = [c for c in every if c.method == "GET" and c.asked.signed_in and "{entity}" in c.path]
    actors = [person(role, **reach) for role, reach in product(SEEING, REACHES)]
    wrong, marked = [], 0
    for (turn, entity), (at, actor) in product(enumerate(company.native), enumerate(actors)):
        mine = [c for n, c in enumerate(reading) if (n + turn) % len(actors) == at]
        answers = company.ask(actor, [("GET", c.at(entity.name, company.ids[entity.name][OWN])) for c in mine])
        marked += sum("OWN-" in a.text for a in answers)
        wrong += [(actor.name, c.path, entity.name, f) for c, a in zip(mine, answers, strict=True) for f in faults(c, a, entity, actor)]
    assert wrong == []
    assert marked > len(company.native), "the records were there to be seen"


def faults(call: Call, answer: Response, entity: type[Entity], actor: Actor) -> list[str]:
    """What is wrong with an answer."""
    found = leaks(answer.text, actor)
    if answer.status_code >= 500:
        found.append(answer.text)
    if answer.status_code == 200 and "json" in answer.headers["content-type"]:
        body = answer.json()
        items = [body["item"]] if "item" in body else body.get("items", []) if call.path.endswith("{entity}") else []
        found += unmasked(entity, actor, items)
    return found


@pytest.mark.parametrize("reach", REACHES, ids=("free", "bound"))
def test_what_is_about_no_record_tells_of_none_above_ones_clearance(company: Company, every: list[Call], reach: dict[str, Any]) -> None:
    others = [c for c in every if c.method == "GET" and c.asked.signed_in and "{entity}" not in c.path and "events" not in c.path]
    wrong = []
    for role in (*SEEING, "auditor", "privacy_officer", "security_admin"):
        actor = person(role, **reach)
        for call, answer in zip(others, company.ask(actor, [("GET", c.at("", "1")) for c in others]), strict=True):
            wrong += [(role, call.path, found) for found in leaks(answer.text, actor)]
    assert wrong == []


def test_a_foreign_record_is_not_there_whatever_is_asked_of_it(company: Company, every: list[Call]) -> None:
    """Every route about a record, of every entity, reading and writing: not found, and afterwards unchanged."""
    before, actor, wrong = fingerprint(company), person("steward", plants=(OWN,)), []
    about = [c for c in every if c.is_of_records]
    for entity in company.native:
        requests = [(c.method, c.at(entity.name, company.ids[entity.name][FOREIGN])) for c in about]
        for call, answer in zip(about, company.ask(actor, requests), strict=True):
            # What is not about records of this kind may say so first: it tells of the kind, not of the record.
            if (answer.status_code != 404 and "FOREIGN" in answer.text) or answer.status_code < 400:
                wrong.append((call.method, call.path, entity.name, answer.status_code, answer.text[:200]))
    assert wrong == []
    assert fingerprint(company) == before


def test_lists_hold_what_row_security_and_the_port_say(company: Company) -> None:
    """The API, PostgreSQL under the role, and the rule of the port: three answers, one set."""
    for entity, reach in product(company.native, REACHES):
        actor, table = person("steward", **reach), company.context.tables[entity.name]
        listed = {i["_id"] for i in company.ask(actor, [("GET", f"/api/v1/entities/{entity.name}?limit=500")])[0].json()["items"]}
        with company.installation.store.transaction() as tx, own_rows(tx, actor.reach):
            walled = set(tx.execute(text(f'select id from native."{table.name}"')).scalars())
        expected = {company.ids[entity.name][n] for n in (OWN, SHARED, *((FOREIGN,) if not reach else ()))}
        assert listed == walled == expected, entity.name
        assert row_rule(actor, entity)[1] == (("OWN",) if reach else ())


def fingerprint(company: Company) -> dict[str, str]:
    """Every foreign record as it stands."""
    with company.installation.store.transaction() as tx:
        return {
            e.name: str(tx.execute(text(f'select md5(string_agg(t::text, chr(10) order by id)) from native."{e.name}" t where _plant = :plant'), {"plant": FOREIGN}).scalar())
            for e in company.native
        }
