"""The audit log over HTTP: found, proven, taken away; masks hold in it; a record's history is for whoever may read the record."""

import csv
import io
import json
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient

from medthread.api.act_names import OWN
from medthread.app import Installation
from medthread.methods.merkle import is_consistent, leaf_hash, root_by_inclusion
from medthread.methods.note import Checkpoint, NoteKey, decode, opened
from medthread.trust.audit import record
from medthread.trust.log.verifier import key_of
from tests.api.conftest import SignIn
from tests.api.test_native import PERSON, create
from tests.conftest import ROOT

API = "/api/v1"
SOURCE = ROOT / "src" / "medthread"


def ok(answer: Any) -> Any:
    assert answer.status_code < 300, answer.text
    return answer.json()


def found(client: TestClient, **asked: object) -> list[dict[str, Any]]:
    return list(ok(client.get(f"{API}/audit", params={"limit": 500, **asked}))["items"])


@pytest.fixture
def person(steward: TestClient) -> str:
    """A person who was created and changed twice: once plainly, once in a personal value."""
    number = f"H-{datetime.now(UTC).timestamp()}"
    id_, tag = create(steward, number)
    path = f"{API}/entities/person/{id_}"
    for change in ({"organisation": "MFG"}, {"organisation": "MFG", "phone": "13900139000"}):
        answer = steward.put(path, json={**PERSON, "employee_no": number, **change}, headers={"If-Match": tag}, params={"reason": "转岗"})
        tag = answer.headers["etag"]
    return id_


def test_health_and_readiness_tell_of_alarms(nobody: TestClient) -> None:
    assert nobody.get("/health").json() == {"status": "ok", "alarms": []}
    ready = nobody.get("/ready").json()
    assert ready["status"] == "ready"
    assert ready["alarms"] == []


def test_rows_are_found_by_each_of_their_sides(steward: TestClient, auditor: TestClient, person: str) -> None:
    subject = f"person/{person}"
    assert [r["action"] for r in found(auditor, object=subject)] == ["entity.update", "entity.update", "entity.create"]
    assert {r["subject"].split("/")[0] for r in found(auditor, object="person/")} == {"person"}
    assert {r["actor"] for r in found(auditor, actor="steward")} == {"steward"}
    assert {r["action"] for r in found(auditor, object=subject, action="entity.u")} == {"entity.update"}
    assert found(auditor, object=subject, action="entity_u") == [], "no wildcards"
    steward.put(f"{API}/entities/person/{person}", json=PERSON)
    assert {r["outcome"] for r in found(auditor, object=subject, outcome="refused")} == {"refused"}
    assert len(found(auditor, object=subject, q="转岗")) == 2
    assert found(auditor, object=subject, q="100%") == []
    now = datetime.now(UTC)
    assert len(found(auditor, object=subject, **{"from": (now - timedelta(hours=1)).isoformat()})) == 4
    assert found(auditor, object=subject, **{"from": (now + timedelta(hours=1)).isoformat()}) == []
    assert found(auditor, object=subject, to=(now - timedelta(hours=1)).replace(tzinfo=None).isoformat()) == []


def test_rows_say_what_was_done_to_which_record_in_words(sign_in: SignIn, steward: TestClient, auditor: TestClient, person: str) -> None:
    number = ok(steward.get(f"{API}/entities/person/{person}"))["item"]["employee_no"]
    rows = found(auditor, object=f"person/{number}")
    assert [r["subject"] for r in rows] == [f"person/{person}"] * 3, "a record is found by its number too"
    assert {(r["number"], r["kind_label"]["zh"]) for r in rows} == {(number, "人员")}
    assert [r["label"]["en"] for r in rows] == ["Changed", "Changed", "Created"]
    assert ok(auditor.get(f"{API}/audit/{rows[0]['id']}"))["item"]["number"] == number
    assert found(auditor, object="person/no such number") == []
    [entered, *_] = found(auditor, action="session.create")
    assert (entered["label"]["zh"], entered["kind_label"]["zh"], entered["number"]) == ("登录", "账号", None)
    assert {r["number"] for r in found(sign_in("audadmin"), object=f"person/{person}")} == {None}, "who looks at no data is told no number"
    kinds = {k["name"] for k in ok(auditor.get(f"{API}/audit/kinds"))["items"]}
    assert {"person", "account", "destruction"} <= kinds


def test_every_act_of_the_platform_has_a_name() -> None:
    written = {a for p in SOURCE.rglob("*.py") for a in re.findall(r'action="([a-z_]+\.[a-z_]+)"', p.read_text(encoding="utf-8"))}
    assert sorted(written - set(OWN)) == [], "give it one in api/act_names.py"
    assert len(written) > 30


def test_a_long_log_is_paged_without_a_gap(auditor: TestClient, person: str) -> None:
    whole = [r["id"] for r in found(auditor)]
    paged: list[int] = []
    after = None
    while True:
        page = ok(auditor.get(f"{API}/audit", params={"limit": 7, "after": after} if after else {"limit": 7}))
        paged += [r["id"] for r in page["items"]]
        after = page["next"]
        if after is None or len(paged) > len(whole):
            break
    assert paged[: len(whole)] == whole[: len(paged)]
    assert paged == sorted(paged, reverse=True)


@pytest.mark.parametrize("asked", [
    {"outcome": "nonsense"}, {"from": "yesterday"}, {"after": "x"}, {"after": "1; drop"}, {"limit": 0}, {"limit": 5000}, {"q": "x" * 201},
    {"from": "2026-02-01T00:00:00Z", "to": "2026-01-01T00:00:00Z"}, {"q": "a\0b"},
])
def test_what_cannot_be_asked_is_said(auditor: TestClient, asked: dict[str, object]) -> None:
    for path in ("audit", "audit.csv") if not {"after", "limit"} & set(asked) else ("audit",):
        answer = auditor.get(f"{API}/{path}", params=asked)
        assert answer.status_code == 422, (path, answer.text)
        assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("path", ["audit", "audit.csv", "audit.ndjson", "audit/log", "audit/checkpoints", "audit/consistency?old=1&size=1", "audit/1"])
def test_the_log_is_for_auditors(buyer: TestClient, nobody: TestClient, path: str) -> None:
    assert buyer.get(f"{API}/{path}").status_code == 403
    assert nobody.get(f"{API}/{path}").status_code == 401


def test_a_row_is_proven_to_whoever_holds_the_published_key(auditor: TestClient, installation: Installation, person: str) -> None:
    installation.log.settle()
    row = found(auditor, object=f"person/{person}")[0]
    one = ok(auditor.get(f"{API}/audit/{row['id']}"))
    log, proof = ok(auditor.get(f"{API}/audit/log")), one["proof"]
    assert one["item"] == found(auditor, object=f"person/{person}")[0]
    key = key_of(log["keys"][0])
    checkpoint = Checkpoint.parse(opened(proof["checkpoint"], [NoteKey(key.name, "ed25519", key.public)]) or "")
    assert (checkpoint.size, checkpoint.origin) == (proof["size"], log["origin"])
    assert decode(proof["leaf"]) == leaf_hash(proof["record"].encode())
    path = [decode(h) for h in proof["path"]]
    assert root_by_inclusion(decode(proof["leaf"]), index=proof["index"], size=proof["size"], path=path) == checkpoint.root
    assert json.loads(proof["record"])["seq"] == row["id"]


def test_a_row_that_waits_has_no_proof_yet_and_none_is_no_row(auditor: TestClient, installation: Installation) -> None:
    with installation.store.transaction() as tx:
        record(tx, actor="test", action="x", object_="y")
        seq = found(auditor)[0]["id"]
        assert auditor.get(f"{API}/audit/{seq + 1}").status_code == 404, "not committed"
    assert auditor.get(f"{API}/audit/{10**30}").status_code == 404
    assert auditor.get(f"{API}/audit/-1").status_code == 404
    assert auditor.get(f"{API}/audit/one").status_code == 422


def test_checkpoints_and_what_joins_them_are_for_whoever_keeps_them(auditor: TestClient, installation: Installation) -> None:
    for _ in range(2):
        with installation.store.transaction() as tx:
            record(tx, actor="test", action="x", object_="y")
        installation.log.settle()
    page = ok(auditor.get(f"{API}/audit/checkpoints", params={"limit": 2}))
    new, old = page["items"]
    assert ok(auditor.get(f"{API}/audit/checkpoints", params={"limit": 1, "after": str(new["size"])}))["items"] == [old]
    proof = ok(auditor.get(f"{API}/audit/consistency", params={"old": old["size"], "size": new["size"]}))
    roots = [decode(c["note"].split("\n")[2]) for c in (old, new)]
    assert is_consistent(old=old["size"], old_root=roots[0], size=new["size"], new_root=roots[1], path=[decode(h) for h in proof["path"]])
    assert auditor.get(f"{API}/audit/consistency", params={"old": new["size"], "size": old["size"]}).status_code == 422
    assert auditor.get(f"{API}/audit/consistency", params={"old": 1, "size": 2**40}).status_code == 404


def test_what_is_looked_for_can_be_taken_away_and_that_is_in_the_log(steward: TestClient, auditor: TestClient, person: str) -> None:
    steward.put(f"{API}/entities/person/{person}", json={"name": "=HYPERLINK(1)"}, params={"reason": "=cmd()"})
    asked = {"object": f"person/{person}"}
    lines = [json.loads(x) for x in auditor.get(f"{API}/audit.ndjson", params=asked).text.splitlines()]
    table = list(csv.DictReader(io.StringIO(auditor.get(f"{API}/audit.csv", params=asked).text.removeprefix("\ufeff"))))
    assert [str(r["id"]) for r in lines] == [r["seq"] for r in table]
    assert len(lines) == 4
    assert json.loads(table[-1]["after"])["name"] == PERSON["name"]
    assert not any(str(v).startswith("=") for r in table for v in r.values())
    exports = found(auditor, action="audit.export", actor="auditor")[:2]
    assert {(e["detail"]["detail"]["as"], e["detail"]["detail"]["object"]) for e in exports} == {("csv", asked["object"]), ("ndjson", asked["object"])}


def test_a_records_history_says_what_who_when_why(steward: TestClient, auditor: TestClient, buyer: TestClient, person: str) -> None:
    for client in (steward, buyer):
        personal, plain, made = ok(client.get(f"{API}/entities/person/{person}/history"))["items"]
        assert (plain["actor"], plain["reason"], plain["action"]) == ("steward", "转岗", "entity.update")
        assert plain["changes"] == [{"field": "organisation", "before": "QA", "after": "MFG", "masked": False}]
        assert [(c["field"], c["masked"]) for c in personal["changes"]] == [("phone", True)], "that it changed, never to what"
        assert "13900139000" not in str(personal)
        assert {"field": "name", "before": None, "after": PERSON["name"], "masked": False} in made["changes"]
    page = ok(steward.get(f"{API}/entities/person/{person}/history", params={"limit": 2}))
    rest = ok(steward.get(f"{API}/entities/person/{person}/history", params={"limit": 2, "after": page["next"]}))
    assert [len(page["items"]), len(rest["items"]), rest["next"]] == [2, 1, None]


def test_history_is_refused_with_the_record(steward: TestClient, nobody: TestClient, person: str) -> None:
    assert nobody.get(f"{API}/entities/person/{person}/history").status_code == 401
    assert steward.get(f"{API}/entities/person/none/history").status_code == 404
    assert steward.get(f"{API}/entities/nothing/{person}/history").status_code == 404
    assert steward.get(f"{API}/entities/person/{person}/history", params={"after": "x"}).status_code == 422


def test_fields_above_the_readers_clearance_stay_masked_everywhere(installation: Installation, sign_in: SignIn, auditor: TestClient) -> None:
    with installation.store.transaction() as tx:
        record(tx, actor="quality", action="entity.update", object_="dispute/masked-1", before={"claim": "overcharged by far", "kind": "price"},
               after={"claim": "settled at forty", "kind": "price"}, detail={"message": "m"})
    installation.log.settle()
    row = found(auditor, object="dispute/masked-1")[0]
    one = ok(auditor.get(f"{API}/audit/{row['id']}"))
    assert row["detail"]["after"]["claim"] == one["item"]["detail"]["after"]["claim"] != "settled at forty"
    assert row["detail"]["after"]["kind"] == "price"
    assert one["proof"]["record"] is None, "the sealed text would show it"
    assert one["proof"]["leaf"]
    everything = auditor.get(f"{API}/audit.ndjson").text + auditor.get(f"{API}/audit.csv").text
    assert "settled at forty" not in everything
    assert found(auditor, object="dispute/masked-1", q="forty") == [], "not even by looking for it"


def test_who_looks_at_no_data_sees_none_in_the_log(installation: Installation, sign_in: SignIn, person: str) -> None:
    with installation.store.transaction() as tx:
        from medthread.trust.accounts import create_account

        create_account(tx, name="log_keeper", printed_name="审计管理员小孙", password="medthread-demo", roles=("audit_admin",), by="test")
    keeper = sign_in("log_keeper")
    rows = found(keeper, object=f"person/{person}")
    assert [r["action"] for r in rows] == ["entity.update", "entity.update", "entity.create"]
    assert PERSON["name"] not in str(rows)
    assert keeper.get(f"{API}/entities/person/{person}/history").status_code == 403


def test_the_hash_of_signed_content_is_told_to_nobody_from_whom_some_of_it_is_hidden(auditor: TestClient, installation: Installation, person: str) -> None:
    signed = {"signature": "s1", "content_hash": "sha256:" + "ab" * 32, "made": "cd" * 64, "key": "key-1"}
    with installation.store.transaction() as tx:
        for object_ in (f"person/{person}", "complaint/1", "uom/1"):  # the auditor sees persons and complaints masked, units whole
            record(tx, actor="test", action="signature.create", object_=object_, detail=signed)
    installation.log.settle()
    for object_, shown in ((f"person/{person}", {"signature", "key"}), ("complaint/1", {"signature", "key"}), ("uom/1", set(signed))):
        row = found(auditor, object=object_, action="signature.create")[0]
        assert set(row["detail"]["detail"]) == shown, object_
        whole = ok(auditor.get(f"{API}/audit/{row['id']}"))
        assert (signed["made"] in str(whole), signed["content_hash"] in str(whole)) == ((True, True) if shown == set(signed) else (False, False))
        for file in ("audit.ndjson", "audit.csv"):
            text = auditor.get(f"{API}/{file}", params={"object": object_, "action": "signature.create"}).text
            assert ("ab" * 32 in text) == (shown == set(signed))
