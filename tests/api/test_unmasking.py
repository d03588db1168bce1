"""A look under the mask: asked for with a reason, decided by another person, for one record and some hours, each reading in the log."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select, update

from medthread.app import Installation
from medthread.stores.postgres.tables import account, audit_event, unmask_grant
from tests.api.conftest import HOUSE_PASSWORD, House
from tests.api.test_desks import ok

API = "/api/v1"
NUMBERS = count(1)
PHONE, MAIL = "13700137000", "looked@example.com"


@dataclass(frozen=True)
class Masked:
    """A person's record, somebody who sees it masked, and who decides."""

    house: House
    asker: TestClient
    asker_name: str
    officer: TestClient
    record: str

    @property
    def path(self) -> str:
        return f"{API}/entities/person/{self.record}"

    def ask(self, *fields: str, **more: Any) -> Any:
        body = {"entity": "person", "record": self.record, "fields": list(fields) or ["phone"], "reason": "回访投诉人", **more}
        return self.asker.post(f"{API}/unmask-grants", json=body)

    def decide(self, id_: str, *, grant: bool = True, by: TestClient | None = None) -> Any:
        return (by or self.officer).post(f"{API}/unmask-grants/{id_}/decision", json={"grant": grant, "reason": "与投诉处理相符", "password": HOUSE_PASSWORD})

    def granted(self, *fields: str) -> str:
        id_ = str(ok(self.ask(*fields), 201)["id"])
        ok(self.decide(id_))
        return id_

    def phone(self, client: TestClient | None = None) -> str:
        return str(ok((client or self.asker).get(self.path))["item"]["phone"])

    def readings(self) -> list[Any]:
        table = audit_event
        with self.house.installation.store.transaction() as tx:
            here = (table.c.object == f"person/{self.record}") & (table.c.outcome == "read")
            return [(r.actor, r.reason, r.detail) for r in tx.execute(select(table).where(here).order_by(table.c.seq))]


@pytest.fixture
def masked(house: House) -> Masked:
    n = next(NUMBERS)
    steward = house.make(f"unmask-steward{n}", "steward")
    person = {"employee_no": f"U-{n}", "name": f"来访者{n}", "organisation": "QA", "phone": PHONE, "email": MAIL}
    record = ok(steward.post(f"{API}/entities/person", json=person), 201)["item"]["_id"]
    name = f"unmask-asker{n}"
    return Masked(house, house.make(name, "buyer"), name, house.make(f"unmask-officer{n}", "privacy_officer"), record)


def test_what_is_granted_is_seen_and_each_reading_is_in_the_log(masked: Masked) -> None:
    before = ok(masked.asker.get(masked.path))
    assert PHONE not in str(before)
    assert before["unmasked"] == {"fields": [], "until": None, "asked": None}
    id_ = ok(masked.ask("phone"), 201)["id"]
    assert ok(masked.asker.get(masked.path))["unmasked"]["asked"] == id_
    assert masked.phone() != PHONE, "asking shows nothing"
    assert masked.readings() == []
    until = ok(masked.decide(id_))["expires_at"]
    for turn in (1, 2):
        seen = ok(masked.asker.get(masked.path))
        assert (seen["item"]["phone"], seen["unmasked"]["fields"], seen["unmasked"]["until"]) == (PHONE, ["phone"], until)
        assert MAIL not in str(seen), "one field was asked for"
        assert masked.readings() == [(masked.asker_name, "回访投诉人", {"fields": ["phone"], "grant": id_})] * turn


def test_a_grant_opens_one_record_for_one_person_in_person(masked: Masked, house: House) -> None:
    masked.granted()
    assert masked.phone() == PHONE
    other = house.make(f"unmask-other{next(NUMBERS)}", "buyer")
    assert masked.phone(other) != PHONE
    token = ok(masked.asker.post(f"{API}/tokens", json={"name": "erp", "scopes": ["entities:read"]}), 201)["token"]
    machine = TestClient(house.app, headers={"Authorization": f"Bearer {token}"})
    assert masked.phone(machine) != PHONE
    for place in ("/entities/person?limit=500", "/entities/person.csv", f"/entities/person/{masked.record}/history"):
        assert PHONE not in masked.asker.get(API + place).text, f"{place} stays masked"
    assert len(masked.readings()) == 1


def test_nobody_decides_what_they_asked_for_themselves(masked: Masked, house: House) -> None:
    both = house.make(f"unmask-both{next(NUMBERS)}", "buyer")
    name = ok(both.get(f"{API}/session"))["username"]
    body = {"entity": "person", "record": masked.record, "fields": ["phone"], "reason": "回访"}
    id_ = ok(both.post(f"{API}/unmask-grants", json=body), 201)["id"]
    assert masked.decide(id_, by=both).status_code == 403
    with house.installation.store.transaction() as tx:  # later made an officer, they still do not decide it
        tx.execute(update(account).where(account.c.name == name).values(roles=["privacy_officer"]))
    refused = masked.decide(id_, by=both)
    assert (refused.status_code, "who asks does not decide" in refused.json()["detail"]) == (403, True)
    assert ok(masked.decide(id_))["status"] == "granted"


def test_a_grant_is_given_in_person_and_a_refusal_takes_no_proof(masked: Masked, house: House) -> None:
    id_ = ok(masked.ask(), 201)["id"]
    path, body = f"{API}/unmask-grants/{id_}/decision", {"grant": True, "reason": "与投诉处理相符"}
    assert masked.officer.post(path, json=body).status_code == 422
    wrong = masked.officer.post(path, json={**body, "password": "somebody else's"})
    assert (wrong.status_code, wrong.json()["type"]) == (403, "/problems/reauthentication")
    assert "*" in masked.phone()
    secret = ok(masked.officer.post(f"{API}/tokens", json={"name": "job"}), 201)["token"]
    machine = TestClient(house.app, headers={"Authorization": f"Bearer {secret}"})
    assert "API token" in machine.post(path, json={**body, "password": HOUSE_PASSWORD}).json()["detail"]
    assert ok(masked.officer.post(path, json={**body, "grant": False}))["status"] == "refused"


def test_it_expires_and_can_be_refused_ended_and_asked_for_again(masked: Masked, house: House) -> None:
    id_ = masked.granted()
    with house.installation.store.transaction() as tx:
        tx.execute(update(unmask_grant).where(unmask_grant.c.id == id_).values(expires_at=datetime.now(UTC) - timedelta(seconds=1)))
    assert masked.phone() != PHONE
    assert next(g["status"] for g in ok(masked.asker.get(f"{API}/unmask-grants"))["items"] if g["id"] == id_) == "over"
    refused = ok(masked.ask(), 201)["id"]
    assert masked.ask().status_code == 409, "one request at a time"
    ok(masked.decide(refused, grant=False))
    assert masked.phone() != PHONE
    assert masked.decide(refused).status_code == 409, "decided once"
    ended = masked.granted()
    assert masked.phone() == PHONE
    stranger = house.make(f"unmask-stranger{next(NUMBERS)}", "buyer")
    assert stranger.delete(f"{API}/unmask-grants/{ended}").status_code == 404
    assert masked.officer.delete(f"{API}/unmask-grants/{ended}").status_code == 204
    assert masked.phone() != PHONE
    assert masked.officer.delete(f"{API}/unmask-grants/{ended}").status_code == 409
    taken_back = ok(masked.ask(), 201)["id"]
    assert masked.asker.delete(f"{API}/unmask-grants/{taken_back}").status_code == 204
    assert masked.decide(taken_back).status_code == 409


def test_who_watches_sees_who_holds_what_and_no_value(masked: Masked, house: House) -> None:
    id_ = masked.granted("phone", "email")
    for role in ("privacy_officer", "security_admin", "audit_admin", "auditor"):
        answer = house.make(f"unmask-watch{next(NUMBERS)}", role).get(f"{API}/unmask-grants")
        held = next(g for g in ok(answer)["items"] if g["id"] == id_)
        assert (held["asked_by"], held["fields"], held["status"], held["mine"]) == (masked.asker_name, ["email", "phone"], "granted", False)
        assert held["field_labels"][0]["zh"]
        assert ok(answer)["decides"] is (role in ("privacy_officer", "security_admin"))
        assert PHONE not in answer.text
    stranger = house.make(f"unmask-watch{next(NUMBERS)}", "buyer")
    assert ok(stranger.get(f"{API}/unmask-grants"))["items"] == []
    bound = house.make(f"unmask-watch{next(NUMBERS)}", "privacy_officer", plants=("A",))
    assert ok(bound.get(f"{API}/unmask-grants")) == {"items": [], "decides": False}


def test_a_request_waits_in_the_box_of_those_who_decide(masked: Masked) -> None:
    id_ = ok(masked.ask(hours=2), 201)["id"]
    box = ok(masked.officer.get(f"{API}/inbox"))["unmasking"]
    assert [(g["asked_by"], g["hours"], g["reason"]) for g in box if g["id"] == id_] == [(masked.asker_name, 2, "回访投诉人")]
    assert ok(masked.asker.get(f"{API}/inbox"))["unmasking"] == []
    ok(masked.decide(id_))
    assert id_ not in {g["id"] for g in ok(masked.officer.get(f"{API}/inbox"))["unmasking"]}


@pytest.mark.parametrize(("changes", "status"), [
    ({"fields": []}, 422), ({"fields": ["organisation"]}, 422), ({"fields": ["none"]}, 422), ({"reason": ""}, 422), ({"reason": "   "}, 422),
    ({"hours": 0}, 422), ({"hours": 73}, 422), ({"entity": "none"}, 404), ({"record": "none"}, 404), ({"more": 1}, 422), ({"fields": "phone"}, 422),
])
def test_what_cannot_be_asked_for(masked: Masked, changes: dict[str, Any], status: int) -> None:
    answer = masked.ask(**changes) if "fields" not in changes else masked.asker.post(
        f"{API}/unmask-grants", json={"entity": "person", "record": masked.record, "reason": "回访", **changes})
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json"), answer.text
    assert ok(masked.asker.get(f"{API}/unmask-grants"))["items"] == []


def test_who_sees_it_anyway_or_sees_no_data_does_not_ask(masked: Masked, house: House) -> None:
    body = {"entity": "person", "record": masked.record, "fields": ["phone"], "reason": "回访"}
    assert house.make(f"unmask-who{next(NUMBERS)}", "steward").post(f"{API}/unmask-grants", json=body).status_code == 422
    assert house.make(f"unmask-who{next(NUMBERS)}", "system_admin").post(f"{API}/unmask-grants", json=body).status_code == 403
    bound = house.make(f"unmask-who{next(NUMBERS)}", "buyer", plants=("A",))
    with house.installation.store.transaction() as tx:
        tx.execute(update(house.installation.native["person"]).where(house.installation.native["person"].c.id == masked.record).values(_plant="B"))
    assert bound.post(f"{API}/unmask-grants", json=body).status_code == 404


def test_every_step_is_in_the_log(masked: Masked) -> None:
    id_ = masked.granted()
    masked.phone()
    masked.asker.delete(f"{API}/unmask-grants/{id_}")
    masked.decide(id_)
    table = audit_event
    with masked.house.installation.store.transaction() as tx:
        here = table.c.object.in_([f"person/{masked.record}", f"unmask_grant/{id_}"]) & table.c.action.contains("unmask")
        rows = [(r.action, r.outcome) for r in tx.execute(select(table.c.action, table.c.outcome).where(here).order_by(table.c.seq))]
        said = str(tx.execute(select(table.c.detail, table.c.before, table.c.after).where(here)).all())
    assert rows == [("unmask.ask", "done"), ("unmask.grant", "done"), ("entity.unmask", "read"), ("unmask.end", "done"), ("unmask.decide", "refused")]
    assert PHONE not in said


def test_values_from_source_systems_are_opened_too(buyer: TestClient, steward: TestClient, installation: Installation) -> None:
    """A customer's telephone from the ERP, in the demo company."""
    from_erp = next(r for r in ok(steward.get(f"{API}/entities/customer?limit=200"))["items"] if r.get("phone"))
    path = f"{API}/entities/customer/{from_erp['_id']}"
    assert ok(buyer.get(path))["item"]["phone"] != from_erp["phone"]
    id_ = ok(buyer.post(f"{API}/unmask-grants", json={"entity": "customer", "record": from_erp["_id"], "fields": ["phone"], "reason": "通知召回"}), 201)["id"]
    with installation.store.transaction() as tx:
        tx.execute(update(unmask_grant).where(unmask_grant.c.id == id_).values(status="granted", expires_at=datetime.now(UTC) + timedelta(hours=1)))
    assert ok(buyer.get(path))["item"]["phone"] == from_erp["phone"]
    assert buyer.delete(f"{API}/unmask-grants/{id_}").status_code == 204
    assert ok(buyer.get(path))["item"]["phone"] != from_erp["phone"]
