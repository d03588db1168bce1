"""A committee at work: minutes that another signs, a decision of two, an action that its responsible does, an objective whose key result is a metric."""

from datetime import date, timedelta
from itertools import count
from typing import Any

import pytest
from fastapi.testclient import TestClient

from tests.api.conftest import House
from tests.api.test_desks import API, act, ok

NUMBERS = count(1)


@pytest.fixture
def people(house: House) -> dict[str, TestClient]:
    n = next(NUMBERS)
    return {r: house.make(f"gov-{r}{n}", r) for r in ("mr", "exec", "qa_mgr", "qa")} | {"n": n}  # type: ignore[dict-item]


def make(client: TestClient, entity: str, **values: Any) -> dict[str, Any]:
    found: dict[str, Any] = ok(client.post(f"{API}/entities/{entity}", json=values), 201)["item"]
    return found


def state(client: TestClient, item: dict[str, Any], entity: str) -> str:
    found = {i["_id"]: i["_state"] for i in ok(client.get(f"{API}/entities/{entity}?limit=200"))["items"]}
    return str(found[item["_id"]])


def test_minutes_are_signed_by_another_once_a_quorum_came_and_all_is_dealt_with(people: dict[str, TestClient]) -> None:
    meeting = make(people["qa_mgr"], "governance_meeting", subject="一季度会议", held_at="2026-03-01T09:00:00+08:00")
    no = meeting["meeting_no"]
    for member, present in (("a", True), ("b", False)):
        make(people["qa_mgr"], "governance_attendee", meeting=no, member=member, capacity="member", present=present)
    make(people["qa_mgr"], "governance_agenda_item", meeting=no, line_no=1, matter="统一投诉率口径", treatment="decide")
    held = act(people["qa_mgr"], meeting, "hold", entity="governance_meeting", minutes="讨论了口径")
    assert held.status_code == 409, held.text  # one of two is no quorum
    make(people["qa_mgr"], "governance_attendee", meeting=no, member="c", capacity="chair", present=True)
    ok(act(people["qa_mgr"], meeting, "hold", entity="governance_meeting", minutes="讨论了口径"))
    assert act(people["mr"], meeting, "sign_minutes", entity="governance_meeting").status_code == 409  # the matter has no outcome
    line = ok(people["qa_mgr"].get(f"{API}/entities/governance_agenda_item?filter=meeting:eq:{no}"))["items"][0]
    tag = people["qa_mgr"].get(f"{API}/entities/governance_agenda_item/{line['_id']}").headers["etag"]
    ok(people["qa_mgr"].put(f"{API}/entities/governance_agenda_item/{line['_id']}", json={n: line[n] for n in ("meeting", "line_no", "matter", "treatment")} | {"outcome": "通过"}, headers={"If-Match": tag}))
    ok(act(people["mr"], meeting, "sign_minutes", entity="governance_meeting"))
    assert state(people["mr"], meeting, "governance_meeting") == "signed"


def test_a_decision_is_carried_out_when_its_actions_are(people: dict[str, TestClient]) -> None:
    decision = make(people["qa"], "governance_decision", subject="目标 5‰", proposal="投诉率目标定为 5‰", metric="complaint_rate")
    values = {"decision": "同意", "effective_on": "2026-04-01"}
    ok(act(people["mr"], decision, "decide", entity="governance_decision", **values))
    assert state(people["mr"], decision, "governance_decision") == "proposed"  # one of the two
    ok(act(people["exec"], decision, "decide", entity="governance_decision", **values))
    action = make(people["qa"], "governance_action", decision=decision["decision_no"], what="更新手册", due_on="2026-05-01")
    assert act(people["mr"], decision, "carry_out", entity="governance_decision").status_code == 409
    done = {"done_on": "2026-04-20", "result": "已更新"}
    assert act(people["qa_mgr"], action, "finish", entity="governance_action", **done).status_code == 409  # it is for another
    ok(act(people["qa"], action, "finish", entity="governance_action", **done))
    ok(act(people["mr"], action, "verify", entity="governance_action"))
    ok(act(people["mr"], decision, "carry_out", entity="governance_decision"))
    assert state(people["mr"], decision, "governance_decision") == "carried_out"


def test_a_key_result_stands_where_its_metric_does(house: House, people: dict[str, TestClient]) -> None:
    n, today = people["n"], date.today()  # noqa: DTZ011 - the house's clock is the machine's
    objective = make(people["qa_mgr"], "objective", aim="措施按期", cycle="2026")
    no = objective["objective_no"]
    assert act(people["mr"], objective, "agree", entity="objective").status_code == 409  # nothing says whether it is reached
    span = {"starts_on": str(today - timedelta(days=100)), "due_on": str(today + timedelta(days=100))}
    make(people["qa_mgr"], "key_result", objective=no, line_no=1, metric="capa_actions_on_time", period="trailing_12_months", start_value=0, target_value=90, **span)
    make(people["qa_mgr"], "key_result", objective=no, line_no=2, metric="no_such_metric", period="trailing_12_months", start_value=0, target_value=1, **span)
    ok(act(people["mr"], objective, "agree", entity="objective"))
    with house.installation.store.transaction() as tx:
        for done in (str(today), None):
            tx.exec_driver_sql(
                "insert into native.capa_action (id, capa, action_no, kind, what, responsible, due_on, extended, done_on, _created_by, _updated_by)"
                " values (%s, %s, 1, 'corrective', 'x', 'P1', %s, 0, %s, 'test', 'test')", (f"goal-{n}-{done}", f"G{n}{done}", str(today), done))
    span_ = f"period=trailing_12_months&to={today}"
    now = ok(people["mr"].get(f"{API}/metrics/capa_actions_on_time?{span_}"))["figures"]["whole"]["value"]
    goals = {g["metric"]: g for g in ok(people["mr"].get(f"{API}/metric-goals"))["items"] if g["of"] == f"objective/{no}"}
    one = goals["capa_actions_on_time"]
    assert one["now"] == now > 0
    assert one["share"] == pytest.approx(now / 90)
    assert one["expected"] == pytest.approx(0.5, abs=0.02)
    assert one["standing"] == ("on_track" if now / 90 >= one["expected"] else "at_risk")
    assert (goals["no_such_metric"]["known"], goals["no_such_metric"]["standing"]) == (False, "unknown")
