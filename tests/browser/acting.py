"""What people do in the console, in the words of the tests: write a record, choose, sign."""

from typing import Any

from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import PASSWORD

MARK = {"X-Requested-With": "medthread"}


def send(page: Page, console: str, path: str, body: dict[str, Any]) -> dict[str, Any]:
    """Write something as whoever is signed in, for what the test is not about."""
    answer = page.request.post(f"{console}api/v1/{path}", data=body, headers=MARK)
    assert answer.ok, answer.text()
    found: dict[str, Any] = answer.json()
    return found


def complaint(page: Page, console: str, **values: Any) -> str:
    return str(send(page, console, "entities/complaint", {"description": "球囊充气后漏气", **values})["item"]["complaint_no"])


def choose(within: Locator, label: str, text: str) -> None:
    """Pick an entry of a list with the keyboard."""
    box = within.get_by_label(label, exact=True)
    box.focus()
    within.page.keyboard.type(text)
    expect(within.page.get_by_role("option", name=text).or_(within.page.get_by_title(text, exact=True)).first).to_be_attached()
    within.page.keyboard.press("Enter")


def sign(page: Page, meaning: str, *, password: str = PASSWORD) -> None:
    """Give the password once the server has said what would be signed, and press Enter."""
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("密码").fill(password)
    expect(dialog.locator("form")).to_have_attribute("aria-busy", "false")
    expect(dialog.get_by_role("button", name=f"签名:{meaning}")).to_be_enabled()
    page.keyboard.press("Enter")
