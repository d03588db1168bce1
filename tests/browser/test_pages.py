"""Every page: it shows something, in both languages, and is accessible."""

import re
from typing import Literal

import pytest
from playwright.sync_api import Page, Playwright, expect

from tests.browser.acting import choose
from tests.browser.conftest import Visit, assert_accessible
from tests.conftest import Demonstration

pytestmark = pytest.mark.browser
PAGES = {
    "": "医脉演示企业", "trace": "追溯", "udi": "UDI 判读", "dictionary": "数据字典", "dictionary/lot": "批次", "dictionary/lot.lot_no?tab=quality": "批号", "dictionary/marts.lot_overview?tab=use": "批次总览", "glossary": "术语与口径", "changes": "变更申请", "changes?tab=holding&of=threshold": "变更申请", "codes": "代码对照", "codes?tab=known": "代码对照", "handbook": "数据口径手册", "contracts": "数据契约", "contracts?tab=exports": "数据契约", "contracts/lot?tab=versions": "批次", "entities": "业务对象",
    "entities/lot": "批次", "entities/customer": "客户", "entities/person": "人员", "masters": "主数据", "masters/supplier": "黄金记录", "masters/supplier/pairs": "待看的成对记录", "masters/decisions": "主数据决定",
    "quality": "质量规则", "quality/lot.lot_no.required": "不能为空", "profiles": "剖析", "profiles/golden.lot": "批次", "quarantine": "隔离区", "corrections": "自动更正", "sources": "来源", "sources/erp": "ERP", "sources/erp/mapping": "ERP", "writebacks": "回写", "runs": "运行",
    "releases": "发布", "tokens": "接口令牌", "services": "服务目录", "services/operation.get.entities.entity": "查询对象列表", "services/entity.lot": "批次",
    "sharing": "共享规则", "models": "模型", "models/lot_overview": "批次总览", "lineage": "血缘", "lineage?field=golden.lot.lot_no": "golden.lot.lot_no", "models/genealogy?tab=lineage": "谱系", "model-plan": "待生效的改动",
    "metrics": "指标", "metrics/nonconformances?from=2024-01-01&to=2024-12-31&compare=previous": "不合格品记录数", "metrics/complaints/rows?from=2024-01-01&to=2024-12-31": "数值背后的行", "committee": "治理委员会",
    "models/lot_overview?tab=data": "批次总览", "pivots": "透视", "pivots/marts.lot_overview?row=kind&column=made_on:year&measure=count&measure=sum:quantity": "透视", "sql": "SQL 工作台",
}


@pytest.mark.parametrize("place", PAGES)
def test_a_page_shows_itself_and_is_accessible(visit: Visit, place: str) -> None:
    page = visit("数据管家", place)
    expect(page.get_by_role("heading", level=1)).to_contain_text(PAGES[place])
    page.wait_for_load_state("networkidle")
    assert_accessible(page)
    page.get_by_role("button", name="English").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    assert_accessible(page, colours=False)


def test_signing_in_and_out_with_the_keyboard(page: Page, console: str) -> None:
    page.goto(console)
    expect(page.get_by_label("账号", exact=True)).to_be_focused()
    page.keyboard.type("steward")
    page.keyboard.press("Tab")
    page.keyboard.type("wrong")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_be_visible()
    assert_accessible(page)
    page.get_by_label("密码").fill("medthread-demo")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("医脉演示企业")
    page.get_by_role("button", name="退出").click()
    expect(page.get_by_label("账号", exact=True)).to_be_visible()


def test_english_is_whole(visit: Visit) -> None:
    page = visit("数据管家")
    page.get_by_role("button", name="English").click()
    for place in ("", "trace", "dictionary", "glossary", "changes", "changes?tab=holding&of=mapping", "codes", "codes?tab=known", "handbook", "contracts", "contracts/lot", "contracts?tab=exports", "quality", "profiles", "profiles/golden.lot", "sources", "runs", "releases", "udi", "masters", "masters/supplier/pairs", "masters/decisions", "masters/supplier/links", "masters/supplier/matching", "masters/supplier/samples", "masters/supplier/subscribers", "services", "sharing", "models", "models/lot_overview?tab=lineage", "model-plan", "lineage", "writebacks", "metrics", "metrics/supplier_nonconformance_rate", "committee", "models/lot_overview?tab=data", "pivots/golden.lot?row=kind", "sql"):
        page.goto(page.url.split("#")[0] + f"#/{place}")
        page.wait_for_load_state("networkidle")
        words = page.locator("nav").first.inner_text() + page.get_by_role("main").locator("h1, h2, th").all_inner_texts().__str__()
        names = words.replace("医脉演示企业", "")
        assert not re.search(r"[\u4e00-\u9fff]", names), (place, names)
    expect(page.locator("html")).to_have_attribute("lang", "en")


def test_the_keyboard_goes_places(visit: Visit) -> None:
    page = visit("数据管家")
    page.keyboard.press("g")
    page.keyboard.press("d")
    expect(page.get_by_role("heading", level=1)).to_have_text("数据字典")
    page.keyboard.press("/")
    page.keyboard.type("gys")
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="供应商", exact=True).first).to_be_visible()
    page.get_by_role("heading", level=1).click()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()


def test_what_a_role_may_not_do_is_not_offered(visit: Visit) -> None:
    page = visit("厂长")
    expect(page.get_by_role("link", name="隔离区")).to_have_count(0)
    expect(page.get_by_role("link", name="审计日志")).to_have_count(0)
    expect(page.get_by_role("main").get_by_role("heading", level=1)).to_be_visible()
    expect(page.get_by_text("隔离的行")).to_be_visible()
    refused = page.locator('a[href^="#/quarantine"], a[href^="#/corrections"]')
    expect(refused).to_have_count(0)  # figures, not doors that are shut
    for place in ("sources/erp", "runs", "quality"):
        page.goto(page.url.split("#")[0] + f"#/{place}")
        page.wait_for_load_state("networkidle")
        expect(refused).to_have_count(0)
    page.goto(page.url.split("#")[0] + "#/runs")
    expect(page.get_by_role("heading", level=1)).to_have_text("运行")
    expect(page.get_by_role("button", name="立即运行")).to_have_count(0)


@pytest.mark.parametrize(("place", "untrue"), [("quarantine", "没有被隔离的行"), ("corrections", "没有自动更正的取值"), ("audit", "没有符合条件的数据")])
def test_a_refused_page_does_not_say_that_there_is_nothing(visit: Visit, place: str, untrue: str) -> None:
    page = visit("采购员", place)
    expect(page.get_by_role("alert").first).to_be_visible()
    expect(page.get_by_text(untrue)).to_have_count(0)
    expect(page.get_by_role("main").get_by_role("table")).to_have_count(0)


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("place", ["quarantine", "corrections", "sources/erp", "audit"])
def test_a_page_is_as_wide_as_the_window(visit: Visit, place: str, language: str) -> None:
    page = visit("审计员", place)
    if language == "en":
        page.get_by_role("button", name="English").click()
    expect(page.get_by_role("main").get_by_role("row").nth(1)).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0


def test_codes_and_entities_are_told_in_words(visit: Visit) -> None:
    page = visit("数据管家", "masters/supplier")
    main = page.get_by_role("main")
    expect(main).to_contain_text("供应商")
    main.get_by_role("table").get_by_role("link").first.click()
    expect(page.get_by_role("region", name="来源并列对比").get_by_role("row").filter(has_text="状态")).to_contain_text("启用")
    page.goto(page.url.split("#")[0] + "#/quarantine")
    expect(main.get_by_role("cell", name="采购订单行").first).to_be_visible()


def test_the_audit_log_shows_who_was_refused_and_why_and_proves_it(visit: Visit, console: str) -> None:
    page = visit("厂长")
    assert page.request.get(f"{console}api/v1/quarantine").status == 403
    page.get_by_role("button", name="退出").click()
    page.wait_for_timeout(2500)  # the sequencer comes by every second
    page = visit("审计员", "audit?outcome=refused")
    expect(page.get_by_role("heading", level=1)).to_have_text("审计日志")
    expect(page.get_by_text("核验密钥")).to_be_visible()
    row = page.get_by_role("main").get_by_role("row").filter(has_text="manager")
    expect(row.first).to_contain_text("被拒绝")
    page.wait_for_load_state("networkidle")
    assert_accessible(page)
    row.first.get_by_role("button", name=re.compile("查看审计记录")).click()
    drawer = page.get_by_role("dialog")
    expect(drawer.get_by_text("已在本浏览器中验证")).to_be_visible()
    expect(drawer).to_contain_text("hash sha256")
    assert_accessible(page)


def test_the_audit_log_is_asked_by_one_form(visit: Visit, console: str) -> None:
    page = visit("数据管家")
    body = {"employee_no": "E-95077", "name": "试验员吴", "organisation": "QA"}
    assert page.request.post(f"{console}api/v1/entities/person", data=body, headers={"X-Requested-With": "medthread"}).ok
    page.get_by_role("button", name="退出").click()
    page = visit("审计员", "audit")
    expect(page.get_by_role("button", name="查找", exact=True)).to_have_count(1)
    form = page.get_by_role("form", name="查找")
    form.get_by_label("编号").fill("E-95077")
    page.keyboard.press("Enter")
    expect(form.get_by_text("请先选择对象类别")).to_be_visible()
    choose(form, "对象类别", "人员")
    form.get_by_label("编号").press("Enter")
    rows = page.get_by_role("main").get_by_role("table").get_by_role("row")
    expect(rows).to_have_count(2)
    expect(rows.last).to_contain_text("创建")
    expect(rows.last.get_by_role("link", name="人员 E-95077")).to_be_visible()
    assert "object=person%2FE-95077" in page.url
    expect(form.get_by_label("编号")).to_have_value("E-95077")
    assert_accessible(page)
    form.get_by_role("button", name="清除").click()
    expect(form.get_by_label("编号")).to_have_value("")
    assert "object" not in page.url
    form.get_by_label("自", exact=True).fill("2099-01-01 00:00")
    page.keyboard.press("Enter")
    form.get_by_role("button", name="查找").click()
    expect(page.get_by_text("没有符合条件的数据")).to_be_visible()


def test_a_record_shows_its_history(visit: Visit, console: str) -> None:
    page = visit("数据管家")
    body = {"employee_no": "E-95001", "name": "试验员周", "organisation": "QA"}
    made = page.request.post(f"{console}api/v1/entities/person", data=body, headers={"X-Requested-With": "medthread"})
    item = made.json()["item"]
    changed = page.request.put(
        f"{console}api/v1/entities/person/{item['_id']}?reason=转岗", data={**body, "organisation": "MFG"},
        headers={"X-Requested-With": "medthread", "If-Match": made.headers["etag"]})
    assert changed.ok, changed.text()
    page.goto(f"{console}#/entities/person/{item['_id']}?tab=history")
    table = page.get_by_label("历史").first
    expect(table).to_contain_text("转岗")
    expect(page.locator("del.was").first).to_have_text("QA")
    expect(page.locator("ins.is").first).to_have_text("MFG")
    expect(page.get_by_text("创建", exact=True)).to_be_visible()
    page.wait_for_load_state("networkidle")
    assert_accessible(page)


def test_a_token_is_shown_once_and_ended(visit: Visit, console: str, playwright: Playwright) -> None:
    page = visit("数据工程师", "tokens")
    page.get_by_label("名称").fill("浏览器测试")
    page.get_by_role("button", name="生成").click()
    secret = page.get_by_role("status").locator("strong").inner_text()
    program = playwright.request.new_context(extra_http_headers={"Authorization": f"Bearer {secret}"})
    assert program.get(f"{console}api/v1/runs").status == 200
    page.get_by_role("row").filter(has_text="浏览器测试").get_by_role("button").last.click()
    expect(page.get_by_role("row").filter(has_text="浏览器测试")).to_contain_text("已终止")
    assert program.get(f"{console}api/v1/runs").status == 401
    program.dispose()
    page.reload()
    expect(page.get_by_text(secret)).to_have_count(0)


def test_a_trace_from_question_to_recall_list(visit: Visit, demonstration: Demonstration) -> None:
    told = demonstration.report["trace"]
    page = visit("法规专员", "trace")
    page.get_by_label("批号").fill(told["lot"][:8])
    page.get_by_role("list", name="建议的批次").get_by_role("button", name=re.compile(re.escape(told["lot"]))).first.click()
    expect(page.get_by_role("tab", name=f"单台产品 {told['true_units']}")).to_be_visible()
    expect(page.get_by_role("tab", name=f"客户 {told['customers']}")).to_be_visible()
    expect(page.get_by_text("在外", exact=False).first).to_be_visible()
    page.wait_for_load_state("networkidle")
    assert_accessible(page)
    with page.expect_download() as download:
        page.get_by_role("link", name="导出召回清单").click()
    lines = download.value.path().read_text(encoding="utf-8-sig").splitlines()
    assert len(lines) == told["true_units"] + 1


def test_a_golden_record_shows_why(visit: Visit) -> None:
    page = visit("数据管家", "masters/supplier?merged=true")
    page.get_by_role("main").get_by_role("table").get_by_role("link").first.click()
    expect(page.get_by_role("heading", name="来源并列对比")).to_be_visible()
    expect(page.get_by_text("为什么合并")).to_be_visible()
    page.wait_for_load_state("networkidle")
    assert_accessible(page)


def test_a_held_row_opens_beside_the_others_and_says_what_is_wrong_in_which_column(visit: Visit) -> None:
    page = visit("审计员", "quarantine?source=erp")
    expect(page.get_by_role("button", name="来源: erp ×")).to_be_visible()
    expect(page.get_by_role("main").get_by_role("table")).to_contain_text("采购订单行")  # what it is, in words
    page.get_by_role("main").get_by_role("table").get_by_role("link").first.click()
    expect(page.get_by_role("dialog").locator("dl.facts dd.changed").first).to_be_visible()
    expect(page.get_by_role("dialog").get_by_role("textbox")).to_have_count(0)  # an auditor looks
    assert_accessible(page)


def test_a_steward_tries_a_value_corrects_a_row_and_takes_it_back(visit: Visit) -> None:
    page = visit("数据管家", "quarantine?source=erp&rule=purchase_order_line.quantity.negative")
    row = page.get_by_role("main").get_by_role("table").get_by_role("link").first
    key = row.inner_text()
    row.click()
    dialog = page.get_by_role("dialog")
    quantity = dialog.get_by_role("textbox", name="FQTY")
    dialog.get_by_role("button", name="试算").click()
    expect(dialog.get_by_role("status")).to_contain_text("不能为负数")
    quantity.fill("25")
    dialog.get_by_role("button", name="试算").click()
    expect(dialog.get_by_role("status")).to_contain_text("可通过全部规则")
    expect(dialog.get_by_role("button", name="更正")).to_be_disabled()  # nobody corrects without a reason
    dialog.get_by_role("textbox", name="原因").fill("与仓库核对")
    assert_accessible(page)
    dialog.get_by_role("button", name="更正").click()
    expect(dialog).to_contain_text("已更正或批准,等待接入")
    expect(dialog).to_contain_text("→ 25")
    dialog.get_by_role("button", name="撤销").click()
    expect(dialog.get_by_role("textbox", name="FQTY")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("main").get_by_role("table")).to_contain_text(key)


def test_many_rows_are_chosen_by_keyboard(visit: Visit) -> None:
    page = visit("数据管家", "quarantine?source=mes")
    box = page.get_by_role("checkbox", name="选择本页全部")
    expect(box).to_be_enabled()
    box.focus()
    page.keyboard.press("Space")
    page.get_by_role("button", name=re.compile("处理选中的")).click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("处理方式")
    assert_accessible(page)
    dialog.get_by_role("button", name="试算").click()
    expect(dialog.get_by_role("status")).to_contain_text("可通过")


def test_a_long_list_begins_with_its_first_hundred(visit: Visit) -> None:
    page = visit("审计员", "services")
    rows = page.get_by_role("main").get_by_role("table").get_by_role("row")
    expect(rows).to_have_count(101)
    page.get_by_role("button", name=re.compile("显示其余")).click()
    expect(page.get_by_role("button", name=re.compile("显示其余"))).to_have_count(0)
    assert rows.count() > 101


def test_sessions_and_rights_are_told_in_words(visit: Visit) -> None:
    page = visit("安全管理员", "account")
    here = page.get_by_role("row").filter(has_text="当前会话")
    expect(here).to_contain_text("Chrome")
    expect(here).not_to_contain_text("Mozilla")
    page.goto(page.url.split("#")[0] + "#/rights")
    refused = page.get_by_role("row").filter(has_text="system_admin").get_by_role("cell").filter(has_text="administrators.see_no_data")
    expect(refused.first).to_contain_text("否")


def test_who_keeps_accounts_reads_what_roles_are_called(visit: Visit) -> None:
    page = visit("系统管理员", "accounts")
    expect(page.get_by_role("row").filter(has_text="eng_mgr")).to_contain_text("研发负责人")


def test_a_person_is_written_and_changed(visit: Visit) -> None:
    page = visit("数据管家", "entities/person")
    page.get_by_role("button", name="新建").click()
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_text("必填").first).to_be_visible()
    page.get_by_role("dialog").get_by_label("工号").fill("B-1001")
    page.get_by_role("dialog").get_by_label("姓名").fill("浏览器测试员")
    page.get_by_role("dialog").get_by_label("电话").fill("13900001111")
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("浏览器测试员")
    expect(page.get_by_text("13900001111")).to_be_visible()
    page.get_by_role("button", name="编辑").click()
    page.get_by_role("dialog").get_by_label("姓名").fill("改名的测试员")
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("改名的测试员")


@pytest.mark.parametrize(("asked", "moves"), [("reduce", False), ("no-preference", True)])
def test_nothing_moves_for_whoever_asked_for_less_motion(visit: Visit, asked: Literal["reduce", "no-preference"], *, moves: bool) -> None:
    page = visit("数据管家", "entities/person")
    page.emulate_media(reduced_motion=asked)
    page.evaluate("addEventListener('transitionrun', (e) => { window.moved = e.target.className; })")  # what waits may go round
    page.get_by_role("button", name="新建").click()
    expect(page.get_by_role("dialog").get_by_label("工号")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()
    assert bool(page.evaluate("window.moved")) is moves


def test_a_run_is_started_and_watched(visit: Visit) -> None:
    page = visit("数据工程师", "runs")
    page.get_by_role("button", name="立即运行").click()
    expect(page.get_by_role("heading", name="阶段")).to_be_visible()
    expect(page.get_by_role("main").get_by_text("已完成")).to_have_count(1, timeout=30_000)
    expect(page.get_by_role("progressbar")).to_have_count(5)
    assert_accessible(page)


def test_an_identifier_is_judged(visit: Visit) -> None:
    page = visit("采购员", "udi")
    page.get_by_label("扫描或输入 UDI 载体").fill("(01)04012345678902")
    page.keyboard.press("Enter")
    expect(page.get_by_text("不合格")).to_be_visible()
    expect(page.get_by_text("gs1.check_digit")).to_be_visible()
    assert_accessible(page)


def test_a_service_is_found_and_says_who_uses_it(visit: Visit, console: str) -> None:
    page = visit("审计员", "services")
    assert page.request.get(f"{console}api/v1/entities/location").status == 200
    page.get_by_label("名称、地址、归口").fill("entities/{entity}.csv")
    page.keyboard.press("Enter")
    rows = page.get_by_role("main").get_by_role("row").filter(has_text="/api/v1/entities/{entity}.csv")
    expect(rows).to_have_count(1)
    rows.get_by_role("link").click()
    expect(page.get_by_role("heading", name="使用者")).to_be_visible()
    expect(page.get_by_text("审计员", exact=False).first).to_be_visible()
    expect(page.locator("pre.raw")).to_contain_text("text/csv")
    assert_accessible(page)
    page.goto(f"{console}#/services?kind=event&q=complaint")
    expect(page.get_by_role("main").get_by_role("link").filter(has_text="投诉").first).to_be_visible()
