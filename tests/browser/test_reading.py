"""The warehouse is read in the console: a pivot leads to its rows, a question in SQL is answered, refused, kept and called off."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visit, assert_accessible

pytestmark = pytest.mark.browser
PIVOT = "pivots/marts.lot_overview?row=kind&column=made_on:year"


def test_a_figure_of_a_pivot_leads_to_the_rows_that_it_counts(visit: Visit) -> None:
    page = visit("数据管家", PIVOT)
    cells = page.get_by_role("region", name="透视")
    expect(cells).to_be_visible()
    heads = cells.get_by_role("columnheader").all_inner_texts()
    years = [h for h in heads if h.isdigit()]
    assert years == sorted(years)
    assert heads[-1].startswith("合计")
    figure = cells.get_by_role("row").nth(1).get_by_role("link").first
    counted = figure.inner_text()
    figure.click()
    expect(page.get_by_role("tab", name="数据")).to_have_attribute("aria-selected", "true")
    expect(page.get_by_role("navigation", name="翻页")).to_contain_text(re.compile(rf"\b{counted}\b"))


def test_a_pivot_is_put_together_by_hand(visit: Visit) -> None:
    page = visit("数据管家", "pivots/golden.lot")
    expect(page.get_by_text("请至少选择一行或一列")).to_be_visible()
    page.get_by_label("添加行").fill("类型")
    page.get_by_label("添加行").press("Enter")
    expect(page.get_by_role("region", name="透视")).to_be_visible()
    assert "row=kind" in page.url
    page.get_by_role("button", name=re.compile("^移除 .*类型")).click()
    expect(page.get_by_text("请至少选择一行或一列")).to_be_visible()


def test_a_question_is_answered_refused_and_found_again(enter: Visit, tmp_path: Path) -> None:
    page = enter("steward", "sql")
    question = page.get_by_label("查询语句")
    question.fill("select kind, count(*) as n from golden.lot group by kind order by kind")
    question.press("Control+Enter")
    expect(page.get_by_label("结果")).to_contain_text("received")
    with page.expect_download() as taken:
        page.get_by_role("button", name="CSV").click()
    taken.value.save_as(tmp_path / "answer.csv")
    assert (tmp_path / "answer.csv").read_text(encoding="utf-8-sig").splitlines()[0] == "kind,n"
    question.fill("select * from read_csv('/etc/passwd')")
    page.get_by_role("button", name="查询", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("read_csv")
    assert_accessible(page)
    page.get_by_role("tab", name="历史").click()
    expect(page.locator("main pre").filter(has_text="read_csv").first).to_be_visible()
    page.get_by_role("button", name="取用").nth(1).click()
    expect(question).to_have_value(re.compile("^select kind"))
