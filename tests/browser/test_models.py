"""Models in the console: found, looked into, changed, held back; on a desk and on a phone."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from medthread.app import Installation
from medthread.cli.demo_people import PASSWORD
from medthread.pipeline.run import apply_models
from medthread.trust.accounts import create_account
from tests.browser.conftest import Visit, assert_accessible
from tests.browser.serving import serving_console
from tests.conftest import Opening
from tests.scenarios import company
from tests.scenarios.modelled import BUSY, BY_ITEM, CASES, found, write

pytestmark = pytest.mark.browser
PHONE = {"width": 390, "height": 844}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return found(tmp_path_factory.mktemp("modelled") / "c")


@pytest.fixture(scope="module")
def company_of_models(home: Path, open_beside: Opening) -> Iterator[Installation]:
    with open_beside(home) as opened:
        company.run(opened)
        yield opened


@pytest.fixture(scope="module")
def console(company_of_models: Installation) -> Iterator[str]:
    with serving_console(company_of_models) as (_, address):
        yield address


@pytest.fixture(scope="module")
def people(company_of_models: Installation) -> None:
    with company_of_models.store.transaction() as tx:
        for name, role in (("engineer", "data_engineer"), ("boss", "manager")):
            create_account(tx, name=name, printed_name=name.upper(), password=PASSWORD, roles=(role,), by="test")


@pytest.fixture(autouse=True)
def in_force(company_of_models: Installation, home: Path) -> None:
    """Two models of the company's own, one reading the other, in force when a test begins."""
    write(home, by_item=BY_ITEM, busy=BUSY)
    apply_models(company_of_models.context(), by="test", index_trace=company_of_models.index_trace, reason="从头")


@pytest.fixture
def cases(in_force: None, home: Path) -> Iterator[None]:
    """Cases of a text that is in force already: what does not hold of them holds nothing back."""
    path = home / "models" / "by_item.cases.yaml"
    path.write_text(CASES, encoding="utf-8")
    yield
    path.unlink()


def both(page: Page) -> None:
    """Accessible in Chinese and in English."""
    assert_accessible(page)
    page.get_by_role("button", name="English").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    assert_accessible(page, colours=False)
    page.get_by_role("button", name="中文").click()


def test_models_are_found_sorted_and_sifted(enter: Visit) -> None:
    page = enter("boss", "models")
    rows = page.get_by_role("main").get_by_role("row")
    expect(rows.filter(has_text="物料收货")).to_contain_text("有警告")
    page.get_by_role("columnheader", name="行数").click()
    page.get_by_role("columnheader", name="行数").click()
    expect(rows.nth(1)).to_contain_text("genealogy")
    page.get_by_role("searchbox").fill("busy")
    page.keyboard.press("Enter")
    expect(rows).to_have_count(2)
    page.get_by_role("link", name="常用物料").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("常用物料")
    expect(page.get_by_role("main")).to_contain_text("采购")
    both(page)


@pytest.mark.parametrize(("tab", "shown"), [
    ("tests", "receipts < 7"), ("columns", "BIGINT"), ("text", "select item"), ("lineage", "常用物料"), ("versions", "第 1 版"), ("cases", "一次"),
])
def test_every_side_of_a_model_is_accessible(enter: Visit, cases: None, tab: str, shown: str) -> None:
    page = enter("engineer", f"models/by_item?tab={tab}")
    expect(page.get_by_role("tabpanel")).to_contain_text(shown)
    both(page)


def test_lineage_leads_up_and_down(enter: Visit) -> None:
    page = enter("engineer", "models/busy")
    page.get_by_role("tab", name="上下游").click()
    page.get_by_role("region", name="由什么得到").get_by_role("link", name="物料收货").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("物料收货")
    page.get_by_role("tab", name="上下游").click()
    expect(page.get_by_role("region", name="由什么得到").get_by_role("link")).to_have_attribute("href", "#/dictionary/receipt")
    page.get_by_role("region", name="谁读取它").get_by_role("link", name="常用物料").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("常用物料")


def test_cases_are_tried_and_say_which_rows_are_wrong(enter: Visit, cases: None) -> None:
    page = enter("engineer", "models/by_item?tab=cases")
    page.get_by_role("button", name="试用例").click()
    expect(page.get_by_role("status").filter(has_text="个用例")).to_contain_text("2 个用例,1 个成立")
    wrong = page.get_by_role("listitem").filter(has_text="两次")
    expect(wrong).to_contain_text("缺少的行")
    wrong.get_by_text("给定与期望的行").click()
    expect(wrong.get_by_role("cell", name="R1")).to_be_visible()
    both(page)
    page = enter("boss", "models/by_item?tab=cases")
    expect(page.get_by_text("两次")).to_be_visible()
    expect(page.get_by_role("button", name="试用例")).to_have_count(0)


def test_a_change_is_looked_at_applied_and_followed_and_versions_are_compared(enter: Visit, home: Path) -> None:
    page = enter("engineer", "model-plan")
    expect(page.get_by_role("main")).to_contain_text("没有待生效的改动")
    expect(page.get_by_role("button", name="使其生效")).to_have_count(0)
    both(page)
    write(home, busy=BUSY.replace(">= 2", ">= 3"))
    page.get_by_role("button", name="重新查看").click()
    expect(page.get_by_role("main")).to_contain_text("数值会变")
    page.get_by_text("文本差异").click()
    expect(page.get_by_role("group", name="文本差异")).to_contain_text("+select item, receipts from marts.by_item where receipts >= 3")
    both(page)
    page.get_by_role("button", name="使其生效").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="使其生效").click()
    expect(dialog).to_contain_text("必填")
    dialog.get_by_label("原因").fill("门槛改为三次")
    dialog.get_by_label("原因").press("Enter")
    expect(page.get_by_role("main")).to_contain_text("已完成")
    page.goto(page.url.split("#")[0] + "#/models/busy?tab=versions")
    expect(page.get_by_role("main")).to_contain_text("门槛改为三次")
    expect(page.get_by_role("group", name="比较两个版本")).to_contain_text("receipts >= 3")
    both(page)


def test_whoever_loses_a_field_stands_in_red_and_faults_hold_the_button_back(enter: Visit, home: Path) -> None:
    page = enter("engineer", "models")
    write(home, by_item=BY_ITEM.replace("as receipts", "as times").replace("receipts >", "times >").replace("receipts <", "times <"))
    page.reload()
    page.get_by_role("link", name="待生效的改动 1").click()
    expect(page.get_by_text("失去 receipts").first).to_be_visible()
    expect(page.get_by_role("alert")).to_contain_text("模型 busy 无法构建")
    expect(page.get_by_role("button", name="使其生效")).to_have_count(0)
    both(page)
    write(home, busy=BUSY.replace("receipts", "times"))
    page.get_by_role("button", name="重新查看").click()
    page.get_by_role("button", name="使其生效").click()
    expect(page.get_by_role("dialog")).to_contain_text("会破坏读者")
    assert_accessible(page)
    boss = enter("boss", "model-plan")
    expect(boss.get_by_role("main")).to_contain_text("破坏读者")
    expect(boss.get_by_role("button", name="使其生效")).to_have_count(0)


def test_a_run_that_was_held_leads_to_its_model(enter: Visit, home: Path) -> None:
    page = enter("engineer", "model-plan")
    write(home, by_item=BY_ITEM.replace("receipts > 0", "receipts < 7"))
    page.get_by_role("button", name="重新查看").click()
    page.get_by_role("button", name="使其生效").click()
    page.get_by_role("dialog").get_by_label("原因").fill("更严")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("行不满足 receipts < 7")
    expect(page.get_by_role("alert")).to_contain_text("读者仍看到原来的内容")
    both(page)
    page.get_by_role("main").get_by_role("link", name="by_item").click()
    expect(page.get_by_role("alert")).to_contain_text("被挡下")
    both(page)


def test_a_file_that_cannot_be_read_is_said(enter: Visit, home: Path) -> None:
    write(home, busy="select 1")
    page = enter("engineer", "models")
    expect(page.get_by_role("alert")).to_contain_text("busy.sql")
    expect(page.get_by_role("main").get_by_role("row").filter(has_text="常用物料")).to_be_visible()
    page.goto(page.url.split("#")[0] + "#/model-plan")
    expect(page.get_by_role("alert")).to_contain_text("busy.sql")
    both(page)


def test_models_on_a_phone(enter: Visit, home: Path, cases: None) -> None:
    write(home, by_item=BY_ITEM.replace("as receipts", "as times").replace("receipts >", "times >").replace("receipts <", "times <"))
    page = enter("engineer")
    page.set_viewport_size({"width": PHONE["width"], "height": PHONE["height"]})
    for place in ("models", "model-plan", *(f"models/by_item?tab={t}" for t in ("tests", "columns", "text", "lineage", "versions", "cases"))):
        page.goto(page.url.split("#")[0] + f"#/{place}")
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        page.wait_for_load_state("networkidle")
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, place
        assert_accessible(page)
    page.set_viewport_size({"width": 1440, "height": 900})
