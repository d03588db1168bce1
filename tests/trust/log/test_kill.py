"""A sequencer killed at any moment: no row is lost, none is sealed twice, no checkpoint contradicts another."""

import os
import random
import signal
import subprocess
import sys
import threading
import time
from itertools import pairwise
from pathlib import Path

from sqlalchemy import func, select

from medthread.methods.merkle import is_consistent
from medthread.stores.postgres import Store
from medthread.stores.postgres.tables import audit_checkpoint, audit_event, audit_leaf
from medthread.trust.log import AuditLog, check_log, consistency
from tests.trust.log.conftest import Write

KILLS, WRITERS = 20, 2
# Forks a sequencer for every line it reads, so that each life costs no import; it is at work once it gave its id.
SCRIPT = """
import os, sys
from pathlib import Path
from medthread.stores.postgres import Store
from medthread.trust.keys import Keyring
from medthread.trust.log import AuditLog

for _ in sys.stdin:
    pid = os.fork()
    if not pid:
        log = AuditLog(Store(sys.argv[1]), Keyring.open(Path(sys.argv[2])), "audit.test/plant")
        while not log.seal(batch=5):
            pass
        print(os.getpid(), flush=True)
        while True:
            log.seal(batch=5)
    os.waitpid(pid, 0)
    print("ended", flush=True)
"""


def kill_again_and_again(program: list[str]) -> None:
    chance = random.Random(3)
    with subprocess.Popen(program, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as forker:
        assert forker.stdin is not None
        assert forker.stdout is not None
        for _ in range(KILLS):
            forker.stdin.write("\n")
            forker.stdin.flush()
            pid = int(forker.stdout.readline())
            time.sleep(chance.uniform(0, 0.2))
            os.kill(pid, signal.SIGKILL)
            assert forker.stdout.readline() == "ended\n"
        forker.stdin.close()


def test_a_killed_sequencer_loses_nothing_and_doubles_nothing(log: AuditLog, store: Store, write: Write, tmp_path: Path) -> None:
    done = threading.Event()

    def write_on() -> None:
        while not done.is_set():
            write(1)

    writers = [threading.Thread(target=write_on) for _ in range(WRITERS)]
    program = [sys.executable, "-c", SCRIPT, store.url, str(tmp_path / "keys" / "master.key")]
    try:
        for thread in writers:
            thread.start()
        kill_again_and_again(program)
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
        assert sorted(tx.execute(select(audit_leaf.c.seq)).scalars()) == written
        signed = tx.execute(select(audit_checkpoint).order_by(audit_checkpoint.c.size)).all()
        for old, new in pairwise(signed):
            path = consistency(tx, old.size, new.size).path
            assert is_consistent(old=old.size, old_root=old.root, size=new.size, new_root=new.root, path=path)
    assert by_the_killed >= KILLS, "each of the killed had sealed"
