"""Records whose time has come, from their rule to the record of their destruction; and one person over all stores, in the browser."""

import json
import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import text

from medthread.app import Installation
from medthread.cli.demo_people import PASSWORD
from medthread.methods.canonical import hash_of
from medthread.stores.serving import LakeReader
from medthread.workflow import create_native
from tests.browser.conftest import Visit, assert_accessible

pytestmark = pytest.mark.browser
CHINESE = re.compile(r"[\u4e00-\u9fff]")
DISPUTE = {"kind": "contract", "claim": "claims", "amount": "5", "legal_hold": "no", "legal_owner": "ann"}


@pytest.fixture(scope="module")
def disputes(installation: Installation) -> Iterator[dict[str, str]]:
    """Two disputes that ended long ago, of which a legal hold stands over one; their numbers."""
    reader = LakeReader(installation.releases)
    context, found = installation.commands(reader), {}
    with installation.store.transaction() as tx:
        for name in ("held", "free"):
            id_ = create_native(tx, context, entity="dispute", values={**DISPUTE, "counterparty": f"{name} 13900007777"}, by="test")
            found[name] = tx.execute(text("select dispute_no from native.dispute where id = :id"), {"id": id_}).scalar_one()
            tx.execute(text("update medthread.process_case set closed_at = '2009-01-01', state = 'closed' where record = :id"), {"id": id_})
        create_native(tx, context, entity="legal_hold", values={"matter": "another case", "cause_entity": "dispute", "cause_no": found["held"]}, by="test")
    yield found
    reader.close()


def in_both_languages(page: Page) -> None:
    """Accessible in Chinese and in English, and nothing Chinese is left among the English words."""
    assert_accessible(page)
    page.get_by_role("button", name="English").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    assert_accessible(page, colours=False)
    words = page.locator("nav").first.inner_text() + str(page.get_by_role("main").locator("h1, h2, th, label, dt, button, .quiet").all_inner_texts())
    assert not CHINESE.search(words), words
    page.get_by_role("button", name="中文").click()


@pytest.mark.parametrize(("who", "place", "title"), [
    ("doc", "retention", "留存与销毁"), ("auditor", "retention?tab=rules", "留存与销毁"), ("auditor", "retention?tab=rules&entity=lot", "留存与销毁"),
    ("privacy", "privacy", "个人信息"), ("regulatory", "privacy?tab=register", "个人信息"), ("privacy", "privacy?tab=erasures", "个人信息"),
])
def test_a_page_shows_itself_and_is_accessible(enter: Visit, who: str, place: str, title: str) -> None:
    page = enter(who, place)
    expect(page.get_by_role("heading", level=1)).to_have_text(title)
    if "entity" in place:
        expect(page.get_by_role("dialog")).to_contain_text("现有记录")
        page.wait_for_timeout(400)  # the drawer has come to rest
        assert_accessible(page)
    else:
        in_both_languages(page)


def test_who_may_not_is_not_offered_them(enter: Visit) -> None:
    page = enter("purch")
    for name in ("留存与销毁", "个人信息", "审计日志"):
        expect(page.get_by_role("link", name=name)).to_have_count(0)
    page = enter("regulatory", "privacy")
    expect(page.get_by_role("tab")).to_have_count(1)
    expect(page.get_by_role("tab", name="处理登记")).to_be_visible()


def test_a_rule_says_where_it_looks_and_is_found(enter: Visit) -> None:
    page = enter("regulatory", "retention?tab=rules")
    page.get_by_label("按类别或规则查找").fill("批次")
    row = page.get_by_role("row").filter(has=page.get_by_role("link", name="批次", exact=True))
    expect(row).to_contain_text("植入类永久保存")
    expect(row).to_contain_text("批次 · 失效日期")
    row.get_by_role("button", name="查看到期情况:批次").click()
    drawer = page.get_by_role("dialog")
    expect(drawer).to_contain_text("下一次到期")
    expect(drawer.get_by_role("button", name=re.compile("提议销毁"))).to_have_count(0)
    page.keyboard.press("Escape")
    expect(drawer).to_be_hidden()
    page.get_by_label("按类别或规则查找").fill("没有这样的类别")
    expect(page.get_by_text("没有符合条件的数据")).to_be_visible()


def test_due_records_are_proposed_decided_by_another_and_destroyed_with_a_record(enter: Visit, disputes: dict[str, str]) -> None:
    page = enter("doc", "retention?tab=rules&entity=dispute")
    drawer = page.get_by_role("dialog")
    expect(drawer).to_contain_text("2 条,最早 2019-01-01")
    drawer.get_by_role("button", name="提议销毁到期的 2 条").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("销毁:纠纷")
    items = page.get_by_role("table")
    held, free = (items.get_by_role("row").filter(has_text=disputes[n]) for n in ("held", "free"))
    expect(held).to_contain_text("不得销毁")
    expect(held.get_by_role("link", name=re.compile("证据保全"))).to_be_visible()
    expect(free).to_contain_text("期限已过,无保全、无引用、无更长的规则")
    expect(page.get_by_text("由您提议,须由另一人决定。")).to_be_visible()
    in_both_languages(page)
    place = page.url.partition("#/")[2]

    page = enter("qa_mgr", place)
    page.get_by_role("button", name="批准").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_label("原因")).to_be_focused()
    page.keyboard.press("Enter")
    expect(dialog.get_by_text("必填").first).to_be_visible()
    page.wait_for_timeout(400)
    assert_accessible(page)
    dialog.get_by_label("原因").fill("期限已过,集团档案清理")
    dialog.get_by_label("密码").fill("somebody else's")
    page.keyboard.press("Enter")
    expect(dialog.get_by_role("alert")).to_be_visible()
    dialog.get_by_label("密码").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_text("已批准,等待提议方执行。")).to_be_visible()

    page = enter("doc", place)
    page.get_by_role("button", name="执行销毁").click()
    page.get_by_role("dialog").get_by_role("button", name="执行销毁").click()
    expect(page.get_by_text("删除行,销毁其密钥")).to_be_visible()
    expect(page.get_by_role("row").filter(has_text="已销毁,只留哈希")).to_have_count(1)
    expect(page.get_by_text(disputes["free"])).to_have_count(0)
    expect(page.get_by_role("dialog")).to_be_hidden()
    assert_accessible(page)
    with page.expect_download() as download:
        page.get_by_role("link", name="下载销毁记录").click()
    told = json.loads(download.value.path().read_text(encoding="utf-8"))
    gone = [i["record"] for i in told["items"] if i["status"] == "destroyed"]
    assert (told["proposed_by"], told["decided_by"], told["executed_by"], told["records"]) == ("doc", "qa_mgr", "doc", 1)
    assert told["keys_hash"] == hash_of(sorted(gone)), "whoever keeps the record can compute it"
    page.goto(page.url.partition("#")[0] + "#/retention")
    expect(page.get_by_role("row").filter(has_text="纠纷").first).to_contain_text("已执行")


def test_one_who_proposed_does_not_decide_and_a_refusal_keeps_everything(enter: Visit, disputes: dict[str, str]) -> None:
    page = enter("doc", "retention?tab=rules&entity=dispute")
    page.get_by_role("dialog").get_by_role("button", name=re.compile("提议销毁到期的")).click()
    expect(page.get_by_role("row").filter(has_text=disputes["held"])).to_contain_text("不得销毁")
    place = page.url.partition("#/")[2]
    page = enter("qa_mgr", place)
    expect(page.get_by_role("button", name="批准")).to_be_disabled()
    expect(page.get_by_text("全部不得销毁,没有可批准的内容。")).to_be_visible()
    page.get_by_role("button", name="拒绝").click()
    page.get_by_role("dialog").get_by_label("原因").fill("保全未解除")
    page.keyboard.press("Enter")
    expect(page.get_by_role("main")).to_contain_text("已拒绝")
    expect(page.get_by_role("main")).to_contain_text("保全未解除")


@pytest.fixture(scope="module")
def someone(installation: Installation) -> str:
    """A complaint with a reporter's telephone and address; its number."""
    reader = LakeReader(installation.releases)
    values = {"description": "球囊漏气", "phone": "13955550001", "address": "解放路 1 号"}
    context = installation.commands(reader)
    with installation.store.transaction() as tx:
        id_ = create_native(tx, context, entity="complaint", values=values, by="test")
        number: str = tx.execute(text("select complaint_no from native.complaint where id = :id"), {"id": id_}).scalar_one()
    reader.close()
    return number


def ask(page: Page, *values: str, reason: str = "本人 3 月 2 日来信") -> None:
    page.get_by_label("姓名、电话或邮箱").fill("\n".join(values))
    page.get_by_label("谁提出、何时").fill(reason)
    page.keyboard.press("Enter")


def test_a_person_is_found_given_a_copy_corrected_and_erased_as_far_as_may_be(enter: Visit, someone: str) -> None:
    page = enter("privacy", "privacy")
    ask(page, "13955550001", "解放路 1 号")
    found = page.get_by_role("region", name="查找结果")
    row = found.get_by_role("row").filter(has_text=someone)
    expect(row).to_be_visible()
    assert "13955550001" not in found.inner_text()
    in_both_languages(page)
    with page.expect_download() as download:
        found.get_by_role("button", name="导出副本").click()
    copy = json.loads(download.value.path().read_text(encoding="utf-8"))
    assert "13955550001" in {f["value"] for r in copy["records"] for f in r["fields"].values()}
    found.get_by_role("button", name="删除…").click()
    plan = page.get_by_role("dialog")
    stays = plan.locator("section.part").filter(has=page.get_by_role("heading", name="须保留"))
    expect(stays.get_by_role("row").filter(has_text=someone).first).to_contain_text("年")
    page.wait_for_timeout(400)
    assert_accessible(page)
    plan.get_by_role("button", name="确认删除,不可恢复").click()
    expect(plan.get_by_role("status")).to_contain_text("已删除,编号 erasure-")
    plan.get_by_role("button", name="关闭").last.click()
    page.get_by_role("tab", name="删除记录").click()
    expect(page.get_by_role("row").filter(has_text="本人 3 月 2 日来信")).to_contain_text("已完成")
    page.wait_for_load_state("networkidle")
    assert_accessible(page)


def test_a_value_is_put_right_and_nobody_is_told_so(enter: Visit, someone: str) -> None:
    page = enter("privacy", "privacy")
    page.get_by_role("button", name="查找", exact=True).click()
    expect(page.get_by_text("必填").first).to_be_visible()
    ask(page, "13955550001")
    page.get_by_role("button", name=f"更正 {someone}").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_label("谁提出、何时")).to_have_value("本人 3 月 2 日来信")
    dialog.get_by_label("正确的内容").fill("13955550002")
    page.keyboard.press("Enter")
    expect(page.get_by_text("没有持有此人的信息。")).to_be_visible()
    ask(page, "13955550002")
    expect(page.get_by_role("row").filter(has_text=someone)).to_be_visible()
    ask(page, "!!")
    expect(page.get_by_role("alert")).to_contain_text("内容不符合要求")
