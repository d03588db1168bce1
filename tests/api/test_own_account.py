"""One's own account over HTTP: sign-in in two steps, passwords, second factor, sessions; every wrong way is refused and counted."""

import base64
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select, update

from medthread.methods.one_time import totp
from medthread.stores.postgres.tables import account, audit_event, session
from tests.api.conftest import HOUSE_PASSWORD, House
from tests.api.test_desks import TRIAGE, complain, ok

API = "/api/v1"
FRESH = "quite other words"


def enrol(client: TestClient) -> tuple[bytes, list[str]]:
    """A second factor; its present code and the next one are still unused."""
    begun = client.post(f"{API}/account/second-factor", json={"password": HOUSE_PASSWORD})
    assert begun.status_code == 201, begun.text
    assert begun.json()["uri"].startswith("otpauth://totp/Medthread")
    secret = base64.b32decode(begun.json()["secret"])
    done = client.put(f"{API}/account/second-factor", json={"code": now_code(secret, steps=-1)})
    assert done.status_code == 200, done.text
    return secret, done.json()["recovery_codes"]


def now_code(secret: bytes, *, steps: int = 0) -> str:
    return totp(secret, datetime.now(UTC) + timedelta(seconds=30 * steps))


def test_a_second_factor_makes_signing_in_two_steps(house: House) -> None:
    secret, _ = enrol(house.make("totp1", "qa"))
    browser = house.browser()
    first = house.enter(browser, "totp1")
    assert (first.status_code, first.json()["type"]) == (401, "/problems/second-factor")
    assert browser.get(f"{API}/session").status_code == 401
    code = now_code(secret)
    assert house.enter(browser, "totp1", code="000000").json()["type"] == "/problems/second-factor"
    assert house.enter(browser, "totp1", code=code).status_code == 200
    assert house.enter(house.browser(), "totp1", code=code).status_code == 401, "a code counts once"
    wrong = house.enter(house.browser(), "totp1", password="wrong", code=now_code(secret, steps=1))
    assert wrong.json()["type"] == "/problems/unauthenticated", "nothing is said of the second factor before the password fits"


def test_a_recovery_code_lets_in_once(house: House) -> None:
    client = house.make("totp2", "qa")
    _, codes = enrol(client)
    assert house.enter(house.browser(), "totp2", code=codes[0]).status_code == 200
    assert house.enter(house.browser(), "totp2", code=codes[0]).status_code == 401
    assert client.get(f"{API}/account").json()["recovery_codes"] == len(codes) - 1
    assert client.get(f"{API}/account").json()["second_factor"]


def test_guesses_of_the_code_lock_the_account(house: House) -> None:
    secret, _ = enrol(house.make("totp3", "qa"))
    for _ in range(5):
        assert house.enter(house.browser(), "totp3", code="000000").json()["type"] == "/problems/second-factor"
    assert house.enter(house.browser(), "totp3", code=now_code(secret)).json()["type"] == "/problems/unauthenticated"
    assert ("session.create", "refused", "locked") in house.audited("totp3")


def test_the_second_factor_is_taken_away_and_recovery_codes_are_renewed_by_itself_only(house: House) -> None:
    client = house.make("totp4", "qa")
    secret, codes = enrol(client)
    renew, remove = f"{API}/account/recovery-codes", f"{API}/account/second-factor/removal"
    for path in (renew, remove):
        assert client.post(path, json={"password": HOUSE_PASSWORD}).json()["type"] == "/problems/reauthentication"
        assert client.post(path, json={"password": HOUSE_PASSWORD, "code": codes[1]}).status_code == 403, "no recovery code in its place"
    fresh = client.post(renew, json={"password": HOUSE_PASSWORD, "code": now_code(secret)})
    assert fresh.status_code == 201
    assert not set(fresh.json()["recovery_codes"]) & set(codes)
    assert client.post(f"{API}/account/second-factor", json={"password": HOUSE_PASSWORD, "code": now_code(secret, steps=1)}).status_code == 409
    with house.installation.store.transaction() as tx:
        tx.execute(update(account).where(account.c.name == "totp4").values(proof_failures=0))
    assert client.post(remove, json={"password": HOUSE_PASSWORD, "code": now_code(secret, steps=1)}).status_code in (204, 403)


@pytest.mark.parametrize(("fresh", "said"), [
    ("short one", "too short"), ("x" * 201, "too long"), ("the words of pw1 here", "your name"), ("aaaaabbbbbcc", "guessed first"),
    ("1234567890", "guessed first"), ("P@ssw0rd2026!", "guessed first"), ("passwordpassword", "guessed first"), ("qwertyuiopqw", "guessed first"),
    (HOUSE_PASSWORD, "used before"),
])
def test_a_password_that_may_not_be_taken_is_refused(house: House, fresh: str, said: str) -> None:
    client = house.browser()
    if house.enter(client, "pw1").status_code != 200:
        client = house.make("pw1", "qa")
    answer = client.put(f"{API}/account/password", json={"password": HOUSE_PASSWORD, "fresh": fresh})
    assert answer.status_code == 422
    assert said in answer.json()["detail"]
    assert answer.json()["hint"]
    again = house.enter(house.browser(), "pw1")
    assert again.status_code == 200, again.text


def test_changing_the_password_ends_the_other_sessions_and_the_last_ones_stay_refused(house: House) -> None:
    client, other = house.make("pw2", "qa"), house.browser()
    house.enter(other, "pw2")
    wrong = client.put(f"{API}/account/password", json={"password": "wrong", "fresh": FRESH})
    assert (wrong.status_code, wrong.json()["type"]) == (403, "/problems/reauthentication")
    assert client.put(f"{API}/account/password", json={"password": HOUSE_PASSWORD, "fresh": FRESH}).status_code == 204
    assert client.get(f"{API}/session").status_code == 200
    assert other.get(f"{API}/session").status_code == 401
    assert house.enter(other, "pw2").status_code == 401
    assert house.enter(other, "pw2", FRESH).status_code == 200
    back = client.put(f"{API}/account/password", json={"password": FRESH, "fresh": HOUSE_PASSWORD})
    assert (back.status_code, back.json()["detail"]) == (422, "the password was used before")
    said = house.audited("pw2")
    assert ("reauthenticate", "refused", "password") in said
    assert ("password.change", "refused", "reauthentication") in said
    assert ("password.change", "done", None) in said


@pytest.mark.parametrize(("values", "must"), [
    ({"password_temporary": True}, ["password"]),
    ({"password_changed_at": datetime.now(UTC) - timedelta(days=181)}, ["password"]),
])
def test_a_password_that_is_temporary_or_old_is_changed_before_anything_else(house: House, values: dict[str, Any], must: list[str]) -> None:
    name = f"pw3{len(values.get('password_changed_at', '').__str__())}"
    client = house.make(name, "steward")
    assert client.get(f"{API}/dictionary").status_code == 200
    with house.installation.store.transaction() as tx:
        tx.execute(update(account).where(account.c.name == name).values(**values))
    said = client.get(f"{API}/session").json()
    assert said["must"] == must
    assert said["can"] == []
    refused = client.get(f"{API}/dictionary")
    assert refused.status_code == 403
    assert "first of all: password" in refused.json()["hint"]
    assert client.put(f"{API}/account/password", json={"password": HOUSE_PASSWORD, "fresh": FRESH}).status_code == 204
    assert client.get(f"{API}/session").json()["must"] == []
    assert client.get(f"{API}/dictionary").status_code == 200


def test_a_session_ends_by_idleness_and_by_its_owner(house: House) -> None:
    client, other = house.make("idle", "qa"), house.browser()
    house.enter(other, "idle")
    listed = client.get(f"{API}/account").json()["sessions"]
    assert [s["current"] for s in listed].count(True) == 1
    assert {s["device"] for s in listed} == {"a browser"}
    theirs = next(s["id"] for s in listed if not s["current"])
    assert client.delete(f"{API}/account/sessions/{theirs}").status_code == 204
    assert client.delete(f"{API}/account/sessions/{theirs}").status_code == 404
    assert other.get(f"{API}/session").status_code == 401
    with house.installation.store.transaction() as tx:
        tx.execute(update(session).where(session.c.account == "idle").values(last_seen_at=datetime.now(UTC) - timedelta(minutes=29)))
    assert client.get(f"{API}/session").status_code == 200, "used, and so awake again"
    with house.installation.store.transaction() as tx:
        tx.execute(update(session).where(session.c.account == "idle").values(last_seen_at=datetime.now(UTC) - timedelta(minutes=31)))
    ended = client.get(f"{API}/session")
    assert ended.status_code == 401
    assert "idle" in ended.json()["detail"]


def test_nobody_ends_the_session_of_somebody_else(house: House) -> None:
    one, other = house.make("idle1", "qa"), house.make("idle2", "qa")
    theirs = other.get(f"{API}/account").json()["sessions"][0]["id"]
    assert one.delete(f"{API}/account/sessions/{theirs}").status_code == 404
    assert other.get(f"{API}/session").status_code == 200


def test_a_token_signs_nothing_and_what_it_does_is_told_with_its_id(house: House) -> None:
    client = house.make("robot", "qa", "svc", "pms")
    made = client.post(f"{API}/tokens", json={"name": "job"}).json()
    machine = TestClient(house.app, headers={"Authorization": f"Bearer {made['token']}"})
    item = complain(machine)
    path = f"{API}/entities/complaint/{item['_id']}"
    codes = house.installation.registry["complaint"].fields["problem_code"].mark.codes
    values = {**TRIAGE, "problem_code": next(iter(codes or ()))}
    seen = ok(machine.post(f"{path}/acts/triage/preview", json={"values": values}, headers={"If-Match": '"1"'}))
    body = {"values": values, "shown": seen["content_hash"], "password": HOUSE_PASSWORD}
    refused = machine.post(f"{path}/acts/triage", json=body, headers={"If-Match": '"1"'})
    assert (refused.status_code, "API token signs nothing" in refused.json()["detail"]) == (403, True)
    assert ok(client.get(f"{path}/case"))["signatures"] == []
    assert client.post(f"{path}/acts/triage", json=body, headers={"If-Match": '"1"'}).status_code == 200
    with house.installation.store.transaction() as tx:
        told = tx.execute(select(audit_event).where(audit_event.c.object == f"complaint/{item['_id']}").order_by(audit_event.c.seq)).all()
    assert [(t.action, t.outcome, (t.detail or {}).get("token")) for t in told if t.action != "signature.create"] == [
        ("entity.create", "done", made["id"]), ("complaint.triage", "refused", made["id"]), ("complaint.triage", "done", None)]


def test_a_token_does_not_change_its_owners_account(house: House) -> None:
    client = house.make("tok", "steward")
    secret = client.post(f"{API}/tokens", json={"name": "job"}).json()["token"]
    machine = TestClient(house.app, headers={"Authorization": f"Bearer {secret}"})
    assert machine.get(f"{API}/dictionary").status_code == 200
    for answer in (
        machine.get(f"{API}/account"), machine.put(f"{API}/account/password", json={"password": HOUSE_PASSWORD, "fresh": FRESH}),
        machine.post(f"{API}/account/second-factor", json={"password": HOUSE_PASSWORD}),
    ):
        assert answer.status_code == 403
    with house.installation.store.transaction() as tx:
        tx.execute(update(account).where(account.c.name == "tok").values(disabled_at=datetime.now(UTC)))
    assert machine.get(f"{API}/dictionary").status_code == 401
    assert client.get(f"{API}/session").status_code == 401
    assert house.enter(house.browser(), "tok").json()["detail"] == "the account is disabled"
    assert house.enter(house.browser(), "tok", "wrong").json()["detail"] != "the account is disabled"


def machine_of(house: House, client: TestClient) -> TestClient:
    """A program with a token of theirs."""
    secret = client.post(f"{API}/tokens", json={"name": "job"}).json()["token"]
    return TestClient(house.app, headers={"Authorization": f"Bearer {secret}"})


def test_changing_the_password_ends_the_tokens_unless_they_are_kept(house: House) -> None:
    client = house.make("tok2", "steward")
    machine = machine_of(house, client)
    kept = client.put(f"{API}/account/password", json={"password": HOUSE_PASSWORD, "fresh": FRESH, "keep_tokens": True})
    assert kept.status_code == 204
    assert machine.get(f"{API}/dictionary").status_code == 200
    assert client.put(f"{API}/account/password", json={"password": FRESH, "fresh": "quite different words"}).status_code == 204
    assert machine.get(f"{API}/dictionary").status_code == 401


def test_what_an_owner_has_to_do_first_holds_back_the_tokens_too(house: House) -> None:
    client = house.make("tok3", "steward")
    machine = machine_of(house, client)
    assert machine.get(f"{API}/dictionary").status_code == 200
    with house.installation.store.transaction() as tx:
        tx.execute(update(account).where(account.c.name == "tok3").values(password_temporary=True))
    refused = machine.get(f"{API}/dictionary")
    assert refused.status_code == 403
    assert "first of all: password" in refused.json()["hint"]


def test_where_one_is_told_is_set_shown_and_taken_away(house: House) -> None:
    client = house.make("told1", "qa")
    assert client.get(f"{API}/account").json()["notices"] == {"offered": False, "mail": None}
    assert client.put(f"{API}/account/notices", json={"address": "lin@example.com"}).status_code == 204
    assert client.get(f"{API}/account").json()["notices"]["mail"] == {"address": "lin@example.com", "refused": None}
    wrong = client.put(f"{API}/account/notices", json={"address": "lin@example.com, all@example.com"})
    assert (wrong.status_code, wrong.json()["hint"]) == (422, "such as lin@example.com")
    assert client.put(f"{API}/account/notices", json={"address": None}).status_code == 204
    assert client.get(f"{API}/account").json()["notices"]["mail"] is None
    assert [a for a in house.audited("told1") if "notice.address" in str(a)]
