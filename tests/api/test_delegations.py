"""Roles lent for a time: by their holder only, for a reason, seen by both, ended by either; who uses them acts for the giver."""

from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import pytest
from fastapi.testclient import TestClient

from medthread.trust.accounts import disable_account
from tests.api.conftest import House
from tests.api.test_desks import TRIAGE, act, complain, ok

API = "/api/v1"
NUMBERS = count(1)


def span(begin: float = 0, end: float = 24) -> dict[str, str]:
    """From and to, in hours from now."""
    now = datetime.now(UTC)
    return {"valid_from": (now + timedelta(hours=begin)).isoformat(), "valid_to": (now + timedelta(hours=end)).isoformat()}


@pytest.fixture
def pair(house: House) -> tuple[TestClient, TestClient, str, str]:
    """Somebody of post-market surveillance, an engineer, and their names."""
    n = next(NUMBERS)
    names = f"giver{n}", f"taker{n}"
    return house.make(names[0], "pms"), house.make(names[1], "eng"), *names


def test_what_was_lent_is_done_in_the_givers_name(house: House, pair: tuple[TestClient, TestClient, str, str]) -> None:
    giver, taker, giver_name, taker_name = pair
    problems = house.installation.registry["complaint"].fields["problem_code"].mark.codes
    values = {**TRIAGE, "problem_code": next(iter(problems or ()))}
    item = complain(house.make(f"opener{next(NUMBERS)}", "svc"))
    assert act_refused(taker, item, values) == 403
    offered = ok(giver.get(f"{API}/delegations"))
    assert [r["role"] for r in offered["roles"]] == ["pms"]
    assert taker_name in {p["name"] for p in offered["persons"]}
    assert giver_name not in {p["name"] for p in offered["persons"]}
    made = ok(giver.post(f"{API}/delegations", json={"taker": taker_name, "roles": ["pms"], "reason": "休假", **span()}), 201)
    seen = ok(taker.get(f"{API}/delegations"))["items"][0]
    assert (seen["id"], seen["given"], seen["stands"], seen["giver"]) == (made["id"], False, "valid", giver_name)
    task = next(t for t in ok(taker.get(f"{API}/inbox"))["tasks"] if t["record"] == item["_id"])
    assert [(a["action"], a["on_behalf_of"]) for a in task["acts"]] == [("triage", giver_name)]
    ok(act(taker, item, "triage", **values))
    step = ok(giver.get(f"{API}/entities/complaint/{item['_id']}/case"))["steps"][-1]
    assert (step["actor"], step["on_behalf_of"], step["role"]) == (taker_name, giver_name, "pms")
    ok(taker.delete(f"{API}/delegations/{made['id']}"), 204)
    assert ok(giver.get(f"{API}/delegations"))["items"][0]["stands"] == "revoked"
    another = complain(giver)
    assert act_refused(taker, another, values) == 403


def test_who_was_shut_out_lends_nothing(house: House, pair: tuple[TestClient, TestClient, str, str]) -> None:
    giver, taker, giver_name, taker_name = pair
    problems = house.installation.registry["complaint"].fields["problem_code"].mark.codes
    values = {**TRIAGE, "problem_code": next(iter(problems or ()))}
    item = complain(house.make(f"opener{next(NUMBERS)}", "svc"))
    ok(giver.post(f"{API}/delegations", json={"taker": taker_name, "roles": ["pms"], "reason": "休假", **span()}), 201)
    assert act_refused(taker, item, values) == 200
    with house.installation.store.transaction() as tx:
        disable_account(tx, name=giver_name, by="test", reason="left")
    assert act_refused(taker, item, values) == 403
    assert item["_id"] not in {t["record"] for t in ok(taker.get(f"{API}/inbox"))["tasks"]}


def act_refused(client: TestClient, item: dict[str, Any], values: dict[str, Any]) -> int:
    answer = client.post(f"{API}/entities/complaint/{item['_id']}/acts/triage/preview", json={"values": values}, headers={"If-Match": '"1"'})
    return answer.status_code


@pytest.mark.parametrize(("changes", "status"), [
    ({"roles": ["qa_mgr"]}, 403),  # not one's own
    ({"roles": []}, 422),
    ({"taker": "nobody"}, 422),
    ({"taker": "{giver}"}, 422),  # oneself
    ({"reason": " "}, 422),
    ({"valid_to": "2020-01-01T00:00:00Z"}, 422),
    ({"valid_from": "2030-01-01T00:00:00Z"}, 422),  # ends before it begins
    ({"valid_from": (datetime.now(UTC) - timedelta(days=2)).isoformat()}, 422),  # before anybody agreed
    ({"valid_to": "2099-01-01T00:00:00Z"}, 422),  # for good
    ({"valid_to": "2099-01-01T00:00:00"}, 422),  # in which zone?
    ({"valid_to": "tomorrow"}, 422),
    ({"more": 1}, 422),
])
def test_what_cannot_be_lent(pair: tuple[TestClient, TestClient, str, str], changes: dict[str, Any], status: int) -> None:
    giver, _, giver_name, taker_name = pair
    body = {"taker": taker_name, "roles": ["pms"], "reason": "休假", **span(), **changes}
    if body["taker"] == "{giver}":
        body["taker"] = giver_name
    answer = giver.post(f"{API}/delegations", json=body)
    assert answer.status_code == status, answer.text
    assert ok(giver.get(f"{API}/delegations"))["items"] == []


def test_what_was_lent_cannot_be_lent_on(house: House, pair: tuple[TestClient, TestClient, str, str]) -> None:
    giver, taker, _, taker_name = pair
    third = f"third{next(NUMBERS)}"
    house.make(third, "qc")
    ok(giver.post(f"{API}/delegations", json={"taker": taker_name, "roles": ["pms"], "reason": "休假", **span()}), 201)
    assert taker.post(f"{API}/delegations", json={"taker": third, "roles": ["pms"], "reason": "转托", **span()}).status_code == 403


def test_only_the_two_end_it(house: House, pair: tuple[TestClient, TestClient, str, str]) -> None:
    giver, _, _, taker_name = pair
    made = ok(giver.post(f"{API}/delegations", json={"taker": taker_name, "roles": ["pms"], "reason": "休假", **span()}), 201)
    stranger = house.make(f"third{next(NUMBERS)}", "qa")
    assert stranger.delete(f"{API}/delegations/{made['id']}").status_code == 404
    ok(giver.delete(f"{API}/delegations/{made['id']}"), 204)
    assert giver.delete(f"{API}/delegations/{made['id']}").status_code == 404


def test_who_acts_in_no_process_lends_nothing(house: House) -> None:
    reader = house.make(f"third{next(NUMBERS)}", "auditor")
    assert ok(reader.get(f"{API}/delegations"))["persons"] == []
    assert reader.post(f"{API}/delegations", json={"taker": "x", "roles": ["auditor"], "reason": "x", **span()}).status_code == 403
