"""Killed with -9 in loops: the process that works, and the database under it. What was acknowledged is there, and nothing is half done."""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import IO

import pytest
from sqlalchemy import func, select

from medthread.app import Installation, open_installation
from medthread.cli import main
from medthread.stores.postgres.tables import audit_event, outbox, process_case
from medthread.stores.serving import LakeReader
from medthread.workflow.worker import settle
from tests.conftest import ROOT

KILLS = int(os.environ.get("MEDTHREAD_KILLS", "20"))
WORKER = """
import sys
from pathlib import Path
from medthread.app import open_installation
from medthread.stores.serving import LakeReader
from medthread.workflow import create_native, do, handle, Act
from medthread.workflow.react import follow_at_once
from medthread.workflow.outbox import emit
from medthread.workflow.worker import Worker
from datetime import UTC, datetime

with open_installation(Path(sys.argv[1])) as installation:
    context = installation.commands(LakeReader(installation.releases))
    Worker(installation.store, context).start()
    event = "complaint.triaged"

    def complain(tx):
        id_ = create_native(tx, context, entity="complaint", values={"description": "it stopped"}, by="kill")
        body = {"complaint_no": id_, "occurred_in": "CN", "reportability": "no", "harm": "none", "item": "none"}
        emit(tx, context, type_=event, entity="complaint", record=id_, by="kill", at=datetime.now(UTC), body=body)
        return id_

    print("ready", flush=True)
    while True:
        print(handle(installation.store, by="kill", action="entity.create", object_="complaint", act=complain), flush=True)
"""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    with pytest.raises(SystemExit):
        main(["init", str(tmp_path / "company")])
    return tmp_path / "company"


def start(home: Path) -> "subprocess.Popen[str]":
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    return subprocess.Popen([sys.executable, "-c", WORKER, str(home)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment)


def postmaster(worker: int) -> int:
    """The database server is a direct child of the process that opened it."""
    children = subprocess.run(["pgrep", "-P", str(worker), "postgres"], capture_output=True, text=True, check=True).stdout.split()
    return int(children[0])


def acknowledged(out: IO[str] | None) -> list[str]:
    assert out is not None
    lines = out.read().splitlines(keepends=True)
    return [line.strip() for line in lines if line.endswith("\n") and line.strip() != "ready"]


def wait_ready(process: "subprocess.Popen[str]") -> None:
    assert process.stdout is not None
    line = process.stdout.readline()
    assert line == "ready\n", process.stderr.read() if process.stderr else line


def left_behind(installation: Installation, ids: set[str]) -> None:
    """Whole records only: each with its case, its audit row, its event; and every acknowledged one."""
    table = installation.native["complaint"]
    with installation.store.transaction() as tx:
        rows = set(tx.execute(select(table.c.id)).scalars())
        cases = set(tx.execute(select(process_case.c.record).where(process_case.c.entity == "complaint")).scalars())
        told = tx.execute(select(func.count()).select_from(audit_event).where(audit_event.c.action == "entity.create", audit_event.c.actor == "kill")).scalar_one()
        events = tx.execute(select(func.count()).select_from(outbox).where(outbox.c.type == "complaint.triaged")).scalar_one()
    assert ids <= rows, f"{len(ids - rows)} acknowledged records are lost"
    assert rows == cases
    assert len(rows) == told == events


@pytest.mark.parametrize("victim", ["worker", "database"])
def test_nothing_acknowledged_is_lost_and_nothing_is_half_done(home: Path, victim: str) -> None:
    rng, ids = random.Random(victim), set()
    for _ in range(KILLS // 2):
        process = start(home)
        wait_ready(process)
        time.sleep(rng.uniform(0.05, 0.5))
        os.kill(process.pid if victim == "worker" else postmaster(process.pid), signal.SIGKILL)
        if victim == "database":  # its worker finds no database any more and ends with an error
            time.sleep(0.2)
            process.kill()
        ids |= set(acknowledged(process.stdout))
        process.wait()
        if process.stderr:
            process.stderr.close()
        if process.stdout:
            process.stdout.close()
    assert ids
    with open_installation(home) as installation:
        left_behind(installation, ids)
        reader = LakeReader(installation.releases)
        settle(installation.store, installation.commands(reader))
        assert settle(installation.store, installation.commands(reader)) == 0
        reader.close()
