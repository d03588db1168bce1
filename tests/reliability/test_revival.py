"""The embedded database under a server: killed, it is started again, and the server goes on."""

import os
import signal
import time

from starlette.testclient import TestClient

from medthread.api.server import create_app
from medthread.app import open_installation
from medthread.workspace import Workspace

PATIENCE = 30.0  # seconds


def test_a_server_goes_on_when_its_database_was_killed(workspace: Workspace) -> None:
    with open_installation(workspace.home) as installation, installation.serving(None) as services:
        client, cluster = TestClient(create_app(services)), installation.store.cluster
        assert cluster is not None
        before = client.get("/ready")
        assert before.json()["store"]["ok"]
        os.kill(int((cluster.files / "postmaster.pid").read_text(encoding="utf-8").splitlines()[0]), signal.SIGKILL)
        answers, until = [client.get("/ready")], time.monotonic() + PATIENCE
        while not answers[-1].json()["store"]["ok"] and time.monotonic() < until:
            time.sleep(0.1)
            answers.append(client.get("/ready"))
        assert {a.status_code for a in answers[:-1]} == {503}, "asked while it was down"
        assert answers[-1].status_code == before.status_code
        assert answers[-1].json()["store"]["ok"]
