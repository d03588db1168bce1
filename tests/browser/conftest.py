"""The console in chromium, against a server of its own over the demo company."""

import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from medthread.app import Installation
from medthread.cli.demo_people import PASSWORD
from medthread.console import STATIC
from medthread.trust.accounts import create_account
from tests.browser.serving import serving_console

AXE = Path(__file__).parents[2] / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync"]
# What a refusal looks like in the browser's own log; that it is refused is what such tests are about.
EXPECTED = re.compile("401 |403 |404 |409 |412 |422 ")
REFUSED = re.compile("401 |403 |409 ")  # signed out, or refused on purpose; nothing missing, nothing malformed
Visit = Callable[..., Page]
expect.set_options(timeout=15_000)  # milliseconds: a machine that does other things beside is no fault of the console


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, object]) -> dict[str, object]:
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        pytest.skip("no chromium on this machine; .ci/run installs it")
    return {**browser_type_launch_args, "executable_path": chromium, "args": QUIET}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, object]) -> dict[str, object]:
    # The policy forbids foreign scripts; axe is one, so the test's browser looks away. Its person asked for less
    # motion: a press on a button that slides is no press, a colour that fades in is judged half way.
    return {**browser_context_args, "locale": "zh-CN", "bypass_csp": True, "reduced_motion": "reduce",
            "viewport": {"width": 1440, "height": 900}}


@pytest.fixture(scope="session")
def profile(browser: Browser, browser_context_args: dict[str, object]) -> Iterator[BrowserContext]:
    """One person's browser: the console's files, which never change under their name, are fetched once for all tests."""
    context = browser.new_context(**browser_context_args)  # type: ignore[arg-type]
    yield context
    context.close()


@pytest.fixture
def context(profile: BrowserContext, console: str) -> Iterator[BrowserContext]:
    """A browser that knows nobody yet, and has chosen no language."""
    yield profile
    for page in profile.pages:
        profile.new_cdp_session(page).send("Storage.clearDataForOrigin", {"origin": console.rstrip("/"), "storageTypes": "local_storage,cookies"})
        page.close()
    profile.clear_cookies()


@pytest.fixture(scope="session")
def console(installation: Installation) -> Iterator[str]:
    assert (STATIC / "index.html").exists(), "run `make install`: it builds the console"
    with serving_console(installation) as (_, address):
        yield address


@pytest.fixture(scope="session")
def people(installation: Installation) -> None:
    """Beside those of the demonstration, each with one role, somebody with two."""
    with installation.store.transaction() as tx:
        create_account(tx, name="qa_both", printed_name="质量老周", password=PASSWORD, roles=("qa", "qa_mgr"), by="test")


@pytest.fixture
def enter(page: Page, console: str, people: None) -> Iterator[Visit]:
    """Open a page as somebody who acts; afterwards nothing may have been wrong in the browser's console."""
    faults: list[str] = []
    page.on("console", lambda m: faults.append(m.text) if m.type == "error" and not EXPECTED.search(m.text) else None)
    page.on("pageerror", lambda e: faults.append(str(e)))

    def go(name: str, place: str = "") -> Page:
        page.context.clear_cookies()
        answer = page.request.post(f"{console}api/v1/session", data={"username": name, "password": PASSWORD})
        assert answer.ok, answer.text()
        page.goto("about:blank")
        page.goto(f"{console}#/{place}")
        expect(page.get_by_role("navigation").first).to_be_visible()
        page.wait_for_load_state("networkidle")
        return page

    yield go
    assert faults == []


@pytest.fixture
def visit(page: Page, console: str) -> Iterator[Visit]:
    """Open a page as somebody; afterwards nothing may have been wrong in the browser's console."""
    faults: list[str] = []
    page.on("console", lambda m: faults.append(m.text) if m.type == "error" and not REFUSED.search(m.text) else None)
    page.on("pageerror", lambda e: faults.append(str(e)))

    def go(role: str, place: str = "") -> Page:
        page.goto(console)
        page.get_by_role("button", name=role, exact=True).click()
        expect(page.get_by_role("navigation").first).to_be_visible()
        if place:
            page.goto(f"{console}#/{place}")
        return page

    yield go
    assert faults == []


def assert_accessible(page: Page, *, colours: bool = True) -> None:
    """No violation of WCAG 2.1 A and AA that axe can find. A page whose words alone changed has the colours it had."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("""(colours) => axe.run(document, {
        runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa'], resultTypes: ['violations'], rules: {'color-contrast': {enabled: colours}},
    })""", colours)
    assert [(v["id"], v["nodes"][0]["html"][:200]) for v in found["violations"]] == []
