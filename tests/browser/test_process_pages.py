"""People act: inbox, boards, the record page, signing, refusals with their reason, lines, delegations, rules."""

import re

import pytest
from playwright.sync_api import Page, expect

from medthread.cli.demo_people import ACCOUNTS
from tests.browser.acting import choose, complaint, send, sign
from tests.browser.conftest import PASSWORD, Visit, assert_accessible

pytestmark = pytest.mark.browser


def english(page: Page) -> None:
    page.get_by_role("button", name="English").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")


@pytest.mark.parametrize("place", [
    "", "inbox", "processes", "entities/complaint", "entities/complaint?view=list", "entities/recall?new=1", "rules", "delegations",
])
def test_a_page_of_the_process_half_is_accessible_in_both_languages(enter: Visit, console: str, place: str) -> None:
    page = enter("qa")
    complaint(page, console)
    page.goto(f"{console}#/{place}")
    page.wait_for_load_state("networkidle")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert_accessible(page)
    if "new" in place:
        page.keyboard.press("Escape")
    english(page)
    page.wait_for_load_state("networkidle")
    assert_accessible(page, colours="new" in place)
    words = page.get_by_role("main").locator("h2, th").all_inner_texts()
    assert not re.search(r"[\u4e00-\u9fff]", str(words)), words


def test_a_complaint_is_opened_by_its_form(enter: Visit) -> None:
    page = enter("svc", "entities/complaint")
    page.get_by_role("link", name="新建").or_(page.get_by_role("button", name="新建")).first.click()
    form = page.get_by_role("dialog")
    expect(form.get_by_label("投诉号", exact=True)).to_be_hidden()  # numbered by itself
    expect(form.get_by_label("调查记录", exact=True)).to_be_hidden()  # a later step asks for it
    form.get_by_text("自动编号与后续步骤填写的字段").click()
    expect(form.get_by_label("投诉号", exact=True)).to_have_attribute("placeholder", "自动填写")
    form.get_by_label("事件日期", exact=True).fill("2026-11-20")
    page.keyboard.press("Enter")
    form.get_by_label("描述", exact=True).fill("无菌包装破损,未使用")
    form.get_by_role("button", name="保存").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("CP-")
    expect(page.get_by_role("list", name="流程状态").locator("[aria-current=step]")).to_have_text("已收到")
    page.get_by_role("link", name="← 投诉").click()
    lane = page.get_by_role("region", name="已收到")
    expect(lane.get_by_text("无菌包装破损,未使用").first).to_be_visible()


def test_from_the_inbox_to_a_signature_with_a_refusal_on_the_way(enter: Visit, console: str) -> None:
    page = enter("svc")
    number = complaint(page, console)
    page = enter("pms", "inbox")
    expect(page.get_by_role("navigation").first.get_by_role("link", name="收件箱")).to_contain_text("项等待您")
    page.get_by_role("main").get_by_role("link", name=number).click()
    page.get_by_role("button", name="分诊", exact=True).click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_label("型号")).to_be_focused()
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(page.get_by_role("button", name="分诊", exact=True)).to_be_focused()
    page.keyboard.press("Enter")
    dialog.get_by_label("型号").fill("BC-100")
    choose(dialog, "UDI 可得性", "器械上没有")
    choose(dialog, "问题编码", "制造")
    choose(dialog, "伤害", "死亡")
    choose(dialog, "是否可能上报", "不涉及上报")
    # Refused before anybody signs: the rule, the record, what is the matter with it.
    objection = dialog.get_by_role("alert")
    expect(objection).to_contain_text("分诊四问已答全")
    expect(objection).to_contain_text("严重伤害或死亡不能在分诊时判为不涉及上报")
    expect(objection.get_by_role("link", name=f"投诉 {number}").first).to_be_visible()
    expect(dialog.get_by_role("button", name="签名:审核")).to_be_disabled()
    assert_accessible(page)
    choose(dialog, "伤害", "轻微")
    expect(objection).to_be_hidden()
    signed = dialog.get_by_role("region", name="将要签名的内容")
    expect(signed.locator(".changed")).to_have_count(5)
    expect(signed).to_contain_text("BC-100")
    dialog.get_by_label("密码").fill("not the password")
    page.keyboard.press("Enter")
    expect(dialog.get_by_role("alert")).to_contain_text("签名人身份未能确认")
    assert_accessible(page)
    dialog.get_by_label("密码").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(dialog).to_be_hidden()
    expect(page.get_by_role("status")).to_have_text("已分诊,现为“已分诊”")
    expect(page.get_by_role("region", name="状态与操作")).to_be_focused()
    expect(page.get_by_role("button", name="不调查")).to_be_disabled()
    expect(page.get_by_role("region", name="状态与操作")).to_contain_text("由 质量负责人 执行")
    page.get_by_role("tab", name=re.compile("^时限")).click()
    expect(page.get_by_role("tabpanel")).to_contain_text("按期完成")
    assert_accessible(page)


def test_a_signature_shows_what_it_is_bound_to_and_what_changed_since(enter: Visit, console: str) -> None:
    page = enter("svc")
    number = complaint(page, console, harm="none", reportability="no", udi_state="not_on_device", device_model="BC-100", problem_code="A01")
    page = enter("pms", f"entities/complaint/{number}")
    page.get_by_role("button", name="分诊", exact=True).click()
    sign(page, "审核")
    page.get_by_role("tab", name="签名与步骤 1").click()
    row = page.get_by_role("region", name="签名", exact=True).get_by_role("row").filter(has_text="pms")
    expect(row).to_contain_text("审核")
    expect(row).to_contain_text("未再修改")
    assert_accessible(page)
    row.get_by_role("button", name="查看所签内容").click()
    kept = page.get_by_role("dialog")
    expect(kept).to_contain_text("签名有效")
    expect(kept).to_contain_text("BC-100")
    assert_accessible(page)
    page.keyboard.press("Escape")
    page.get_by_role("button", name="编辑").first.click()
    page.get_by_role("dialog").get_by_label("描述", exact=True).fill("球囊在体内漏气")
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_text("必填")).to_be_visible()  # past its first state, a change has a reason
    page.get_by_role("dialog").get_by_label("修改原因").fill("电话核实")
    page.get_by_role("button", name="保存").click()
    expect(row).to_contain_text("此后已改:描述")


def test_a_refusal_is_told_in_english_too(enter: Visit, console: str) -> None:
    page = enter("svc")
    number = complaint(page, console, harm="death", reportability="no", udi_state="read", device_model="BC-100", problem_code="A01")
    page = enter("pms", f"entities/complaint/{number}")
    # What stands in the way is said beside the act, before anybody begins it.
    expect(page.get_by_role("region", name="状态与操作")).to_contain_text("UDI 标为已读取却未填写")
    english(page)
    bar = page.get_by_role("region", name="State and acts")
    expect(bar).to_contain_text("the four questions of triage are answered")
    expect(bar).to_contain_text("the UDI is said to be read and is not given")
    expect(bar).not_to_contain_text("UDI 标为")
    page.get_by_role("button", name="Triage").click()
    expect(page.get_by_role("dialog").get_by_role("alert")).to_contain_text("serious harm or death is not decided as not reportable at triage")
    assert_accessible(page)
    # A field that the rule looks at can be given with the act.
    page.get_by_role("dialog").get_by_label("UDI as scanned").fill("(01)06912345678901")
    expect(page.get_by_role("dialog").get_by_role("alert")).not_to_contain_text("is not given")


def test_who_is_bound_by_what_they_did_is_told_by_whom_and_what(enter: Visit, console: str) -> None:
    page = enter("svc")
    number = complaint(page, console, harm="none", reportability="no", udi_state="not_on_device", device_model="BC-100", problem_code="A01")
    page = enter("qa_both", f"entities/complaint/{number}")
    page.get_by_role("button", name="分诊", exact=True).click()
    sign(page, "审核")
    expect(page.get_by_role("status")).to_contain_text("已分诊")
    expect(page.get_by_role("button", name="不调查")).to_be_disabled()
    expect(page.get_by_role("region", name="状态与操作")).to_contain_text("职责分离:“分诊”由 质量老周 完成,须由他人执行")


def test_lines_are_written_changed_and_taken_off_in_place(enter: Visit, console: str) -> None:
    page = enter("qa")
    number = send(page, console, "entities/recall", {"title": "球囊漏气", "cause": "密封不良", "purpose": "mock"})["item"]["recall_no"]
    page.goto(f"{console}#/entities/recall/{number}?tab=recall_scope_lot")
    page.get_by_role("tab", name="召回范围批次").click()
    page.get_by_role("button", name="添加一行").click()
    page.get_by_label("物料", exact=True).fill("RM-1")
    page.get_by_label("批号", exact=True).fill("L-77")
    page.keyboard.press("Enter")
    lines = page.get_by_role("tabpanel").get_by_role("row")
    expect(lines.filter(has_text="L-77")).to_be_visible()
    expect(page.get_by_role("tab", name="召回范围批次 1")).to_be_visible()
    assert_accessible(page)
    lines.filter(has_text="L-77").get_by_role("button", name="编辑").click()
    expect(page.get_by_label("批号", exact=True)).to_be_disabled()  # a key names the line
    quantity = page.get_by_label("批量")
    quantity.fill("120")
    quantity.press("Escape")
    expect(quantity).to_be_hidden()
    expect(lines.filter(has_text="120")).to_have_count(0)
    lines.filter(has_text="L-77").get_by_role("button", name="编辑").click()
    quantity.fill("120")
    quantity.press("Enter")
    expect(lines.filter(has_text="120")).to_be_visible()
    lines.filter(has_text="L-77").get_by_role("button", name="移除").click()
    expect(page.get_by_text("还没有行")).to_be_visible()


def test_a_list_is_narrowed_by_the_questions_of_every_day(enter: Visit, console: str) -> None:
    page = enter("svc")
    number = complaint(page, console)
    page.goto(f"{console}#/entities/complaint")
    page.get_by_text("列表", exact=True).click()
    page.get_by_role("button", name="我开启的").click()
    expect(page.get_by_role("main").get_by_role("link", name=number)).to_be_visible()
    page.get_by_role("button", name="逾期").click()
    expect(page.get_by_role("main").get_by_role("link", name=number)).to_have_count(0)
    expect(page.get_by_role("button", name="逾期")).to_have_attribute("aria-pressed", "true")
    page.get_by_role("button", name="逾期").click()
    expect(page.get_by_role("main").get_by_role("link", name=number)).to_be_visible()
    page.goto(f"{console}#/processes")
    page.get_by_role("main").get_by_role("link", name=re.compile("^已收到")).first.click()
    expect(page.get_by_role("button", name=re.compile("状态: 已收到"))).to_be_visible()


def test_roles_are_lent_and_taken_back(enter: Visit, console: str) -> None:
    page = enter("pms", "delegations")
    printed = next(printed for name, printed, _ in ACCOUNTS if name == "svc")
    choose(page.get_by_role("main"), "受托人", f"{printed} · svc")
    page.get_by_label("原因").fill("年假")
    page.get_by_role("button", name="委托", exact=True).click()
    row = page.get_by_role("main").get_by_role("row").filter(has_text="年假")
    expect(row).to_contain_text("有效")
    number = complaint(page, console)
    page = enter("svc", f"entities/complaint/{number}")
    expect(page.get_by_role("button", name="分诊", exact=True)).to_be_enabled()
    expect(page.get_by_role("region", name="状态与操作")).to_contain_text("代 pms")
    page = enter("pms", "delegations")
    page.get_by_role("main").get_by_role("row").filter(has_text="年假").get_by_role("button", name="终止").click()
    expect(page.get_by_role("main").get_by_role("row").filter(has_text="年假")).to_contain_text("已终止")
    assert_accessible(page)


def test_home_begins_with_the_most_pressing_for_those_who_act(enter: Visit, visit: Visit) -> None:
    page = enter("pms")
    expect(page.get_by_role("heading", name="最紧急的")).to_be_visible()
    expect(page.get_by_role("heading", name="我的工作台")).to_be_visible()
    page.get_by_role("main").get_by_role("link", name=re.compile("^待办")).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("收件箱")
    expect(page.get_by_role("heading", name=re.compile("^待办"))).to_be_visible()
    page.get_by_role("button", name="退出").click()
    page = visit("厂长")
    expect(page.get_by_role("heading", level=1)).to_contain_text("医脉演示企业")


def test_what_links_to_a_record_is_counted_and_reached(enter: Visit, console: str) -> None:
    page = enter("pms")
    number = complaint(page, console)
    body = {"complaint": number, "jurisdiction": "CN", "place": "domestic", "severity": "potential", "aware_at": "2026-11-01T08:00:00Z"}
    send(page, console, "entities/adverse_event", body)
    page.goto(f"{console}#/entities/complaint/{number}")
    page.get_by_role("tab", name="相关对象 1").click()
    page.get_by_role("link", name=re.compile("1 不良事件")).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("不良事件")
    page.get_by_role("main").get_by_role("row").nth(1).get_by_role("link", name=number).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(number)


def test_an_act_of_two_roles_waits_for_the_second(enter: Visit, console: str) -> None:
    page = enter("qa")
    number = complaint(page, console)
    body = {"matter": "患者诉讼", "cause_entity": "complaint", "cause_no": number}
    hold = send(page, console, "entities/legal_hold", body)["item"]
    page = enter("qa_mgr", f"entities/legal_hold/{hold['_id']}")
    page.get_by_role("button", name="解除").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("解除依据").fill("和解协议")
    dialog.get_by_label("原因").fill("已结案")
    sign(page, "批准")
    expect(page.get_by_role("status")).to_contain_text("您已签名,还须 管理者代表 签名")
    expect(page.get_by_role("region", name="状态与操作")).to_contain_text("待签:管理者代表")
    expect(page.get_by_role("button", name="解除 1/2")).to_be_disabled()
    assert_accessible(page)
    page = enter("mr", f"entities/legal_hold/{hold['_id']}")
    page.get_by_role("button", name="解除 1/2").click()
    expect(dialog.get_by_label("解除依据")).to_have_value("和解协议")  # all sign the same
    dialog.get_by_label("原因").fill("已结案")
    sign(page, "批准")
    expect(page.get_by_role("status")).to_contain_text("已解除")
    # What it is about is a link, and is counted on that record's page.
    page.get_by_role("tab", name="数据").click()
    page.get_by_role("link", name=number).click()
    expect(page.get_by_role("tab", name="相关对象 1")).to_be_visible()
