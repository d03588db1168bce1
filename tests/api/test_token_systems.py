"""Which system a token is for is not its owner's to say: sharing rules go by it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import update

from medthread.api.server import create_app
from medthread.cli import main
from medthread.model.sharing_file import FILE
from medthread.stores.postgres.tables import account
from medthread.trust.accounts import create_account
from tests.api.conftest import HOUSE_PASSWORD, MARK
from tests.conftest import Opening

API = "/api/v1"
PLACES = """
[regions.CN]
systems = ["erp"]
[regions.US]
systems = ["portal"]
"""


@pytest.fixture(scope="module")
def enter(tmp_path_factory: pytest.TempPathFactory, open_beside: Opening) -> Iterator[dict[str, TestClient]]:
    home: Path = tmp_path_factory.mktemp("tokens") / "company"
    with pytest.raises(SystemExit):
        main(["init", str(home)])
    (home / FILE).write_text(PLACES, encoding="utf-8")
    with open_beside(home) as opened, opened.services(None) as services:
        app, clients = create_app(services), {}
        for name, role, regions in (("here", "steward", ()), ("away", "steward", ("US",)), ("sec", "security_admin", ())):
            with opened.store.transaction() as tx:
                create_account(tx, name=name, printed_name=name, password=HOUSE_PASSWORD, roles=(role,), by="test")
                tx.execute(update(account).where(account.c.name == name).values(regions=list(regions)))
            clients[name] = TestClient(app, headers=MARK)
            assert clients[name].post(f"{API}/session", json={"username": name, "password": HOUSE_PASSWORD}).status_code == 200
        yield clients


def bearer(client: TestClient, name: str) -> tuple[str, TestClient]:
    made = client.post(f"{API}/tokens", json={"name": name}).json()
    return made["id"], TestClient(client.app, headers={"authorization": f"Bearer {made['token']}"})


def standing(client: TestClient) -> tuple[str | None, str | None]:
    you = client.get(f"{API}/sharing-rules").json()["you"]
    return you["region"], you["system"]


def test_a_name_lifts_no_rule(enter: dict[str, TestClient]) -> None:
    assert standing(bearer(enter["away"], "erp")[1]) == ("US", None)


def test_a_system_is_assigned_by_whoever_gives_rights(enter: dict[str, TestClient]) -> None:
    id_, machine = bearer(enter["here"], "mytool")
    body = {"system": "portal", "reason": "the portal asks with it"}
    assert enter["here"].put(f"{API}/tokens/{id_}/system", json=body).status_code == 403
    assert enter["sec"].put(f"{API}/tokens/none/system", json=body).status_code == 404
    assert enter["sec"].put(f"{API}/tokens/{id_}/system", json=body).status_code == 204
    assert standing(machine) == ("US", "portal")
    assert enter["here"].get(f"{API}/tokens").json()["items"][0]["system"] == "portal"
    assert enter["sec"].put(f"{API}/tokens/{id_}/system", json={**body, "system": None}).status_code == 204
    assert standing(machine) == (None, None)


def test_a_system_only_narrows(enter: dict[str, TestClient]) -> None:
    id_, machine = bearer(enter["away"], "tool")
    refused = enter["sec"].put(f"{API}/tokens/{id_}/system", json={"system": "erp", "reason": "try"}, headers={"accept-language": "en"})
    assert (refused.status_code, "lies in CN" in refused.json()["detail"]) == (403, True)
    assert standing(machine) == ("US", None)
