"""Quality rules over HTTP: the list, one with its verdicts, and who learns which rows break it."""

from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient

from medthread.api.server import create_app
from tests.api.conftest import House
from tests.conftest import Opening
from tests.pipeline.judge import ruled
from tests.pipeline.judge.ruled import rule
from tests.scenarios import company

API = "/api/v1"


@pytest.fixture(scope="module")
def works(tmp_path_factory: pytest.TempPathFactory, open_beside: Opening) -> Iterator[House]:
    home = ruled.found(
        tmp_path_factory.mktemp("ruled") / "c",
        rule("odd", {"rows": "select lot_no from golden.lot where quantity > 97"}, owner="quality", severity="critical", dimension="accuracy"),
        rule("lots", {"holds": "1 = 1"}, on={"model": "lot_overview"}),
        rule("form", {"pattern": "L[0-9]+"}, at="intake", on={"entity": "lot", "field": "lot_no"}),
    )
    with open_beside(home) as opened, opened.serving(None) as services:
        company.run(opened)
        house = House(opened, create_app(services))
        for name, roles, plants in (("keeper", ("steward",), ()), ("bound", ("steward",), ("P-9",)), ("boss", ("manager",), ())):
            house.make(name, *roles, plants=plants)
        yield house


def client(house: House, name: str) -> TestClient:
    found = house.browser()
    assert house.enter(found, name).status_code == 200
    return found


def ok(answer: Any) -> Any:
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_the_list_tells_every_rule_that_was_tried(works: House) -> None:
    items = {r["id"]: r for r in ok(client(works, "keeper").get(f"{API}/quality/rules"))["items"]}
    assert {r for r, told in items.items() if told["origin"] == "workspace"} == {"odd", "lots", "lot.lot_no.form"}
    odd = items["odd"]
    assert (odd["state"], odd["checked"], odd["broken"], odd["at"], odd["asset"], odd["severity"], odd["owner"]) == ("broken", 100, 3, "release", "golden.lot", "critical", "quality")
    assert (items["receipt.quantity.type"]["origin"], items["receipt.quantity.type"]["broken"]) == ("software", 3)
    own = ok(client(works, "keeper").get(f"{API}/quality/rules", params={"origin": "workspace"}))["items"]
    assert len(own) == 3
    assert client(works, "keeper").get(f"{API}/quality/rules", params={"origin": "moon"}).status_code == 422


@pytest.mark.parametrize(("name", "rows"), [("keeper", ["L97", "L98", "L99"]), ("bound", []), ("boss", [])])
def test_rows_are_named_to_whoever_sees_them_all(works: House, name: str, rows: list[str]) -> None:
    told = ok(client(works, name).get(f"{API}/quality/rules/odd"))
    assert told["definition"]["check"] == {"rows": "select lot_no from golden.lot where quantity > 97"}
    [verdict] = told["verdicts"]
    assert (verdict["broken"], verdict["sample"], verdict["kept_back"]) == (3, rows, not rows)


def test_one_rule_of_the_software_and_one_that_nobody_knows(works: House) -> None:
    told = ok(client(works, "keeper").get(f"{API}/quality/rules/receipt.quantity.type"))
    assert (told["definition"], told["verdicts"][0]["sample"]) == (None, ["R0|1", "R1|1", "R2|1"])
    assert client(works, "keeper").get(f"{API}/quality/rules/none").status_code == 404


def test_rules_of_whole_tables_count_in_the_index(works: House) -> None:
    told = ok(client(works, "keeper").get(f"{API}/quality"))
    assert next(r for r in told["rules"] if r["id"] == "odd")["failed"] == 3
    assert next(d for d in told["dimensions"] if d["name"] == "accuracy")["index"] < 100


def test_each_part_has_its_index_and_a_way_down_to_the_rules(works: House) -> None:
    keeper = client(works, "keeper")
    entities = {i["name"]: i for i in ok(keeper.get(f"{API}/quality/index", params={"by": "entity"}))["items"]}
    assert entities["lot"]["dimensions"]["accuracy"] == 98.5  # 3 of 200
    fields = ok(keeper.get(f"{API}/quality/index", params={"by": "field", "of": "receipt"}))["items"]
    assert (fields[0]["name"], fields[0]["broken"]) == ("receipt.quantity", 3)
    assert keeper.get(f"{API}/quality/index", params={"by": "mood"}).status_code == 422
    assert keeper.get(f"{API}/quality/index", params={"days": 0}).status_code == 422
    lines = keeper.get(f"{API}/quality/index.csv", params={"by": "source"}).text.splitlines()
    assert lines[0].lstrip("\ufeff").startswith("by,name,zh,en,day,index")
    assert [line.split(",")[1] for line in lines[1:]] == ["erp"]
