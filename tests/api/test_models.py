"""Models over HTTP: a list, one whole, the plan of what files change, bringing it into force; and who learns which rows fail."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select, text

from medthread.api.server import create_app
from medthread.stores.postgres.tables import audit_event, run
from tests.api.conftest import House
from tests.conftest import Opening
from tests.scenarios import company
from tests.scenarios.modelled import BUSY, BY_ITEM, CALLED, CASES, found, write

API = "/api/v1"

@dataclass(frozen=True)
class Works:
    """A company with data and models of its own, and its people."""

    home: Path
    house: House

    def client(self, name: str, language: str = "zh-CN") -> TestClient:
        client = self.house.browser()
        assert self.house.enter(client, name).status_code == 200
        client.headers["accept-language"] = language
        return client

    def write(self, **texts: str | None) -> None:
        write(self.home, **texts)

    def ran(self, run_id: str) -> Any:
        """A run, when it has come to its end."""
        installation = self.house.installation
        self.house.app.state.services.runner.wait()
        with installation.store.transaction() as tx:
            return tx.execute(select(run).where(run.c.id == run_id)).one()

    def apply(self, client: TestClient, reason: str = "采购要求") -> Any:
        return self.ran(ok(client.post(f"{API}/model-plan/apply", json={"reason": reason}), 202)["run_id"])


@pytest.fixture(scope="module")
def works(tmp_path_factory: pytest.TempPathFactory, open_beside: Opening) -> Iterator[Works]:
    home = found(tmp_path_factory.mktemp("models") / "c")
    with open_beside(home) as opened, opened.serving(None) as services:
        company.run(opened)
        made = Works(home, House(opened, create_app(services)))
        for name, roles, plants in (
            ("engineer", ("data_engineer",), ()), ("keeper", ("steward",), ()), ("bound", ("steward",), ("P-9",)), ("boss", ("manager",), ()),
            ("admin", ("system_admin",), ()),
        ):
            made.house.make(name, *roles, plants=plants)
        yield made


@pytest.fixture
def own(works: Works) -> Iterator[Works]:
    """With nothing of the company's own when it begins and ends."""
    yield works
    works.write(by_item=None, busy=None, called=None)
    (works.home / "models" / "by_item.cases.yaml").unlink(missing_ok=True)
    client = works.client("engineer")
    if ok(client.get(f"{API}/model-plan"))["changes"]:
        assert works.apply(client, "收拾").status == "done"


def ok(answer: Any, status: int = 200) -> Any:
    assert answer.status_code == status, answer.text
    return answer.json()


def one(client: TestClient, name: str) -> Any:
    return ok(client.get(f"{API}/models/{name}"))


def test_what_ships_is_listed_with_how_it_stands(works: Works) -> None:
    listed = ok(works.client("boss").get(f"{API}/models"))
    assert listed["fault"] is None
    lots = {m["name"]: m for m in listed["items"]}["lot_overview"]
    assert lots["label"] == {"zh": "批次总览", "en": "Lot overview"}
    assert (lots["origin"], lots["standing"], lots["version"], lots["domain"], lots["grain"]) == ("software", "in_force", 1, "manufacturing", ["id"])
    assert lots["owner_label"]["zh"] == "生产"
    assert lots["rows"] == 0
    assert {m["name"]: m for m in listed["items"]}["genealogy"]["rows"] > 0
    assert lots["built_at"]
    assert lots["tests"] == {"asked": 5, "failed": 0, "warned": 0, "held": 0}
    assert ok(works.client("boss").get(f"{API}/model-plan")) | {"seen": "", "labels": {}} == {
        "verdict": None, "seconds": 0, "changes": [], "remade": [], "faults": [], "contracts": [], "seen": "", "labels": {}}


def test_a_model_says_what_it_is_made_from_and_who_reads_it(works: Works) -> None:
    found = one(works.client("boss"), "genealogy")
    assert found["text"].startswith("-- about")
    assert {"name": "kind", "type": "VARCHAR"} in found["columns"]
    assert [(v["version"], v["verdict"], v["applied_by"]) for v in found["versions"]] == [(1, "added", "test")]
    readers = {r["name"]: r for r in found["readers"]}
    assert (readers["genealogy_node"]["kind"], readers["genealogy_node"]["fields"]) == ("model", ["child", "parent"])
    assert readers["trace"]["kind"] == "part"
    assert {i["table"]: i["changed"] for i in found["inputs"]}["golden.genealogy_edge"] is False
    assert found["cases"]
    assert found["held"] is None


def test_a_change_is_told_applied_and_seen(own: Works) -> None:
    engineer = own.client("engineer")
    own.write(by_item=BY_ITEM, busy=BUSY)
    plan = ok(engineer.get(f"{API}/model-plan"))
    assert [(c["model"], c["kind"], c["verdict"]) for c in plan["changes"]] == [("by_item", "added", "added"), ("busy", "added", "added")]
    assert plan["labels"]["busy"] == {"zh": "常用物料", "en": "Busy items"}
    assert {m["name"]: m["standing"] for m in ok(engineer.get(f"{API}/models"))["items"]}["by_item"] == "new"
    ended = own.ran(ok(engineer.post(f"{API}/model-plan/apply", json={"reason": "采购要求", "seen": plan["seen"]}), 202)["run_id"])
    assert (ended.status, ended.started_by, [s["name"] for s in ended.stages]) == ("done", "engineer", ["build", "release"])
    found = one(engineer, "by_item")
    assert (found["standing"], found["versions"][0]["reason"], found["versions"][0]["applied_by"]) == ("in_force", "采购要求", "engineer")
    assert [r["name"] for r in found["readers"]] == ["busy"]
    with own.house.installation.store.transaction() as tx:
        query = select(audit_event.c.actor, audit_event.c.reason).where(audit_event.c.action == "model.apply", audit_event.c.object == "model/by_item")
        assert ("engineer", "采购要求") in {tuple(r) for r in tx.execute(query)}


def test_whoever_loses_a_field_is_named_and_what_cannot_be_made_is_not_begun(own: Works) -> None:
    engineer = own.client("engineer")
    own.write(by_item=BY_ITEM, busy=BUSY)
    assert own.apply(engineer).status == "done"
    own.write(by_item=BY_ITEM.replace("as receipts", "as times").replace("receipts >", "times >").replace("receipts <", "times <"))
    plan = ok(engineer.get(f"{API}/model-plan"))
    [change] = plan["changes"]
    assert (plan["verdict"], change["verdict"]) == ("breaking", "breaking")
    assert [(r["name"], r["broken"]) for r in change["readers"]] == [("busy", ["receipts"])]
    assert plan["faults"][0]["model"] == "busy"
    assert plan["faults"][0]["message"].startswith("模型 busy 无法构建")
    answer = engineer.post(f"{API}/model-plan/apply", json={"reason": "改名"})
    assert answer.status_code == 409
    assert answer.json()["detail"].startswith("模型 busy 无法构建")
    assert one(engineer, "by_item")["standing"] == "changed"
    assert one(engineer, "by_item")["version"] == one(engineer, "by_item")["versions"][0]["version"]


def test_two_versions_are_compared(own: Works) -> None:
    engineer = own.client("engineer")
    own.write(by_item=BY_ITEM)
    own.apply(engineer)
    own.write(by_item=BY_ITEM.replace("count(*)", "count(distinct id)"))
    own.apply(engineer)
    latest = one(engineer, "by_item")["version"]
    found = ok(engineer.get(f"{API}/models/by_item/diff", params={"before": latest - 1, "after": latest}))
    assert [line[:1] for line in found["diff"] if line[:1] in "+-"] == ["-", "+"]
    assert "count(distinct id)" in found["diff"][-1] + found["diff"][-2]
    missing = engineer.get(f"{API}/models/by_item/diff", params={"before": 1, "after": 99})
    assert (missing.status_code, missing.json()["detail"]) == (404, "模型 'by_item' 没有版本 99")
    assert engineer.get(f"{API}/models/by_item/diff", params={"before": 0, "after": 1}).status_code == 422


def test_what_is_held_back_names_its_model_and_no_row_in_the_run(own: Works) -> None:
    engineer, boss = own.client("engineer"), own.client("boss", "en")
    own.write(by_item=BY_ITEM)
    own.apply(engineer)
    own.write(by_item=BY_ITEM.replace("receipts > 0", "receipts < 7"))
    ended = own.apply(engineer)
    told = ok(boss.get(f"{API}/runs/{ended.id}"))
    assert told["status"] == "failed"
    assert [(s["status"], s["models"]) for s in told["stages"] if s["name"] == "build"] == [("failed", ["by_item"])]
    found = one(engineer, "by_item")
    rows = found["held"]["tests"][0]["rows"]
    assert rows
    assert "do not meet receipts < 7" in told["message"]
    assert told["hint"].startswith("readers keep what they see")
    assert not any(r in told["message"] for r in rows)
    assert {m["name"]: m["tests"] for m in ok(boss.get(f"{API}/models"))["items"]}["by_item"]["held"] == 1
    assert (found["tests"]["failed"], found["tests_said"][-1]["condition"], found["tests_said"][-1]["blocks"]) == (0, "receipts < 7", False)


def test_rows_that_fail_are_named_to_whoever_sees_all_behind_them(own: Works) -> None:
    engineer, keeper, bound = (own.client(n) for n in ("engineer", "keeper", "bound"))
    own.write(by_item=BY_ITEM, called=CALLED)
    assert own.apply(engineer).status == "done"

    def said(client: TestClient, name: str) -> Any:
        return next(t for t in one(client, name)["tests_said"] if t["failed"])

    plain = said(engineer, "by_item")
    assert plain["rows"]
    assert not plain["kept_back"]
    cut = said(bound, "by_item")
    assert (cut["failed"], cut["rows"], cut["kept_back"]) == (plain["failed"], [], True)
    assert said(keeper, "called")["rows"]
    masked = said(engineer, "called")  # the phone decides which customers stand there, and is masked to this reader
    assert (masked["failed"], masked["rows"], masked["kept_back"]) == (5, [], True)


def test_cases_are_tried_where_the_file_stands(own: Works) -> None:
    engineer = own.client("engineer", "en")
    own.write(by_item=BY_ITEM)
    (own.home / "models" / "by_item.cases.yaml").write_text(CASES, encoding="utf-8")
    assert [c["label"]["en"] for c in one(engineer, "by_item")["cases"]] == ["Once", "Twice"]
    once, twice = ok(engineer.post(f"{API}/models/by_item/cases/try"))["items"]
    assert once["holds"]
    assert (twice["holds"], twice["missing"], twice["extra"]) == (False, ['{"item":"I1","receipts":2}'], ['{"item":"I1","receipts":1}'])
    own.write(busy=BUSY.replace("item, receipts", "item, nothing"))  # another that cannot be made is nothing to it
    assert ok(engineer.post(f"{API}/models/by_item/cases/try"))["items"] == [once, twice]
    own.write(busy=None)
    (own.home / "models" / "by_item.cases.yaml").write_text("- about: x\n  gives: {}\n", encoding="utf-8")
    assert one(engineer, "by_item")["cases_fault"]["hint"] == "a case says about, given and expect"
    assert engineer.post(f"{API}/models/by_item/cases/try").status_code == 409


def test_a_file_that_cannot_be_read_stands_in_the_way_of_models_alone(own: Works) -> None:
    engineer = own.client("engineer")
    own.write(by_item="select 1")
    listed = ok(engineer.get(f"{API}/models"))
    assert "by_item.sql" in listed["fault"]["message"]
    assert {m["name"] for m in listed["items"]} >= {"lot_overview", "genealogy"}
    [fault] = ok(engineer.get(f"{API}/model-plan"))["faults"]
    assert (fault["model"], fault["message"]) == (None, "by_item.sql：头部没有写 'grain'")
    for answer in (engineer.post(f"{API}/model-plan/apply", json={"reason": "试试"}), engineer.post(f"{API}/runs"), engineer.post(f"{API}/models/lot_overview/cases/try")):
        assert answer.status_code == 409
        assert answer.json()["detail"].startswith("by_item.sql")
    assert engineer.get(f"{API}/entities/lot").status_code == 200


def test_what_may_not_be_asked_is_refused_in_the_readers_language(own: Works) -> None:
    engineer, boss, admin = (own.client(n) for n in ("engineer", "boss", "admin"))
    nothing = engineer.post(f"{API}/model-plan/apply", json={"reason": "没有改动"})
    assert (nothing.status_code, nothing.json()["detail"]) == (409, "模型没有可生效的改动")
    own.write(by_item=BY_ITEM)
    for body in ({}, {"reason": ""}, {"reason": "x" * 2001}):
        assert engineer.post(f"{API}/model-plan/apply", json=body).status_code == 422
    other = engineer.post(f"{API}/model-plan/apply", json={"reason": "看过的", "seen": "another"})
    assert (other.status_code, other.json()["detail"]) == (409, "模型已不是所查看计划中的样子")
    unknown = engineer.get(f"{API}/models/none")
    assert (unknown.status_code, unknown.json()["detail"]) == (404, "没有模型 'none'")
    assert boss.post(f"{API}/model-plan/apply", json={"reason": "厂长"}).status_code == 403
    assert boss.post(f"{API}/models/lot_overview/cases/try").status_code == 403
    assert admin.get(f"{API}/models").status_code == 403
    assert admin.get(f"{API}/model-plan").status_code == 403
    assert one(engineer, "by_item")["standing"] == "new"


def test_one_run_at_a_time(own: Works) -> None:
    engineer = own.client("engineer")
    own.write(by_item=BY_ITEM)
    with own.house.installation.store.transaction() as tx:
        tx.execute(text("lock table medthread.model_version in share row exclusive mode"))  # the first run cannot end
        first = engineer.post(f"{API}/model-plan/apply", json={"reason": "第一次"})
        second = engineer.post(f"{API}/model-plan/apply", json={"reason": "第二次"})
    assert first.status_code == 202
    assert (second.status_code, second.json()["detail"]) == (409, "已有运行正在进行")
    assert own.ran(first.json()["run_id"]).status == "done"
