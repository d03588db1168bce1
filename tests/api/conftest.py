"""The API as its clients meet it: over HTTP, with the demo company behind it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from httpx2 import Response
from sqlalchemy import select

from medthread.api.server import create_app
from medthread.app import Installation
from medthread.cli import main
from medthread.cli.demo_people import ACCOUNTS
from medthread.console import mount
from medthread.stores.postgres.tables import audit_event
from medthread.trust.accounts import create_account
from tests.conftest import Opening

PASSWORD = "medthread-demo"
HOUSE_PASSWORD = "several odd words"
MARK = {"X-Requested-With": "medthread"}
SignIn = Callable[[str], TestClient]


@pytest.fixture(scope="session")
def sign_in(installation: Installation) -> Iterator[SignIn]:
    """A client with somebody's session; the same client for the same name."""
    clients: dict[str, TestClient] = {}
    shown = [{"username": name, "password": PASSWORD, "role": role, "label": label} for name, label, role in ACCOUNTS]
    with installation.serving(shown) as services:
        app = mount(create_app(services))

        def enter(name: str) -> TestClient:
            if name not in clients:
                client = TestClient(app)
                client.headers.update(MARK)
                if name:
                    answer = client.post("/api/v1/session", json={"username": name, "password": PASSWORD})
                    assert answer.status_code == 200, answer.text
                clients[name] = client
            return clients[name]

        yield enter


@pytest.fixture
def nobody(sign_in: SignIn) -> TestClient:
    return sign_in("")


@pytest.fixture
def steward(sign_in: SignIn) -> TestClient:
    return sign_in("steward")


@pytest.fixture
def engineer(sign_in: SignIn) -> TestClient:
    return sign_in("engineer")


@pytest.fixture
def auditor(sign_in: SignIn) -> TestClient:
    return sign_in("auditor")


@pytest.fixture
def buyer(sign_in: SignIn) -> TestClient:
    return sign_in("buyer")


@dataclass(frozen=True)
class House:
    """An installation without data, for tests that change its accounts; each test makes persons of its own."""

    installation: Installation
    app: FastAPI

    def make(self, name: str, *roles: str, plants: tuple[str, ...] = ()) -> TestClient:
        """A new person, signed in."""
        with self.installation.store.transaction() as tx:
            create_account(tx, name=name, printed_name=name.upper(), password=HOUSE_PASSWORD, roles=roles, plants=plants, by="test")
        client = self.browser()
        assert self.enter(client, name).status_code == 200
        return client

    def browser(self) -> TestClient:
        """A browser in which nobody is signed in."""
        return TestClient(self.app, headers={**MARK, "user-agent": "a browser"})

    def enter(self, client: TestClient, name: str, password: str = HOUSE_PASSWORD, code: str | None = None) -> Response:
        """Sign in."""
        return client.post("/api/v1/session", json={"username": name, "password": password, "code": code})

    def audited(self, name: str) -> list[tuple[str, str, str | None]]:
        """What the audit log says of an account: action, outcome, reason."""
        columns = (audit_event.c.action, audit_event.c.outcome, audit_event.c.reason)
        with self.installation.store.transaction() as tx:
            return [tuple(r) for r in tx.execute(select(*columns).where(audit_event.c.object == f"account/{name}").order_by(audit_event.c.seq))]


@pytest.fixture(scope="session")
def house(tmp_path_factory: pytest.TempPathFactory, open_beside: Opening) -> Iterator[House]:
    home = tmp_path_factory.mktemp("house") / "company"
    with pytest.raises(SystemExit):
        main(["init", str(home)])
    with open_beside(home) as opened, opened.serving(None) as services:
        yield House(opened, create_app(services))
