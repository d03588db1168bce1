"""A metric in the console: its course, what tells it apart, the rows behind it, and the effect of another definition before it is proposed."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visit, assert_accessible

pytestmark = pytest.mark.browser


def test_from_a_figure_to_the_rows_behind_it(visit: Visit) -> None:
    page = visit("数据管家", "metrics")
    page.get_by_role("link", name="来料批接收率").click()
    main = page.get_by_role("main")
    expect(main.get_by_role("img", name="来料批接收率: 走势")).to_be_visible()
    course = page.get_by_role("region", name="走势")
    expect(course.get_by_role("row")).to_have_count(13)  # its head, and twelve months
    counted = course.get_by_role("row").nth(1).get_by_role("link").nth(1)
    rows = int(counted.inner_text())
    counted.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("数值背后的行")
    expect(page.get_by_role("region", name="数值背后的行").get_by_role("row")).to_have_count(rows + 1)


def test_the_effect_of_another_definition_is_seen_before_it_is_proposed(visit: Visit) -> None:
    page = visit("数据管家", "metrics/nonconformances")
    page.get_by_role("button", name="更改口径").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("目标").fill("2")
    dialog.get_by_label("原因").fill("年度目标")
    expect(dialog.get_by_role("button", name="提议更改")).to_be_disabled()
    dialog.get_by_role("button", name="对历史的影响").click()
    seen = dialog.get_by_role("region", name="对历史的影响").first
    expect(seen).to_contain_text("现行口径")
    expect(dialog.get_by_role("button", name="提议更改")).to_be_enabled()
    assert_accessible(page)
