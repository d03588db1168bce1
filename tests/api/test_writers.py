"""A record without a process is made and changed by those whom its declaration names, in a role of theirs or one lent to them."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient

from tests.api.conftest import House

API = "/api/v1"
CERTIFICATE: dict[str, Any] = {"jurisdiction": "CN", "certificate_no": "C-1", "product": "输液泵", "approved_on": "2024-01-01", "expires_on": "2029-01-01", "status": "approved"}
SCOPE: dict[str, Any] = {"jurisdiction": "CN", "certificate_no": "C-1", "device_model": "M-1", "item": "P-1"}
KIND, LINE = f"{API}/entities/registration_certificate", f"{API}/entities/certificate_scope"


@pytest.fixture(scope="module")
def ra(house: House) -> TestClient:
    return house.make("writes_ra", "ra")


@pytest.fixture(scope="module")
def eng(house: House) -> TestClient:
    return house.make("writes_eng", "eng")


@pytest.fixture(scope="module")
def certificate(ra: TestClient) -> str:
    made = ra.post(KIND, json=CERTIFICATE)
    assert made.status_code == 201, made.text
    assert ra.post(LINE, json=SCOPE).status_code == 201
    return str(made.json()["item"]["_id"])


def test_nobody_else_makes_one_and_is_told_who_may(house: House, eng: TestClient, certificate: str) -> None:
    refused = eng.post(KIND, json=CERTIFICATE | {"certificate_no": "C-2"})
    assert refused.status_code == 403
    assert refused.json()["hint"] == "Regulatory affairs officer, Regulatory affairs may"
    told = eng.post(KIND, json=CERTIFICATE | {"certificate_no": "C-2"}, headers={"accept-language": "zh"}).json()
    assert told["detail"] == "writes_eng 无权新建或修改 registration_certificate"
    assert "法规注册" in told["hint"]
    rows = house.make("writes_auditor", "auditor").get(f"{API}/audit", params={"actor": "writes_eng", "outcome": "refused"}).json()["items"]
    assert ("entity.create", "forbidden") in {(r["action"], r["reason"]) for r in rows}
    assert eng.get(f"{KIND}?limit=10").json()["total"] == 1


def test_nobody_else_changes_one_nor_its_lines(ra: TestClient, eng: TestClient, certificate: str) -> None:
    seen = eng.get(f"{KIND}/{certificate}")
    body = {k: v for k, v in seen.json()["item"].items() if not k.startswith("_")} | {"expires_on": "2099-01-01"}
    tag = {"If-Match": seen.headers["etag"]}
    assert eng.put(f"{KIND}/{certificate}", json=body, headers=tag).status_code == 403
    assert eng.post(LINE, json=SCOPE | {"device_model": "M-2"}).status_code == 403
    (line,) = ra.get(LINE).json()["items"]
    there = f"{LINE}/{line['_id']}"
    assert eng.put(there, json=SCOPE | {"item": "P-2"}, headers={"If-Match": '"1"'}).status_code == 403
    assert eng.delete(there, headers={"If-Match": '"1"'}).status_code == 403
    assert ra.put(f"{KIND}/{certificate}", json=body, headers=tag).status_code == 200


def test_nobody_else_makes_many(eng: TestClient) -> None:
    rows = [{"organisation": "P1", "code": f"L-{n}", "kind": "accepted"} for n in range(2)]
    refused = eng.post(f"{API}/entities/location/many", json={"rows": rows})
    assert refused.status_code == 403
    assert refused.json()["hint"] == "Warehouse, Data steward may"


def test_the_screen_offers_what_the_server_takes(house: House, ra: TestClient, eng: TestClient) -> None:
    def can(client: TestClient, entity: str) -> tuple[bool, bool, bool]:
        told = client.get(f"{API}/meta/{entity}").json()["can"]
        return told["create"], told["update"], told["many"]

    assert can(ra, "registration_certificate") == can(ra, "certificate_scope") == (True, True, True)
    assert can(eng, "registration_certificate") == can(eng, "certificate_scope") == (False, False, False)
    assert can(eng, "capa") == (*can(eng, "capa_action")[:2], False) == (True, True, False)
    assert can(eng, "adverse_event") == (False, True, False)
    assert can(house.make("writes_reader", "manager"), "capa") == (False, False, False)


def test_a_role_that_is_lent_writes_for_that_time(house: House, ra: TestClient) -> None:
    deputy = house.make("writes_deputy", "doc")
    assert deputy.post(KIND, json=CERTIFICATE | {"certificate_no": "C-9"}).status_code == 403
    now = datetime.now(UTC)
    lent = {"taker": "writes_deputy", "roles": ["ra"], "valid_from": (now - timedelta(minutes=1)).isoformat(), "valid_to": (now + timedelta(hours=1)).isoformat(), "reason": "休假"}
    assert ra.post(f"{API}/delegations", json=lent).status_code in (200, 201)
    assert deputy.get(f"{API}/meta/registration_certificate").json()["can"]["create"]
    assert deputy.post(KIND, json=CERTIFICATE | {"certificate_no": "C-9"}).status_code == 201
