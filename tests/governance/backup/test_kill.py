"""Killed anywhere, a backup leaves none or a whole one, and the next goes on from there."""

import os
import random
import signal
import subprocess
import time
from contextlib import suppress
from pathlib import Path

from medthread.governance.backup.check import damaged
from medthread.governance.backup.vault import Shelf
from medthread.stores.targets import FolderTarget
from medthread.trust.backup_key import BackupKey
from tests.conftest import PROGRAM
from tests.governance.backup.conftest import with_backup
from tests.scenarios import company

KILLS = 8


def test_kills(tmp_path: Path) -> None:
    home = with_backup(company.found(tmp_path / "c"), tmp_path)
    company.run_once(home)
    command, chance, ended = [PROGRAM, "backup", "run", "--whole", "--home", str(home)], random.Random(7), 0
    started = time.monotonic()
    subprocess.run(command, check=True, capture_output=True)
    usual = time.monotonic() - started
    shelf = Shelf(FolderTarget(tmp_path / "copies"), BackupKey.read(tmp_path / "safe" / "backup.key"))
    for _ in range(KILLS):
        child = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
        with suppress(subprocess.TimeoutExpired):
            child.wait(chance.uniform(0.3, 1.0) * usual)
        ended += child.poll() is not None
        os.kill(child.pid, signal.SIGKILL) if child.poll() is None else None
        child.wait()
        for manifest in shelf.manifests():
            assert damaged(shelf, manifest) == [], "what counts is whole"
    before = len(shelf.names())
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert len(shelf.names()) == before + 1
    assert ended < KILLS, "some were killed before their end"
    listed = subprocess.run([PROGRAM, "backup", "check", "--home", str(home)], check=False, capture_output=True, text=True)
    assert listed.returncode == 0, listed.stdout
    restored = tmp_path / "back"
    arguments = ["--from", str(tmp_path / "copies"), "--key-file", str(tmp_path / "safe" / "backup.key"), "--keys", str(tmp_path / "keys")]
    subprocess.run([PROGRAM, "backup", "restore", str(restored), *arguments], check=True, capture_output=True)
    verified = subprocess.run([PROGRAM, "verify", "--home", str(restored)], check=False, capture_output=True, text=True)
    assert verified.returncode == 0, verified.stdout
    again = subprocess.run([PROGRAM, "backup", "restore", str(restored), *arguments], check=False, capture_output=True, text=True)
    assert again.returncode == 1
    assert "is not empty" in again.stderr
    drilled = subprocess.run([PROGRAM, "backup", "drill", "--home", str(restored)], check=False, capture_output=True, text=True)
    assert drilled.returncode == 0, drilled.stdout + drilled.stderr
