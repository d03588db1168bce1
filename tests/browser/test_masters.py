"""A steward at the desk, with the keyboard alone: pairs looked at and decided, what waits for a second person, a record parted and stated."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from medthread.app import Installation
from medthread.cli.demo_people import PASSWORD
from medthread.trust.accounts import create_account
from tests.browser.acting import choose, send
from tests.browser.conftest import Visit, assert_accessible
from tests.browser.serving import serving_console
from tests.conftest import Opening
from tests.scenarios import company, firms

pytestmark = pytest.mark.browser
PHONE = {"width": 390, "height": 844}
KANGDA = [("F1", "上海康达化工有限公司", "", "上海", ""), ("F2", "康达", "", "", "")]
PEOPLE = (("keeper", "李管家", "steward"), ("second", "王质量", "quality"), ("reader", "周采购", "buyer"))


@pytest.fixture(scope="module")
def console(tmp_path_factory: pytest.TempPathFactory, open_beside: Opening) -> Iterator[str]:
    home = firms.found(tmp_path_factory.mktemp("desk") / "home", firms=[*firms.FIRMS, *KANGDA])
    (home / "medthread.toml").write_text('name = "试验"\ninbox = "inbox"\n[masters]\nsecond_person_from = 5\n', encoding="utf-8")
    with open_beside(home) as opened:
        company.run(opened)
        _people(opened)
        with serving_console(opened) as (_, address):
            yield address


@pytest.fixture(scope="module")
def people() -> None:
    """Those of this company are made with it."""


def _people(installation: Installation) -> None:
    with installation.store.transaction() as tx:
        for name, printed, role in PEOPLE:
            create_account(tx, name=name, printed_name=printed, password=PASSWORD, roles=(role,), by="test")


def golden(page: Page, console: str, code: str) -> str:
    """The golden id of the supplier with a code."""
    items = page.request.get(f"{console}api/v1/masters/supplier?q={code}").json()["items"]
    return str(next(i["golden_id"] for i in items if code in i["codes"].split()))


def both(page: Page) -> None:
    """Accessible in Chinese and in English, and as wide as the window, on a desk and on a phone."""
    page.wait_for_load_state("networkidle")
    assert_accessible(page)
    page.get_by_role("button", name="English").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    assert_accessible(page, colours=False)
    page.set_viewport_size({"width": PHONE["width"], "height": PHONE["height"]})
    page.wait_for_load_state("networkidle")
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    assert_accessible(page)
    page.set_viewport_size({"width": 1440, "height": 900})
    page.get_by_role("button", name="中文").click()


def decide(page: Page, key: str, reason: str) -> None:
    """Press a key on the pair in front, say why, press Enter."""
    page.keyboard.press(key)
    expect(page.get_by_role("dialog").get_by_label("原因")).to_be_focused()
    page.keyboard.type(reason)
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_be_hidden()


@pytest.mark.parametrize("place", ["masters", "masters/supplier", "masters/supplier/pairs", "masters/decisions?status=all", "masters/supplier/subscribers", "masters/supplier/links", "masters/supplier/requests", "masters/supplier/requests/file"])
def test_each_page_of_the_desk_is_accessible(enter: Visit, place: str) -> None:
    page = enter("keeper", place)
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    both(page)


def test_who_may_not_decide_sees_all_of_it_and_no_buttons(enter: Visit, console: str) -> None:
    page = enter("reader", "masters/supplier/pairs")
    first = page.get_by_role("list", name="待看的成对记录").get_by_role("listitem").filter(has_text="康达")
    first.first.click()
    expect(page.get_by_role("table", name="证据")).to_contain_text("字号相同")
    expect(page.get_by_role("button", name="合并")).to_have_count(0)
    page.keyboard.press("m")
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.get_by_role("link", name="并列对比").click()
    expect(page.get_by_role("region", name="来源并列对比").get_by_role("row").filter(has_text="名称")).to_contain_text("不同")
    expect(page.get_by_role("button", name="不是同一个")).to_have_count(0)
    both(page)


def test_pairs_are_worked_through_with_the_keyboard(enter: Visit) -> None:
    page = enter("keeper", "masters/supplier/pairs")
    front = page.locator("[data-front]")
    expect(front).to_be_focused()
    expect(page.get_by_role("list", name="待看的成对记录").locator(":scope > li")).to_have_count(2)
    names = front.get_attribute("aria-label") or ""
    page.keyboard.press("j")
    expect(front).not_to_have_attribute("aria-label", names)
    page.keyboard.press("ArrowUp")
    expect(front).to_have_attribute("aria-label", names)
    decide(page, "n", "另一家公司")
    expect(front).not_to_have_attribute("aria-label", names)  # the next one is in front, and has the keyboard
    expect(front).to_be_focused()
    decided = page.get_by_role("list", name="待看的成对记录").locator(":scope > li").filter(has_text="不是同一个 ·")
    expect(decided).to_have_count(1)
    page.keyboard.press("k" if (decided.get_attribute("aria-label") or "") == names and page.locator(".pairs > li").first.get_attribute("aria-label") == names else "j")
    expect(front).to_have_attribute("aria-label", names)
    decide(page, "u", "看错了")
    expect(decided).to_have_count(0)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("并列对比")


def test_what_hangs_on_much_waits_in_the_inbox_of_another_person(enter: Visit, console: str) -> None:
    page = enter("keeper")
    pair = [golden(page, console, "A1"), golden(page, console, "B1")]
    page.goto(f"{console}#/masters/supplier/pairs/{pair[0]}/{pair[1]}")
    page.get_by_role("button", name="合并").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("到货 7 行")
    expect(dialog).to_contain_text("需要另一人批准")
    dialog.get_by_label("原因").fill("收购,见合同")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").filter(has_text="等待第二人批准")).to_be_visible()
    page = enter("second", "inbox")
    row = page.get_by_role("row").filter(has_text="收购,见合同")
    expect(row).to_contain_text("李管家 提出")
    both(page)
    row.get_by_role("button", name="拒绝").click()
    page.get_by_role("dialog").get_by_label("原因").fill("收购未成")
    page.keyboard.press("Enter")
    expect(row).to_have_count(0)
    page.goto(f"{console}#/masters/decisions?status=refused")
    expect(page.get_by_role("row").filter(has_text="收购未成")).to_contain_text("王质量 拒绝")


def test_two_valid_identifiers_are_not_merged(enter: Visit, console: str) -> None:
    page = enter("keeper")
    page.goto(f"{console}#/masters/supplier/pairs/{golden(page, console, 'A1')}/{golden(page, console, 'C1')}")
    page.get_by_role("button", name="合并").click()
    expect(page.get_by_role("dialog").get_by_role("alert")).to_contain_text("两个有效证照号不同")
    expect(page.get_by_role("dialog").get_by_role("button", name="等待第二人批准")).to_be_disabled()
    assert_accessible(page)


def test_a_golden_record_is_parted_and_stated_and_it_is_taken_back(enter: Visit, console: str) -> None:
    page = enter("keeper")
    page.goto(f"{console}#/masters/supplier/{golden(page, console, 'B1')}")
    page.get_by_role("button", name="拆分", exact=True).click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("checkbox", name="B2").check()
    expect(dialog.get_by_role("group", name="这样做的结果").get_by_role("listitem")).to_have_text(["1 条: erp B1", "1 条: erp B2"])
    assert_accessible(page)
    dialog.get_by_label("原因").fill("两家同名厂")
    page.keyboard.press("Enter")
    expect(page.get_by_role("row").filter(has_text="两家同名厂")).to_contain_text("有效")
    page.get_by_role("button", name="指定取值", exact=True).click()
    choose(dialog, "字段", "状态")
    choose(dialog, "取值", "停用")
    expect(dialog).to_contain_text("没有引用")
    assert_accessible(page)
    dialog.get_by_label("原因").fill("已停业")
    page.keyboard.press("Enter")
    stated = page.get_by_role("row").filter(has_text="已停业")
    expect(stated).to_contain_text("状态: 停用")
    stated.get_by_role("button", name="撤销").click()
    dialog.get_by_label("原因").fill("仍在经营")
    page.keyboard.press("Enter")
    expect(stated).to_contain_text("李管家 撤销")
    both(page)


def test_what_a_golden_record_belongs_under_is_said_and_taken_back(enter: Visit, console: str) -> None:
    page = enter("keeper")
    page.goto(f"{console}#/masters/supplier/{golden(page, console, 'D1')}")
    page.get_by_role("button", name="说明归属").click()
    dialog = page.get_by_role("dialog")
    choose(dialog, "关系", "集团成员 → 集团母公司")
    dialog.get_by_label("集团母公司").fill("金泰")
    page.locator(".ant-select-item-option").filter(has_text="苏州金泰精密五金").first.click()
    expect(dialog).to_contain_text("没有引用")
    assert_accessible(page)
    dialog.get_by_label("原因").fill("见股权结构")
    page.keyboard.press("Enter")
    said = page.get_by_role("row").filter(has_text="见股权结构")
    expect(said).to_contain_text("集团母公司: 苏州金泰精密五金有限公司")
    said.get_by_role("button", name="撤销").click()
    dialog.get_by_label("原因").fill("股权已转让")
    page.keyboard.press("Enter")
    expect(said).to_contain_text("李管家 撤销")
    both(page)


def test_a_line_is_tried_and_asked_for_and_another_person_sees_its_effect(enter: Visit) -> None:
    page = enter("keeper", "masters/supplier/matching")
    page.get_by_role("spinbutton", name="自动合并线").fill("30")
    page.get_by_role("spinbutton", name="自动合并线").press("Enter")
    expect(page.get_by_role("term").filter(has_text="被合并的黄金记录").locator("xpath=following-sibling::dd[1]")).to_have_text("2")
    both(page)
    page.get_by_role("button", name="提出变更").click()
    page.get_by_role("dialog").get_by_label("原因").fill("短名可信")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").filter(has_text="已提出")).to_be_visible()
    page = enter("second", "masters/decisions")
    row = page.get_by_role("row").filter(has_text="短名可信")
    expect(row).to_contain_text("自动合并线: 30")
    expect(row).to_contain_text("合并 2,拆分 0")
    both(page)
    row.get_by_role("button", name="拒绝").click()
    page.get_by_role("dialog").get_by_label("原因").fill("先抽样再说")
    page.keyboard.press("Enter")
    expect(row).to_have_count(0)


def test_who_is_about_to_make_something_sees_that_it_is_there(enter: Visit) -> None:
    page = enter("reader", "masters/supplier/check")
    page.get_by_label("名称", exact=True).fill("宁波华阳塑胶有限公司")
    page.keyboard.press("Enter")
    row = page.get_by_role("region", name="可能已有的黄金记录").get_by_role("row").filter(has_text="A1 A2")
    expect(row).to_contain_text("就是它")
    both(page)
    page.get_by_label("名称", exact=True).fill("哈尔滨无此公司")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").filter(has_text="可以新建")).to_be_visible()


def test_pairs_are_judged_blind_with_the_keyboard(enter: Visit) -> None:
    page = enter("keeper", "masters/supplier/samples")
    expect(page.get_by_role("main")).to_contain_text("还没有样本")
    page.get_by_role("button", name="抽取样本").click()
    region = page.get_by_role("region", name="来源并列对比")
    expect(region).to_be_visible()
    both(page)
    page.get_by_role("button", name="同一对象").focus()
    page.keyboard.press("1")
    expect(page.get_by_role("button", name="重判上一对")).to_be_enabled()
    page.keyboard.press("u")
    expect(page.get_by_role("button", name="同一对象")).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("2")
    page.get_by_role("link", name="匹配质量").click()
    expect(page.get_by_role("table").last).to_contain_text("按相似合并")
    both(page)


def test_a_stated_value_says_who_when_and_why(enter: Visit, console: str) -> None:
    page = enter("keeper")
    id_ = golden(page, console, "C1")
    body = {"kind": "value", "golden": [id_], "values": {"city": "东莞"}, "reason": "已迁址", "run": True}
    run = send(page, console, "stewardship/supplier/decisions", body)["run_id"]
    page.goto(f"{console}#/runs/{run}")
    expect(page.get_by_role("main").get_by_text("已完成")).to_have_count(1, timeout=120_000)
    page.goto(f"{console}#/masters/supplier/{id_}")
    cell = page.get_by_role("region", name="来源并列对比").get_by_role("row").filter(has_text="城市").get_by_role("cell").first
    expect(cell).to_contain_text("管家指定")
    expect(cell).to_contain_text("东莞")
    expect(cell).to_contain_text("李管家")
    expect(cell).to_contain_text("已迁址")
    expect(cell.get_by_role("button", name="撤销")).to_be_visible()
    both(page)


def test_a_new_one_is_asked_for_and_decided_by_another_person(enter: Visit, console: str) -> None:
    page = enter("reader", "masters/supplier?q=无锡恒锐")
    page.get_by_role("link", name="申请新建").click()
    expect(page.get_by_label("名称", exact=True)).to_have_value("无锡恒锐")
    alike = page.get_by_role("status")
    expect(alike).to_contain_text("没有相似的记录")
    page.get_by_label("名称", exact=True).fill("深圳远见光电科技有限公司")
    page.get_by_label("城市").fill("深圳")
    expect(alike.get_by_role("listitem").first).to_contain_text("非常相似")  # looked for while one types
    alike.get_by_role("button", name="并列对比").first.click()
    expect(page.get_by_role("region", name="并列对比").get_by_role("row").filter(has_text="名称")).to_contain_text("深圳远见光电科技有限公司")
    both(page)
    page.get_by_label("用途").fill("第二货源")
    page.get_by_role("button", name="提交").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("深圳远见光电科技有限公司")
    expect(page.get_by_role("button", name="批准")).to_have_count(0)
    page = enter("keeper", "inbox")
    page.get_by_role("row").filter(has_text="第二货源").get_by_role("link").click()
    grant = page.get_by_role("button", name="批准")
    expect(grant).to_be_disabled()
    for line in page.get_by_role("textbox", name="不是它").all():
        line.fill("营业执照不同")
    both(page)
    grant.click()
    page.get_by_role("dialog").get_by_label("原因").fill("资料齐全")
    page.keyboard.press("Enter")
    expect(page.get_by_text("SUP-000001")).to_be_visible()
    both(page)


def test_a_pair_is_taken_and_listed_as_mine(enter: Visit) -> None:
    page = enter("keeper", "masters/supplier/pairs?sort=due")
    page.get_by_role("button", name="我来处理").click()
    expect(page.locator("[data-front]")).to_contain_text("李管家")
    page.get_by_role("button", name="只看我的").click()
    expect(page.get_by_role("list", name="待看的成对记录").locator(":scope > li")).to_have_count(1)
    both(page)
    page.get_by_role("button", name="退回").click()
    expect(page.get_by_role("list", name="待看的成对记录")).to_have_count(0)
