"""Three administrators over HTTP: each does their part, none does another's, and nobody does it to themselves."""

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import func, select, update

from medthread.stores.postgres.tables import account, audit_event
from tests.api.conftest import HOUSE_PASSWORD, House

API = "/api/v1"
BECAUSE = {"reason": "as agreed on Monday"}


@pytest.fixture(scope="module")
def admins(house: House) -> dict[str, TestClient]:
    return {kind: house.make(f"the_{kind}", kind) for kind in ("system_admin", "security_admin", "audit_admin")}


def rights(client: TestClient, name: str, *roles: str, tag: str | None = None, **more: object) -> tuple[int, str]:
    tag = tag if tag is not None else client.get(f"{API}/accounts/{name}").headers["ETag"]
    answer = client.put(f"{API}/accounts/{name}/rights", json={"roles": list(roles), **BECAUSE, **more}, headers={"If-Match": tag} if tag else {})
    return answer.status_code, answer.text


def test_a_person_comes_in_by_two_administrators_and_changes_the_first_password(house: House, admins: dict[str, TestClient]) -> None:
    made = admins["system_admin"].post(f"{API}/accounts", json={"name": "wei", "printed_name": "小魏"})
    assert made.status_code == 201
    client, first = house.browser(), made.json()["password"]
    assert house.enter(client, "wei", first).json()["must"] == ["password"]
    assert client.put(f"{API}/account/password", json={"password": first, "fresh": "my own odd words"}).status_code == 204
    assert client.get(f"{API}/session").json()["can"] == []
    assert rights(admins["security_admin"], "wei", "qa", plants=["SZ"], organisations=["T"]) == (204, "")
    said = client.get(f"{API}/session").json()
    assert (said["roles"], said["plants"], said["organisations"]) == (["qa"], ["SZ"], ["T"])
    assert "entities:write" in said["can"]
    shown = admins["audit_admin"].get(f"{API}/accounts", params={"q": "小魏"}).json()["items"]
    assert [(a["name"], a["roles"], a["plants"]) for a in shown] == [("wei", ["qa"], ["SZ"])]
    again = admins["system_admin"].post(f"{API}/accounts", json={"name": "wei", "printed_name": "another"})
    assert again.status_code == 409


def test_each_administrator_does_their_part_only(house: House, admins: dict[str, TestClient]) -> None:
    house.make("part", "qa")
    keep = ("post", f"{API}/accounts", {"name": "x", "printed_name": "x"})
    shut = ("put", f"{API}/accounts/part/state", {"disabled": True, **BECAUSE})
    reset = ("post", f"{API}/accounts/part/password", BECAUSE)
    give = ("put", f"{API}/accounts/part/rights", {"roles": ["steward"], **BECAUSE})
    take = ("post", f"{API}/accounts/part/second-factor-removal", BECAUSE)
    review = ("post", f"{API}/access-reviews", {})
    log, data, matrix = (("get", f"{API}/{p}", None) for p in ("audit", "entities/person", "access-matrix"))
    refused = {"system_admin": (give, take, review, log, data, matrix), "security_admin": (keep, shut, reset, log, data), "audit_admin": (keep, shut, reset, give, take, data)}
    for kind, calls in refused.items():
        for method, path, body in calls:
            answer = admins[kind].request(method, path, json=body, headers={"If-Match": '"1"'})
            assert answer.status_code == 403, (kind, path, answer.text)
    assert [a for a in house.audited("part") if a[1] == "done"] == [("account.create", "done", None), ("session.create", "done", None)]


@pytest.mark.parametrize(("roles", "because"), [
    (("prod_mgr", "qa_mgr"), "heads of production"), (("purch", "sqe"), "buy from"), (("system_admin", "audit_admin"), "three administrators"),
    (("audit_admin", "steward"), "none of them looks"), (("king",), "no role"),
])
def test_roles_that_do_not_go_together_are_refused(house: House, admins: dict[str, TestClient], roles: tuple[str, ...], because: str) -> None:
    name = f"toxic_{roles[0]}"
    house.make(name, "doc")
    status, text = rights(admins["security_admin"], name, *roles)
    assert status in (409, 422)
    assert because in text
    assert admins["security_admin"].get(f"{API}/accounts/{name}").json()["roles"] == ["doc"]


def test_rights_are_changed_from_the_version_that_was_read_and_for_a_reason(house: House, admins: dict[str, TestClient]) -> None:
    house.make("vers", "doc")
    client = admins["security_admin"]
    old = client.get(f"{API}/accounts/vers").headers["ETag"]
    assert rights(client, "vers", "qc", tag="")[0] == 428
    assert rights(client, "vers", "qc", tag=old)[0] == 204
    assert rights(client, "vers", "qa", tag=old)[0] == 412
    assert rights(client, "vers", "qc")[0] == 409, "nothing to change"
    assert client.put(f"{API}/accounts/vers/rights", json={"roles": ["qa"], "reason": ""}, headers={"If-Match": old}).status_code == 422
    assert client.put(f"{API}/accounts/nobody/rights", json={"roles": ["qa"], **BECAUSE}, headers={"If-Match": old}).status_code == 404


def test_nobody_does_it_to_themselves_and_the_last_of_a_kind_stays(house: House, admins: dict[str, TestClient]) -> None:
    assert rights(admins["security_admin"], "the_security_admin", "steward")[0] == 403
    own = {"disabled": True, **BECAUSE}
    with house.installation.store.transaction() as tx:  # other tests made audit administrators of their own
        others = (account.c.roles.contains(["audit_admin"])) & (account.c.name != "the_audit_admin")
        tx.execute(update(account).where(others).values(disabled_at=func.now()))
    assert admins["system_admin"].put(f"{API}/accounts/the_system_admin/state", json=own).status_code == 409
    assert admins["system_admin"].put(f"{API}/accounts/the_audit_admin/state", json=own).json()["detail"] == "the_audit_admin is the last audit_admin"
    assert rights(admins["security_admin"], "the_audit_admin", "auditor")[0] == 409
    house.make("second_audit_admin", "audit_admin")
    assert admins["system_admin"].put(f"{API}/accounts/second_audit_admin/state", json=own).status_code == 204
    assert rights(admins["security_admin"], "the_audit_admin", "auditor")[0] == 409, "a shut account does not count"


def test_an_account_is_shut_opened_and_given_another_password(house: House, admins: dict[str, TestClient]) -> None:
    client, admin = house.make("shut", "qa"), admins["system_admin"]
    shut, opened = {"disabled": True, **BECAUSE}, {"disabled": False, **BECAUSE}
    assert admin.put(f"{API}/accounts/shut/state", json=shut).status_code == 204
    assert admin.put(f"{API}/accounts/shut/state", json=shut).status_code == 409
    assert client.get(f"{API}/session").status_code == 401
    assert house.enter(client, "shut").status_code == 401
    assert admin.put(f"{API}/accounts/shut/state", json=opened).status_code == 204
    assert admin.put(f"{API}/accounts/shut/state", json=opened).status_code == 409
    assert house.enter(client, "shut").status_code == 200
    fresh = admin.post(f"{API}/accounts/shut/password", json=BECAUSE).json()["password"]
    assert client.get(f"{API}/session").status_code == 401
    assert house.enter(client, "shut", HOUSE_PASSWORD).status_code == 401
    assert house.enter(client, "shut", fresh).json()["must"] == ["password"]
    reasons = [r for a, _, r in house.audited("shut") if a in ("account.disable", "account.enable", "password.reset")]
    assert reasons.count(BECAUSE["reason"]) == 3


def test_an_administrator_ends_a_session_of_somebodys(house: House, admins: dict[str, TestClient]) -> None:
    client = house.make("sess", "qa")
    open_ = admins["system_admin"].get(f"{API}/accounts/sess").json()["sessions"]
    assert admins["system_admin"].delete(f"{API}/accounts/sess/sessions/{open_[0]['id']}").status_code == 204
    assert client.get(f"{API}/session").status_code == 401
    assert admins["system_admin"].delete(f"{API}/accounts/sess/sessions/{open_[0]['id']}").status_code == 404


@pytest.mark.parametrize("name", ["", "a/b", "a b", "system", "System", "x" * 61, "../etc", "\x00", "-a"])
def test_a_name_that_cannot_stand_is_refused(admins: dict[str, TestClient], name: str) -> None:
    answer = admins["system_admin"].post(f"{API}/accounts", json={"name": name, "printed_name": "somebody"})
    assert answer.status_code == 422
    assert answer.json()["type"] == "/problems/invalid"


def test_accounts_are_listed_by_pages(house: House, admins: dict[str, TestClient]) -> None:
    seen: list[str] = []
    after = None
    while True:
        page = admins["system_admin"].get(f"{API}/accounts", params={"limit": 2, **({"after": after} if after else {})}).json()
        seen += [a["name"] for a in page["items"]]
        after = page["next"]
        if after is None:
            break
    assert seen == sorted(set(seen))
    assert {"the_system_admin", "the_security_admin"} <= set(seen)
    assert "password_hash" not in admins["system_admin"].get(f"{API}/accounts").text


def test_the_matrix_says_which_policy_permits_and_which_refuses(admins: dict[str, TestClient]) -> None:
    told = admins["security_admin"].get(f"{API}/access-matrix").json()
    rows = {r["role"]: r["actions"] for r in told["items"]}
    assert rows["steward"]["entities:write"] == {"permitted_by": ["role.steward"], "refused_by": None}
    assert rows["system_admin"]["entities:read"] == {"permitted_by": [], "refused_by": "administrators.see_no_data"}
    assert rows["buyer"]["runs:start"]["refused_by"] == "no policy permits it"
    kinds = {k["entity"]: k for k in told["records"]}
    assert kinds["registration_certificate"]["create"] == kinds["registration_certificate"]["change"] == ["regulatory", "ra"]
    assert (kinds["capa"]["process"], "eng" in kinds["capa"]["create"], "whs" in kinds["capa"]["change"]) == (True, True, False)
    roles = admins["security_admin"].get(f"{API}/roles").json()
    assert {r["name"] for r in roles["items"]} == set(rows)
    assert next(r for r in roles["items"] if r["name"] == "audit_admin")["held"] >= 1
    assert any(p["one"] == "prod_mgr" and p["because"]["zh"] for p in roles["incompatible"])


def test_a_reset_ends_the_tokens_and_an_administrator_ends_one_alone(house: House, admins: dict[str, TestClient]) -> None:
    client, admin = house.make("tokens1", "steward"), admins["system_admin"]
    made = [client.post(f"{API}/tokens", json={"name": f"job {n}"}).json() for n in range(2)]
    machines = [TestClient(house.app, headers={"Authorization": f"Bearer {m['token']}"}) for m in made]
    shown = admin.get(f"{API}/accounts/tokens1").json()["tokens"]
    assert {t["id"] for t in shown} == {m["id"] for m in made}
    assert "token_hash" not in shown[0]
    one = f"{API}/accounts/tokens1/tokens/{made[0]['id']}"
    assert admins["security_admin"].delete(one).status_code == 403
    assert admin.delete(f"{API}/accounts/the_audit_admin/tokens/{made[0]['id']}").status_code == 404, "another's"
    assert admin.delete(one).status_code == 204
    assert [m.get(f"{API}/dictionary").status_code for m in machines] == [401, 200]
    assert admin.post(f"{API}/accounts/tokens1/password", json=BECAUSE).status_code == 201
    assert machines[1].get(f"{API}/dictionary").status_code == 401
    assert admin.get(f"{API}/accounts/tokens1").json()["tokens"] == []
    with house.installation.store.transaction() as tx:
        mine = audit_event.c.object.in_([f"token/{m['id']}" for m in made]) & (audit_event.c.action == "token.revoke") & (audit_event.c.outcome == "done")
        said = tx.execute(select(audit_event.c.object, audit_event.c.actor).where(mine).order_by(audit_event.c.seq)).all()
    assert [tuple(r) for r in said] == [(f"token/{m['id']}", "the_system_admin") for m in made]


def test_no_administrator_becomes_another_by_a_reset(house: House, admins: dict[str, TestClient]) -> None:
    house.make("second_system_admin", "system_admin")
    for name in ("the_security_admin", "the_audit_admin", "second_system_admin", "the_system_admin"):
        refused = admins["system_admin"].post(f"{API}/accounts/{name}/password", json=BECAUSE)
        assert (refused.status_code, refused.json()["type"]) == (403, "/problems/forbidden"), refused.text
        assert "medthread account reset" in refused.json()["hint"]
        assert ("password.reset", "refused", "forbidden") in house.audited(name)
    assert admins["security_admin"].get(f"{API}/session").status_code == 200


def test_a_reset_is_offered_only_where_the_server_takes_it(house: House, admins: dict[str, TestClient]) -> None:
    house.make("resettable1", "steward")
    admin = admins["system_admin"]
    for name, possible in (("resettable1", True), ("the_security_admin", False), ("the_audit_admin", False)):
        assert admin.get(f"{API}/accounts/{name}").json()["resettable"] is possible
        assert admin.post(f"{API}/accounts/{name}/password", json={"reason": "forgotten"}).status_code == (201 if possible else 403)
