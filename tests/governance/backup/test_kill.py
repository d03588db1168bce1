"""Killed anywhere, a backup leaves none or a whole one, and the next goes on from there."""

import random
import subprocess
import time
from contextlib import suppress
from pathlib import Path

from medthread.cli import main
from medthread.governance.backup.check import damaged
from medthread.governance.backup.vault import Shelf
from medthread.stores.targets import FolderTarget
from medthread.trust.backup_key import BackupKey
from tests.conftest import PROGRAM
from tests.governance.backup.conftest import with_backup
from tests.reliability.lives import READY, Lives, say
from tests.scenarios import company

KILLS = 8
DONE = "done"


def back_up(home: str) -> None:
    """The program that is killed, from its first step on."""
    say(READY)
    with suppress(SystemExit):
        main(["backup", "run", "--whole", "--home", home])
    say(DONE)


def test_kills(tmp_path: Path) -> None:
    home = with_backup(company.found(tmp_path / "c"), tmp_path)
    company.run_once(home)
    chance, ended = random.Random(7), 0
    with Lives("tests.governance.backup.test_kill:back_up", str(home), log=tmp_path / "lives.log") as lives:
        lives.begin()
        started = time.monotonic()
        while lives.heard() != DONE:
            pass
        usual = time.monotonic() - started
        lives.end()
        shelf = Shelf(FolderTarget(tmp_path / "copies"), BackupKey.read(tmp_path / "safe" / "backup.key"))
        for _ in range(KILLS):
            lives.begin()
            time.sleep(chance.uniform(0.1, 1.0) * usual)
            ended += DONE in lives.end()
            for manifest in shelf.manifests():
                assert damaged(shelf, manifest) == [], "what counts is whole"
    command = [PROGRAM, "backup", "run", "--whole", "--home", str(home)]
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
    assert "不是空文件夹" in again.stderr
    drilled = subprocess.run([PROGRAM, "backup", "drill", "--home", str(restored)], check=False, capture_output=True, text=True)
    assert drilled.returncode == 0, drilled.stdout + drilled.stderr
