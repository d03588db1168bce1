"""What an attacker with an account tried, and what must come of it."""

import base64
import json
from typing import Any

import pytest
from fastapi.testclient import TestClient

from medthread.app import Installation
from medthread.trust.accounts import create_account
from tests.api.conftest import MARK, PASSWORD, SignIn

API = "/api/v1"
PERSON: dict[str, Any] = {"employee_no": "E-80001", "name": "王秘密", "organisation": "QA", "phone": "13911112222", "email": "wang@example.com"}


@pytest.fixture
def quality(sign_in: SignIn) -> TestClient:
    return sign_in("quality")


@pytest.fixture
def head(sign_in: SignIn) -> TestClient:
    """Whoever keeps the list of persons and is not cleared for their telephones."""
    return sign_in("mr")


def create(client: TestClient, number: str) -> tuple[str, str]:
    answer = client.post(f"{API}/entities/person", json={**PERSON, "employee_no": number})
    assert answer.status_code == 201, answer.text
    return answer.json()["item"]["_id"], answer.headers["etag"]


def test_a_sealed_text_is_opened_only_where_it_belongs(steward: TestClient, quality: TestClient, head: TestClient, installation: Installation) -> None:
    id_, _ = create(steward, "E-80001")
    table = installation.native["person"]
    with installation.store.transaction() as tx:
        sealed = str(tx.execute(table.select().where(table.c.id == id_)).one().phone)
    assert sealed.startswith("sealed:")
    for body in ({**PERSON, "employee_no": "E-80002", "name": sealed}, {**PERSON, "employee_no": "E-80003", "organisation": sealed}):
        answer = head.post(f"{API}/entities/person", json=body)
        assert answer.status_code == 422, answer.text
        assert PERSON["phone"] not in answer.text
    # Were one in a plain field all the same, it would stay closed and harm nobody's list.
    with installation.store.transaction() as tx:
        tx.execute(table.update().where(table.c.id == id_).values(organisation=sealed))
    for client in (steward, quality):
        shown = client.get(f"{API}/entities/person/{id_}").json()["item"]
        assert shown["organisation"] == "***"
    with installation.store.transaction() as tx:
        tx.execute(table.update().where(table.c.id == id_).values(organisation="sealed:1:person/x:!!"))
    assert steward.get(f"{API}/entities/person").status_code == 200
    assert "sealed:" not in quality.get(f"{API}/quarantine?rule=load.unparsable").text


def test_a_mask_written_back_keeps_the_value(steward: TestClient, head: TestClient) -> None:
    id_, _ = create(steward, "E-80004")
    path = f"{API}/entities/person/{id_}"
    seen = head.get(path)
    item = {k: v for k, v in seen.json()["item"].items() if not k.startswith("_")}
    assert item["phone"] != PERSON["phone"]
    changed = head.put(path, json={**item, "organisation": "MFG"}, headers={"If-Match": seen.headers["etag"]})
    assert changed.status_code == 200, changed.text
    told = steward.get(path).json()["item"]
    assert (told["phone"], told["email"], told["organisation"]) == (PERSON["phone"], PERSON["email"], "MFG")
    # Who cannot see a value may still write a new one.
    fresh = head.put(path, json={**item, "phone": "13733334444"}, headers={"If-Match": changed.headers["etag"]})
    assert fresh.status_code == 200
    assert steward.get(path).json()["item"]["phone"] == "13733334444"


def cursor(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


CURSORS = [cursor(1), cursor(None), cursor([]), cursor([None, "x"]), cursor(["\x00", "x"]), "²", "%00", base64.b64encode(b"[" * 1400).decode(),
           base64.b64encode(b'["\\ud800","x"]').decode()]


@pytest.mark.parametrize("place", ["entities/lot", "quarantine", "loads", "audit", "corrections"])
def test_no_cursor_breaks_a_list(sign_in: SignIn, place: str) -> None:
    client = sign_in("auditor")
    for after in CURSORS:
        answer = client.get(f"{API}/{place}", params={"after": after})
        assert answer.status_code in (200, 422), (place, after, answer.text)


def test_text_that_no_store_takes_is_refused(sign_in: SignIn, nobody: TestClient) -> None:
    nul, steward, engineer, auditor = "a\x00b", sign_in("steward"), sign_in("engineer"), sign_in("auditor")
    answers = [
        nobody.post(f"{API}/session", json={"username": nul, "password": "x"}),
        auditor.get(f"{API}/audit", params={"outcome": nul}), auditor.get(f"{API}/loads", params={"status": nul}),
        auditor.get(f"{API}/loads", params={"source": nul}), auditor.get(f"{API}/runs/%00"), auditor.get(f"{API}/runs/%00/events"),
        engineer.post(f"{API}/releases/%00/publish", json={"reason": "试一试"}), engineer.post(f"{API}/tokens", json={"name": nul}),
        engineer.delete(f"{API}/tokens/%00"), steward.put(f"{API}/entities/person/%00", json=PERSON, headers={"If-Match": '"1"'}),
        steward.post(f"{API}/entities/person", json={**PERSON, "employee_no": "E-80009", "organisation": nul}),
        engineer.post(f"{API}/loads?source=erp", files={"file": ("x" * 300 + ".csv", b"a")}),
    ]
    assert {a.status_code for a in answers} <= {401, 404, 422}, [a.status_code for a in answers]
    assert all(a.headers["content-type"].startswith("application/problem+json") for a in answers)


def test_a_token_makes_no_tokens(engineer: TestClient) -> None:
    answer = engineer.post(f"{API}/tokens", json={"name": "t", "scopes": ["tokens:own"]})
    assert answer.status_code == 403


def test_who_is_bound_to_a_plant_sees_nothing_of_another(installation: Installation, sign_in: SignIn, engineer: TestClient) -> None:
    with installation.store.transaction() as tx:
        create_account(tx, name="elsewhere", printed_name="外厂", password=PASSWORD, roles=("quality",), by="test", plants=("NOWHERE",))
    client = sign_in("elsewhere")
    bound = {s.name for s in installation.sources if s.plant is not None}
    assert bound, "the demo company has sources of one plant"
    for place in ("quarantine", "corrections"):
        found = {r["source"] for r in client.get(f"{API}/{place}", params={"limit": 500}).json()["items"]}
        assert found.isdisjoint(bound)
        assert not bound.isdisjoint({r["source"] for r in engineer.get(f"{API}/{place}", params={"limit": 500}).json()["items"]})
    summary = client.get(f"{API}/quarantine/summary").json()["items"]
    assert sum(r["count"] for r in summary) < sum(r["count"] for r in engineer.get(f"{API}/quarantine/summary").json()["items"])
    assert client.get(f"{API}/quarantine.csv").status_code == 200
    assert client.get(f"{API}/trace", params={"item": "x", "lot": "y"}).status_code == 403


def test_signing_out_is_in_the_log(installation: Installation, auditor: TestClient, sign_in: SignIn) -> None:
    with installation.store.transaction() as tx:
        create_account(tx, name="leaving", printed_name="下班", password=PASSWORD, roles=("buyer",), by="test")
    client = sign_in("leaving")
    assert client.delete(f"{API}/session", headers=MARK).status_code == 204
    rows = auditor.get(f"{API}/audit", params={"actor": "leaving"}).json()["items"]
    assert [r["action"] for r in rows] == ["session.end", "session.create"]
