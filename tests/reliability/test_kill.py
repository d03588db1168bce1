"""A whole company killed with -9 in a loop, or the database under it. What was acknowledged is there, and nothing is half done."""

import os
import random
import signal
import subprocess
import time
from pathlib import Path

import pytest
from sqlalchemy import func, select

from medthread.app import Installation, open_installation
from medthread.cli import main
from medthread.stores.postgres.tables import audit_event, outbox, process_case
from medthread.stores.serving import LakeReader
from tests.campaign import Campaign
from tests.reliability.lives import Lives
from tests.waiting import settle


@pytest.fixture
def home(tmp_path: Path) -> Path:
    with pytest.raises(SystemExit):
        main(["init", str(tmp_path / "company")])
    return tmp_path / "company"


def postmaster(company: int) -> int:
    """The database server is a direct child of the process that opened it."""
    children = subprocess.run(["pgrep", "-P", str(company), "postgres"], capture_output=True, text=True, check=True).stdout.split()
    return int(children[0])


def left_behind(installation: Installation, ids: set[str]) -> int:
    """Whole records only: each with its case, its audit row, its event. Gives how many acknowledged ones are lost."""
    table = installation.native["complaint"]
    with installation.store.transaction() as tx:
        rows = set(tx.execute(select(table.c.id)).scalars())
        cases = set(tx.execute(select(process_case.c.record).where(process_case.c.entity == "complaint")).scalars())
        told = tx.execute(select(func.count()).select_from(audit_event).where(audit_event.c.action == "entity.create", audit_event.c.actor == "kill")).scalar_one()
        events = tx.execute(select(func.count()).select_from(outbox).where(outbox.c.type == "complaint.triaged")).scalar_one()
    assert rows == cases
    assert len(rows) == told == events
    return len(ids - rows)


@pytest.mark.parametrize("victim", ["company", "database"])
def test_nothing_acknowledged_is_lost_and_nothing_is_half_done(home: Path, tmp_path: Path, campaign: Campaign, victim: str) -> None:
    """Half of the kills each way."""
    rng, ids, kills = random.Random(victim), set(), campaign.kills // 2
    with Lives("tests.reliability.programs:company", str(home), log=tmp_path / "company.log") as lives:
        for n in range(1, kills + 1):
            lives.begin()
            server = postmaster(lives.pid)
            ids.add(lives.heard())  # it is at work
            time.sleep(rng.uniform(0, 0.3))
            if victim == "database":  # its company finds no database any more, and is ended too
                os.kill(server, signal.SIGKILL)
                time.sleep(0.1)
            ids |= set(lives.end())
            campaign.progress(n, kills)
    assert len(ids) > kills
    with open_installation(home) as installation:
        lost = left_behind(installation, ids)
        reader = LakeReader(installation.releases)
        settle(installation.store, installation.commands(reader))
        assert settle(installation.store, installation.commands(reader)) == 0
        reader.close()
    campaign.tell(kills=kills, acknowledged=len(ids), lost=lost)
    assert not lost
