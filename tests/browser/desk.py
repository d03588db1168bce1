"""Somebody at the console, in the words of the declarations: which record, which act, which values."""

import re
from dataclasses import dataclass

from playwright.sync_api import Locator, Page, expect

from medthread.model import Transition
from medthread.model.process import MEANINGS
from tests.browser.acting import choose, sign
from tests.registry import registry


@dataclass(frozen=True)
class Desk:
    """A browser at a console where everybody has the same password."""

    page: Page
    console: str
    password: str

    def opens(self, name: str, place: str) -> Page:
        """Sign in as somebody else and go to a place."""
        self.page.context.clear_cookies()
        answer = self.page.request.post(f"{self.console}api/v1/session", data={"username": name, "password": self.password})
        assert answer.ok, answer.text()
        self.page.goto("about:blank")
        self.page.goto(f"{self.console}#/{place}")
        expect(self.page.get_by_role("heading", level=1)).to_be_visible()
        return self.page

    def begins(self, name: str, entity: str, record: str, action: str, **values: str) -> Locator:
        """Open the dialog of an act and fill it in; gives the dialog."""
        page = self.opens(name, f"entities/{entity}/{record}")
        declared = registry()[entity]
        transition = _transition(entity, action)
        page.get_by_role("button", name=re.compile(rf"^{re.escape(transition.zh)}( \d.\d)?$")).click()
        dialog = page.get_by_role("dialog")
        expect(dialog.locator("form")).to_have_attribute("aria-busy", "false")
        for field_name, value in values.items():
            if field_name == "reason":
                dialog.get_by_label("原因").fill(value)
            elif (field := declared.fields[field_name]).mark.codes:
                choose(dialog, field.label.zh, value)
            else:
                dialog.get_by_label(field.label.zh, exact=True).fill(value)
        return dialog

    def does(self, name: str, entity: str, record: str, action: str, **values: str) -> str:
        """Do it with one's password; gives what the page then says."""
        dialog = self.begins(name, entity, record, action, **values)
        meaning = _transition(entity, action).meaning
        assert meaning is not None
        sign(self.page, MEANINGS[meaning].zh, password=self.password)
        expect(dialog).to_be_hidden()
        said = self.page.get_by_role("status")
        expect(said).to_contain_text(_transition(entity, action).zh)
        return said.inner_text()

    def is_refused(self, name: str, entity: str, record: str, action: str, *words: str, **values: str) -> None:
        """The dialog says what stands in the way, and there is nothing to sign with."""
        dialog = self.begins(name, entity, record, action, **values)
        for word in words:
            expect(dialog.get_by_role("alert")).to_contain_text(word)
        expect(dialog.get_by_role("button", name=re.compile("^签名"))).to_be_disabled()


def _transition(entity: str, action: str) -> Transition:
    process = registry()[entity].about.process
    assert process is not None
    return next(t for t in process.transitions if t.action == action)
