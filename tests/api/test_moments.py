"""A moment means the same to everybody: taken without an offset by the organisation's clock, given back with one, and signed as it is stored."""

import csv
import io
import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
from fastapi.routing import APIRoute
from fastapi.testclient import TestClient
from sqlalchemy import select

from medthread.stores.postgres.tables import audit_event
from medthread.workflow.content import changed_since
from medthread.workflow.native import checked
from tests.api.conftest import House, SignIn
from tests.api.test_desks import TRIAGE, act, complain, ok

API = "/api/v1"
BARE = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?![\d:.]|Z|[+-]\d\d)")  # a moment without an offset


@pytest.fixture(scope="module")
def pms(house: House) -> TestClient:
    return house.make("timekeeper", "pms", "svc")


def test_a_moment_without_an_offset_is_by_the_organisations_clock_and_comes_back_with_one(house: House, pms: TestClient) -> None:
    item = complain(pms, received_at="2026-11-01T08:00:00", aware_at="2026-11-01T07:00:00+08:00")
    assert (item["received_at"], item["aware_at"]) == ("2026-11-01T00:00:00+00:00", "2026-10-31T23:00:00+00:00")
    with house.installation.store.transaction() as tx:
        told = tx.execute(select(audit_event.c.after).where(audit_event.c.object == f"complaint/{item['_id']}")).scalar_one()
    assert told["received_at"] == "2026-11-01 00:00:00+00:00"
    for written in ("2026-11-01T08:00:00", "2026-11-01T08:00:00+08:00", "2026-11-01T00:00:00Z"):
        found = ok(pms.get(f"{API}/entities/complaint", params={"filter": [f"received_at:eq:{written}", f"complaint_no:eq:{item['complaint_no']}"]}))
        assert [i["_id"] for i in found["items"]] == [item["_id"]], written
    sheet = pms.get(f"{API}/entities/complaint.csv", params={"filter": f"complaint_no:eq:{item['complaint_no']}"}).text.removeprefix("\ufeff")
    [row] = csv.DictReader(io.StringIO(sheet))
    assert (row["received_at"], row["aware_at"]) == ("2026-11-01T08:00:00+08:00", "2026-11-01T07:00:00+08:00")
    back = {n: v for n, v in item.items() if not n.startswith("_")}
    again = ok(pms.put(f"{API}/entities/complaint/{item['_id']}", json=back, headers={"If-Match": '"1"'}))["item"]
    assert (again["received_at"], again["aware_at"]) == (item["received_at"], item["aware_at"])


@pytest.mark.parametrize("wrong", ["0001-01-01T00:00:00", "9999-12-31T23:59:59-08:00", "yesterday", "2026-13-01T00:00:00"])
def test_what_is_no_moment_is_refused(pms: TestClient, wrong: str) -> None:
    answer = pms.post(f"{API}/entities/complaint", json={"description": "x", "received_at": wrong})
    assert (answer.status_code, "received_at" in answer.json()["detail"]) == (422, True)


@pytest.mark.parametrize("written", ["2026-11-01T06:00:00", "2026-11-01T06:00:00+08:00", "2026-11-01T06:00:00.123456Z"])
def test_what_was_signed_is_what_is_stored(house: House, pms: TestClient, written: str) -> None:
    codes = house.installation.registry["complaint"].fields["problem_code"].mark.codes
    item = complain(pms)
    ok(act(pms, item, "triage", **{**TRIAGE, "problem_code": next(iter(codes or ())), "received_at": written, "aware_at": written}))
    [signature] = ok(pms.get(f"{API}/entities/complaint/{item['_id']}/case"))["signatures"]
    assert signature["changed"] == []


@pytest.mark.parametrize(("given", "stored"), [
    (datetime(2026, 11, 1, 6), "2026-11-01T06:00:00+00:00"), ("2026-11-01T06:00:00", "2026-10-31T22:00:00+00:00"), ("2026-11-01T06:00:00-05:00", "2026-11-01T11:00:00+00:00"),
])
def test_what_the_machine_read_from_the_lake_is_utc_and_what_people_write_is_not(house: House, given: object, stored: str) -> None:
    body = checked(house.installation.registry["complaint"], {"complaint_no": "CP-1", "channel": "phone", "occurred_in": "CN", "description": "x", "aware_at": given, "received_at": given}, zone="Asia/Shanghai")
    assert body["received_at"].isoformat() == stored


def test_a_moment_signed_without_an_offset_before_meant_utc(house: House) -> None:
    entity = house.installation.registry["adverse_event"]
    now = {"aware_at": "2026-11-26T06:00:00+00:00", "submitted_at": None}
    for signed, changed in (("2026-11-26T06:00:00", []), ("2026-11-26T14:00:00+08:00", []), ("2026-11-26T07:00:00", ["aware_at"]), (None, ["aware_at"])):
        assert changed_since(entity, {"aware_at": signed}, now) == changed, signed


def addresses(client: TestClient) -> Iterator[str]:
    """Every list that takes no parameter, every entity's list and one object of it."""
    for route in client.app.routes:  # type: ignore[attr-defined] # it is ours
        if isinstance(route, APIRoute) and "GET" in route.methods and "{" not in route.path and not route.path.endswith(("openapi.json", "answer", "watch")):
            yield route.path
    for e in ok(client.get(f"{API}/meta"))["entities"]:
        yield f"{API}/entities/{e['name']}?limit=3"
        yield f"{API}/entities/{e['name']}.csv"
        for item in ok(client.get(f"{API}/entities/{e['name']}?limit=1"))["items"]:
            yield f"{API}/entities/{e['name']}/{item['_id']}"


def test_no_answer_holds_a_moment_without_its_offset(sign_in: SignIn) -> None:
    found: dict[str, Any] = {}
    for who in ("auditor", "qa", "steward", "engineer"):
        client = sign_in(who)
        for address in addresses(client):
            if address in found:
                continue
            answer = client.get(address)
            if answer.status_code == 200:
                found[address] = BARE.findall(answer.text)[:3]
    assert len(found) > 100
    assert {a: f for a, f in found.items() if f} == {}
