"""Every place that the menu offers, on a phone: nothing stands out sideways, each says what it is, nothing is left in Chinese."""

import re
from http import HTTPStatus

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit, assert_accessible

pytestmark = pytest.mark.browser
PHONE = {"width": 390, "height": 844}
# Between them they are offered every place: who keeps data, who acts in processes, who looks on, who administers.
ROLES = ("steward", "qa_both", "auditor", "secadmin")
PLACES = "els => els.map(a => a.getAttribute('href'))"
THERE = """href => document.querySelector('.shell > nav a[aria-current=page]')?.getAttribute('href') === href
  && document.querySelector('main h1') && !document.querySelector('main [aria-busy=true]')"""
CHROME = "main :is(h1, h2, h3, th, label, legend, summary, [role=tab]), .shell > nav a"
CHINESE = re.compile("[\u4e00-\u9fff]")
COMPANY = ("医脉演示企业", "质量老周")  # what the demonstration's company and one of its people are called, in every language


def _places(page: Page) -> list[str]:
    """Its pages, and of the desks, which are all drawn from declarations by one page, the first."""
    offered = page.locator(".shell > nav a").evaluate_all(PLACES)
    desks = [p for p in offered if p.startswith("#/entities/")]
    return [p for p in offered if p not in desks] + desks[:1]


def _faults(page: Page) -> list[str]:
    """What is wrong with a page in English on a phone."""
    wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    titles = [h for h in page.locator("h1").all_inner_texts() if h.strip()]
    chrome = [w for w in page.locator(CHROME).all_inner_texts() if CHINESE.search(w) and not any(c in w for c in COMPANY)]
    broken = re.findall(r"undefined|\[object|Invalid Date|NaN", page.get_by_role("main").inner_text())
    return [*([f"stands out by {wide}"] if wide > 0 else []), *([f"titles: {titles}"] if len(titles) != 1 else []), *chrome, *broken]


def test_every_place_fits_a_phone_and_speaks_english(enter: Visit, page: Page) -> None:
    wrong: dict[str, list[str]] = {}
    refused: list[str] = []
    page.on("response", lambda r: refused.append(f"{r.status} {r.url}") if r.status >= HTTPStatus.BAD_REQUEST else None)
    seen: set[str] = set()
    for name in ROLES:
        enter(name)  # at a desk still: there the menu stands open, which is how one sees that it came
        page.set_viewport_size({"width": PHONE["width"], "height": PHONE["height"]})
        if (english := page.get_by_role("button", name="English")).count():
            english.click()
        for place in (p for p in _places(page) if p not in seen):
            seen.add(place)
            refused.clear()
            page.evaluate("href => { location.hash = href; }", place)
            page.wait_for_function(THERE, arg=place)
            if found := [*_faults(page), *refused]:
                wrong[f"{name} {place}"] = found
        page.set_viewport_size({"width": 1440, "height": 900})
    assert len(seen) > len(ROLES)
    assert wrong == {}


def test_a_phone_begins_with_the_page_and_folds_the_menu_away(enter: Visit) -> None:
    page = enter("qa", "inbox")
    page.set_viewport_size({"width": PHONE["width"], "height": PHONE["height"]})
    menu = page.get_by_role("button", name=re.compile("^菜单"))
    expect(page.get_by_role("navigation", name="主菜单")).to_be_hidden()
    expect(page.get_by_role("heading", level=1)).to_be_in_viewport()
    expect(page.get_by_role("main").get_by_role("table")).to_have_count(0)
    menu.focus()
    page.keyboard.press("Enter")
    expect(menu).to_have_attribute("aria-expanded", "true")
    assert_accessible(page)
    page.keyboard.press("Escape")
    expect(page.get_by_role("navigation", name="主菜单")).to_be_hidden()
    menu.click()
    page.get_by_role("link", name="全部流程").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("全部流程")
    expect(page.get_by_role("navigation", name="主菜单")).to_be_hidden()
    expect(page.locator("main")).to_be_focused()
    assert_accessible(page)


def test_what_is_signed_on_a_phone_is_shown_whole(enter: Visit, console: str) -> None:
    page = enter("qa")
    body = {"source": "incoming", "item": "RM-1", "lot_no": "L-1", "defect_code": "strength", "description": "断裂"}
    made = page.request.post(f"{console}api/v1/entities/nonconformance", data=body, headers={"X-Requested-With": "medthread"})
    assert made.ok, made.text()
    page.set_viewport_size({"width": PHONE["width"], "height": PHONE["height"]})
    page.goto(f"{console}#/entities/nonconformance/{made.json()['item']['_id']}")
    page.get_by_role("button", name="作废").click()
    signed = page.get_by_role("dialog").locator(".what")
    expect(signed).to_be_visible()
    assert signed.evaluate("e => e.scrollHeight - e.clientHeight") <= 0
    assert_accessible(page)
