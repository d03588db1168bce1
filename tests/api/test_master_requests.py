"""A master is asked for before it is made: looked for among what is there, decided by another person, given a code, made by the next run."""

import io
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select

from medthread.api.server import create_app
from medthread.methods.check_character import is_checked
from medthread.stores.postgres.tables import audit_event, master_request, match_decision
from tests.api.conftest import House
from tests.api.test_stewardship import API, codes, golden, ok, rerun
from tests.api.test_stewardship import client as sign_in
from tests.conftest import Opening
from tests.scenarios import company, firms

REQUESTS = f"{API}/stewardship/supplier/requests"
NEW = {"name": "无锡恒锐传动科技有限公司", "city": "无锡", "contact": "王小明", "phone": "13912345678"}
CLIENTS: dict[str, TestClient] = {}
SETTINGS = """name = "试验"
inbox = "inbox"
[masters]
second_person_from = 5
[masters.item]
code = "{kind}-{year}-{seq:04}{check}"
[masters.item.words.kind]
raw = "RM"
"""


@pytest.fixture(scope="module")
def works(tmp_path_factory: pytest.TempPathFactory, open_beside: Opening) -> Iterator[House]:
    home = firms.found(tmp_path_factory.mktemp("requests") / "c")
    (home / "medthread.toml").write_text(SETTINGS, encoding="utf-8")
    with open_beside(home) as opened, opened.serving(None) as services:
        company.run(opened)
        house = House(opened, create_app(services))
        for name, roles in (("keeper", ("steward",)), ("second", ("quality",)), ("asker", ("buyer",)), ("other", ("buyer",)), ("checker", ("auditor",))):
            house.make(name, *roles)
        yield house
        CLIENTS.clear()


def client(house: House, name: str = "keeper") -> TestClient:
    """Somebody's client, signed in once."""
    if name not in CLIENTS:
        CLIENTS[name] = sign_in(house, name)
    return CLIENTS[name]


def asked(desk: TestClient, values: dict[str, Any] | None = None, *, to: str = REQUESTS, **more: Any) -> Any:
    return ok(desk.post(to, json={"values": values or NEW, "reason": "新的传动件货源", "submit": True, **more}), 201)


def granted(house: House, number: int, *, to: str = REQUESTS, by: str = "keeper", answers: list[dict[str, Any]] | None = None) -> Any:
    return client(house, by).post(f"{to}/{number}/approval", json={"grant": True, "reason": "资料齐全", "answers": answers or []})


def test_the_form_follows_from_the_master_and_a_draft_is_its_authors_alone(works: House) -> None:
    desk = client(works, "asker")
    form = ok(desk.get(f"{REQUESTS}/form"))
    fields = {f["name"]: f for f in form["fields"]}
    assert "code" not in fields
    assert [n for n, f in fields.items() if f["required"]] == ["name"]
    assert (form["code"], form["asks"], form["decides"]) == ("SUP-000001X", True, False)
    assert ok(desk.get(f"{API}/stewardship/item/requests/form"))["code"] == "<kind>-2026-0001X"
    made = ok(desk.post(REQUESTS, json={"values": {"city": "无锡"}, "reason": "先记下"}), 201)
    assert (made["status"], made["values"], made["mine"]) == ("draft", {"city": "无锡"}, True)
    assert client(works).get(f"{REQUESTS}/{made['id']}").status_code == 404
    assert desk.post(f"{REQUESTS}/{made['id']}/submission").status_code == 422, "a supplier has a name"
    said = {"values": {"name": "无锡某某", "city": "无锡", "phone": "13900001111", "bank_account": "6222020200112233"}, "reason": "先记下", "revision": made["revision"]}
    again = ok(desk.put(f"{REQUESTS}/{made['id']}", json=said))
    assert desk.put(f"{REQUESTS}/{made['id']}", json=said).status_code == 412
    # A masked value that comes back as it was shown stays what it was.
    with works.installation.store.transaction() as tx:
        before = tx.execute(select(master_request.c["values"]).where(master_request.c.id == made["id"])).scalar_one()
    ok(desk.put(f"{REQUESTS}/{made['id']}", json={**said, "values": again["values"] | {"name": "无锡某某二", "phone": "139****1111", "bank_account": "***"}, "revision": again["revision"]}))
    with works.installation.store.transaction() as tx:
        after = tx.execute(select(master_request.c["values"]).where(master_request.c.id == made["id"])).scalar_one()
    assert (after["phone"], after["bank_account"], after["name"]) == (before["phone"], "6222020200112233", "无锡某某二")
    assert "13900001111" not in str(after)
    ok(desk.post(f"{REQUESTS}/{made['id']}/withdrawal", json={"reason": "不需要了"}))
    assert desk.post(f"{REQUESTS}/{made['id']}/submission").status_code == 409
    assert desk.post(REQUESTS, json={"values": {"code": "V1", "name": "甲"}, "reason": "自带编码"}).status_code == 422
    assert client(works, "checker").post(REQUESTS, json={"values": NEW, "reason": "审计"}).status_code == 403


def test_what_bears_the_same_identifier_is_named_and_refused(works: House) -> None:
    desk, id_ = client(works, "asker"), golden(client(works), "A1")
    answer = desk.post(REQUESTS, json={"values": {"name": "别的名字有限公司", "uscc": firms.NINGBO}, "reason": "新货源", "submit": True})
    assert answer.status_code == 409
    assert answer.json()["because"] == [{"golden_id": id_, "name": "宁波华阳塑胶有限公司"}]
    found = ok(desk.post(f"{REQUESTS}/check", json={"name": "别的名字有限公司", "uscc": firms.NINGBO}))
    assert [(g["golden_id"], g["exact"]) for g in found["golden"]] == [(id_, True)]


def test_a_request_becomes_a_golden_record_with_its_code(works: House) -> None:
    made = asked(client(works, "asker"))
    assert (made["status"], made["values"]["phone"]) == ("submitted", "139****5678")
    # Who asks for the same meanwhile is told of it.
    found = ok(client(works, "other").post(f"{REQUESTS}/check", json=NEW))
    assert [(b["request"], b["status"]) for b in found["beside"]] == [(made["id"], "submitted")]
    assert granted(works, made["id"], by="asker").status_code == 403
    given = ok(granted(works, made["id"]))
    assert (given["status"], given["code"][:-1], is_checked(given["code"])) == ("approved", "SUP-000001", True)
    assert granted(works, made["id"]).status_code == 409
    rerun(works)
    told = ok(client(works).get(f"{REQUESTS}/{made['id']}"))
    assert told["status"] == "taken_over"
    record = ok(client(works).get(f"{API}/masters/supplier/{told['golden_id']}"))
    assert [(r["source"], r["source_key"]) for r in record["records"]] == [("request", given["code"])]
    values = {f["name"]: f["value"] for f in record["fields"]}
    assert {n: values[n] for n in ("code", "name", "city", "phone")} == {"code": given["code"], **{n: NEW[n] for n in ("name", "city", "phone")}}
    assert told["values"]["phone"] == NEW["phone"], "a steward is cleared for it"
    snapshot = works.installation.releases.current()
    rerun(works)
    assert works.installation.releases.current() == snapshot, "the same again is no news"


def test_what_is_alike_is_answered_for_and_stays_apart(works: House) -> None:
    desk, id_ = client(works), golden(client(works), "B1")
    made = asked(client(works, "asker"), {"name": "苏州金泰精密五金有限公司", "city": "苏州", "address": "另一处"})
    alike = ok(desk.get(f"{REQUESTS}/{made['id']}"))["alike"]
    assert [(g["golden_id"], g["sure"]) for g in alike["golden"]] == [(id_, True)]
    unanswered = granted(works, made["id"])
    assert (unanswered.status_code, unanswered.json()["because"]) == (409, [{"alike": id_}])
    assert granted(works, made["id"], answers=[{"golden_id": id_}]).status_code == 422, "why it is another is said"
    given = ok(granted(works, made["id"], answers=[{"golden_id": id_, "reason": "同名的另一法人,营业执照不同"}]))
    rerun(works)
    told = ok(desk.get(f"{REQUESTS}/{made['id']}"))
    assert (told["status"], told["golden_id"] == id_, codes(desk, id_)) == ("taken_over", False, {"B1", "B2"})
    with works.installation.store.transaction() as tx:
        decision = tx.execute(select(match_decision).order_by(match_decision.c.id.desc()).limit(1)).one()
    assert (decision.kind, decision.asked_by, decision.decided_by, decision.sides[1]) == ("split", "asker", "keeper", [f"request|{given['code']}"])
    # With the answer that it is this one nothing is made.
    other = asked(client(works, "asker"), {"name": "苏州金泰精密五金厂", "city": "苏州"})
    likes = ok(desk.get(f"{REQUESTS}/{other['id']}"))["alike"]["golden"]
    answers = [{"golden_id": g["golden_id"], "same": g["golden_id"] == id_, "reason": "" if g["golden_id"] == id_ else "另一家"} for g in likes]
    assert ok(granted(works, other["id"], answers=answers)) == {"id": other["id"], "status": "existing", "golden_id": id_, "same_as": None}
    shown = ok(client(works, "asker").get(f"{REQUESTS}/{other['id']}"))
    assert (shown["status"], shown["golden_id"], shown["code"]) == ("existing", id_, None)


def test_codes_follow_one_another_however_many_approve_at_once(works: House) -> None:
    to = f"{API}/stewardship/item/requests"
    names = ["钛合金棒", "聚醚醚酮粒料", "医用缝合线", "无菌纱布卷", "不锈钢针管", "硅胶密封圈"]
    made = [asked(client(works, "asker"), {"name": n, "kind": "raw"}, to=to) for n in names]
    assert granted(works, asked(client(works, "asker"), {"name": "无类别的物料"}, to=to)["id"], to=to).status_code == 422, "its kind stands in the code"
    with ThreadPoolExecutor(3) as pool:
        given = list(pool.map(lambda m: ok(granted(works, m["id"], to=to))["code"], made))
    assert sorted(c[:-1] for c in given) == [f"RM-2026-{n:04}" for n in range(1, 7)]
    assert all(is_checked(c) for c in given)


def test_of_two_that_ask_for_the_same_the_second_sees_the_first(works: House) -> None:
    first, second = (asked(client(works, who), {"name": "常州博瑞橡胶制品有限公司", "city": "常州"}) for who in ("asker", "other"))
    code = ok(granted(works, first["id"]))["code"]
    assert granted(works, second["id"]).json()["because"] == [{"alike": f"#{first['id']}"}]
    ended = ok(granted(works, second["id"], answers=[{"request": first["id"], "same": True}]))
    assert (ended["status"], ended["same_as"]) == ("existing", first["id"])
    assert code.startswith("SUP-")
    with works.installation.store.transaction() as tx:
        query = select(audit_event.c.action).where(audit_event.c.object == f"master_request/{second['id']}").order_by(audit_event.c.seq)
        acts = tx.execute(query).scalars().all()
    assert acts == ["master.request", "master.submit", "master.grant", "master.use_existing"]


def test_many_are_asked_for_from_a_sheet(works: House) -> None:
    desk = client(works, "asker")

    def handed(text: str, *, trial: bool) -> Any:
        return desk.post(f"{REQUESTS}/file", params={"reason": "集中建档", "trial": trial}, files={"file": ("新供应商.csv", io.BytesIO(text.encode()), "text/csv")})

    wrong = f"名称,城市,统一社会信用代码\n扬州新亚电子有限公司,扬州,\n宁波某厂,宁波,{firms.NINGBO}\n扬州市新亚电子有限公司,扬州,\n,南通,\n"
    told = ok(handed(wrong, trial=True), 201)
    assert (told["wrong"], told["numbers"], [bool(r["wrong"]) for r in told["rows"]], told["rows"][0]["alike"]["rows"]) == (2, [], [False, True, False, True], [3])
    assert handed(wrong, trial=False).status_code == 422
    good = ok(handed("名称,城市\n扬州新亚电子有限公司,扬州\n南通海安滤材有限公司,南通\n", trial=False), 201)
    assert len(good["numbers"]) == 2
    assert {ok(desk.get(f"{REQUESTS}/{n}"))["status"] for n in good["numbers"]} == {"submitted"}
