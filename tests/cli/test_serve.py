"""The server as whoever starts it sees it: what it says, and how it ends."""

import contextlib
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

from tests.conftest import ROOT
from tests.scenarios import company

UP = "import sys; from medthread.cli.main import main; main(['up', '--home', sys.argv[1], '--port', '0'])"


def until_it_answers(port: int) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=5):
            return
        time.sleep(0.1)
    raise AssertionError(port)


def test_stopped_it_says_so_and_nothing_else(tmp_path: Path) -> None:
    home = company.found(tmp_path / "c")
    surroundings = {"PATH": "/usr/bin:/bin", "HOME": str(tmp_path), "MEDTHREAD_LANG": "en", "PYTHONUNBUFFERED": "1", "PYTHONPATH": str(ROOT / "src")}
    served = subprocess.Popen([sys.executable, "-c", UP, str(home)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=surroundings)
    assert served.stdout is not None
    while "Ctrl-C stops" not in (line := served.stdout.readline()):
        assert line, served.communicate()[1]
    until_it_answers(int(line.split("127.0.0.1:")[1].split("/")[0]))
    served.send_signal(signal.SIGINT)
    said, wrong = served.communicate(timeout=60)
    assert (served.returncode, said.strip(), wrong) == (0, "Stopped", "")
