"""What a signer is shown tells nothing of what is masked for them: no index, no value above their clearance, no hash that a guess can be held against."""

from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import pytest
from fastapi.testclient import TestClient

from tests.api.conftest import HOUSE_PASSWORD, House
from tests.api.test_desks import TRIAGE, complain, ok
from tests.api.test_desks import act as perform

API = "/api/v1"
NUMBERS = count(1)
PHONE = "13906575678"
ASKED = {"sample_returned": "no"}


def person(house: House, *roles: str) -> tuple[str, TestClient]:
    name = f"hidden{next(NUMBERS)}"
    return name, house.make(name, *roles)


@pytest.fixture
def path(house: House) -> str:
    """A complaint with a signature over somebody's number."""
    problems = house.installation.registry["complaint"].fields["problem_code"].mark.codes
    assert problems
    item = complain(person(house, "svc")[1], complainant="李秀英", phone=PHONE)
    ok(perform(person(house, "pms")[1], item, "triage", **{**TRIAGE, "problem_code": next(iter(problems))}))
    return f"{API}/entities/complaint/{item['_id']}"


def look(client: TestClient, path: str, action: str, **values: Any) -> Any:
    return ok(client.post(f"{path}/acts/{action}/preview", json={"values": values}, headers={"If-Match": client.get(path).headers["etag"]}))


def test_no_guess_at_a_personal_value_is_confirmed(house: House, path: str) -> None:
    qc = person(house, "qc")[1]
    none, right, wrong = look(qc, path, "investigate"), look(qc, path, "investigate", phone=PHONE), look(qc, path, "investigate", phone="13906585678")
    signature = ok(qc.get(f"{path}/case"))["signatures"][0]
    signed = ok(qc.get(f"{path}/signatures/{signature['id']}"))
    shown = [v["content"]["values"]["phone"] for v in (none, right, wrong, signed)]
    assert shown == [{"masked": "139****5678"}] * 4
    hashes = [none["content_hash"], right["content_hash"], wrong["content_hash"], signature["content_hash"]]
    assert len(set(hashes)) == len(hashes)
    assert none["content_hash"] == look(qc, path, "investigate")["content_hash"]  # what did not change is shown as the same


def test_signing_confirms_no_guess_either(house: House, path: str) -> None:
    qc = person(house, "qc")[1]
    shown = look(qc, path, "investigate", **ASKED)["content_hash"]
    tag = qc.get(path).headers["etag"]
    for phone in (PHONE, "13906585678"):
        body = {"values": {**ASKED, "phone": phone}, "shown": shown, "password": "wrong"}
        answer = qc.post(f"{path}/acts/investigate", json=body, headers={"If-Match": tag})
        assert answer.status_code == 412, answer.text


def test_what_was_shown_can_be_signed_with_a_personal_value(house: House, path: str) -> None:
    qc = person(house, "qc")[1]
    tag = qc.get(path).headers["etag"]
    seen = look(qc, path, "investigate", **ASKED, phone="13900000000")
    body = {"values": {**ASKED, "phone": "13900000000"}, "shown": seen["content_hash"], "password": HOUSE_PASSWORD}
    ok(qc.post(f"{path}/acts/investigate", json=body, headers={"If-Match": tag}))
    for signature in ok(qc.get(f"{path}/case"))["signatures"]:
        assert ok(qc.get(f"{path}/signatures/{signature['id']}"))["stands"]


def test_nobody_signs_by_what_another_was_shown(house: House, path: str) -> None:
    qc, qa = person(house, "qc")[1], person(house, "qa")[1]
    shown = look(qc, path, "investigate", **ASKED)["content_hash"]
    answer = qa.post(f"{path}/acts/investigate", json={"values": ASKED, "shown": shown, "password": HOUSE_PASSWORD}, headers={"If-Match": qa.get(path).headers["etag"]})
    assert answer.status_code == 412, answer.text


def test_a_preview_hides_what_is_above_the_signers_clearance(house: House) -> None:
    exec_, (name, whs) = person(house, "exec")[1], person(house, "whs")
    values = {"kind": "contract", "counterparty": "Zhang Li", "claim": "SECRETCLAIM", "amount": "1234567"}
    item = ok(exec_.post(f"{API}/entities/dispute", json=values), 201)["item"]
    now = datetime.now(UTC)
    ok(exec_.post(f"{API}/delegations", json={
        "taker": name, "roles": ["exec"], "reason": "away", "valid_from": now.isoformat(), "valid_to": (now + timedelta(days=2)).isoformat()}), 201)
    path = f"{API}/entities/dispute/{item['_id']}"
    action = next(a["action"] for a in ok(exec_.get(f"{path}/case"))["acts"] if a["mine"])
    for client, sees in ((exec_, True), (whs, False)):
        seen = str(look(client, path, action))
        assert ("SECRETCLAIM" in seen, "1234567" in seen) == (sees, sees)
    guesses = [look(whs, path, action, amount=a)["content_hash"] for a in ("1234567", "1")]
    assert look(whs, path, action)["content_hash"] not in guesses
