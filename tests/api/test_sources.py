"""The inventory of sources over HTTP, with the demo company's six systems."""

from fastapi.testclient import TestClient

API = "/api/v1"


def test_every_source_says_how_it_is_doing(engineer: TestClient) -> None:
    items = engineer.get(f"{API}/sources").json()["items"]
    assert len(items) >= 6
    for item in items:
        assert item["health"] in ("well", "late", "failing", "refusing", "never")
        assert set(item["health_label"]) == {"zh", "en"}
        one = engineer.get(f"{API}/sources/{item['name']}").json()
        assert {t["name"] for t in one["tables"]} == {t["name"] for t in item["tables"]}
        assert (one["health"], one["kind"]) == (item["health"], item["kind"])
        assert all(f["columns"] or f["constant"] is not None for t in one["tables"] for f in t["fields"])


def test_who_may_run_may_probe(engineer: TestClient, steward: TestClient) -> None:
    name = engineer.get(f"{API}/sources").json()["items"][0]["name"]
    assert steward.post(f"{API}/sources/{name}/probe").status_code == 403
    found = engineer.post(f"{API}/sources/{name}/probe")
    assert found.status_code == 200
    assert all(t["rows"] or t["message"] for t in found.json()["tables"])


def test_what_is_no_source_and_what_is_no_database(engineer: TestClient) -> None:
    for answer in (engineer.get(f"{API}/sources/none"), engineer.post(f"{API}/sources/none/test"), engineer.post(f"{API}/sources/none/probe")):
        assert (answer.status_code, answer.headers["content-type"], bool(answer.json()["hint"])) == (404, "application/problem+json", True)
    files = next(s["name"] for s in engineer.get(f"{API}/sources").json()["items"] if s["kind"] == "files")
    answer = engineer.post(f"{API}/sources/{files}/test")
    assert (answer.status_code, bool(answer.json()["hint"])) == (422, True)
