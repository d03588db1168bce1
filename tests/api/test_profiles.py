"""Profiles over HTTP: taken beside the answers, told as far as somebody may see, and rules accepted from them."""

import csv
import io
import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from fastapi.testclient import TestClient

from medthread.api.server import create_app
from medthread.model import Classification
from tests.api.conftest import House
from tests.conftest import Opening
from tests.pipeline.judge import ruled
from tests.scenarios import company

API = "/api/v1"
LOT = f"{API}/profiles/golden.lot"
PERSONS = (("keeper", ("steward",), ()), ("engineer", ("data_engineer",), ()), ("bound", ("steward",), ("P-9",)), ("boss", ("manager",), ()), ("inspector", ("quality",), ()))


@pytest.fixture(scope="module")
def works(tmp_path_factory: pytest.TempPathFactory, open_beside: Opening) -> Iterator[House]:
    home = ruled.found(tmp_path_factory.mktemp("profiled") / "c")
    ruled.write(home)
    source = home / "sources" / "erp.yaml"
    company.write(home / "inbox" / "supplier.csv", "code,name,uscc,手机", [(f"V{n}", f"供方{n}", "", f"138000000{n:02}") for n in range(20)])
    source.write_text(company.MAPPING.replace("uscc: uscc}}]", "uscc: uscc}}]\n    ignore: [手机]") + ruled.LOTS, encoding="utf-8")
    with open_beside(home) as opened, opened.serving(None) as services:
        company.run(opened)
        house = House(opened, create_app(services))
        for name, roles, plants in PERSONS:
            house.make(name, *roles, plants=plants)
        yield house


def client(house: House, name: str) -> TestClient:
    found = house.browser()
    assert house.enter(found, name).status_code == 200
    return found


def ok(answer: Any) -> Any:
    assert answer.status_code in (200, 202), answer.text
    return answer.json()


def taken(person: TestClient, table: str) -> dict[str, Any]:
    """Ask for a profile and wait until it is there."""
    ok(person.post(f"{API}/profiles/{table}"))
    until = time.monotonic() + 60
    while time.monotonic() < until:
        told: dict[str, Any] = ok(person.get(f"{API}/profiles/{table}"))
        if told["underway"] is None:
            assert told["fault"] is None
            return told
        assert told["underway"]["done"] <= told["underway"]["total"]
        time.sleep(0.05)
    raise AssertionError(table)


def test_a_profile_is_taken_kept_and_listed(works: House) -> None:
    keeper = client(works, "keeper")
    assert next(t for t in ok(keeper.get(f"{API}/profiles"))["items"] if t["table"] == "standard.lot")["taken_at"] is None
    assert ok(keeper.get(f"{API}/profiles/standard.lot"))["profile"] is None
    assert keeper.get(f"{API}/profiles/standard.lot/suggestions").status_code == 404
    told = taken(keeper, "standard.lot")
    assert (told["rows"], told["profile"]["rows"], told["profile"]["sampled"], told["is_current"]) == (100, 100, 100, True)
    line = next(t for t in ok(keeper.get(f"{API}/profiles"))["items"] if t["table"] == "standard.lot")
    assert (line["layer"], line["findings"], line["is_current"]) == ("standard", 0, True)
    lot = next(c for c in told["profile"]["columns"] if c["name"] == "lot_no")
    assert (lot["label"]["zh"], lot["distinct"], lot["patterns"][0]["form"], lot["kept_back"]) == ("批号", 100, "A9{1,2}", False)


def test_who_may_look_and_what_they_are_told(works: House) -> None:
    assert client(works, "boss").get(LOT).status_code == 403
    assert client(works, "boss").post(LOT).status_code == 403
    taken(client(works, "keeper"), "golden.lot")
    for name, sees in (("keeper", True), ("bound", False), ("inspector", True)):
        person = client(works, name)
        columns = {c["name"]: c for c in ok(person.get(LOT))["profile"]["columns"]}
        assert bool(columns["lot_no"]["values"]) is sees
        assert bool(columns["quantity"]["histogram"]) is sees
        assert columns["lot_no"]["distinct"] == 100
        assert bool(ok(person.get(f"{LOT}/suggestions"))["items"]) is sees
        lines = list(csv.DictReader(io.StringIO(person.get(f"{LOT}/columns.csv").text.lstrip("\ufeff"))))
        assert {r["column"]: bool(r["values"]) for r in lines}["lot_no"] is sees
    unknown = client(works, "keeper").get(f"{API}/profiles/golden.nothing")
    assert unknown.status_code == 404


def test_a_field_that_somebody_is_not_cleared_for_is_counted_only(works: House, monkeypatch: pytest.MonkeyPatch) -> None:
    taken(client(works, "keeper"), "golden.lot")
    fields = works.installation.registry["lot"].fields
    mark = replace(fields["lot_no"].mark, classification=Classification.CONFIDENTIAL)
    monkeypatch.setitem(fields, "lot_no", replace(fields["lot_no"], mark=mark))
    for name, sees in (("inspector", True), ("engineer", False)):
        person = client(works, name)
        columns = {c["name"]: c for c in ok(person.get(LOT))["profile"]["columns"]}
        assert (bool(columns["lot_no"]["values"]), columns["lot_no"]["kept_back"], bool(columns["quantity"]["values"])) == (sees, not sees, True)
        fielded = {s["field"] for s in ok(person.get(f"{LOT}/suggestions"))["items"] if s["kind"] == "pattern"}
        assert ("lot_no" in fielded) is sees


def test_a_column_of_phones_that_the_mapping_calls_harmless_is_a_finding_without_a_phone(works: House) -> None:
    keeper = client(works, "keeper")
    told = taken(keeper, "raw.erp_supplier")
    phone = next(c for c in told["profile"]["columns"] if c["name"] == "手机")
    assert (phone["suspected"]["kind"], phone["suspected"]["declared"], phone["standing"]) == ("mobile", False, "masked")
    assert "1380000" not in keeper.get(f"{API}/profiles/raw.erp_supplier").text
    assert next(t for t in ok(keeper.get(f"{API}/profiles"))["items"] if t["table"] == "raw.erp_supplier")["findings"] == 1
    assert ok(keeper.get(f"{API}/profiles/raw.erp_supplier/suggestions"))["items"] == []


def test_a_suggestion_is_tried_accepted_and_in_force_at_once(works: House) -> None:
    keeper, engineer = client(works, "keeper"), client(works, "engineer")
    taken(keeper, "golden.lot")
    items = {s["name"]: s for s in ok(keeper.get(f"{LOT}/suggestions"))["items"]}
    form = items["lot_lot_no_pattern"]
    assert (form["checked"], form["broken"], form["kind"], form["at"]) == (100, 0, "pattern", "intake")
    assert "check: {pattern: '[A-Z][0-9]{1,2}'}" in form["text"]
    at = f"{LOT}/suggestions/lot_lot_no_pattern"
    assert ok(keeper.post(f"{at}/try", json={}))["state"] == "holds"
    assert keeper.post(f"{at}/accept", json={}).status_code == 403
    assert engineer.post(f"{at}/accept", json={"gate": "shout"}).status_code == 422
    assert engineer.post(f"{LOT}/suggestions/lot_drift/accept", json={"gate": "quarantine"}).status_code == 422
    assert engineer.post(f"{LOT}/suggestions/none/accept", json={}).status_code == 404
    broken = works.installation.workspace.rule_folder / "broken.yaml"
    broken.write_text("name: [", encoding="utf-8")
    assert engineer.post(f"{at}/accept", json={}).status_code == 409
    broken.unlink()
    assert sorted(p.name for p in broken.parent.iterdir()) == []
    assert ok(engineer.post(f"{at}/accept", json={"gate": "quarantine", "tolerance": 0.05})) == {"rule": "lot_lot_no_pattern", "file": "rules/lot_lot_no_pattern.yaml", "proposal": None}
    listed = {r["id"]: r for r in ok(keeper.get(f"{API}/quality/rules", params={"origin": "workspace"}))["items"]}
    assert (listed["lot.lot_no.lot_lot_no_pattern"]["gate"], listed["lot.lot_no.lot_lot_no_pattern"]["tolerance"]) == ("quarantine", 0.05)
    assert "lot_lot_no_pattern" not in {s["name"] for s in ok(keeper.get(f"{LOT}/suggestions"))["items"]}
    assert engineer.post(f"{at}/accept", json={}).status_code == 404
