"""The handbook: drafted, signed by chapter, put in force, kept as it was, printed the same every time."""

import re
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from medthread.governance.handbook import HandbookSetting, html_of
from medthread.governance.handbook.setting import OWNERS
from medthread.governance.handbook.typeset import chinese_font, pdf_of
from medthread.methods.canonical import hash_of
from medthread.model.errors import ConfigurationError
from tests.api.conftest import HOUSE_PASSWORD, House
from tests.api.test_desks import ok

API = "/api/v1"
NUMBERS = count(1)


class Desk:
    """Those who have a part in the handbook."""

    def __init__(self, house: House) -> None:
        self.house, n = house, next(NUMBERS)
        self.author, self.approver = house.make(f"hb-author{n}", "doc"), house.make(f"hb-approver{n}", "mr")
        self.steward, self.decider = house.make(f"hb-steward{n}", "steward"), house.make(f"hb-decider{n}", "quality")
        self.owners = {c: self.steward if c == "common" else house.make(f"hb-{c}{n}", roles[0]) for c, roles in OWNERS.items()}

    def draft(self) -> str:
        return str(ok(self.author.post(f"{API}/handbook", json={"reason": "年度"}), 201)["id"])

    def get(self, id_: str) -> Any:
        return ok(self.author.get(f"{API}/handbook/{id_}"))

    def chapter(self, id_: str, name: str) -> Any:
        return next(c for c in self.get(id_)["chapters"] if c["name"] == name)

    def sign(self, id_: str, name: str, *, by: TestClient | None = None, **more: Any) -> Any:
        body = {"chapter": name, "shown": self.chapter(id_, name)["shown"], "password": HOUSE_PASSWORD, **more}
        # Where nobody is named for a chapter, as for entities that another test declared, the steward answers.
        return (by or self.owners.get(name, self.steward)).post(f"{API}/handbook/{id_}/signatures", json=body)

    def issue(self, id_: str, *, by: TestClient | None = None) -> Any:
        return (by or self.approver).post(f"{API}/handbook/{id_}/issue", json={"shown": self.chapter(id_, "*")["shown"], "reason": "批准", "password": HOUSE_PASSWORD})

    def in_force(self) -> str:
        id_ = self.draft()
        for chapter in self.get(id_)["chapters"][:-1]:
            ok(self.sign(id_, chapter["name"]), 201)
        ok(self.issue(id_))
        return id_


@pytest.fixture(scope="module")
def desk(house: House) -> Desk:
    return Desk(house)


@pytest.fixture(scope="module")
def first(desk: Desk) -> str:
    """An issue in force."""
    return desk.in_force()


def test_each_chapter_is_signed_by_who_answers_for_it_over_what_was_shown(desk: Desk, first: str) -> None:
    id_ = desk.draft()
    assert desk.sign(id_, "supply", by=desk.owners["quality"]).status_code == 403, "another's chapter"
    assert desk.sign(id_, "supply", shown="sha256:0").status_code == 409, "something else was shown"
    assert desk.sign(id_, "supply", password="not mine").status_code in (401, 403)
    ok(desk.sign(id_, "supply"), 201)
    assert desk.sign(id_, "supply").status_code == 409, "signed already"
    early = desk.issue(id_)
    assert (early.status_code, "product" in early.text) == (409, True), "chapters are missing"
    signature = desk.chapter(id_, "supply")["signature"]
    shown = ok(desk.author.get(f"{API}/handbook/{id_}/chapters/supply"))
    assert signature["stands"]
    assert signature["content_hash"] == shown["shown"] == hash_of(shown["signed_content"])
    content = shown["content"]
    assert shown["signed_content"]["chapter_hash"] == hash_of({n: v for n, v in content.items() if n != "hash"}), "bound to all that the chapter says"
    assert desk.author.post(f"{API}/handbook", json={"reason": "又一版"}).status_code == 409, "one draft at a time"
    ok(desk.author.post(f"{API}/handbook/{id_}/withdrawal", json={"reason": "重编"}), 204)
    assert desk.sign(id_, "product").status_code == 409


def test_what_is_in_force_stays_and_the_next_says_what_changed(desk: Desk, first: str) -> None:
    before = desk.get(first)
    assert before["state"] == "in_force"
    assert (before["since"], before["changes"]) == (None, []) or before["since"]
    change = {"kind": "definition", "subject": "item.code", "content": {"meaning": {"zh": "物料编码规则第二版", "en": "Second rule of codes"}}}
    id_ = ok(desk.steward.post(f"{API}/definition-changes", json={"changes": [change], "reason": "改版"}), 201)["proposal"]
    ok(desk.decider.post(f"{API}/definition-changes/{id_}/decision", json={"approve": True, "reason": "同意"}))
    second = desk.in_force()
    now = desk.get(second)
    assert now["since"] == first
    mine = [c for c in now["changes"] if c["subject"] == "item.code"]
    assert [(c["kind"], [(w["name"], w["after"]["zh"]) for w in c["what"]]) for c in mine] == [("changed", [("meaning", "物料编码规则第二版")])]
    old = desk.get(first)
    assert (old["state"], old["content_hash"]) == ("superseded", before["content_hash"])
    assert "物料编码规则第二版" not in desk.author.get(f"{API}/handbook/{first}/html").text
    assert "物料编码规则第二版" in desk.author.get(f"{API}/handbook/{second}/html").text
    assert desk.issue(first).status_code == 409
    for change_ in ("update medthread.handbook_issue set content = '{}' where id = :id", "delete from medthread.handbook_issue where id = :id"):
        with desk.house.installation.store.transaction() as tx, pytest.raises(DBAPIError, match="stays as it was made"):
            tx.execute(text(change_), {"id": first})
    listed = {i["id"]: i["state"] for i in ok(desk.author.get(f"{API}/handbook"))["items"]}
    assert (listed[first], listed[second]) == ("superseded", "in_force")


def test_who_prepares_does_not_approve(house: House, desk: Desk, first: str) -> None:
    both = house.make(f"hb-both{next(NUMBERS)}", "doc", "mr")
    id_ = ok(both.post(f"{API}/handbook", json={"reason": "试一试"}), 201)["id"]
    for chapter in desk.get(id_)["chapters"][:-1]:
        ok(desk.sign(id_, chapter["name"]), 201)
    assert desk.issue(id_, by=both).status_code == 403
    ok(both.post(f"{API}/handbook/{id_}/withdrawal", json={"reason": "试完"}), 204)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_it_is_printed_the_same_every_time_and_loads_nothing(desk: Desk, first: str, language: str) -> None:
    with desk.house.installation.services(None) as services, services.store.transaction() as tx:
        issue = services.issues.issue(tx, first)
    page = html_of(issue, language=language)
    assert page == html_of(issue, language=language)
    said = page.decode()
    assert not re.search(r"<(script|link|img|iframe)|@import|url\(", said)
    assert issue.row["content_hash"] in said
    assert ("数据口径手册" if language == "zh" else "Data definition handbook") in said
    assert "草案" not in said
    made = pdf_of(issue, language=language)
    assert made == pdf_of(issue, language=language)
    assert made.startswith(b"%PDF-1.7")
    assert b"pdfaid:part>2<" in made
    assert b"pdfaid:conformance>A<" in made


def test_a_draft_says_that_it_is_one(desk: Desk, first: str) -> None:
    id_ = desk.draft()
    assert "草案 — 未生效" in desk.author.get(f"{API}/handbook/{id_}/html").text
    answer = desk.author.get(f"{API}/handbook/{id_}/pdf?language=en")
    assert (answer.headers["content-type"], answer.content[:5]) == ("application/pdf", b"%PDF-")
    ok(desk.author.post(f"{API}/handbook/{id_}/withdrawal", json={"reason": "试完"}), 204)


def test_without_a_chinese_font_no_pdf_is_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("medthread.governance.handbook.typeset.FAMILIES", ("No Such Font",))
    with pytest.raises(ConfigurationError, match="no font with Chinese signs") as refused:
        chinese_font(tmp_path)
    assert "fonts-noto-cjk" in refused.value.hint


def test_a_company_says_who_signs(tmp_path: Path) -> None:
    said = HandbookSetting.read({"handbook": {"number": "QP-7", "owners": {"supply": ["sqe"]}, "issued_by": ["exec"]}}, home=tmp_path)
    assert (said.number, said.signs("supply"), said.signs("quality"), said.issued_by) == ("QP-7", ("sqe",), OWNERS["quality"], ("exec",))
    assert said.signs("acme") == OWNERS["common"]
    for wrong in ({"handbook": {"owners": {"supply": ["nobody"]}}}, {"handbook": {"colour": 1}}):
        with pytest.raises(ConfigurationError):
            HandbookSetting.read(wrong, home=tmp_path)
