"""What the console asks beside lists and acts: boards, desks, what stands in the way, names in place of ids, lines, links."""

from collections.abc import Callable
from itertools import count
from typing import Any

import pytest
from fastapi.testclient import TestClient

from tests.api.conftest import HOUSE_PASSWORD, House

API = "/api/v1"
NUMBERS = count(1)
Make = Callable[..., TestClient]


@pytest.fixture(scope="session")
def make(house: House) -> Make:
    """A person with these roles, the same one every time; a new one where a test counts what is theirs."""
    known: dict[tuple[str, ...], TestClient] = {}

    def person(*roles: str, fresh: bool = False, plants: tuple[str, ...] = ()) -> TestClient:
        if plants:
            return house.make(f"desk{next(NUMBERS)}", *roles, plants=plants)
        if fresh or roles not in known:
            known[roles] = house.make(f"desk{next(NUMBERS)}", *roles)
        return known[roles]

    return person


def ok(answer: Any, status: int = 200) -> Any:
    assert answer.status_code == status, answer.text
    return answer.json() if answer.content else None


def complain(client: TestClient, **values: Any) -> dict[str, Any]:
    body = {"description": "气囊漏气", **values}
    found: dict[str, Any] = ok(client.post(f"{API}/entities/complaint", json=body), 201)["item"]
    return found


def act(client: TestClient, item: dict[str, Any], action: str, *, entity: str = "complaint", reason: str | None = None, **values: Any) -> Any:
    path, tag = f"{API}/entities/{entity}/{item['_id']}", client.get(f"{API}/entities/{entity}/{item['_id']}").headers["etag"]
    seen = ok(client.post(f"{path}/acts/{action}/preview", json={"values": values}, headers={"If-Match": tag}))
    body = {"values": values, "reason": reason, "shown": seen["content_hash"], "password": HOUSE_PASSWORD}
    return client.post(f"{path}/acts/{action}", json=body, headers={"If-Match": tag})


TRIAGE = {"device_model": "M-1", "udi_state": "not_on_device", "problem_code": "A05", "harm": "none", "reportability": "no"}


@pytest.fixture
def triage(house: House) -> dict[str, Any]:
    problems = house.installation.registry["complaint"].fields["problem_code"].mark.codes
    assert problems
    return {**TRIAGE, "problem_code": next(iter(problems))}


def test_a_list_says_where_its_records_stand(make: Make) -> None:
    svc = make("svc", fresh=True)
    item = complain(svc)
    me = ok(svc.get(f"{API}/session"))["username"]
    assert (item["_state"], item["_opened_by"]) == ("received", me)
    assert item["_due"] > item["_since"]
    mine = {"filter": [f"_opened_by:eq:{me}", "_state:eq:received"], "sort": "-_due"}
    assert [r["_id"] for r in ok(svc.get(f"{API}/entities/complaint", params=mine))["items"]] == [item["_id"]]
    late = {"filter": [f"_opened_by:eq:{me}", f"_due:lt:{item['_since']}"]}
    assert ok(svc.get(f"{API}/entities/complaint", params=late))["items"] == []
    assert svc.get(f"{API}/entities/person", params={"filter": "_state:eq:x"}).status_code == 422


def test_a_board_counts_every_state_and_shows_the_first(make: Make, triage: dict[str, Any]) -> None:
    svc, pms = make("svc", fresh=True), make("pms")
    me = ok(svc.get(f"{API}/session"))["username"]
    first, second, third = (complain(svc) for _ in range(3))
    ok(act(pms, second, "triage", **triage))
    board = ok(svc.get(f"{API}/entities/complaint/board", params={"limit": 1, "filter": f"_opened_by:eq:{me}"}))
    columns = {c["name"]: c for c in board["columns"]}
    assert [c["name"] for c in board["columns"]][:3] == ["received", "triaged", "investigating"]
    assert (columns["received"]["count"], columns["triaged"]["count"], columns["closed"]["count"]) == (2, 1, 0)
    assert [c["_id"] for c in columns["received"]["cards"]] == [first["_id"]]
    assert [c["_id"] for c in columns["triaged"]["cards"]] == [second["_id"]]
    assert columns["closed"]["terminal"]
    assert third["_id"] != first["_id"]


def test_what_has_no_process_has_no_board(make: Make) -> None:
    assert make("svc").get(f"{API}/entities/person/board").status_code == 404
    assert make("svc").get(f"{API}/entities/none/board").status_code == 404
    assert make("svc").get(f"{API}/entities/complaint/board", params={"filter": "nothing"}).status_code == 422


def test_whoever_is_bound_to_a_plant_counts_its_records_only(make: Make) -> None:
    svc = make("svc")
    bound = make("pms", plants=("P-9",))
    item = complain(svc)
    everybody = {c["name"]: c["count"] for c in ok(bound.get(f"{API}/entities/complaint/board"))["columns"]}
    assert everybody["received"] >= 1  # records of no plant are everybody's
    desk = next(d for d in ok(bound.get(f"{API}/processes"))["items"] if d["entity"] == "complaint")
    assert desk["open"] == sum(n for s, n in everybody.items() if s not in ("closed", "not_complaint"))
    assert item["_id"] in {t["record"] for t in ok(bound.get(f"{API}/inbox"))["tasks"]}


def test_desks_know_what_waits_for_whom(make: Make, triage: dict[str, Any]) -> None:
    svc, pms, buyer = make("svc"), make("pms"), make("buyer")
    item = complain(svc)

    def desk(client: TestClient) -> Any:
        return next(d for d in ok(client.get(f"{API}/processes"))["items"] if d["entity"] == "complaint")

    before = desk(pms)
    assert before["acts"]
    assert before["mine"] >= 1
    assert not desk(buyer)["acts"]
    ok(act(pms, item, "triage", **triage))
    assert desk(pms)["mine"] == before["mine"] - 1
    assert ok(pms.get(f"{API}/session"))["acts"] is True
    assert ok(buyer.get(f"{API}/session"))["acts"] is False


def test_a_case_says_who_may_act_and_what_stands_in_the_way(make: Make, triage: dict[str, Any]) -> None:
    svc, pms = make("svc"), make("pms")
    item = complain(svc, udi_state="read", harm="death", reportability="no", device_model="M", problem_code=triage["problem_code"])
    path = f"{API}/entities/complaint/{item['_id']}"
    acts = {a["action"]: a for a in ok(svc.get(f"{path}/case"))["acts"]}
    assert not acts["triage"]["mine"]
    assert [w["role"] for w in acts["triage"]["who"]] == ["pms", "qa"]
    assert acts["triage"]["who"][1]["label"] == {"zh": "质量保证", "en": "Quality assurance"}
    assert "udi" in acts["triage"]["considers"]
    assert "complaint_no" not in acts["triage"]["considers"]
    found = ok(pms.get(f"{path}/obstacles"))["acts"]
    assert {o["guard"] for o in found["triage"]} == {"triage_answered"}
    assert found["screen_out"] == []
    bare = complain(svc)
    # What the act itself asks for is not held against it before it is given.
    assert ok(pms.get(f"{API}/entities/complaint/{bare['_id']}/obstacles"))["acts"]["triage"] == []
    assert pms.get(f"{API}/entities/complaint/none/obstacles").status_code == 404


def test_a_person_bound_by_what_they_did_is_told_so(make: Make, triage: dict[str, Any]) -> None:
    svc, both = make("svc"), make("qa", "qa_mgr")
    item = complain(svc)
    ok(act(both, item, "triage", **triage))
    acts = {a["action"]: a for a in ok(both.get(f"{API}/entities/complaint/{item['_id']}/case"))["acts"]}
    assert acts["waive"]["bound"]["action"] == "triage"
    assert acts["waive"]["bound"]["label"]["zh"] == "分诊"
    assert acts["investigate"]["bound"] is None
    task = next(t for t in ok(both.get(f"{API}/inbox"))["tasks"] if t["record"] == item["_id"])
    assert [a["action"] for a in task["acts"]] == ["investigate"]
    assert task["gist"] == "气囊漏气"


def test_a_signature_says_what_changed_since(make: Make, triage: dict[str, Any]) -> None:
    svc, pms = make("svc"), make("pms")
    item = complain(svc)
    ok(act(pms, item, "triage", **triage))
    path = f"{API}/entities/complaint/{item['_id']}"
    assert [s["changed"] for s in ok(pms.get(f"{path}/case"))["signatures"]] == [[]]
    found = pms.get(path)
    body = {k: v for k, v in found.json()["item"].items() if not k.startswith("_")}
    changed = pms.put(path, params={"reason": "误填"}, json={**body, "harm": "minor" if "minor" in str(body) else "serious", "description": "导管断裂"},
                      headers={"If-Match": found.headers["etag"]})
    ok(changed)
    assert [set(s["changed"]) for s in ok(pms.get(f"{path}/case"))["signatures"]] == [{"harm", "description"}]


def test_what_was_signed_can_be_looked_at_as_it_was(make: Make, triage: dict[str, Any]) -> None:
    svc, pms, qc = make("svc"), make("pms"), make("qc")
    item = complain(svc, complainant="张某某", description="气囊漏气")
    ok(act(pms, item, "triage", **triage))
    path = f"{API}/entities/complaint/{item['_id']}"
    signature = ok(pms.get(f"{path}/case"))["signatures"][0]
    kept = ok(qc.get(f"{path}/signatures/{signature['id']}"))
    assert kept["stands"]
    assert kept["content_hash"] == signature["content_hash"]
    assert kept["content"]["values"]["harm"] == triage["harm"]
    assert "张某某" not in str(kept)
    other = complain(svc)
    assert qc.get(f"{API}/entities/complaint/{other['_id']}/signatures/{signature['id']}").status_code == 404
    assert qc.get(f"{path}/signatures/none").status_code == 404


def test_a_preview_says_what_has_to_be_given_again(make: Make, triage: dict[str, Any]) -> None:
    svc, pms = make("svc"), make("pms")
    item = complain(svc)
    seen = ok(pms.post(f"{API}/entities/complaint/{item['_id']}/acts/triage/preview", json={"values": triage}, headers={"If-Match": '"1"'}))
    assert seen["factors"] == ["password"]


def test_an_object_is_found_by_its_key(make: Make) -> None:
    svc = make("svc")
    item = complain(svc)
    assert ok(svc.get(f"{API}/entities/complaint/{item['complaint_no']}"))["item"]["_id"] == item["_id"]
    assert svc.get(f"{API}/entities/complaint/CP-1999-00001").status_code == 404
    assert svc.get(f"{API}/entities/complaint/a|b").status_code == 404


def test_a_lot_is_found_by_item_and_number(steward: TestClient) -> None:
    lots = ok(steward.get(f"{API}/entities/lot", params={"limit": 500}))["items"]
    lot = lots[0]
    by_code = ok(steward.get(f"{API}/entities/lot/{lot['item__code']}|{lot['lot_no']}"))["item"]
    by_golden_id = ok(steward.get(f"{API}/entities/lot/{lot['item']}|{lot['lot_no']}"))["item"]
    assert by_code["_id"] == by_golden_id["_id"] == lot["_id"]


def test_a_reference_offers_what_it_may_name(steward: TestClient) -> None:
    items = ok(steward.get(f"{API}/entities/item", params={"limit": 5}))["items"]
    code, name = items[0]["code"], items[0]["name"]
    found = ok(steward.get(f"{API}/entities/item/choices", params={"q": code}))["items"]
    assert {"value": code, "title": name} in found
    lot = ok(steward.get(f"{API}/entities/lot", params={"limit": 1}))["items"][0]
    along = ok(steward.get(f"{API}/entities/lot/choices", params={"along": f"item:{lot['item__code']}"}))["items"]
    assert lot["lot_no"] in {c["value"] for c in along}
    assert ok(steward.get(f"{API}/entities/lot/choices", params={"along": "item:none"}))["items"] == []
    assert steward.get(f"{API}/entities/lot/choices", params={"along": "nothing:x"}).status_code == 422


def test_nothing_is_offered_before_anything_is_published(make: Make) -> None:
    assert ok(make("svc").get(f"{API}/entities/item/choices"))["items"] == []


def recall(qa: TestClient) -> dict[str, Any]:
    found: dict[str, Any] = ok(qa.post(f"{API}/entities/recall", json={"title": "气囊漏气", "cause": "密封不良", "purpose": "mock"}), 201)["item"]
    return found


def scope(client: TestClient, number: str, lot: str) -> Any:
    return client.post(f"{API}/entities/recall_scope_lot", json={"recall": number, "item": "RM-1", "lot_no": lot})


def test_lines_are_counted_with_their_record_and_taken_off_while_it_is_open(make: Make) -> None:
    qa, buyer = make("qa"), make("auditor")
    item = recall(qa)
    path = f"{API}/entities/recall/{item['_id']}"
    line = ok(scope(qa, item["recall_no"], "L-1"), 201)["item"]
    parts = {r["entity"]: r for r in ok(qa.get(path))["related"] if r["part"]}
    assert parts["recall_scope_lot"]["count"] == 1
    assert parts["recall_line"]["count"] == 0
    listed = ok(qa.get(f"{API}/entities/recall_scope_lot", params={"filter": parts["recall_scope_lot"]["filters"]}))["items"]
    assert [r["lot_no"] for r in listed] == ["L-1"]
    one = f"{API}/entities/recall_scope_lot/{line['_id']}"
    assert qa.delete(one).status_code == 428
    assert qa.delete(one, headers={"If-Match": '"7"'}).status_code == 412
    assert buyer.delete(one, headers={"If-Match": '"1"'}).status_code == 403
    assert qa.delete(path, headers={"If-Match": '"1"'}).status_code == 409
    assert ok(qa.get(path))["item"]["recall_no"] == item["recall_no"]
    ok(qa.delete(one, headers={"If-Match": '"1"'}), 204)
    assert qa.get(one).status_code == 404
    assert qa.delete(one, headers={"If-Match": '"1"'}).status_code == 404


def test_a_record_written_here_counts_what_refers_to_it(make: Make) -> None:
    svc, pms = make("svc"), make("pms")
    item = complain(svc)
    body = {"complaint": item["complaint_no"], "jurisdiction": "CN", "place": "domestic", "severity": "potential", "aware_at": "2026-11-01T08:00:00Z"}
    ok(pms.post(f"{API}/entities/adverse_event", json=body), 201)
    related = ok(svc.get(f"{API}/entities/complaint/{item['_id']}"))["related"]
    found = next(r for r in related if r["entity"] == "adverse_event")
    assert found["count"] == 1
    assert found["filters"] == [f"complaint:eq:{item['complaint_no']}"]


def test_a_record_counts_what_it_caused(make: Make) -> None:
    svc, qa = make("svc"), make("qa")
    item = complain(svc)
    body = {"item": "RM-1", "lot_no": "L-1", "reason": "complaint", "cause_entity": "complaint", "cause_no": item["complaint_no"]}
    ok(qa.post(f"{API}/entities/hold", json=body), 201)
    related = {r["entity"]: r for r in ok(svc.get(f"{API}/entities/complaint/{item['_id']}"))["related"]}
    assert (related["hold"]["count"], related["hold"]["open"], related["hold"]["late"]) == (1, 1, 0)
    listed = ok(svc.get(f"{API}/entities/hold", params={"filter": related["hold"]["filters"]}))["items"]
    assert [r["cause_no"] for r in listed] == [item["complaint_no"]]
    fields = {f["name"]: f for f in ok(svc.get(f"{API}/meta/hold"))["fields"]}
    assert (fields["cause_no"]["type"], fields["cause_no"]["names"], fields["cause_entity"]["type"]) == ("reference", "cause_entity", "entity")


def test_a_record_is_opened_by_whom_its_process_names(make: Make) -> None:
    svc = make("svc")
    for language, opens in (("zh-CN", "质量保证"), ("en", "Quality assurance")):
        refused = svc.post(f"{API}/entities/recall", json={"title": "x", "cause": "y"}, headers={"Accept-Language": language})
        assert refused.status_code == 403
        assert opens in refused.json()["hint"]
    assert ok(svc.get(f"{API}/meta/recall"))["can"]["create"] is False
    assert ok(make("qa").get(f"{API}/meta/recall"))["can"]["create"] is True


def test_meta_says_what_later_steps_ask_for_and_along_what_a_reference_goes(make: Make) -> None:
    svc = make("svc")
    meta = ok(svc.get(f"{API}/meta/complaint"))
    assert {"harm", "investigation"} <= set(meta["process"]["asked"])
    assert meta["gist"] == "description"
    lot = next(f for f in ok(svc.get(f"{API}/meta/lot"))["fields"] if f["name"] == "item")
    assert (lot["reference"], lot["along"]) == ("item", [])


def test_parameters_of_rules_are_called_as_fields_are(make: Make) -> None:
    svc = make("svc")
    for rule in ok(svc.get(f"{API}/rules"))["items"]:
        assert [p["name"] for p in rule["parameters"]] == rule["takes"]
        assert all(p["label"]["zh"] and p["type"] in ("text", "integer", "number", "truth", "date") for p in rule["parameters"])


def test_two_holds_of_one_lot_say_in_the_inbox_why_each_stands(make: Make) -> None:
    qa, head = make("qa"), make("qa_mgr")
    for reason, cause in (("deviation", "DV-9001"), ("complaint", "CP-9001")):
        body = {"item": "FG-GLANCE", "lot_no": "L-GLANCE", "reason": reason, "cause_entity": "deviation" if reason == "deviation" else "complaint", "cause_no": cause}
        ok(qa.post(f"{API}/entities/hold", json=body), 201)
    told = [t["glance"] for t in ok(head.get(f"{API}/inbox"))["tasks"] if t["entity"] == "hold" and t["title"] == "L-GLANCE"]
    assert [[(g["label"]["en"], g["value"]["zh"], g["record"]) for g in glance] for glance in told] == [
        [("Reason", "偏差", None), ("Record of the cause", "DV-9001", "deviation/DV-9001")],
        [("Reason", "投诉或不良事件", None), ("Record of the cause", "CP-9001", "complaint/CP-9001")]]
    assert ok(head.get(f"{API}/meta/hold"))["glance"] == ["reason", "cause_no", "origin_lot"]
