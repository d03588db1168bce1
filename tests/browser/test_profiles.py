"""The profile of a table in the browser: taken, looked at closely, its suggested rules tried."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visit, assert_accessible

pytestmark = pytest.mark.browser


def test_a_table_is_profiled_and_a_suggested_rule_tried(visit: Visit) -> None:
    page = visit("数据工程师", "profiles?q=stock_movement")
    page.get_by_role("row").filter(has_text="golden.stock_movement").get_by_role("link").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("库存")
    page.get_by_role("button", name="剖析").click()
    lot = page.get_by_role("row").filter(has_text="lot_no").first
    expect(lot).to_contain_text("A9{9}", timeout=60_000)
    quantity = page.get_by_role("row").filter(has_text="decimal")
    expect(quantity.get_by_role("img").nth(1)).to_be_visible()
    quantity.get_by_role("button").click()
    expect(page.get_by_text("分位数")).to_be_visible()
    assert_accessible(page)
    rule = page.get_by_role("row").filter(has_text="stock_movement_lot_no_pattern")
    rule.get_by_role("button", name="试一试").click()
    expect(rule.get_by_role("status")).to_contain_text("成立")
    expect(rule.get_by_role("button", name="接受")).to_be_enabled()


def test_whoever_may_not_write_rules_is_not_asked_to(visit: Visit) -> None:
    page = visit("数据管家", "profiles/golden.shipment")
    page.get_by_role("button", name="剖析").click()
    rule = page.get_by_role("row").filter(has_text="shipment_lot_no_reference")
    expect(rule).to_be_visible(timeout=60_000)
    expect(rule.get_by_role("button", name="接受")).to_have_count(0)
    expect(page.get_by_role("row").filter(has_text="package").first).to_contain_text("9{18}")
