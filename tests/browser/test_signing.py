"""Signing on a slow line: no key is lost, nothing is signed that was not shown, and it is seen that something runs."""

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from tests.browser.acting import complaint
from tests.browser.conftest import PASSWORD, Visit

pytestmark = pytest.mark.browser
TRIAGED = {"harm": "none", "reportability": "no", "udi_state": "not_on_device", "problem_code": "A01"}


def opened(enter: Visit, console: str, **values: str) -> tuple[Page, Locator]:
    """The dialog of an act that is signed, looked at once already."""
    page = enter("svc")
    number = complaint(page, console, **TRIAGED, **values)
    page = enter("pms", f"entities/complaint/{number}")
    page.get_by_role("button", name="分诊", exact=True).click()
    dialog = page.get_by_role("dialog")
    expect(dialog.locator("form")).to_have_attribute("aria-busy", "false")
    return page, dialog


class Line:
    """A line to the server on which some requests wait until they are let go."""

    def __init__(self, page: Page, what: str) -> None:
        self.asked: list[str] = []
        self._waiting: list[Route] = []
        self._held = True
        page.route(what, self._come)

    def _come(self, route: Route) -> None:
        self.asked.append(route.request.url)
        if self._held:
            self._waiting.append(route)
        else:
            route.continue_()

    def let_go(self) -> None:
        self._held = False
        for route in self._waiting:
            route.continue_()


def test_the_right_password_right_after_a_wrong_one_signs_while_the_server_looks_again(enter: Visit, console: str) -> None:
    page, dialog = opened(enter, console, device_model="BC-100")
    dialog.get_by_label("密码").fill("not the password")
    line = Line(page, "**/acts/triage/preview")
    page.keyboard.press("Enter")
    expect(dialog.get_by_role("alert")).to_contain_text("签名人身份未能确认")
    dialog.get_by_label("密码").fill(PASSWORD)
    expect(dialog.locator("form")).to_have_attribute("aria-busy", "true")
    page.keyboard.press("Enter")
    line.let_go()
    expect(dialog).to_be_hidden()
    expect(page.get_by_role("status")).to_contain_text("已分诊")
    assert len(line.asked) == 1


def test_what_was_not_shown_yet_is_shown_before_it_is_signed(enter: Visit, console: str) -> None:
    page, dialog = opened(enter, console)
    expect(dialog.get_by_role("region", name="将要签名的内容")).not_to_contain_text("BC-100")
    line = Line(page, "**/acts/triage/preview")
    dialog.get_by_label("型号").fill("BC-100")
    dialog.get_by_label("密码").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(dialog).to_contain_text("正在核对…")
    line.let_go()
    expect(dialog.get_by_role("alert")).to_contain_text("尚未签名")
    expect(dialog.get_by_role("region", name="将要签名的内容")).to_contain_text("BC-100")
    page.keyboard.press("Enter")
    expect(dialog).to_be_hidden()
    expect(page.get_by_role("status")).to_contain_text("已分诊")


def test_it_is_seen_that_a_signature_runs_and_a_second_key_signs_nothing_twice(enter: Visit, console: str) -> None:
    page, dialog = opened(enter, console, device_model="BC-100")
    line = Line(page, "**/acts/triage")
    dialog.get_by_label("密码").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    expect(dialog).to_contain_text("正在签名…")
    line.let_go()
    expect(dialog).to_be_hidden()
    expect(page.get_by_role("status")).to_contain_text("已分诊")
    assert len(line.asked) == 1


def test_where_looking_failed_the_key_looks_again(enter: Visit, console: str) -> None:
    page, dialog = opened(enter, console, device_model="BC-100")
    busy = {"status": 409, "content_type": "application/problem+json", "body": '{"detail": "somebody else holds the record"}'}
    page.route("**/acts/triage/preview", lambda route: route.fulfill(**busy))
    dialog.get_by_label("型号").fill("BC-300")
    expect(dialog.get_by_role("alert")).to_contain_text("somebody else holds the record")
    page.unroute("**/acts/triage/preview")
    dialog.get_by_label("密码").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(dialog.get_by_role("alert")).to_contain_text("尚未签名")  # shown now, and not before
    page.keyboard.press("Enter")
    expect(dialog).to_be_hidden()
