"""Asking to see a masked value in the console: asked, decided by another person, shown for a time."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect
from sqlalchemy import delete

from medthread.app import Installation
from medthread.cli.demo_people import PASSWORD
from medthread.stores.postgres.tables import unmask_grant
from tests.browser.conftest import Visit, assert_accessible

pytestmark = pytest.mark.browser


@pytest.fixture
def masked_again(installation: Installation) -> Iterator[None]:
    """Whatever happens, nobody looks under the mask afterwards: other tests share the company."""
    yield
    with installation.store.transaction() as tx:
        tx.execute(delete(unmask_grant))


@pytest.mark.usefixtures("masked_again")
def test_a_value_is_asked_for_granted_and_seen(visit: Visit) -> None:
    page = visit("采购员", "entities/customer")
    page.get_by_role("main").locator("tbody a").first.click()
    telephone = page.locator("dl.values > div").filter(has_text="电话").first
    expect(telephone).to_contain_text("*")
    telephone.get_by_role("button", name="申请查看").click()
    dialog = page.get_by_role("dialog")
    assert_accessible(page)
    dialog.get_by_label("原因").fill("通知召回")
    dialog.get_by_role("button", name="申请查看").click()
    expect(telephone).to_contain_text("等待决定")
    record = page.url
    page.get_by_role("button", name="退出").click()

    page = visit("安全管理员", "unmasking")
    row = page.get_by_role("row").filter(has_text="通知召回").first  # the newest
    expect(row).to_contain_text("电话")
    assert_accessible(page)
    row.get_by_role("button", name="批准").click()
    page.get_by_role("dialog").get_by_label("原因").fill("召回需要")
    page.get_by_role("dialog").get_by_label("密码").fill(PASSWORD)
    page.get_by_role("dialog").get_by_role("button", name="批准").click()
    expect(row).to_contain_text("有效")
    page.get_by_role("button", name="退出").click()

    page = visit("采购员", record.partition("#/")[2])
    telephone = page.locator("dl.values > div").filter(has_text="电话").first
    expect(telephone).to_contain_text("可见至")
    expect(telephone).not_to_contain_text("*")
    page.get_by_role("button", name="English").click()
    assert_accessible(page, colours=False)
