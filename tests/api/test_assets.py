"""Machines of three systems are one record each: all that masters have works for them, and the equipment that is maintained and calibrated names its own."""

from typing import Any

import pytest
from fastapi.testclient import TestClient

from tests.api.conftest import SignIn

API = "/api/v1"


def ok(answer: Any) -> Any:
    assert answer.status_code < 300, answer.text
    return answer.json()


@pytest.fixture(scope="module")
def machines(sign_in: SignIn) -> list[dict[str, Any]]:
    """All golden assets of the demo company."""
    return list(ok(sign_in("steward").get(f"{API}/entities/asset", params={"limit": 500}))["items"])


@pytest.fixture(scope="module")
def known(sign_in: SignIn, machines: list[dict[str, Any]]) -> dict[str, Any]:
    """One that the ledger and another system name, with its nameplate."""
    desk = sign_in("steward")
    merged = {i["golden_id"] for i in ok(desk.get(f"{API}/masters/asset", params={"limit": 200}))["items"] if len(i["sources"]) > 1}
    return next(m for m in machines if m["_id"] in merged and m["serial_no"] and len(m["serial_no"]) > 6 and m["maker"] and m["model"] and m["original_cost"])


def test_what_stands_in_the_place_of_a_serial_number_is_no_golden_value(machines: list[dict[str, Any]]) -> None:
    serials = [m["serial_no"] for m in machines if m["serial_no"]]
    assert len(serials) > len(machines) / 2
    assert [s for s in serials if not any(c.isdigit() for c in s) or "S/N" in s or s != s.upper()] == []


def test_what_a_machine_cost_is_not_for_everybody(sign_in: SignIn, known: dict[str, Any]) -> None:
    def cost(name: str) -> Any:
        return ok(sign_in(name).get(f"{API}/entities/asset/{known['_id']}"))["item"]["original_cost"]

    assert cost("steward") == known["original_cost"]
    assert "*" in str(cost("maint"))
    fields = ok(sign_in("maint").get(f"{API}/masters/asset/{known['_id']}"))["fields"]
    assert "*" in next(str(f["value"]) for f in fields if f["name"] == "original_cost")


def test_a_nameplate_is_found_before_it_is_entered_again(sign_in: SignIn, known: dict[str, Any]) -> None:
    desk: TestClient = sign_in("steward")
    asked = {"name": "某设备", "maker": known["maker"], "model": known["model"].lower(), "serial_no": f"S/N: {known['serial_no'].lower()}"}
    (first, *_) = ok(desk.post(f"{API}/stewardship/asset/check", json=asked))["items"]
    assert (first["golden_id"], first["sure"]) == (known["_id"], True)
    assert first["parts"][0]["about"]["en"] == "Maker's serial no."
    other = {**asked, "serial_no": "ZZ-90817263", "model": "QQ-1"}
    assert [i for i in ok(desk.post(f"{API}/stewardship/asset/check", json=other))["items"] if i["sure"]] == []


def test_the_desk_shows_why_two_may_be_one(sign_in: SignIn) -> None:
    desk = sign_in("steward")
    overview = next(m for m in ok(desk.get(f"{API}/stewardship"))["items"] if m["entity"] == "asset")
    pairs = ok(desk.get(f"{API}/stewardship/asset/pairs"))["items"]
    assert len(pairs) == overview["pairs"] + (overview["conflicts"] or 0) > 0
    assert all(p["parts"] for p in pairs)
    assert {m["name"] for m in ok(desk.get(f"{API}/stewardship/asset/matching"))["lines"]} == {"auto", "review"}


def test_equipment_leads_to_its_asset_and_an_asset_by_it_to_its_calibration(sign_in: SignIn, known: dict[str, Any]) -> None:
    metro = sign_in("metro")
    gauge = ok(metro.post(f"{API}/entities/equipment", json={"asset_no": "AST-T1", "name": known["name"], "kind": "gauge", "asset": known["_id"]}))["item"]
    related = {r["entity"]: r for r in ok(metro.get(f"{API}/entities/asset/{known['_id']}"))["related"]}
    assert related["equipment"]["count"] == 1
    (listed,) = ok(metro.get(f"{API}/entities/equipment", params={"filter": related["equipment"]["filters"]}))["items"]
    assert (listed["_id"], listed["asset"]) == (gauge["_id"], known["_id"])
    ok(metro.post(f"{API}/entities/calibration_record", json={"equipment": "AST-T1", "kind": "external", "due_at": "2031-03-01T00:00:00Z"}))
    beyond = {r["entity"]: r["count"] for r in ok(metro.get(f"{API}/entities/equipment/{gauge['_id']}"))["related"]}
    assert beyond["calibration_record"] == 1
