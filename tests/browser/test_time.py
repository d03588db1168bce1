"""When something was, in the browser: by the signer's clock for a signature, by the organisation's for all else, whatever the browser's clock shows."""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import APIRequestContext, Browser, Page, expect

from medthread.app import Installation
from medthread.cli.demo_people import PASSWORD
from tests.api.test_desks import TRIAGE

pytestmark = pytest.mark.browser
MARK = {"x-requested-with": "medthread"}
SHANGHAI = ZoneInfo("Asia/Shanghai")
WORDS = "%Y-%m-%d %H:%M"


@pytest.fixture(params=["Europe/Berlin", "Asia/Shanghai"])
def clock(request: pytest.FixtureRequest) -> str:
    """Where the browser's clock is."""
    return str(request.param)


@pytest.fixture
def abroad(browser: Browser, browser_context_args: dict[str, object], console: str, clock: str) -> Iterator[Page]:
    """Somebody of post-market surveillance, signed in, in a browser over there."""
    context = browser.new_context(**browser_context_args, timezone_id=clock)  # type: ignore[arg-type]
    page = context.new_page()
    assert page.request.post(f"{console}api/v1/session", data={"username": "pms", "password": PASSWORD}, headers=MARK).ok
    yield page
    context.close()


def signed_complaint(request: APIRequestContext, api: str, installation: Installation) -> tuple[str, datetime]:
    """A complaint that was triaged just now: its id, and when it was signed."""
    made = request.post(f"{api}/entities/complaint", data={"description": "气囊漏气"}, headers=MARK).json()["item"]
    codes = installation.registry["complaint"].fields["problem_code"].mark.codes
    path, head = f"{api}/entities/complaint/{made['_id']}", {**MARK, "If-Match": '"1"'}
    values = {**TRIAGE, "problem_code": next(iter(codes or ()))}
    seen = request.post(f"{path}/acts/triage/preview", data={"values": values}, headers=head).json()
    done = request.post(f"{path}/acts/triage", data={"values": values, "shown": seen["content_hash"], "password": PASSWORD}, headers=head)
    assert done.ok, done.text()
    [signature] = request.get(f"{path}/case").json()["signatures"]
    assert signature["zone"] == SHANGHAI.key
    return made["_id"], datetime.fromisoformat(signature["signed_at"]).astimezone(SHANGHAI)


def test_a_signature_shows_its_time_by_the_signers_clock_and_all_else_says_whose_clock_it_is(
        abroad: Page, console: str, installation: Installation, clock: str) -> None:
    record, at = signed_complaint(abroad.request, f"{console}api/v1", installation)
    abroad.goto(f"{console}#/entities/complaint/{record}")
    abroad.get_by_role("tab", name=re.compile("签名与步骤")).click()
    signatures, steps = (abroad.get_by_role("tabpanel").get_by_role("table").nth(n) for n in range(2))
    expect(signatures).to_contain_text(re.compile(rf"{at:{WORDS}}\s+Asia/Shanghai"))
    said = "" if clock == SHANGHAI.key else " UTC+8"
    moments = [at, at - timedelta(minutes=1)]  # the step is written a little before or after the signature
    expect(steps).to_contain_text(re.compile("|".join(re.escape(f"{m:{WORDS}}{said}") for m in moments)))
    if not said:
        expect(steps).not_to_contain_text("UTC")
    abroad.goto(f"{console}#/entities/complaint/{record}")
    abroad.get_by_role("tab", name="历史").click()
    expect(abroad.get_by_text("时间均按 Asia/Shanghai(UTC+8)")).to_be_visible()


def test_what_is_typed_is_read_by_the_organisations_clock(abroad: Page, console: str) -> None:
    abroad.goto(f"{console}#/delegations")
    typed = datetime.fromisoformat(abroad.get_by_label("开始").input_value()).replace(tzinfo=SHANGHAI)
    assert abs(datetime.now(SHANGHAI) - typed) < timedelta(minutes=3)
