"""Systems take over what became of masters: they ask for what comes after their position, and say what they took and what they could not."""

from collections.abc import Iterator
from typing import Any

import pytest

from medthread.api.server import create_app
from tests.api.conftest import House
from tests.api.test_stewardship import API, client, codes, golden, ok
from tests.conftest import Opening
from tests.scenarios import company, firms

FEED, RECEIPTS = f"{API}/masters/supplier/changes", f"{API}/masters/supplier/receipts"


@pytest.fixture(scope="module")
def works(tmp_path_factory: pytest.TempPathFactory, open_beside: Opening) -> Iterator[House]:
    home = firms.found(tmp_path_factory.mktemp("published") / "c")
    (home / "sources" / "erp.yaml").write_text(firms.MAPPED.replace("city: city}", "city: city, phone: phone}"), encoding="utf-8")
    with open_beside(home) as opened, opened.serving(None) as services:
        company.run(opened)
        house = House(opened, create_app(services))
        for name, roles in (("keeper", ("steward",)), ("reader", ("buyer",))):
            house.make(name, *roles)
        yield house


def feed(desk: Any, **asked: int) -> dict[str, Any]:
    found: dict[str, Any] = ok(desk.get(FEED, params=asked))
    return found


def test_a_system_follows_page_by_page_and_says_how_far_it_is(works: House) -> None:
    desk = client(works)
    whole = feed(desk)
    taken: list[Any] = []
    at = 0
    while at < whole["last"]:
        page = feed(desk, after=at, limit=5)
        taken += page["items"]
        at = page["next"]
    assert taken == whole["items"]
    assert {(i["golden_id"], i["record_id"]) for i in taken if i["kind"] == "joined"} >= {(golden(desk, "A1"), "erp|A1"), (golden(desk, "A1"), "erp|A2")}
    said = {"subscriber": "mes", "taken": at, "refused": {str(taken[0]["seq"]): "编码长度超过 8 位"}}
    assert ok(desk.post(RECEIPTS, json=said)) == {"subscriber": "mes", "taken": at}
    assert ok(desk.post(RECEIPTS, json=said))["taken"] == at
    (mes,) = ok(desk.get(f"{API}/masters/supplier/subscribers"))["items"]
    assert (mes["name"], mes["behind"], mes["open"], mes["account"]) == ("mes", 0, 1, "keeper")
    assert [(r["seq"], r["reason"], r["golden_id"]) for r in mes["refused"]] == [(taken[0]["seq"], "编码长度超过 8 位", taken[0]["golden_id"])]
    ok(desk.post(RECEIPTS, json={"subscriber": "mes", "taken": at, "settled": [taken[0]["seq"]]}))
    assert [(s["open"], s["refused"]) for s in ok(desk.get(f"{API}/masters/supplier/subscribers"))["items"]] == [(0, [])]


@pytest.mark.parametrize(("said", "status", "why"), [
    ({"subscriber": "wms", "taken": 10**9}, 422, "changes were told"),
    ({"subscriber": "wms", "taken": 1, "refused": {"2": "不行不行"}}, 422, "is refused, but only 1"),
    ({"subscriber": "wms", "taken": 1, "refused": {"1": "?"}}, 422, ""),
    ({"subscriber": "WMS 2", "taken": 1}, 422, ""),
])
def test_a_receipt_of_what_was_not_told_is_refused(works: House, said: dict[str, Any], status: int, why: str) -> None:
    answer = client(works).post(RECEIPTS, json=said, headers={"accept-language": "en"})
    assert answer.status_code == status
    assert why in answer.text


def test_a_position_does_not_go_back_and_readers_give_no_receipts(works: House) -> None:
    desk = client(works)
    ok(desk.post(RECEIPTS, json={"subscriber": "plm", "taken": 3}))
    assert desk.post(RECEIPTS, json={"subscriber": "plm", "taken": 2}).status_code == 409
    assert client(works, "reader").post(RECEIPTS, json={"subscriber": "plm", "taken": 4}).status_code == 403


def test_the_history_of_a_golden_record_holds_those_that_were_merged_into_it(works: House) -> None:
    desk = client(works)
    a1, a3 = golden(desk, "A1"), golden(desk, "A3")
    last = feed(desk)["last"]
    company.write(works.installation.workspace.home / "inbox" / "supplier_2.csv", firms.HEADER, [("A3", "宁波华阳塑胶有限公司", firms.NINGBO, "宁波", "13800001111")])
    company.run(works.installation)
    assert codes(desk, a1) == {"A1", "A2", "A3"}
    told = ok(desk.get(f"{API}/masters/supplier/{a1}/history"))["items"]
    assert [h["seq"] for h in told] == sorted((h["seq"] for h in told), reverse=True)
    assert {(h["golden_id"], h["kind"], h["after"]) for h in told if h["seq"] > last} >= {(a3, "merged", a1), (a1, "joined", None)}
    assert {(h["golden_id"], h["kind"]) for h in told if h["seq"] <= last} >= {(a3, "created"), (a1, "created")}
    assert [(h["field"], h["before"], h["after"]) for h in told if h["field"] == "phone"] == [("phone", None, None)]
    first = ok(desk.get(f"{API}/masters/supplier/{a1}/history", params={"limit": 2}))
    rest = ok(desk.get(f"{API}/masters/supplier/{a1}/history", params={"limit": 200, "after": first["next"]}))
    assert [*first["items"], *rest["items"]] == told
