"""Nothing leaves by any exit that a sharing rule refuses; what is kept back is said with its rule and its clause, and noted."""

import json
from collections.abc import Iterator
from functools import partial
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response
from sqlalchemy import select

from medthread.api.identity import whoever
from medthread.api.listing import Listing
from medthread.api.server import create_app
from medthread.cli import main
from medthread.derive.sharing import Terms
from medthread.model import Entity
from medthread.model.sharing import Recipient
from medthread.model.sharing_file import FILE
from medthread.stores.bus import Message
from medthread.stores.postgres.tables import audit_event
from medthread.trust.access import Actor
from medthread.trust.log import Chosen, export_bundle, verifier
from medthread.trust.log.shared import chosen_for
from medthread.workflow.leaving import as_shared
from medthread.workflow.relay import carry
from tests.api.authorisation import OWN, Call, Company, calls
from tests.api.sharing import RULES, Values, abroad, portal, settle
from tests.conftest import Opening

API = "/api/v1"
CLOSELY = ("complaint", "capa", "dispute", "adverse_event")  # the rules are about these: every actor asks every route


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory, open_beside: Opening) -> Iterator[Company]:
    home = tmp_path_factory.mktemp("shared") / "company"
    with pytest.raises(SystemExit):
        main(["init", str(home)])
    (home / FILE).write_text(RULES, encoding="utf-8")
    with open_beside(home) as opened, opened.services(None) as services:
        made = Company(opened, create_app(services), services.workflow)
        made.fill()
        yield made


@pytest.fixture(scope="module")
def values(company: Company) -> Values:
    return settle(company)


@pytest.fixture(scope="module")
def every(company: Company) -> list[Call]:
    return calls(company.app)


def people(company: Company) -> list[Actor]:
    """In the EU: two persons, of whom one is cleared for everything, and a system."""
    return [abroad("pms"), portal("steward", company.installation.access.can), abroad("qa")]


def exits(company: Company, every: list[Call], values: Values, actors: list[Actor], entities: list[type[Entity]]) -> tuple[list[Any], int]:
    """What leaked of records by any route that reads or previews, asked by turns; and how many values were there that may go."""
    about = [c for c in every if "{entity}" in c.path and (c.method == "GET" or c.path.endswith(("preview", "acts/{action}")))]
    leaks, free = [], 0
    for (turn, entity), (at, actor) in product(enumerate(entities), enumerate(actors)):
        mine = [c for n, c in enumerate(about) if (n + turn) % len(actors) == at or entity.name in CLOSELY]
        answers = company.ask(actor, [(c.method, c.at(entity.name, company.ids[entity.name][OWN])) for c in mine])
        for call, answer in zip(mine, answers, strict=True):
            free += sum(v in answer.text for v in values.free)
            leaks += [(actor.name, actor.system, call.method, call.path, entity.name, v) for v in values.leaked(answer.text)]
            assert answer.status_code < 500, (call.path, answer.text)
    return leaks, free


def test_no_route_about_records_tells_what_a_rule_refuses(company: Company, every: list[Call], values: Values) -> None:
    leaks, free = exits(company, every, values, people(company), company.native)
    assert leaks == []
    assert free > len(company.native), "what may go went"


def test_a_way_out_that_asks_nobody_is_found(company: Company, every: list[Call], values: Values, monkeypatch: pytest.MonkeyPatch) -> None:
    """The test above can fail: with one exit that does not ask the port, it does."""
    monkeypatch.setattr(Listing, "terms", property(lambda listing: Terms(listing.entity)))
    leaks, _ = exits(company, every, values, [abroad("pms")], [e for e in company.native if e.name in CLOSELY])
    assert {"complaint", "capa"} <= {leak[4] for leak in leaks}


def test_no_other_route_tells_what_a_rule_refuses(company: Company, every: list[Call], values: Values) -> None:
    """Boxes, desks, the log, registers, searches: everything that is about no one record, by its plain address and looking for a value."""
    others = [c for c in every if c.method == "GET" and "{entity}" not in c.path and "events" not in c.path and c.asked.signed_in]
    actors = [*people(company), *(portal(r, company.installation.access.can) for r in ("auditor", "privacy_officer", "doc"))]
    wrong = []
    for actor in actors:
        for call, answer in zip(others, company.ask(actor, [("GET", c.at("", "1")) for c in others]), strict=True):
            wrong += [(actor.name, actor.system, call.path, v) for v in values.leaked(answer.text)]
    assert wrong == []


def test_boxes_hold_the_tasks_and_proposals_without_what_is_withheld(company: Company, values: Values) -> None:
    free = Actor("pms", "pms", ("pms", "qa", "svc", "qa_mgr"), session="session")
    there, away = (company.ask(a, [("GET", f"{API}/inbox")])[0] for a in (free, Actor("pms", "pms", free.roles, session="session", regions=("EU",))))
    assert any(v in there.text for v in values.refused), "at home it is there"
    assert values.leaked(away.text) == set()
    assert len(away.json()["proposals"]) == len(there.json()["proposals"]) > 0
    assert any(t["entity"] == "complaint" for t in away.json()["tasks"])
    assert company.ids["capa"][OWN] in there.text
    assert company.ids["capa"][OWN] not in {t["record"] for t in away.json()["tasks"]}


def test_looking_for_a_withheld_value_finds_nothing(company: Company, values: Values) -> None:
    """Search, filter and order see what the reader sees: they tell nothing of the rest."""
    home, away = Actor("pms", "pms", ("pms",), session="s"), abroad("pms")
    secret = _one(company, home, "complaint")["item"]["description"]
    assert secret in values.refused
    asked = [("GET", f"{API}/entities/complaint?filter=description:eq:{secret}"), ("GET", f"{API}/entities/complaint?q={secret}")]
    found, _ = company.ask(home, asked)
    assert found.json()["total"] == 1
    assert [a.json()["total"] for a in company.ask(away, asked)] == [0, 0]


def test_an_answer_says_which_rule_kept_what_back_and_on_which_clause(company: Company, values: Values) -> None:
    one = _one(company, abroad("pms"), "complaint")
    by_rule = {r["rule"]: r for r in one["sharing"]}
    assert by_rule["cn_personal_information"]["clause"] == "个人信息保护法第三十八至四十条 (PIPL art. 38-40)"
    assert {"complainant", "phone", "address"} <= set(by_rule["cn_personal_information"]["fields"])
    assert by_rule["descriptions_stay"]["fields"] == ["description"]
    assert one["item"]["_withheld"]["description"] == "descriptions_stay"
    assert one["item"]["description"] == one["item"]["phone"] == "***"
    (page,) = company.ask(abroad("pms"), [("GET", f"{API}/entities/complaint")])
    assert {r["rule"] for r in page.json()["sharing"]} == set(by_rule)
    (file,) = company.ask(abroad("pms"), [("GET", f"{API}/entities/complaint.csv")])
    assert "cn_personal_information" in file.headers["x-sharing-rules"]
    assert "sharing" not in _one(company, Actor("pms", "pms", ("pms",), session="s"), "complaint")


def test_a_record_that_is_not_shared_is_refused_by_its_rule(company: Company, values: Values) -> None:
    id_ = company.ids["capa"][OWN]
    answer, listed = company.ask(abroad("qa"), [("GET", f"{API}/entities/capa/{id_}"), ("GET", f"{API}/entities/capa")])
    assert (answer.status_code, answer.json()["type"]) == (403, "/problems/not-shared")
    assert answer.json()["because"] == [{"guard": "capas_stay", "zh": "CAPA 不出境", "en": "CAPA stay", "record": f"capa/{id_}", "detail": "own rule 8"}]
    assert id_ not in {i["_id"] for i in listed.json()["items"]}
    assert [(r["rule"], r["records"]) for r in listed.json()["sharing"]] == [("capas_stay", 1)]


def test_what_is_refused_is_noted_without_the_value(company: Company, values: Values) -> None:
    _one(company, abroad("steward"), "complaint")
    with company.installation.store.transaction() as tx:
        query = select(audit_event).where(audit_event.c.action == "sharing.refuse", audit_event.c.actor == "steward").order_by(audit_event.c.seq.desc())
        row = tx.execute(query).first()
    assert row is not None
    assert (row.outcome, row.object) == ("refused", f"complaint/{company.ids['complaint'][OWN]}")
    assert set(row.detail["rules"]) == {"cn_personal_information", "descriptions_stay"}
    assert values.leaked(json.dumps(row.detail)) == set()


def test_a_named_ground_lets_through_and_only_what_it_names(company: Company, values: Values) -> None:
    dispute = _one(company, abroad("pms"), "dispute")
    assert dispute["item"]["counterparty"] in values.free
    assert "sharing" not in dispute


def test_a_mask_is_shown_where_the_rule_is_to_mask(company: Company) -> None:
    (answer,) = company.ask(portal("pms", company.installation.access.can), [("GET", f"{API}/entities/adverse_event/{company.ids['adverse_event'][OWN]}")])
    assert answer.json()["item"]["_withheld"]["patient"] == "patients_masked"
    assert answer.json()["item"]["patient"] == "***"


def test_a_withheld_value_that_comes_back_as_shown_stays(company: Company) -> None:
    """Somebody abroad changes what they may see; what they may not see is not overwritten with its asterisks."""
    id_, away, home = company.ids["complaint"][OWN], abroad("pms"), Actor("pms", "pms", ("pms",), session="s")
    before = _one(company, home, "complaint")["item"]
    shown = {k: v for k, v in _one(company, away, "complaint")["item"].items() if not k.startswith("_")}
    shown["aware_at"] = shown["received_at"]  # the record was made at random, and nobody learns of a complaint after it was received
    made = send(company, away, "PUT", f"{API}/entities/complaint/{id_}?reason=checked", shown, before["_revision"])
    after = _one(company, home, "complaint")["item"]
    assert made.status_code == 200, made.text
    assert (after["description"], after["phone"], after["_revision"]) == (before["description"], before["phone"], str(int(before["_revision"]) + 1))


def send(company: Company, actor: Actor, method: str, path: str, body: dict[str, Any], revision: str = "1") -> Response:
    """One request with a body, as somebody."""
    company.app.dependency_overrides[whoever] = lambda: actor
    try:
        return TestClient(company.app).request(method, path, json=body, headers={"X-Requested-With": "medthread", "If-Match": f'"{revision}"'})
    finally:
        company.app.dependency_overrides.pop(whoever, None)


class Kept:
    """A broker that keeps what it is given."""

    def __init__(self) -> None:
        self.messages: list[Message] = []

    def publish(self, messages: list[Message]) -> None:
        self.messages += messages

    def close(self) -> None:
        """Nothing is open."""


def test_events_that_leave_tell_nothing_that_a_rule_refuses(company: Company, values: Values) -> None:
    events, store, shared = company.context.rulebook.events, company.installation.store, Kept()
    while carry(store, shared, events, source="urn:t", shared=partial(as_shared, context=company.context)):
        pass
    text = "".join(m.content.decode() for m in shared.messages)
    assert values.leaked(text) == set()
    assert "dispute/" in text
    assert "complaint/" in text
    assert f"capa/{company.ids['capa'][OWN]}" not in text, "an event about a record that stays stays too"
    with store.transaction() as tx:
        noted = tx.execute(select(audit_event.c.object, audit_event.c.detail).where(audit_event.c.actor == "relay", audit_event.c.action == "sharing.refuse")).all()
    assert {(o, *d["rules"]) for o, d in noted} == {("capa/", "capas_stay"), ("complaint/", "descriptions_stay"), ("complaint/", "cn_personal_information")}


def test_a_copy_of_ones_data_is_not_made_abroad(company: Company, values: Values) -> None:
    home, away = Actor("privacy_officer", "p", ("privacy_officer",), session="s"), portal("privacy_officer", company.installation.access.can)
    phone = _one(company, Actor("pms", "pms", ("pms",), session="s"), "complaint")["item"]["phone"]
    assert phone in values.refused
    body = {"values": [phone], "reason": "来函"}
    there, here = (send(company, a, "POST", f"{API}/privacy/export", body).json() for a in (home, away))
    assert phone in json.dumps(there, ensure_ascii=False)
    assert values.leaked(json.dumps(here, ensure_ascii=False)) == set()
    assert here["records"][0]["withheld"]["phone"] == "cn_personal_information"


def test_a_bundle_of_the_log_for_another_region_gives_hashes_of_what_stays(company: Company, values: Values, tmp_path: Path) -> None:
    """It is whole all the same: every record that may not go stands as the hash that the tree was made of."""
    opened = company.installation
    opened.log.settle()
    there, away = (tmp_path / n for n in ("there", "away"))
    whole = export_bundle(opened.log, there)
    made = export_bundle(opened.log, away, chosen=chosen_for(opened.sharing, opened.registry.values(), Recipient("EU"), Chosen()))
    text, all_ = ("".join(f.read_text(encoding="utf-8") for f in b.glob("*.ndjson")) for b in (away, there))
    assert values.leaked(all_) != set()
    assert values.leaked(text) == set()
    assert any(v in text for v in values.free)
    assert 0 < made.withheld < whole.records
    assert verifier.Check(away).run().faults == []


def test_the_rules_are_there_to_be_read(company: Company) -> None:
    (answer,) = company.ask(abroad("pms"), [("GET", f"{API}/sharing-rules")])
    told = answer.json()
    assert [r["rule"] for r in told["items"]] == [
        "disputes_under_contract", "descriptions_stay", "capas_stay", "patients_masked", "cn_personal_information", "eu_personal_data", "us_bulk_sensitive_data"]
    cells = {(c["kind"], c["from"], c["to"]): c for c in told["matrix"]}
    assert cells["personal", "CN", "EU"]["effect"] == "refuse"
    assert cells["personal", "CN", "EU"]["rule"] == "cn_personal_information"
    assert "disputes_under_contract" in cells["personal", "CN", "EU"]["also"]
    assert cells["personal", "CN", "CN"] == {"kind": "personal", "from": "CN", "to": "CN", "effect": "allow", "rule": None, "also": []}
    assert cells["internal", "EU", "CN"]["effect"] == "allow"
    assert told["you"] == {"region": "EU", "system": None}


def _one(company: Company, actor: Actor, entity: str) -> dict[str, Any]:
    (answer,) = company.ask(actor, [("GET", f"{API}/entities/{entity}/{company.ids[entity][OWN]}")])
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found
