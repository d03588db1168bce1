"""Records written here are said to a system in its own codes; what cannot be said waits, and a person settles it."""

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from medthread.api.server import create_app
from tests.api.conftest import House
from tests.conftest import Opening
from tests.scenarios import company

API = "/api/v1"
RULE = """
name: plans
zh: 检验方案回写
en: Inspection plans to the ERP
to: erp
of: inspection_plan
where: {stage: incoming}
values:
  ITEM: {field: item, code_of: item}
  PLAN: plan_no
  STATE: {field: state, codes: {draft: D}}
way: {file: erp/plans}
"""
PLAN = {"stage": "incoming", "document": "WI-1", "aql": "1.0"}


@pytest.fixture(scope="module")
def works(tmp_path_factory: pytest.TempPathFactory, open_beside: Opening) -> Iterator[House]:
    home = company.found(tmp_path_factory.mktemp("writebacks") / "c")
    (home / "writebacks").mkdir()
    (home / "writebacks" / "plans.yaml").write_text(RULE, encoding="utf-8")
    with open_beside(home) as opened, opened.services(None) as services:
        company.run(opened)
        house = House(opened, create_app(services))
        for name, roles in (("engineer", ("data_engineer",)), ("qa", ("qa",)), ("reader", ("buyer",))):
            house.make(name, *roles)
        yield house


def _client(house: House, name: str) -> TestClient:
    found = house.browser()
    assert house.enter(found, name).status_code == 200
    return found


def _written(home: Path) -> list[dict[str, str]]:
    found: list[dict[str, str]] = []
    for path in sorted((home / "outbox" / "erp" / "plans").glob("*.csv")):
        with path.open(encoding="utf-8-sig", newline="") as file:
            found += list(csv.DictReader(file))
    return found


def test_a_record_reaches_the_source_in_its_codes_and_what_cannot_be_said_waits(works: House) -> None:
    engineer, qa, reader = (_client(works, n) for n in ("engineer", "qa", "reader"))
    item = next(i["golden_id"] for i in engineer.get(f"{API}/masters/item", params={"q": "M1"}).json()["items"] if "M1" in i["codes"].split())
    made = [qa.post(f"{API}/entities/inspection_plan", json={**PLAN, "item": i}) for i in (item, "M-unknown")]
    assert [m.status_code for m in made] == [201, 201], [m.text for m in made]
    numbers = [m.json()["item"]["plan_no"] for m in made]

    [rule] = engineer.get(f"{API}/writebacks/rules").json()["items"]
    assert (rule["name"], rule["to"], rule["way"], rule["words"], rule["open"]) == ("plans", "erp", "file", ["ITEM", "PLAN", "STATE"], 0)
    assert reader.post(f"{API}/writebacks/round").status_code == 403
    assert engineer.post(f"{API}/writebacks/round").json() == {"delivered": {"plans": 1}}
    assert [(r["ITEM"], r["PLAN"], r["STATE"]) for r in _written(works.installation.workspace.home)] == [("M1", numbers[0], "D")]

    # The other names no item of the source: it waits for a person, and is put right by itself once the record is.
    [waits] = engineer.get(f"{API}/writebacks", params={"state": "open"}).json()["items"]
    assert (waits["state"], waits["error"], waits["payload"]["PLAN"]) == ("unsendable", "item M-unknown", numbers[1])
    assert _settle(engineer, waits["id"], "retry") == 409
    assert _settle(reader, waits["id"], "done") == 403
    assert _settle(engineer, waits["id"], "done") == 200
    assert engineer.get(f"{API}/writebacks", params={"state": "open"}).json()["items"] == []
    assert _settle(engineer, "Wnobody", "done") == 404
    assert engineer.get(f"{API}/writebacks", params={"state": "lost"}).status_code == 422

    # Changed here, it is said anew, and what was said before is overtaken or stays as it was.
    plan = made[0].json()["item"]
    answer = qa.put(f"{API}/entities/inspection_plan/{plan['_id']}", json={**_values(plan), "item": "M2"}, headers={"If-Match": made[0].headers["ETag"]})
    assert answer.status_code == 200, answer.text
    assert engineer.post(f"{API}/writebacks/round").json() == {"delivered": {"plans": 1}}
    assert sorted(r["ITEM"] for r in _written(works.installation.workspace.home)) == ["M1", "M2"]
    page = engineer.get(f"{API}/writebacks", params={"limit": 1}).json()
    assert (len(page["items"]), page["items"][0]["payload"]["ITEM"]) == (1, "M2")
    assert len(engineer.get(f"{API}/writebacks", params={"after": page["next"]}).json()["items"]) == 2


def _settle(client: TestClient, id_: str, act: str) -> int:
    return client.post(f"{API}/writebacks/{id_}", json={"act": act, "reason": "见 ERP 截图"}).status_code


def _values(plan: dict[str, Any]) -> dict[str, Any]:
    return {n: plan[n] for n in ("plan_no", "stage", "revision", "document", "aql", "level") if plan.get(n) is not None}
