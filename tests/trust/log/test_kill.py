"""A sequencer killed at any moment: no row is lost, none is sealed twice, no checkpoint contradicts another."""

import random
import threading
import time
from itertools import pairwise
from pathlib import Path

from sqlalchemy import func, select

from medthread.methods.merkle import is_consistent
from medthread.stores.postgres import Store
from medthread.stores.postgres.tables import audit_checkpoint, audit_event, audit_leaf
from medthread.trust.keys import Keyring
from medthread.trust.log import AuditLog, check_log, consistency
from tests.campaign import Campaign
from tests.reliability.lives import READY, Lives, say
from tests.trust.log.conftest import Write

WRITERS = 2


def sequencer(database: str, keys: str) -> None:
    """The program that is killed: it is at work once it said so."""
    log = AuditLog(Store(database), Keyring.open(Path(keys)), "audit.test/plant")
    while not log.seal(batch=5):
        pass
    say(READY)
    while True:
        log.seal(batch=5)


def test_a_killed_sequencer_loses_nothing_and_doubles_nothing(log: AuditLog, store: Store, write: Write, tmp_path: Path, campaign: Campaign) -> None:
    done = threading.Event()

    def write_on() -> None:
        while not done.is_set():
            write(1)

    writers = [threading.Thread(target=write_on) for _ in range(WRITERS)]
    chance = random.Random(3)
    with Lives("tests.trust.log.test_kill:sequencer", store.url, str(tmp_path / "keys" / "master.key"), log=tmp_path / "lives.log") as lives:
        try:
            for thread in writers:
                thread.start()
            for n in range(1, campaign.kills + 1):
                lives.begin()
                time.sleep(chance.uniform(0, 0.2))
                lives.end()
                campaign.progress(n, campaign.kills)
        finally:
            done.set()
            for thread in writers:
                thread.join()
    with store.transaction() as tx:
        by_the_killed = tx.execute(select(func.count()).select_from(audit_leaf)).scalar_one()
    while log.seal_all():
        pass
    assert check_log(log).findings.faults == []
    with store.transaction() as tx:
        written = sorted(tx.execute(select(audit_event.c.seq)).scalars())
        sealed = sorted(tx.execute(select(audit_leaf.c.seq)).scalars())
        assert sealed == written
        signed = tx.execute(select(audit_checkpoint).order_by(audit_checkpoint.c.size)).all()
        for old, new in pairwise(signed):
            path = consistency(tx, old.size, new.size).path
            assert is_consistent(old=old.size, old_root=old.root, size=new.size, new_root=new.root, path=path)
    assert by_the_killed >= campaign.kills, "each of the killed had sealed"
    campaign.tell(kills=campaign.kills, audit_rows=len(written), sealed_by_the_killed=by_the_killed, lost=len(set(written) - set(sealed)))
