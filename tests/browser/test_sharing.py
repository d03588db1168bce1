"""Somebody in the EU at the console of a company in China: what is not shared is marked, and the page says by which rule."""

import pytest
from playwright.sync_api import expect
from sqlalchemy import update

from medthread.app import Installation
from medthread.cli.demo_people import PASSWORD
from medthread.stores.postgres.tables import account
from medthread.trust.accounts import create_account
from tests.browser.conftest import Visit, assert_accessible

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def abroad(installation: Installation) -> str:
    with installation.store.transaction() as tx:
        create_account(tx, name="berlin", printed_name="Anna Berg", password=PASSWORD, roles=("pms",), by="test")
        tx.execute(update(account).where(account.c.name == "berlin").values(regions=["EU"]))
    return "berlin"


def test_lists_and_records_say_what_is_not_shared_and_why(enter: Visit, abroad: str) -> None:
    page = enter(abroad, "entities/customer")
    note = page.get_by_role("note", name="按共享规则未提供")
    expect(note).to_contain_text("个人信息保护法第三十八至四十条")
    expect(note).to_contain_text("联系人")
    expect(page.get_by_role("main").get_by_text("未共享").first).to_be_visible()
    assert_accessible(page)
    page.get_by_role("table").get_by_role("link").first.click()
    expect(note).to_contain_text("电话")
    expect(page.get_by_role("definition").filter(has_text="***").first).to_contain_text("未共享")
    assert_accessible(page)


def test_the_rules_say_where_one_stands(enter: Visit, abroad: str) -> None:
    page = enter(abroad, "sharing")
    expect(page.get_by_role("heading", level=1)).to_contain_text("共享规则")
    expect(page.get_by_role("main")).to_contain_text("您在 EU")
    row = page.get_by_role("region", name="谁可以从哪里读到什么").get_by_role("row").filter(has_text="CN").last
    expect(row).to_contain_text("不得共享")
    page.get_by_role("radiogroup", name="数据种类").get_by_text("一般数据").click()
    expect(row).not_to_contain_text("不得共享")
    expect(page.get_by_role("region", name="区域里有什么")).to_contain_text("DEMO")
    assert_accessible(page)
