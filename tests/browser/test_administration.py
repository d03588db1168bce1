"""Administration in the console: accounts, rights, reviews, one's own second factor; every page accessible in both languages."""

import base64
import re
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from medthread.app import Installation
from medthread.methods.one_time import totp
from medthread.trust.accounts import create_account
from tests.browser.conftest import Visit, assert_accessible

pytestmark = pytest.mark.browser
PASSWORD = "several odd words"


@pytest.mark.parametrize(("who", "place", "title"), [
    ("系统管理员", "accounts", "账号管理"), ("安全管理员", "accounts", "账号管理"), ("安全管理员", "rights", "权限与评审"),
    ("审计管理员", "audit", "审计"), ("审计管理员", "rights", "权限与评审"), ("系统管理员", "account", "我的账号"),
])
def test_a_page_shows_itself_and_is_accessible(visit: Visit, who: str, place: str, title: str) -> None:
    page = visit(who, place)
    expect(page.get_by_role("heading", level=1)).to_contain_text(title)
    page.wait_for_load_state("networkidle")
    assert_accessible(page)
    page.get_by_role("button", name="English").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    assert_accessible(page, colours=False)
    words = page.locator("nav").first.inner_text() + str(page.get_by_role("main").locator("h1, h2, th, label").all_inner_texts())
    assert not re.search(r"[\u4e00-\u9fff]", words)


def test_administrators_see_their_own_menu_only(visit: Visit) -> None:
    page = visit("系统管理员")
    expect(page.get_by_role("heading", level=1)).to_contain_text("我的账号")
    menu = page.get_by_role("navigation").first
    assert menu.get_by_role("link").all_inner_texts() == ["账号管理", "我的账号", "接口令牌"]


def test_two_administrators_let_a_person_in(visit: Visit) -> None:
    page = visit("系统管理员", "accounts")
    page.get_by_label("账号", exact=True).fill("browser_new")
    page.get_by_label("显示姓名").fill("小新")
    page.get_by_role("button", name="建立").click()
    expect(page.get_by_role("status")).to_contain_text("browser_new")
    page.get_by_role("button", name="退出").click()
    page = visit("安全管理员", "accounts?q=browser_new")
    row = page.get_by_role("row").filter(has_text="browser_new")
    row.get_by_role("button", name="授权").click()
    dialog = page.get_by_role("dialog")
    assert_accessible(page)
    dialog.get_by_label("角色").click()
    dialog.get_by_label("角色").fill("prod_mgr")
    page.keyboard.press("Enter")
    dialog.get_by_label("角色").fill("qa_mgr")
    page.keyboard.press("Enter")
    dialog.get_by_label("原因").fill("新任")
    dialog.get_by_role("button", name="授权").click()
    expect(dialog.get_by_role("alert")).to_contain_text("生产负责人与质量负责人不得兼任")
    dialog.locator(".ant-select-selection-item").filter(has_text="qa_mgr").locator(".ant-select-selection-item-remove").click()
    dialog.get_by_role("button", name="授权").click()
    expect(row).to_contain_text("生产负责人")


@pytest.fixture
def someone(installation: Installation) -> str:
    """A person whose account a test may change."""
    name = f"browser{datetime.now(UTC):%H%M%S%f}"
    with installation.store.transaction() as tx:
        create_account(tx, name=name, printed_name="小变", password=PASSWORD, roles=("qa",), by="test")
    return name


def enter(page: Page, console: str, name: str, password: str = PASSWORD) -> None:
    page.goto(console)
    page.get_by_label("账号", exact=True).fill(name)
    page.get_by_label("密码").fill(password)
    page.keyboard.press("Enter")


def test_a_second_factor_is_set_and_asked_for_at_the_next_sign_in(page: Page, console: str, someone: str) -> None:
    enter(page, console, someone)
    page.get_by_role("link", name="我的账号").click()
    panel = page.get_by_role("main").locator("section.panel").filter(has=page.get_by_role("heading", name="第二因素"))
    panel.get_by_label("当前密码").fill(PASSWORD)
    panel.get_by_role("button", name="开始设置").click()
    secret = base64.b32decode(panel.locator("p .mono").inner_text())
    assert_accessible(page)
    panel.get_by_label("验证码").fill(totp(secret, datetime.now(UTC) - timedelta(seconds=30)))
    panel.get_by_role("button", name="确认").click()
    expect(panel.locator("li")).to_have_count(10)
    assert_accessible(page)
    page.get_by_role("button", name="退出").click()
    enter(page, console, someone)
    expect(page.get_by_label("验证码")).to_be_focused()
    assert_accessible(page)
    page.get_by_label("验证码").fill("000000")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_be_visible()
    page.get_by_label("验证码").fill(totp(secret, datetime.now(UTC)))
    page.keyboard.press("Enter")
    expect(page.get_by_role("navigation").first).to_be_visible()


def test_a_review_is_begun_and_decided(visit: Visit) -> None:
    page = visit("安全管理员", "rights")
    page.get_by_role("tab", name="权限评审").click()
    page.get_by_role("button", name="开始评审").click()
    line = page.get_by_role("row").filter(has_text="auditor").filter(has_text="审计员小钱")
    line.get_by_role("button", name="确认").click()
    expect(line).to_contain_text("secadmin")
    own = page.get_by_role("row").filter(has_text="security_admin")
    own.get_by_role("button", name="确认").click()
    expect(page.get_by_role("alert")).to_contain_text("不能评审自己的权限")
    assert_accessible(page)


def test_who_writes_which_record_is_shown(visit: Visit) -> None:
    page = visit("安全管理员", "rights")
    page.get_by_role("tab", name="记录的填写人").click()
    row = page.get_by_role("row").filter(has_text="registration_certificate")
    expect(row).to_contain_text("声明")
    expect(row).to_contain_text("法规专员、法规注册")
    assert_accessible(page)


def test_an_administrators_password_is_not_offered_to_be_reset(visit: Visit) -> None:
    page = visit("系统管理员", "accounts")
    rows = page.get_by_role("row")
    expect(rows.filter(has_text="steward").get_by_role("button", name="重置密码")).to_be_visible()
    expect(rows.filter(has_text="secadmin").get_by_role("button", name="重置密码")).to_have_count(0)
