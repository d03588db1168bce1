"""The thread through the API: quality, quarantine, masters, trace, releases, identifiers."""

import csv
import io
import json

from fastapi.testclient import TestClient

from tests.conftest import Demonstration

API = "/api/v1"


def test_home_shows_what_is_published(steward: TestClient, demonstration: Demonstration) -> None:
    home = steward.get(f"{API}/home").json()
    assert home["release"]["id"].startswith("R")
    assert 90 < home["quality_index"] < 100
    told = {s["name"]: s["rows_read"] for s in home["sources"]}
    assert told == {s["name"]: s["rows_read"] for s in demonstration.report["sources"]}


def test_held_rows_keep_rules_and_their_raw_row(steward: TestClient) -> None:
    summary = steward.get(f"{API}/quarantine/summary").json()["items"]
    assert len(summary) > 8
    for line in summary[:6]:
        page = steward.get(f"{API}/quarantine", params={"rule": line["rule"], "limit": 500}).json()
        assert page["total"] >= 1
        for row in page["items"]:
            assert line["rule"] in {r["id"] for r in row["rules"]}
            assert row["raw"]
            assert row["file"]
            assert row["row"] >= 1


def test_the_quarantine_export_is_complete(steward: TestClient) -> None:
    text = steward.get(f"{API}/quarantine.csv").text.removeprefix("\ufeff")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert len(rows) == steward.get(f"{API}/quarantine?limit=1").json()["total"]
    assert all(json.loads(r["raw"]) for r in rows)


def test_corrections_keep_before_and_after(steward: TestClient) -> None:
    page = steward.get(f"{API}/corrections?limit=500").json()
    assert page["items"]
    assert all(r["before"] != r["after"] for r in page["items"])


def test_a_golden_record_shows_its_sources_and_why(steward: TestClient) -> None:
    listed = steward.get(f"{API}/masters/supplier", params={"merged": True, "limit": 1}).json()["items"][0]
    one = steward.get(f"{API}/masters/supplier/{listed['id']}").json()
    assert len(one["records"]) == listed["records"] > 1
    assert one["edges"]
    assert all(e["parts"] for e in one["edges"])
    name = next(f for f in one["fields"] if f["name"] == "name")
    assert name["value"] in {r["values"]["name"] for r in one["records"]}


def test_trace_answers_and_balances(steward: TestClient, demonstration: Demonstration) -> None:
    item, lot = demonstration.report["trace"]["item"], demonstration.report["trace"]["lot"]
    answer = steward.get(f"{API}/trace", params={"item": item, "lot": lot, "direction": "down"}).json()
    assert answer["units_total"] == demonstration.report["trace"]["true_units"]
    assert len(answer["customers"]) == demonstration.report["trace"]["customers"]
    for c in answer["customers"]:
        assert c["shipped"] == c["returned"] + c["used"] + c["destroyed"] + c["outstanding"]
    ids = {n["id"] for n in answer["graph"]["nodes"]}
    assert all(e["from"] in ids and e["to"] in ids for e in answer["graph"]["edges"])
    rows = list(csv.DictReader(io.StringIO(steward.get(f"{API}/trace.csv", params={"item": item, "lot": lot}).text.removeprefix("\ufeff"))))
    assert len(rows) == answer["units_total"]
    unit = rows[0]
    up = steward.get(f"{API}/trace", params={"item": unit["item"], "lot": unit["number"], "direction": "up"}).json()
    assert lot in {x["number"] for x in up["lots"]}


def test_an_unknown_lot_gets_suggestions(steward: TestClient, demonstration: Demonstration) -> None:
    lot = demonstration.report["trace"]["lot"]
    answer = steward.get(f"{API}/trace", params={"item": "nothing", "lot": lot})
    assert answer.status_code == 404
    assert lot in answer.json()["hint"]
    assert lot in {s["lot"] for s in steward.get(f"{API}/trace/suggest", params={"q": lot[:6]}).json()["items"]}


def test_releases_are_published_by_those_who_may_with_a_reason(engineer: TestClient, steward: TestClient, auditor: TestClient) -> None:
    releases = engineer.get(f"{API}/releases").json()["items"]
    current = next(r for r in releases if r["current"])
    assert steward.post(f"{API}/releases/{current['id']}/publish", json={"reason": "try"}).status_code == 403
    assert engineer.post(f"{API}/releases/{current['id']}/publish", json={}).status_code == 422
    again = engineer.post(f"{API}/releases/{current['id']}/publish", json={"reason": "again"})
    assert again.status_code == 409
    tables = engineer.get(f"{API}/releases/{current['id']}").json()["table_list"]
    assert {"marts.genealogy", "golden.supplier", "standard.quarantine"} <= {t["name"] for t in tables}
    published = auditor.get(f"{API}/audit", params={"limit": 500}).json()["items"]
    assert any(r["action"] == "release.publish" for r in published)


def test_a_release_is_kept_by_who_may_for_a_reason(engineer: TestClient, steward: TestClient, auditor: TestClient) -> None:
    releases = f"{API}/releases"
    current = next(r["id"] for r in engineer.get(releases).json()["items"] if r["current"])
    assert steward.post(f"{releases}/{current}/pin", json={"reason": "try"}).status_code == 403
    assert engineer.post(f"{releases}/{current}/pin", json={"reason": "x"}).status_code == 422
    assert engineer.post(f"{releases}/{current}/unpin", json={"reason": "not needed"}).status_code == 409
    assert engineer.post(f"{releases}/R-none/pin", json={"reason": "a letter"}).status_code == 404
    assert engineer.post(f"{releases}/{current}/pin", json={"reason": "for the notified body"}).json() == {"id": current, "pinned": True}
    one = engineer.get(f"{releases}/{current}").json()
    assert (one["pinned_by"], one["pin_reason"], one["withdrawn_at"], one["named_by"]) == ("engineer", "for the notified body", None, [])
    assert next(r for r in engineer.get(releases).json()["items"] if r["id"] == current)["pinned_at"]
    assert engineer.post(f"{releases}/{current}/unpin", json={"reason": "not needed"}).json() == {"id": current, "pinned": False}
    told = [r["action"] for r in auditor.get(f"{API}/audit", params={"limit": 20, "object": f"release/{current}"}).json()["items"]]
    assert {"release.pin", "release.unpin"} <= set(told)


def test_identifiers_are_judged(buyer: TestClient) -> None:
    said = buyer.post(f"{API}/udi/judge", json={"text": "(01)04012345678902"}).json()
    assert said["verdict"] == "invalid"
    assert said["findings"][0]["rule"] == "gs1.check_digit"
    assert said["findings"][0]["label"]["zh"]
    assert buyer.post(f"{API}/udi/judge", json={"text": "x" * 5000}).status_code == 422


def test_files_are_handed_in_by_those_who_may_and_only_where_they_belong(steward: TestClient, engineer: TestClient) -> None:
    file = {"file": ("x.csv", b"a,b\n1,2\n", "text/csv")}
    assert steward.post(f"{API}/loads?source=erp", files=file).status_code == 403
    for name in ("x.csv", "../../etc/passwd", ".hidden", "a/b.csv"):
        answer = engineer.post(f"{API}/loads?source=erp", files={"file": (name, b"a\n", "text/csv")})
        assert answer.status_code == 422, name
    assert engineer.post(f"{API}/loads?source=none", files=file).status_code == 422


def test_an_unknown_carrier_waits_for_a_person(buyer: TestClient, steward: TestClient, auditor: TestClient) -> None:
    for _ in range(2):
        assert buyer.post(f"{API}/udi/judge", json={"text": "厂内码 7788"}).json()["verdict"] == "unknown"
    assert buyer.post(f"{API}/udi/judge", json={"text": "x" * 4000}).status_code == 200
    assert buyer.post(f"{API}/udi/judge", json={"text": "a\x00b"}).status_code == 200
    [waiting] = [r for r in steward.get(f"{API}/udi/unknown").json()["items"] if r["text"] == "厂内码 7788"]
    assert (waiting["times"], waiting["first_by"]) == (2, "buyer")
    assert any(r["action"] == "udi.queue" for r in auditor.get(f"{API}/audit?limit=500").json()["items"])


def test_text_that_is_no_unicode_is_refused_and_breaks_nothing(buyer: TestClient) -> None:
    headers = {"Content-Type": "application/json"}
    answer = buyer.post(f"{API}/udi/judge", content=b'{"text": "lone \\ud800 half"}', headers=headers)
    assert answer.status_code == 422, answer.text
