"""Records from a file in the console: what is wrong is listed row by row, then all of them are there."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visit, assert_accessible

pytestmark = pytest.mark.browser


def test_serial_numbers_from_a_file(enter: Visit) -> None:
    page = enter("svc", "entities/installed_unit")
    page.get_by_role("button", name="由文件新建").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("必填")
    heading = (dialog.get_by_role("link", name="下载模板").get_attribute("href") or "").split("%EF%BB%BF")[1]
    assert heading.startswith("%E7%89%A9%E6%96%99%2C")  # 物料,
    chooser = dialog.locator("input[type=file]")
    wrong = "item,serial_no,device_model,customer,status\nPUMP,B-1,MP-1,H-1,lost\nPUMP,,MP-1,H-1,shipped\n"
    chooser.set_input_files({"name": "u.csv", "mimeType": "text/csv", "buffer": wrong.encode()})
    table = dialog.get_by_role("table")
    expect(table.get_by_role("row")).to_have_count(3)
    expect(table).to_contain_text("lost")
    expect(table).to_contain_text("不能为空")
    assert_accessible(page)
    right = wrong.replace("lost", "installed").replace("PUMP,,", "PUMP,B-2,")
    chooser.set_input_files({"name": "u.csv", "mimeType": "text/csv", "buffer": right.encode()})
    expect(dialog.get_by_role("status")).to_contain_text("已写入 2 条")
    page.keyboard.press("Escape")
    expect(page.get_by_role("link", name="B-2")).to_be_visible()


def test_what_is_made_one_by_one_offers_no_file(enter: Visit) -> None:
    page = enter("svc", "entities/complaint")
    expect(page.get_by_role("button", name="新建", exact=True)).to_be_visible()
    expect(page.get_by_role("button", name="由文件新建")).to_have_count(0)
