"""Retention and personal data over the API: what a rule looks at, who may see and decide, wrong input; names instead of ids."""

from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select, text

from medthread.app import Installation
from medthread.stores.postgres.tables import audit_event
from medthread.stores.serving import LakeReader
from medthread.workflow import create_native
from tests.api.conftest import PASSWORD, SignIn

RETENTION, PRIVACY = "/api/v1/retention", "/api/v1/privacy"
WHY = {"reason": "letter of 2 March"}


@pytest.fixture(scope="module")
def complaint(installation: Installation) -> Iterator[str]:
    """A complaint by somebody; its number."""
    reader = LakeReader(installation.releases)
    values = {"description": "balloon leaks", "phone": "13955557777", "address": "7 Long Road"}
    with installation.store.transaction() as tx:
        id_ = create_native(tx, installation.commands(reader), entity="complaint", values=values, by="test")
        number: str = tx.execute(text("select complaint_no from native.complaint where id = :id"), {"id": id_}).scalar_one()
    yield number
    reader.close()


def test_a_rule_tells_where_each_moment_is_found_by_what_it_is_called(sign_in: SignIn) -> None:
    rules = {r["entity"]: r for r in sign_in("auditor").get(f"{RETENTION}/rules").json()["items"]}
    lot = rules["lot"]
    assert [(i["name"], i["where"]["en"]) for i in lot["inputs"]] == [
        ("expiry", "Lot · Expires on"), ("creation", "Lot · Manufactured on"), ("implant", "Device model · Implantable")]
    assert rules["registration_certificate"]["forever"]
    assert all(r["lacking"] or r["forever"] for r in rules.values() if not r["can_be_due"])


@pytest.mark.parametrize("entity", ["lot", "dispute", "registration_certificate", "equipment"])
def test_an_outlook_adds_up(sign_in: SignIn, entity: str) -> None:
    told = sign_in("doc").get(f"{RETENTION}/outlook/{entity}").json()
    assert told["records"] >= told["due"] + told["endless"]
    assert (told["first_due_on"] is None) == (told["due"] == 0)
    assert told["next_due_on"] is None or told["next_due_on"] > told["today"]


def test_wrong_requests_are_told_so(sign_in: SignIn) -> None:
    doc, head = sign_in("doc"), sign_in("qa_mgr")
    assert doc.get(f"{RETENTION}/outlook/nonsense").status_code == 404
    assert doc.post(f"{RETENTION}/destructions", json={"entity": "registration_certificate"}).status_code == 409
    assert doc.get(f"{RETENTION}/destructions/destruction-none").status_code == 404
    assert doc.get(f"{RETENTION}/destructions/destruction-none/record").status_code == 404
    assert doc.post(f"{RETENTION}/destructions/destruction-none/approve", json={**WHY, "password": PASSWORD}).status_code == 403
    assert head.post(f"{RETENTION}/destructions", json={"entity": "lot"}).status_code == 403
    assert head.post(f"{RETENTION}/destructions/destruction-none/approve", json={"reason": "", "password": PASSWORD}).status_code == 422
    assert head.post(f"{RETENTION}/destructions/destruction-none/approve", json=WHY).status_code == 422
    assert head.post(f"{RETENTION}/destructions/destruction-none/approve", json={**WHY, "password": PASSWORD}).status_code == 404
    assert sign_in("purch").get(f"{RETENTION}/rules").status_code == 403
    officer = sign_in("privacy")
    for body in ({"values": [], **WHY}, {"values": ["x"], **WHY}, {"values": ["张三"]}, {"values": ["!!"], **WHY}):
        assert officer.post(f"{PRIVACY}/find", json=body).status_code == 422, body
    assert sign_in("regulatory").post(f"{PRIVACY}/find", json={"values": ["张三"], **WHY}).status_code == 403
    assert officer.post(f"{PRIVACY}/erase", json={"values": ["nobody at all"], **WHY, "confirm": True}).status_code == 409
    wrong = {"entity": "complaint", "id": "none", "field": "phone", "value": "1", **WHY}
    assert officer.post(f"{PRIVACY}/correct", json=wrong).status_code == 404
    assert officer.post(f"{PRIVACY}/correct", json={**wrong, "entity": "supplier"}).status_code == 409


def test_records_are_told_by_number_and_fields_by_what_they_are_called(sign_in: SignIn, complaint: str) -> None:
    officer = sign_in("privacy")
    asked = {"values": ["13955557777", "7 Long Road"], **WHY}
    found = officer.post(f"{PRIVACY}/find", json=asked).json()
    [record] = found["records"]
    assert (record["number"], record["label"]["zh"], record["field_labels"]["phone"]["en"]) == (complaint, "投诉", "Phone")
    plan = officer.post(f"{PRIVACY}/erase", json=asked).json()
    assert plan["erasure"] is None
    [stays] = [s for s in plan["stays"] if s["entity"] == "complaint"]
    assert (stays["number"], stays["field"]) == (complaint, "phone")
    assert ("complaint", ["address"]) in [(r["entity"], r["fields"]) for r in plan["goes"]["records"]]
    again = officer.post(f"{PRIVACY}/erase", json={"values": ["13955557777"], **WHY, "confirm": True})
    assert again.status_code == 409
    assert {(b["guard"], b["record"].split("/")[0]) for b in again.json()["because"]} == {("kept", "complaint")}


def test_what_a_hold_over_a_lot_covers_is_not_erased(installation: Installation, sign_in: SignIn) -> None:
    reader = LakeReader(installation.releases)
    context = installation.commands(reader)
    with installation.store.transaction() as tx:
        values = {"description": "kinked", "address": "9 Short Street", "lot_no": "L-HELD-1"}
        create_native(tx, context, entity="complaint", values=values, by="test")
        hold = create_native(tx, context, entity="legal_hold", values={"matter": "court", "cause_entity": "recall", "cause_no": "RC-9"}, by="test")
        hold_no = tx.execute(text("select hold_no from native.legal_hold where id = :id"), {"id": hold}).scalar_one()
    reader.close()
    asked = {"values": ["9 Short Street"], **WHY}
    officer = sign_in("privacy")
    before = officer.post(f"{PRIVACY}/erase", json=asked).json()
    assert [r["entity"] for r in before["goes"]["records"]] == ["complaint"]
    with installation.store.transaction() as tx:
        create_native(tx, context, entity="legal_hold_scope", values={"hold_no": hold_no, "line_no": 1, "kind": "lot", "lot_no": "L-HELD-1"}, by="test")
    plan = officer.post(f"{PRIVACY}/erase", json=asked).json()
    assert plan["goes"]["records"] == []
    assert f"legal_hold/{hold_no}" in plan["stays"][0]["because"]


def test_a_destruction_is_approved_in_person(installation: Installation, sign_in: SignIn) -> None:
    reader = LakeReader(installation.releases)
    values = {"kind": "contract", "counterparty": "held by nobody", "claim": "claims", "amount": "5", "legal_hold": "no", "legal_owner": "ann"}
    with installation.store.transaction() as tx:
        id_ = create_native(tx, installation.commands(reader), entity="dispute", values=values, by="test")
        tx.execute(text("update medthread.process_case set closed_at = '2009-01-01', state = 'closed' where record = :id"), {"id": id_})
    reader.close()
    made = sign_in("doc").post(f"{RETENTION}/destructions", json={"entity": "dispute"}).json()["id"]
    head, path = sign_in("qa_mgr"), f"{RETENTION}/destructions/{made}"
    wrong = head.post(f"{path}/approve", json={**WHY, "password": "somebody else's"})
    assert (wrong.status_code, wrong.json()["type"]) == (403, "/problems/reauthentication")
    secret = head.post("/api/v1/tokens", json={"name": "job"}).json()["token"]
    machine = TestClient(head.app, headers={"Authorization": f"Bearer {secret}"})
    by_token = machine.post(f"{path}/approve", json={**WHY, "password": PASSWORD})
    assert (by_token.status_code, "API token" in by_token.json()["detail"]) == (403, True)
    assert head.get(path).json()["status"] == "proposed"
    assert head.post(f"{path}/approve", json={**WHY, "password": PASSWORD}).status_code == 200
    with installation.store.transaction() as tx:
        told = tx.execute(select(audit_event).where(audit_event.c.object == f"destruction/{made}", audit_event.c.action == "retention.approve").order_by(audit_event.c.seq)).all()
    assert [(t.outcome, "token" in (t.detail or {})) for t in told] == [("refused", False), ("refused", True), ("done", False)]
    assert told[-1].detail == {"factors": ["password"]}
