"""Signing in at a provider, which runs as a process of its own: whoever it vouches for comes in, whatever is wrong does not."""

import re
import subprocess
import sys
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select, update

from medthread.api.server import create_app
from medthread.cli import main
from medthread.stores.postgres.tables import account, audit_event, identity_request
from medthread.trust.accounts import ReauthenticationError, reauthenticate
from medthread.trust.identity import link
from tests.api.conftest import House
from tests.conftest import Opening
from tests.trust.identity import provider as provider_module
from tests.trust.identity.provider import CLIENT, SECRET

API = "/api/v1"
SETTINGS = """
name = "t"
[identity.company]
zh = "公司统一登录"
en = "Company sign-in"
issuer = "{issuer}"
client_id = "{client}"
client_secret_file = "{secret}"
{more}
"""
ROLES = """
[identity.company.roles]
"Quality" = ["qa"]
"Heads" = ["qa_mgr"]
"Works" = ["prod_mgr"]
"""


class There:
    """The provider as a test speaks to it."""

    def __init__(self, port: int) -> None:
        self.issuer = f"http://127.0.0.1:{port}"

    def tell(self, *, wrong: str | None = None, rotate: bool = False, **user: Any) -> None:
        body = {"wrong": wrong, "rotate": rotate} | ({"user": user} if user else {})
        assert httpx2.post(f"{self.issuer}/tell", json=body).status_code == 200


@pytest.fixture(scope="module")
def there() -> Iterator[There]:
    with subprocess.Popen([sys.executable, provider_module.__file__], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        yield There(int(process.stdout.readline()))
        process.terminate()


@pytest.fixture(scope="module")
def houses(there: There, tmp_path_factory: pytest.TempPathFactory, open_beside: Opening) -> Iterator[dict[str, House]]:
    """Three companies: one that knows only who is linked, one that links by name, one that makes accounts and follows groups."""
    kinds = {"linked": "", "named": "link_by_name = true", "made": f"create_accounts = true\n{ROLES}"}
    home = tmp_path_factory.mktemp("providers") / "company"
    with pytest.raises(SystemExit):
        main(["init", str(home)])
    secret = home / "secret"
    secret.write_text(SECRET + "\n", encoding="utf-8")
    found = {}
    with open_beside(home) as opened:
        for kind, more in kinds.items():
            (home / "medthread.toml").write_text(SETTINGS.format(issuer=there.issuer, client=CLIENT, secret=secret, more=more), encoding="utf-8")
            again = type(opened)(type(opened.workspace).open(home), opened.store)
            with again.serving(None) as services:
                found[kind] = House(again, create_app(services))
        yield found


def come(house: House, client: TestClient | None = None, *, begin: str = f"{API}/providers/company") -> tuple[TestClient, str]:
    """A browser that goes to the provider and follows it back; gives the browser and where it ended."""
    client = client or house.browser()
    there = client.get(begin, follow_redirects=False)
    assert there.status_code == 303, there.text
    back = at_provider(there.headers["location"])
    answer = client.get(f"{urlsplit(back).path}?{urlsplit(back).query}", follow_redirects=False)
    assert answer.status_code == 303, answer.text
    return client, answer.headers["location"]


def at_provider(address: str) -> str:
    """The provider signs its user in and sends the browser back."""
    return httpx2.get(address, follow_redirects=False).headers["location"]


def refused(where: str) -> str:
    found = re.fullmatch(r"/#/\?refused=([a-z-]+)", where)
    assert found, where
    return found[1]


def test_whoever_is_linked_comes_in(houses: dict[str, House], there: There) -> None:
    house = houses["linked"]
    house.make("wu", "qa")
    there.tell(sub="1001", preferred_username="somebody", name="小吴")
    browser, where = come(house)
    assert refused(where) == "account"
    assert browser.get(f"{API}/session").status_code == 401
    with house.installation.store.transaction() as tx:
        link(tx, name="wu", issuer=there.issuer, subject="1001", by="cli")
    browser, where = come(house)
    assert where == "/"
    assert browser.get(f"{API}/session").json()["username"] == "wu"
    assert browser.get(f"{API}/account").json()["sessions"][0]["factors"] == ["company"]
    providers = browser.get(f"{API}/providers").json()["items"]
    assert providers == [{"name": "company", "label": {"zh": "公司统一登录", "en": "Company sign-in"}}]


WRONG = {
    "issuer": "token", "audience": "token", "expired": "token", "future": "token", "subject": "token", "no expiry": "token", "signature": "token",
    "nonce": "nonce", "azp": "azp", "none": "algorithm", "shared": "algorithm", "key": "key", "refused": "refused", "mixed up": "issuer",
    "no token": "token", "garbage": "identity-unreachable",
}


@pytest.mark.parametrize("wrong", WRONG)
def test_whatever_is_wrong_lets_nobody_in(houses: dict[str, House], there: There, wrong: str) -> None:
    house = houses["made"]
    there.tell(wrong=wrong, sub="2001", preferred_username=f"wrong_{wrong.replace(' ', '_')}", groups=["Quality"])
    browser, where = come(house)
    assert refused(where) == WRONG[wrong]
    assert browser.get(f"{API}/session").status_code == 401
    with house.installation.store.transaction() as tx:
        assert tx.execute(select(account.c.name).where(account.c.name.startswith("wrong_"))).all() == []
        last = tx.execute(select(audit_event).order_by(audit_event.c.seq.desc()).limit(1)).one()
    assert (last.outcome, last.action, last.reason) == ("refused", "session.create", WRONG[wrong])


def test_an_answer_is_for_the_browser_that_asked_and_for_one_time(houses: dict[str, House], there: There) -> None:
    house = houses["made"]
    there.tell(sub="2002", preferred_username="once", groups=["Quality"])
    mine, other = house.browser(), house.browser()
    back = urlsplit(at_provider(mine.get(f"{API}/providers/company", follow_redirects=False).headers["location"]))
    answer = f"{back.path}?{back.query}"
    assert refused(other.get(answer, follow_redirects=False).headers["location"]) == "state", "sent to somebody else's browser"
    assert mine.get(answer, follow_redirects=False).headers["location"] == "/"
    assert refused(mine.get(answer, follow_redirects=False).headers["location"]) == "state"
    assert refused(mine.get(f"{back.path}?code=x&state=y", follow_redirects=False).headers["location"]) == "state"
    other.get(f"{API}/providers/company", follow_redirects=False)
    state = other.cookies.get("medthread_identity")
    assert refused(other.get(f"{back.path}?{back.query.split('&')[0]}&state={state}", follow_redirects=False).headers["location"]) == "code", "a code used before"
    with house.installation.store.transaction() as tx:
        tx.execute(update(identity_request).values(expires_at=identity_request.c.at))
    other.get(f"{API}/providers/company", follow_redirects=False)
    with house.installation.store.transaction() as tx:
        tx.execute(update(identity_request).values(expires_at=identity_request.c.at))
    state = other.cookies.get("medthread_identity")
    assert refused(other.get(f"{back.path}?code=x&state={state}", follow_redirects=False).headers["location"]) == "state", "too late"


def test_keys_rotate(houses: dict[str, House], there: There) -> None:
    there.tell(sub="2003", preferred_username="rotating", groups=["Quality"])
    assert come(houses["made"])[1] == "/"
    there.tell(rotate=True)
    assert come(houses["made"])[1] == "/"


def test_an_account_comes_of_itself_where_that_is_allowed_and_follows_its_groups(houses: dict[str, House], there: There) -> None:
    house = houses["made"]
    there.tell(sub="2004", preferred_username="zhao", name="小赵", groups=["Quality", "unknown here"])
    browser, _ = come(house)
    said = browser.get(f"{API}/session").json()
    assert (said["username"], said["name"], said["roles"], said["must"]) == ("zhao", "小赵", ["qa"], [])
    assert house.enter(house.browser(), "zhao", "anything at all").status_code == 401, "it has no password here"
    there.tell(sub="2004", preferred_username="renamed", groups=["Heads"])
    browser, _ = come(house)
    assert browser.get(f"{API}/session").json()["roles"] == ["qa_mgr"]
    assert browser.get(f"{API}/session").json()["username"] == "zhao", "the subject counts, not the name"
    there.tell(sub="2004", groups=["Heads", "Works"])
    assert refused(come(house)[1]) == "roles", "groups that mean roles which do not go together"
    there.tell(sub="2005", preferred_username="zhao", groups=["Quality"])
    assert refused(come(house)[1]) == "account", "nobody takes over an account by its name"
    there.tell(sub="2006", preferred_username="system", groups=["Quality"])
    assert refused(come(house)[1]) == "account"
    there.tell(sub="2004", groups=[])
    browser, _ = come(house)
    assert browser.get(f"{API}/session").json()["can"] == []


def test_names_link_where_the_company_says_so_and_once(houses: dict[str, House], there: There) -> None:
    house = houses["named"]
    house.make("qian", "qa")
    there.tell(sub="3001", preferred_username="qian")
    browser, where = come(house)
    assert where == "/"
    assert browser.get(f"{API}/session").json()["roles"] == ["qa"], "roles are given here, for no groups are mapped"
    there.tell(sub="3002", preferred_username="qian")
    assert refused(come(house)[1]) == "account", "another person of the same name"
    there.tell(sub="3003", preferred_username="nobody here")
    assert refused(come(house)[1]) == "account"
    there.tell(sub="3001", preferred_username="qian")
    with house.installation.store.transaction() as tx:
        tx.execute(update(account).where(account.c.name == "qian").values(disabled_at=account.c.at))
    assert refused(come(house)[1]) == "disabled"


def test_a_proof_from_the_provider_signs_once(houses: dict[str, House], there: There) -> None:
    house = houses["made"]
    there.tell(sub="2007", preferred_username="sun", groups=["Quality"])
    browser, _ = come(house)
    _, where = come(house, browser, begin=f"{API}/providers/company/proof")
    ticket = parse_qs(urlsplit(where.replace("/#", "")).query)["ticket"][0]

    def sign(name: str) -> list[str]:
        with house.installation.store.transaction() as tx:
            return reauthenticate(tx, name=name, password=ticket, totp=None, keyring=house.installation.keyring)

    house.make("other_signer", "qa")
    with pytest.raises(ReauthenticationError):
        sign("other_signer")
    assert sign("sun") == ["company"]
    with pytest.raises(ReauthenticationError):
        sign("sun")
    there.tell(wrong="stale")
    assert refused(come(house, browser, begin=f"{API}/providers/company/proof")[1]) == "afresh"
    there.tell(sub="2008", preferred_username="li", groups=["Quality"])
    assert refused(come(house, browser, begin=f"{API}/providers/company/proof")[1]) == "account", "somebody else at the same machine"
    assert house.browser().get(f"{API}/providers/company/proof", follow_redirects=False).status_code == 401


def test_a_provider_that_is_not_there(houses: dict[str, House], there: There) -> None:
    assert houses["made"].browser().get(f"{API}/providers/none", follow_redirects=False).status_code == 404
    assert houses["made"].browser().get(f"{API}/providers/none/answer", follow_redirects=False).status_code == 404
