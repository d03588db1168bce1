"""A steward at the desk: what may be one firm is looked at, decided with a reason, approved where much hangs on it, and taken back."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select, update

from medthread.api.server import create_app
from medthread.governance.quality_index import today_in
from medthread.stores.postgres.tables import audit_event, match_decision
from tests.api.conftest import House
from tests.conftest import Opening
from tests.scenarios import company, firms

API = "/api/v1"


@pytest.fixture
def works(tmp_path_factory: pytest.TempPathFactory, open_beside: Opening) -> Iterator[House]:
    home = firms.found(tmp_path_factory.mktemp("firms") / "c")
    (home / "medthread.toml").write_text('name = "试验"\ninbox = "inbox"\n[masters]\nsecond_person_from = 5\n', encoding="utf-8")
    with open_beside(home) as opened, opened.serving(None) as services:
        company.run(opened)
        house = House(opened, create_app(services))
        for name, roles in (("keeper", ("steward",)), ("second", ("quality",)), ("reader", ("buyer",))):
            house.make(name, *roles)
        yield house


def client(house: House, name: str = "keeper") -> TestClient:
    found = house.browser()
    assert house.enter(found, name).status_code == 200
    return found


def ok(answer: Any, status: int = 200) -> Any:
    assert answer.status_code == status, answer.text
    return answer.json()


def golden(desk: TestClient, code: str) -> str:
    """The golden id of the supplier with a code."""
    items = ok(desk.get(f"{API}/masters/supplier", params={"q": code}))["items"]
    return next(i["golden_id"] for i in items if code in i["codes"].split())


def codes(desk: TestClient, id_: str) -> set[str]:
    return {r["source_key"] for r in ok(desk.get(f"{API}/masters/supplier/{id_}"))["records"]}


def rerun(house: House) -> None:
    company.run(house.installation)


def test_a_likely_pair_is_shown_with_its_evidence_and_merged(works: House) -> None:
    desk = client(works)
    overview = next(m for m in ok(desk.get(f"{API}/stewardship"))["items"] if m["entity"] == "supplier")
    assert (overview["pairs"], overview["conflicts"], overview["asked"]) == (1, 0, 0)
    (pair,) = ok(desk.get(f"{API}/stewardship/supplier/pairs"))["items"]
    assert {s["codes"] for s in pair["sides"]} == {"A1 A2", "A3"}
    assert [(p["what"], p["weight"]) for p in pair["parts"]] == [("name", 30)]
    ids = [s["golden_id"] for s in pair["sides"]]
    answer = ok(desk.get(f"{API}/stewardship/supplier/pairs", params={"golden": ids}))
    assert (answer["lines"], [p["id"] for p in answer["items"]]) == ({"review": 24.0, "auto": 38.0}, [pair["id"]])
    assert ok(desk.get(f"{API}/stewardship/supplier/pairs", params={"golden": [ids[0], golden(desk, "B1")]}))["items"] == []
    seen = ok(desk.post(f"{API}/stewardship/supplier/preview", json={"kind": "merge", "golden": ids}))
    assert [sorted(g) for g in seen["groups"]] == [["erp|A1", "erp|A2", "erp|A3"]]
    assert (seen["second_person"], seen["blocked"]) == (True, [])
    assert seen["impact"]["by"] == {"receipt": 7}


def test_where_little_hangs_on_it_one_person_decides_and_may_take_it_back(works: House) -> None:
    desk = client(works)
    a3, b1 = golden(desk, "A3"), golden(desk, "B1")
    said = ok(desk.post(f"{API}/stewardship/supplier/decisions", json={"kind": "merge", "golden": [a3, b1], "reason": "收购,见合同"}), 201)
    assert said["status"] == "in_force"
    before = works.installation.releases.current()
    rerun(works)
    kept = golden(desk, "A3")
    assert codes(desk, kept) == {"A3", "B1", "B2"}
    assert kept == b1  # the larger side keeps its id
    assert ok(desk.get(f"{API}/masters/supplier/{a3}"))["merged_from"] == a3
    ok(desk.post(f"{API}/stewardship/decisions/{said['id']}/end", json={"reason": "收购未成"}))
    rerun(works)
    assert (golden(desk, "A3"), golden(desk, "B1")) == (a3, b1)
    assert ok(desk.get(f"{API}/masters/supplier/{a3}"))["merged_from"] is None
    after = works.installation.releases.current()
    assert before is not None
    assert after is not None
    with works.installation.store.transaction() as tx:
        acts = tx.execute(select(audit_event.c.action, audit_event.c.reason).where(audit_event.c.action.like("master.%")).order_by(audit_event.c.seq)).all()
    assert [tuple(a) for a in acts] == [("master.decide", "收购,见合同"), ("master.end", "收购未成")]


def test_where_much_hangs_on_it_another_person_approves(works: House) -> None:
    desk, other = client(works), client(works, "second")
    a1, a3 = golden(desk, "A1"), golden(desk, "A3")
    body = {"kind": "merge", "golden": [a1, a3], "reason": "同一公司的简称"}
    said = ok(desk.post(f"{API}/stewardship/supplier/decisions", json=body), 201)
    assert said["status"] == "asked"
    assert desk.post(f"{API}/stewardship/supplier/decisions", json=body).status_code == 409
    rerun(works)
    assert codes(desk, a1) == {"A1", "A2"}
    assert ok(desk.get(f"{API}/stewardship/supplier/pairs"))["items"][0]["decision"]["status"] == "asked"
    approval = f"{API}/stewardship/decisions/{said['id']}/approval"
    own = desk.post(approval, json={"grant": True, "reason": "我自己批"})
    assert (own.status_code, own.json()["hint"]) == (403, "let somebody else approve")
    ok(other.post(approval, json={"grant": True, "reason": "核对了执照"}))
    rerun(works)
    assert codes(desk, a1) == {"A1", "A2", "A3"}
    assert ok(desk.get(f"{API}/stewardship/supplier/pairs"))["items"] == []
    record = next(r for r in ok(desk.get(f"{API}/masters/supplier/{a1}"))["records"] if r["source_key"] == "A3")
    assert record["tier"] == "steward"
    assert desk.post(f"{API}/stewardship/decisions/{said['id']}/end", json={"reason": "错了"}).status_code == 200  # a steward may approve too


def test_what_waits_for_a_second_person_is_in_the_inbox_of_those_who_may_be_it(works: House) -> None:
    desk, other, reader = client(works), client(works, "second"), client(works, "reader")
    a1, a3 = golden(desk, "A1"), golden(desk, "A3")
    said = ok(desk.post(f"{API}/stewardship/supplier/decisions", json={"kind": "merge", "golden": [a1, a3], "reason": "同一公司的简称"}), 201)
    (waits,) = ok(other.get(f"{API}/inbox"))["masters"]
    assert (waits["id"], waits["mine"], waits["names"]) == (said["id"], False, {a1: "宁波华阳塑胶有限公司", a3: "华阳"})
    assert [ok(c.get(f"{API}/inbox"))["masters"] for c in (desk, reader)] == [[], []]  # who asked, and who may not
    ok(other.post(f"{API}/stewardship/decisions/{said['id']}/approval", json={"grant": True, "reason": "核对了执照"}))
    assert ok(other.get(f"{API}/inbox"))["masters"] == []
    rerun(works)
    (known,) = ok(desk.get(f"{API}/stewardship/decisions", params={"golden": a3}))["items"]
    assert known["names"] == {a1: "宁波华阳塑胶有限公司", a3: "宁波华阳塑胶有限公司"}  # the one that is no more is called as the one that took it over


def test_a_decision_tells_what_it_states_in_words(works: House) -> None:
    desk = client(works)
    b = golden(desk, "B1")
    ok(desk.post(f"{API}/stewardship/supplier/decisions", json={"kind": "value", "golden": [b], "values": {"status": "active", "city": None}, "reason": "核对过"}), 201)
    (known,) = ok(desk.get(f"{API}/stewardship/decisions", params={"golden": b}))["items"]
    assert [(v["field"], v["value"], v["code"] and v["code"]["en"]) for v in sorted(known["stated"], key=lambda v: v["field"])] == [("city", None, None), ("status", "active", "Active")]


def test_what_was_parted_stays_so_when_more_like_it_comes(works: House) -> None:
    desk = client(works)
    b = golden(desk, "B1")
    seen = ok(desk.post(f"{API}/stewardship/supplier/preview", json={"kind": "split", "golden": [b], "apart": [["erp|B2"]]}))
    assert sorted(seen["groups"]) == [["erp|B1"], ["erp|B2"]]
    said = ok(desk.post(f"{API}/stewardship/supplier/decisions", json={"kind": "split", "golden": [b], "apart": [["erp|B2"]], "reason": "两家同名厂"}), 201)
    assert said["status"] == "in_force"
    company.write(works.installation.workspace.inbox / "supplier2.csv", firms.HEADER, [("B3", "苏州金泰精密五金有限公司", "", "苏州", "")])
    rerun(works)
    parted = {golden(desk, "B1"), golden(desk, "B2")}
    assert len(parted) == 2
    assert b in parted
    assert golden(desk, "B3") in parted
    assert all({s["golden_id"] for s in p["sides"]} != parted for p in ok(desk.get(f"{API}/stewardship/supplier/pairs"))["items"])


def test_two_valid_identifiers_are_never_one(works: House) -> None:
    desk = client(works)
    answer = desk.post(f"{API}/stewardship/supplier/decisions", json={"kind": "merge", "golden": [golden(desk, "A1"), golden(desk, "C1")], "reason": "想合并"})
    assert (answer.status_code, bool(answer.json()["hint"])) == (409, True)


def test_not_the_same_is_not_asked_again(works: House) -> None:
    desk, other = client(works), client(works, "second")
    (pair,) = ok(desk.get(f"{API}/stewardship/supplier/pairs"))["items"]
    ids = [s["golden_id"] for s in pair["sides"]]
    said = ok(desk.post(f"{API}/stewardship/supplier/decisions", json={"kind": "split", "golden": ids, "reason": "另一家"}), 201)
    ok(other.post(f"{API}/stewardship/decisions/{said['id']}/approval", json={"grant": True, "reason": "确是另一家"}))
    rerun(works)
    assert ok(desk.get(f"{API}/stewardship/supplier/pairs"))["items"] == []
    assert {golden(desk, "A1"), golden(desk, "A3")} == set(ids)


def test_a_stated_value_stands_above_the_sources_until_it_is_taken_back(works: House) -> None:
    desk = client(works)
    b = golden(desk, "B1")
    said = ok(desk.post(f"{API}/stewardship/supplier/decisions", json={"kind": "value", "golden": [b], "values": {"name": "苏州金泰五金", "city": None}, "reason": "更名"}), 201)
    rerun(works)
    fields = {f["name"]: f for f in ok(desk.get(f"{API}/masters/supplier/{b}"))["fields"]}
    assert (fields["name"]["value"], fields["name"]["rule"], fields["name"]["decision"]) == ("苏州金泰五金", "steward", said["id"])
    assert fields["city"]["value"] is None
    assert ok(desk.get(f"{API}/entities/supplier/{b}"))["item"]["name"] == "苏州金泰五金"
    ok(desk.post(f"{API}/stewardship/decisions/{said['id']}/end", json={"reason": "未更名"}))
    rerun(works)
    assert ok(desk.get(f"{API}/entities/supplier/{b}"))["item"]["name"] == "苏州金泰精密五金有限公司"


def test_a_critical_value_takes_a_second_person_however_little_hangs_on_it(works: House) -> None:
    desk = client(works)
    b = golden(desk, "B1")
    said = {"kind": "value", "golden": [b], "reason": "供应商来函"}
    assert ok(desk.post(f"{API}/stewardship/supplier/decisions", json={**said, "values": {"city": "昆山"}}), 201)["status"] == "in_force"
    asked = ok(desk.post(f"{API}/stewardship/supplier/decisions", json={**said, "values": {"bank_account": "755012345678"}}), 201)
    assert asked["status"] == "asked"
    assert desk.post(f"{API}/stewardship/decisions/{asked['id']}/approval", json={"grant": True, "reason": "已核对"}).status_code == 403


def test_a_stated_value_ends_on_its_day_by_itself(works: House) -> None:
    desk = client(works)
    b, today = golden(desk, "B1"), today_in("Asia/Shanghai")
    body = {"kind": "value", "golden": [b], "values": {"name": "苏州金泰五金"}, "reason": "更名过渡期"}
    assert desk.post(f"{API}/stewardship/supplier/decisions", json={**body, "until": str(today)}).status_code == 422
    said = ok(desk.post(f"{API}/stewardship/supplier/decisions", json={**body, "until": str(today + timedelta(days=1))}), 201)
    rerun(works)
    assert ok(desk.get(f"{API}/masters/supplier", params={"q": "B1"}))["items"][0]["name"] == "苏州金泰五金"
    with works.installation.store.transaction() as tx:  # a day goes by
        tx.execute(update(match_decision).where(match_decision.c.id == said["id"]).values(until=today))
    rerun(works)
    assert ok(desk.get(f"{API}/masters/supplier", params={"q": "B1"}))["items"][0]["name"] == "苏州金泰精密五金有限公司"


def test_what_cannot_be_stated_is_refused(works: House) -> None:
    desk = client(works)
    body = {"kind": "value", "golden": [golden(desk, "B1")], "reason": "试试"}
    wrong: list[tuple[dict[str, str | None], str]] = [
        ({"code": "X"}, "code"), ({"phone": "139"}, "phone"), ({"status": "sleeping"}, "status"), ({"none": "x"}, "none"), ({"name": None}, "name"), ({}, "value"),
    ]
    for values, word in wrong:
        answer = desk.post(f"{API}/stewardship/supplier/decisions", json=body | {"values": values})
        assert answer.status_code == 422
        assert word in answer.text


def test_whoever_reads_does_not_decide(works: House) -> None:
    reader = client(works, "reader")
    id_ = golden(reader, "B1")
    body = {"kind": "value", "golden": [id_], "values": {"city": "无锡"}, "reason": "试试"}
    assert reader.post(f"{API}/stewardship/supplier/decisions", json=body).status_code == 403
    assert ok(reader.get(f"{API}/stewardship"))["decides"] is False
    missing = client(works).post(f"{API}/stewardship/supplier/decisions", json=body | {"golden": ["SUP-0"]})
    assert (missing.status_code, bool(missing.json()["hint"])) == (404, True)


def test_what_is_there_already_is_found_before_it_is_made_again(works: House) -> None:
    reader = client(works, "reader")
    fields = {f["name"] for f in ok(reader.get(f"{API}/stewardship/supplier/check"))["items"]}
    assert fields == {"name", "city", "address", "uscc"}

    def asked(**values: str) -> list[tuple[str, bool]]:
        return [(i["codes"], i["sure"]) for i in ok(reader.post(f"{API}/stewardship/supplier/check", json=values))["items"]]

    assert asked(name="苏州市金泰精密五金有限公司") == [("B1 B2", True)]
    assert asked(name="随便什么", uscc=firms.OTHER.lower()) == [("C1 D1", True)]
    assert ("A1 A2", False) in asked(name="华阳")
    assert asked(name="从未见过的公司") == []
    assert asked(name="") == []
    refused = reader.post(f"{API}/stewardship/supplier/check", json={"phone": "13900000000"})
    assert refused.status_code == 422


def test_a_figure_that_people_write_in_their_way_is_read_by_the_run(works: House) -> None:
    """Whatever passes is written as the lake reads it, or the next run would end at it."""
    desk = client(works)
    item = next(i["golden_id"] for i in ok(desk.get(f"{API}/masters/item", params={"q": "M1"}))["items"] if "M1" in i["codes"].split())
    body = {"kind": "value", "golden": [item], "reason": "核对图纸"}
    too_large = desk.post(f"{API}/stewardship/item/decisions", json=body | {"values": {"standard_cost": "1e60"}})
    assert (too_large.status_code, bool(too_large.json()["hint"])) == (422, True)
    asked = ok(desk.post(f"{API}/stewardship/item/decisions", json=body | {"values": {"standard_cost": "1.5e3", "shelf_life_days": "0730"}}), 201)
    ok(client(works, "second").post(f"{API}/stewardship/decisions/{asked['id']}/approval", json={"grant": True, "reason": "与图纸一致"}))
    rerun(works)
    found = ok(desk.get(f"{API}/entities/item/{item}"))["item"]
    assert (float(found["standard_cost"]), found["shelf_life_days"]) == (1500.0, 730)


def test_a_merge_that_identifiers_no_longer_allow_is_shown_and_not_silently_left_out(works: House) -> None:
    desk = client(works)
    a3, b1 = golden(desk, "A3"), golden(desk, "B1")
    ok(desk.post(f"{API}/stewardship/supplier/decisions", json={"kind": "merge", "golden": [a3, b1], "reason": "同一家"}), 201)
    now = [("A3", "华阳", firms.NINGBO, "", ""), ("B1", "苏州金泰精密五金有限公司", firms.OTHER, "苏州", "")]
    company.write(works.installation.workspace.inbox / "supplier2.csv", firms.HEADER, list(now))
    rerun(works)
    assert golden(desk, "A3") != golden(desk, "B1")
    shown = ok(desk.get(f"{API}/stewardship/supplier/pairs", params={"kind": "conflict"}))["items"]
    assert [(p["tier"], p["against"]["en"]) for p in shown if {p["a"], p["b"]} == {"erp|A3", "erp|B1"}] == [("steward", "valid identifiers differ")]
