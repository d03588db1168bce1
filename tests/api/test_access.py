"""Who may do what, and what is written down about it."""

import pytest
from fastapi.testclient import TestClient

API = "/api/v1"
GUARDED = [
    "/home", "/meta", "/meta/lot", "/entities/lot", "/entities/lot.csv", "/dictionary", "/dictionary/lot", "/contracts/lot", "/sources",
    "/loads", "/runs", "/quarantine", "/quarantine/summary", "/quarantine.csv", "/corrections", "/quality", "/masters",
    "/masters/supplier", "/trace?item=a&lot=b", "/trace/suggest?q=a", "/releases", "/audit", "/tokens", "/session",
]


@pytest.mark.parametrize("path", GUARDED)
def test_nobody_sees_anything(nobody: TestClient, path: str) -> None:
    answer = nobody.get(API + path)
    assert answer.status_code == 401
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["hint"]


def test_health_and_readiness_need_nobody(nobody: TestClient) -> None:
    assert nobody.get("/health").json()["status"] == "ok"
    ready = nobody.get("/ready")
    assert ready.status_code == 200
    assert ready.json()["release"]


def test_every_guarded_route_is_tried(nobody: TestClient) -> None:
    """A new route without a guard fails here: whatever OpenAPI lists answers 401, 422 or 405 to nobody."""
    spec = nobody.get(f"{API}/openapi.json").json()
    assert spec["openapi"].startswith("3.1")
    open_to_all = {f"{API}/session", f"{API}/demo-accounts", f"{API}/providers", "/health", "/ready"}
    open_to_all |= {f"{API}/providers/{{name}}", f"{API}/providers/{{name}}/answer"}  # the way in from elsewhere
    for path, methods in spec["paths"].items():
        if path in open_to_all:
            continue
        for method in methods:
            given = path.replace("{entity}", "lot").replace("{id_}", "x").replace("{golden_id}", "x")
            answer = nobody.request(method.upper(), given, json={})
            assert answer.status_code == 401, (method, path, answer.status_code)


def test_a_wrong_password_is_refused_without_saying_which_part_was_wrong(nobody: TestClient) -> None:
    wrong = nobody.post(f"{API}/session", json={"username": "manager", "password": "guess"})
    unknown = nobody.post(f"{API}/session", json={"username": "nobody-here", "password": "guess"})
    assert wrong.status_code == unknown.status_code == 401
    assert wrong.json()["detail"] == unknown.json()["detail"]


def test_a_write_without_the_console_mark_is_refused(steward: TestClient) -> None:
    answer = steward.post(f"{API}/entities/person", json={}, headers={"X-Requested-With": ""})
    # The header may be empty; what a foreign page cannot do is send it at all.
    assert answer.status_code == 422
    cookie = dict(steward.cookies)
    bare = TestClient(steward.app, cookies=cookie)
    assert bare.post(f"{API}/entities/person", json={}).status_code == 403


def test_a_refused_write_leaves_its_audit_row(engineer: TestClient, auditor: TestClient) -> None:
    before = auditor.get(f"{API}/audit", params={"actor": "engineer", "outcome": "refused", "limit": 500}).json()["items"]
    assert engineer.post(f"{API}/entities/location", json={"code": "X"}).status_code == 403
    after = auditor.get(f"{API}/audit", params={"actor": "engineer", "outcome": "refused", "limit": 500}).json()["items"]
    assert len(after) == len(before) + 1
    assert after[0]["action"] == "post /api/v1/entities/location"


def test_personal_values_are_masked_on_the_server(steward: TestClient, buyer: TestClient) -> None:
    mine = steward.get(f"{API}/entities/customer?limit=200")
    theirs = buyer.get(f"{API}/entities/customer?limit=200")
    clear = {r["_id"]: r for r in mine.json()["items"] if r.get("phone")}
    hidden = {r["_id"]: r for r in theirs.json()["items"] if r.get("phone")}
    assert clear
    assert set(clear) == set(hidden)
    for id_, row in clear.items():
        assert "*" not in row["phone"]
        assert "*" in hidden[id_]["phone"]
        assert row["phone"] not in theirs.text


def test_masked_values_stay_masked_in_export_detail_search_and_filter(buyer: TestClient, steward: TestClient) -> None:
    row = next(r for r in steward.get(f"{API}/entities/customer?limit=200").json()["items"] if r.get("phone"))
    phone = row["phone"]
    assert phone not in buyer.get(f"{API}/entities/customer.csv").text
    assert phone not in buyer.get(f"{API}/entities/customer/{row['_id']}").text
    assert phone not in buyer.get(f"{API}/masters/customer/{row['_id']}").text
    found = buyer.get(f"{API}/entities/customer", params={"q": phone}).json()["items"]
    assert row["_id"] not in {r["_id"] for r in found}
    asked = buyer.get(f"{API}/entities/customer", params={"filter": f"phone:eq:{phone}"})
    assert asked.status_code == 422 or row["_id"] not in {r["_id"] for r in asked.json()["items"]}
    sorted_ = buyer.get(f"{API}/entities/customer", params={"sort": "phone"})
    assert sorted_.status_code == 422


def test_tokens_carry_no_more_than_their_maker_and_end(steward: TestClient) -> None:
    made = steward.post(f"{API}/tokens", json={"name": "night job", "scopes": ["entities:read", "releases:publish"]})
    if made.status_code == 201:
        assert "releases:publish" not in made.json()["scopes"]
    else:
        assert made.status_code in (403, 422)
    made = steward.post(f"{API}/tokens", json={"name": "reader", "scopes": ["entities:read"]})
    assert made.status_code == 201
    secret, id_ = made.json()["token"], made.json()["id"]
    machine = TestClient(steward.app, headers={"Authorization": f"Bearer {secret}"})
    assert machine.get(f"{API}/entities/lot?limit=1").status_code == 200
    assert machine.get(f"{API}/quarantine").status_code == 403
    assert secret not in steward.get(f"{API}/tokens").text
    assert steward.delete(f"{API}/tokens/{id_}").status_code == 204
    assert machine.get(f"{API}/entities/lot?limit=1").status_code == 401


@pytest.mark.parametrize(("method", "path", "status"), [("GET", "/nosuch", 404), ("DELETE", "/demo-accounts", 405)])
def test_a_wrong_address_is_answered_with_where_the_right_ones_are(nobody: TestClient, method: str, path: str, status: int) -> None:
    said = nobody.request(method, API + path)
    assert said.status_code == status
    assert said.headers["content-type"] == "application/problem+json"
    assert "/api/v1/openapi.json" in said.json()["hint"]
