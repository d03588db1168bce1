"""Writing native objects: checked, audited, guarded by version, never half done."""

from typing import Any

from fastapi.testclient import TestClient

API = "/api/v1"
PERSON: dict[str, Any] = {"employee_no": "E-90001", "name": "试验员王芳", "organisation": "QA", "phone": "13800138000", "email": "wang@example.com"}


def create(client: TestClient, number: str) -> tuple[str, str]:
    answer = client.post(f"{API}/entities/person", json={**PERSON, "employee_no": number})
    assert answer.status_code == 201, answer.text
    return answer.json()["item"]["_id"], answer.headers["etag"]


def test_create_read_change(steward: TestClient, auditor: TestClient) -> None:
    id_, tag = create(steward, "E-90001")
    found = steward.get(f"{API}/entities/person/{id_}")
    assert found.headers["etag"] == tag
    assert found.json()["item"]["phone"] == PERSON["phone"]
    changed = steward.put(f"{API}/entities/person/{id_}", json={**PERSON, "organisation": "MFG"}, headers={"If-Match": tag})
    assert changed.status_code == 200
    assert changed.headers["etag"] != tag
    rows = auditor.get(f"{API}/audit", params={"actor": "steward", "limit": 500}).json()["items"]
    mine = [r for r in rows if r["subject"] == f"person/{id_}"]
    assert [r["action"] for r in mine] == ["entity.update", "entity.create"]
    assert mine[0]["detail"]["before"]["organisation"] == "QA"
    assert mine[0]["detail"]["after"]["organisation"] == "MFG"
    # Personal values never reach the log.
    assert PERSON["phone"] not in str(rows)
    assert PERSON["email"] not in str(rows)


def test_two_people_cannot_overwrite_each_other(steward: TestClient) -> None:
    id_, tag = create(steward, "E-90002")
    body = {**PERSON, "employee_no": "E-90002"}
    path = f"{API}/entities/person/{id_}"
    assert steward.put(path, json=body).status_code == 428
    assert steward.put(path, json={**body, "organisation": "A"}, headers={"If-Match": tag}).status_code == 200
    late = steward.put(path, json={**body, "organisation": "B"}, headers={"If-Match": tag})
    assert late.status_code == 412
    assert steward.get(path).json()["item"]["organisation"] == "A"


def test_what_breaks_a_rule_is_not_written(steward: TestClient) -> None:
    total = steward.get(f"{API}/entities/person?limit=1").json()["total"]
    for body in ({}, {**PERSON, "employee_no": None}, {**PERSON, "salary": 1}, {**PERSON, "employee_no": {"a": 1}}):
        answer = steward.post(f"{API}/entities/person", json=body)
        assert answer.status_code == 422, body
    assert steward.get(f"{API}/entities/person?limit=1").json()["total"] == total


def test_a_key_is_given_once(steward: TestClient) -> None:
    create(steward, "E-90003")
    again = steward.post(f"{API}/entities/person", json={**PERSON, "employee_no": "E-90003"})
    assert again.status_code == 409
    assert "E-90003" in again.json()["detail"]


def test_what_comes_from_sources_is_not_written_here(steward: TestClient) -> None:
    answer = steward.post(f"{API}/entities/lot", json={"lot_no": "x"})
    assert answer.status_code == 409
    assert "source" in answer.json()["hint"]


def test_every_refused_write_is_in_the_log(steward: TestClient, engineer: TestClient, auditor: TestClient) -> None:
    id_, _ = create(steward, "E-90009")
    path = f"{API}/entities/person/{id_}"
    secret = "13911112222"
    steward.put(path, json=PERSON)
    steward.put(path, json={**PERSON, "phone": secret, "employee_no": "E-90009"}, headers={"If-Match": '"99"'})
    steward.post(f"{API}/entities/person", json={**PERSON, "employee_no": "E-90009", "phone": secret})
    steward.post(f"{API}/entities/person", json={**PERSON, "phone": {"secret": secret}})
    steward.post(f"{API}/entities/lot", json={})
    engineer.post(f"{API}/releases/R-none/publish", json={"reason": "回滚试验"})
    engineer.post(f"{API}/loads?source=none", files={"file": ("x.csv", b"a")})
    engineer.delete(f"{API}/tokens/none")
    rows = auditor.get(f"{API}/audit", params={"outcome": "refused", "limit": 500}).json()["items"]
    told = [(r["actor"], r["action"], r["subject"], r["reason"]) for r in rows]
    for expected in (
        ("steward", "entity.update", f"person/{id_}", "precondition-required"), ("steward", "entity.update", f"person/{id_}", "precondition"),
        ("steward", "entity.create", "person", "conflict"), ("steward", "entity.create", "person", "invalid"),
        ("steward", "entity.create", "lot", "conflict"), ("engineer", "release.publish", "release/R-none", "not-found"),
        ("engineer", "load.upload", "source/none", "invalid"), ("engineer", "token.revoke", "token/none", "not-found"),
    ):
        assert expected in told, expected
    assert secret not in str(rows)
