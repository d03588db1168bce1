"""The API as its clients meet it: over HTTP, with the demo company behind it."""

from collections.abc import Callable, Iterator

import pytest
from fastapi.testclient import TestClient

from medthread.api import create_app
from medthread.app import Installation
from medthread.cli.demo import ACCOUNTS
from medthread.console import mount

PASSWORD = "medthread-demo"
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
