"""The server killed with -9 in a loop while clients write, and the database under a server that goes on by itself."""

import os
import random
import signal
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from medthread.app import Installation, open_installation
from medthread.cli import main
from medthread.stores.postgres.cluster import Cluster
from medthread.stores.postgres.tables import audit_event, outbox, process_case, process_step
from medthread.trust.access import Actor
from medthread.trust.accounts import create_account
from medthread.trust.log import check_log
from medthread.trust.tokens import create_token
from tests.campaign import Campaign
from tests.reliability.clients import Clients
from tests.reliability.lives import Lives
from tests.waiting import within

CLIENTS = 4
PERSON = "kill"


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    """A database server of the test's own, which it kills."""
    with Cluster(tmp_path / "postgres") as running:
        yield running


@pytest.fixture
def home(cluster: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A company whose database is that server's."""
    monkeypatch.setenv("MEDTHREAD_DATABASE_URL", cluster.url)
    with pytest.raises(SystemExit):
        main(["init", str(tmp_path / "company")])
    return tmp_path / "company"


def token(installation: Installation) -> str:
    with installation.store.transaction() as tx:
        create_account(tx, name=PERSON, printed_name="Kill", password="several odd words", roles=("qa",), by="test")
        scopes = ("entities:read", "entities:write")
        return create_token(tx, actor=Actor(PERSON, "Kill", ("qa",)), can=frozenset(scopes), name="kill", scopes=scopes, days=1)[1]


def kill_database(cluster: Cluster) -> None:
    """The postmaster, with -9; started again at once."""
    os.kill(int((cluster.files / "postmaster.pid").read_text(encoding="ascii").split()[0]), signal.SIGKILL)
    cluster.stop()
    cluster.start()


def busy(clients: Clients) -> None:
    """Wait until it answers again: each life is ended while it is at work."""
    before = clients.answered
    assert within(60, lambda: clients.answered > before or bool(clients.failed))


def left_behind(installation: Installation, clients: Clients) -> int:
    """Each request that was answered is there once and whole, and nothing else is. Gives how many acknowledged records are lost."""
    table, name = installation.native["evidence_link"], "evidence_link"
    with installation.store.transaction() as tx:
        def all_of(query: object) -> list[str]:
            return sorted(tx.execute(query).scalars())  # type: ignore[call-overload]

        opened, expired = sorted(clients.opened), sorted(clients.expired)
        there = all_of(select(table.c.id).where(table.c._created_by == PERSON))
        if lost := len(set(opened) - set(there)):
            return lost
        assert there == opened
        assert all_of(select(process_case.c.record).where(process_case.c.entity == name)) == opened
        assert all_of(select(process_case.c.record).where(process_case.c.entity == name, process_case.c.state == "stale")) == expired
        assert all_of(select(process_step.c.record).where(process_step.c.entity == name)) == expired
        assert all_of(select(outbox.c.record).where(outbox.c.type == "evidence.stale")) == expired
        told = select(audit_event.c.object).where(audit_event.c.actor == PERSON, audit_event.c.outcome == "done")
        assert all_of(told.where(audit_event.c.action == "entity.create")) == [f"{name}/{i}" for i in opened]
        assert all_of(told.where(audit_event.c.action == f"{name}.expire")) == [f"{name}/{i}" for i in expired]
    return 0


@pytest.mark.parametrize("victim", ["server", "database"])
def test_what_was_answered_is_there_once(home: Path, cluster: Cluster, tmp_path: Path, campaign: Campaign, victim: str) -> None:
    with open_installation(home) as installation:
        secret = token(installation)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    rng = random.Random(victim)
    with Lives("tests.reliability.programs:server", str(home), str(port), log=tmp_path / "server.log") as server:
        server.begin()
        with Clients(port, secret, count=CLIENTS) as clients:
            for n in range(1, campaign.kills + 1):
                busy(clients)
                time.sleep(rng.uniform(0, 0.3))
                if victim == "server":
                    server.end()
                    server.begin()
                else:
                    kill_database(cluster)
                campaign.progress(n, campaign.kills)
    assert clients.failed == []
    assert len(clients.opened) > campaign.kills
    assert clients.expired
    with open_installation(home) as installation:
        lost = left_behind(installation, clients)
        while installation.log.seal_all():
            pass
        assert check_log(installation.log).findings.faults == []
    campaign.tell(
        kills=campaign.kills, acknowledged=clients.answered, lost=lost, sent_again_without_an_answer=clients.unanswered,
        statuses={str(k): v for k, v in clients.statuses.items()}, longest_wait_for_an_answer=f"{clients.longest:.1f} s")
    assert not lost
