"""Sources in the console: how they are doing, asked who is there, held against their mapping; on a desk and on a phone."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from medthread.app import Installation
from medthread.cli.demo_people import PASSWORD
from medthread.trust.accounts import create_account
from tests.browser.conftest import Visit, assert_accessible
from tests.browser.serving import serving_console
from tests.conftest import Opening
from tests.governance.sources.test_inventory import founded, run, tell

pytestmark = pytest.mark.browser
PHONE = {"width": 390, "height": 844}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return founded(tmp_path_factory.mktemp("asked") / "home")


@pytest.fixture(scope="module")
def console(home: Path, open_beside: Opening) -> Iterator[str]:
    with open_beside(home) as opened:
        run(opened)
        tell(home.parent / "erp.db", "alter table supplier rename to lieferant", "update receipt set qty = 'viel' where no = 'R1'")
        run(opened)
        people(opened)
        with serving_console(opened) as (_, address):
            yield address


def people(installation: Installation) -> None:
    with installation.store.transaction() as tx:
        for name, role in (("engineer", "data_engineer"), ("boss", "manager")):
            create_account(tx, name=name, printed_name=name.upper(), password=PASSWORD, roles=(role,), by="test")


def both(page: Page) -> None:
    """Accessible in Chinese and in English."""
    assert_accessible(page)
    page.get_by_role("button", name="English").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    assert_accessible(page, colours=False)
    page.get_by_role("button", name="中文").click()


def test_the_inventory_says_how_each_is_doing(enter: Visit) -> None:
    page = enter("engineer", "sources")
    row = page.get_by_role("row").filter(has_text="企业资源计划")
    expect(row).to_contain_text("读取失败")
    expect(row).to_contain_text("1 h")
    expect(page.get_by_role("row").filter(has_text="仓储")).to_contain_text("未承诺")
    both(page)


def test_a_source_is_asked_by_keyboard(enter: Visit) -> None:
    page = enter("engineer", "sources/erp")
    expect(page.get_by_role("main")).to_contain_text("没有表 'supplier'")
    page.get_by_role("button", name="试连").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").filter(has_text="SQLite")).to_be_visible()
    page.get_by_role("button", name="比对映射").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="receipt")).to_contain_text("不符")
    expect(page.get_by_role("row").filter(has_text="quantity").first).to_contain_text("1 / 2")
    both(page)


def test_who_may_not_run_is_not_offered_to_ask(enter: Visit) -> None:
    page = enter("boss", "sources/wms")
    expect(page.get_by_role("main")).to_contain_text("stock*.csv")
    expect(page.get_by_role("button", name="比对映射")).to_have_count(0)


def test_on_a_phone(enter: Visit) -> None:
    page = enter("engineer", "sources/erp")
    page.set_viewport_size(PHONE)
    page.get_by_role("button", name="比对映射").click()
    expect(page.get_by_role("heading", name="receipt")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    assert_accessible(page)
