"""A mapping while it is written: tried on what was delivered, with columns suggested, and nothing kept of it."""

from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from medthread.api.server import create_app
from tests.api.conftest import House
from tests.conftest import Opening
from tests.scenarios import company

API = "/api/v1"
AT = f"{API}/sources/erp/mapping"


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory, open_beside: Opening) -> Iterator[TestClient]:
    home = company.found(tmp_path_factory.mktemp("mapping") / "c")
    company.write(home / "inbox" / "supplier.csv", "code,name,uscc,city,tel", [(f"V{n}", f"苏州{n}五金有限公司", "", "苏州", f"138001380{n:02}") for n in range(20)])
    company.write(home / "inbox" / "new" / "vendors.csv", "vendor_no,vendor_name,状态", [("W1", "无锡明德", "启用"), ("W2", "无锡明和", "停用")])
    with open_beside(home) as opened, opened.services(None) as services:
        company.run(opened)
        house = House(opened, create_app(services))
        for name, roles in (("engineer", ("data_engineer",)), ("reader", ("buyer",))):
            house.make(name, *roles)
        found = house.browser()
        assert house.enter(found, "engineer").status_code == 200
        yield found


def _text(desk: TestClient) -> str:
    found = desk.get(AT).json()
    assert found["tables"] == ["supplier", "item", "receipt"]
    text: str = found["text"]
    return text


def test_a_draft_is_tried_on_what_was_delivered(desk: TestClient) -> None:
    text = _text(desk)
    draft = text.replace("uscc: uscc}", "uscc: uscc, city: town}")
    told = desk.post(f"{AT}/trials", json={"text": draft, "table": "supplier"}).json()
    assert (told["fit"]["missing"], told["fit"]["new"]) == (["town"], ["city", "tel"])
    draft = text.replace("uscc: uscc}", "uscc: uscc, city: city}")
    told = desk.post(f"{AT}/trials", json={"text": draft, "table": "supplier"}).json()
    assert (told["sampled"], told["accepted"], told["fit"]["missing"]) == (20, 20, [])
    assert any(line.startswith("+") and "city: city" in line for line in told["diff"])
    assert {"column": "city", "fields": ["supplier.city"]} in told["lineage"]
    # What no mapping knew is sealed on arrival, so it is shown by its mask here; what was mapped before is shown as it is.
    row = told["rows"][0]["rows"][0]
    assert (row["code"], row["city"] != "苏州", row["city"] is not None) == ("V0", True, True)
    # A receipt that would be held says by which rule.
    told = desk.post(f"{AT}/trials", json={"text": text, "table": "receipt"}).json()
    assert (told["held_rows"], {r["id"] for h in told["held"] for r in h["rules"]}) == (3, {"receipt.quantity.type"})
    assert _text(desk) == text


def test_a_draft_that_cannot_stand_says_where(desk: TestClient) -> None:
    text = _text(desk)
    for bad, says in (("tables: [", "erp.yaml"), (text.replace("entity: supplier", "entity: nobody"), "nobody"), (text.replace("name: erp", "name: mrp"), "mrp"), ("", "erp.yaml")):
        answer = desk.post(f"{AT}/trials", json={"text": bad, "table": "supplier"})
        assert (answer.status_code, says in answer.text) == (422, True), answer.text
    assert desk.post(f"{AT}/trials", json={"text": text, "table": "nothing"}).status_code == 404
    assert desk.get(f"{API}/sources/nobody/mapping").status_code == 404


def test_columns_are_suggested_and_accepted_into_the_draft(desk: TestClient) -> None:
    text = _text(desk)
    told = desk.post(f"{AT}/suggestions", json={"text": text, "table": "supplier", "entity": "supplier"}).json()
    [found] = told["items"]
    by_field = {f["field"]: f["column"] for f in found["fields"]}
    assert (by_field["city"], by_field["phone"]) == ("city", "tel")
    assert {c["name"]: c["mapped"] for c in told["columns"]}["tel"] is False
    body = {"text": text, "table": "supplier", "entity": "supplier", "field": "phone", "column": "tel"}
    made = desk.post(f"{AT}/accepted", json=body).json()["text"]
    assert desk.post(f"{AT}/trials", json={"text": made, "table": "supplier"}).json()["fit"]["new"] == ["city"]
    assert desk.post(f"{AT}/accepted", json=body | {"entity": "lot"}).status_code == 422


def test_a_file_that_nobody_reads_is_given_a_beginning(desk: TestClient) -> None:
    assert desk.get(f"{API}/unmapped-files").json()["items"] == ["new/vendors.csv"]
    told = desk.post(f"{API}/mapping-suggestions", json={"file": "new/vendors.csv"}).json()
    assert told["items"][0]["entity"] == "supplier"
    assert "vendor_no" in told["mapping"]
    assert desk.post(f"{API}/mapping-suggestions", json={"file": "../medthread.toml"}).status_code == 404
