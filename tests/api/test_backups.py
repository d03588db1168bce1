"""Backups and drills over HTTP: begun by who runs the system, seen by who audits it, refused to the rest."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import text

from medthread.api.server import create_app
from medthread.app import Installation, open_installation
from medthread.trust.accounts import create_account
from medthread.trust.backup_key import BackupKey
from medthread.workspace import Workspace
from tests.api.conftest import MARK

PASSWORD = "a long password of theirs"
PEOPLE = {"root": "system_admin", "looker": "auditor", "buyer": "buyer"}


@pytest.fixture
def opened(workspace: Workspace, tmp_path: Path) -> Iterator[tuple[Installation, dict[str, TestClient]]]:
    BackupKey.make(tmp_path / "safe" / "key")
    with (workspace.home / "medthread.toml").open("a", encoding="utf-8") as file:
        file.write(f'[backup]\nkey_file = "{tmp_path}/safe/key"\ntargets = ["{tmp_path}/copies"]\nkeys = "{tmp_path}/keys"\nevery_hours = 24\n')
    with open_installation(workspace.home) as installation:
        with installation.store.transaction() as tx:
            for name, role in PEOPLE.items():
                create_account(tx, name=name, printed_name=name, password=PASSWORD, roles=(role,), by="test")
        with installation.serving(None) as services:
            app, clients = create_app(services), {}
            for name in PEOPLE:
                clients[name] = TestClient(app, headers=MARK)
                answer = clients[name].post("/api/v1/session", json={"username": name, "password": PASSWORD})
                assert answer.status_code == 200, answer.text
            yield installation, clients


def settled(client: TestClient) -> dict[str, object]:
    for _ in range(600):
        found: dict[str, object] = client.get("/api/v1/backups").json()
        if found["under_way"] is None:
            return found
        time.sleep(0.1)
    raise AssertionError("it never ended")


def test_made_tried_out_and_seen(opened: tuple[Installation, dict[str, TestClient]]) -> None:
    installation, clients = opened
    root, looker, buyer = clients["root"], clients["looker"], clients["buyer"]
    assert root.post("/api/v1/backups/drills", json={}).status_code == 404, "there is no backup yet"
    begun = root.post("/api/v1/backups", json={})
    assert begun.status_code == 202, begun.text
    second = root.post("/api/v1/backups", json={})
    assert second.status_code in (202, 409)
    found = settled(root)
    assert found["setting"]["keep_daily"] == 7  # type: ignore[index]
    assert {r["status"] for r in found["items"]} == {"done"}  # type: ignore[attr-defined]
    assert root.post("/api/v1/backups/drills", json={}).status_code == 202
    settled(root)
    drills = looker.get("/api/v1/backups/drills").json()["items"]
    assert [d["passed"] for d in drills] == [True]
    one = looker.get(f"/api/v1/backups/drills/{drills[0]['id']}").json()
    assert one["signature_stands"] is True
    assert {c["name"] for c in one["checks"]} >= {"restored", "audit", "lake", "pages", "structures"}
    with installation.store.transaction() as tx:
        tx.execute(text("update medthread.drill set record = jsonb_set(record, '{passed}', 'false')"))
    assert looker.get(f"/api/v1/backups/drills/{drills[0]['id']}").json()["signature_stands"] is False
    assert looker.get("/api/v1/backups/drills/none").status_code == 404
    assert looker.post("/api/v1/backups", json={}).status_code == 403
    assert buyer.get("/api/v1/backups").status_code == 403
    assert root.post("/api/v1/backups", json={"whole": True, "colour": "red"}).status_code == 422
    assert root.post("/api/v1/backups/drills", json={"target": "/nowhere"}).status_code == 404
    with installation.store.transaction() as tx:
        told = tx.execute(text("select action, outcome from medthread.audit_event where object = 'backup' order by seq")).all()
    assert ("backup.begin", "done") in [tuple(t) for t in told]
    assert ("drill.begin", "refused") in [tuple(t) for t in told]


def test_what_is_due_begins_by_itself(opened: tuple[Installation, dict[str, TestClient]]) -> None:
    from datetime import UTC, datetime, timedelta

    from medthread.governance.backup.background import BackgroundKeeping

    installation, clients = opened
    keeping = installation.keeping()
    assert keeping is not None
    clock, now = BackgroundKeeping(keeping), datetime.now(UTC)
    for later, runs in ((timedelta(), 1), (timedelta(hours=23), 1), (timedelta(hours=25), 2)):
        clock._look(now + later)
        if clock._work is not None:
            clock._work.join()
        assert len(keeping.runs()) == runs
    assert {r["started_by"] for r in keeping.runs()} == {"system"}
    assert settled(clients["looker"])["configured"] is True


def test_where_nothing_is_said_of_backups_it_says_so(workspace: Workspace) -> None:
    with open_installation(workspace.home) as installation:
        with installation.store.transaction() as tx:
            create_account(tx, name="root", printed_name="root", password=PASSWORD, roles=("system_admin",), by="test")
        with installation.serving(None) as services, TestClient(create_app(services), headers=MARK) as client:
            client.post("/api/v1/session", json={"username": "root", "password": PASSWORD})
            assert client.get("/api/v1/backups").json()["configured"] is False
            refused = client.post("/api/v1/backups", json={})
    assert refused.status_code == 409
    assert "[backup]" in refused.json()["hint"]
