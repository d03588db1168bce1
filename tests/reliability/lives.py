"""Lives of a program that tests kill: forked from a process that has imported everything, so that a life costs no import."""

import os
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import Self

from tests.conftest import ROOT

READY, ENDED = "ready", "ended"
# Gives its own end and that of each life as a line. A life never returns: it is killed, or it fails.
FORKER = """
import importlib, os, sys, traceback
module, _, function = sys.argv[1].partition(":")
run = getattr(importlib.import_module(module), function)
for _ in sys.stdin:
    pid = os.fork()
    if not pid:
        os.write(1, b"born %d\\n" % os.getpid())
        try:
            run(*sys.argv[2:])
        except BaseException:
            traceback.print_exc()
        os._exit(1)
    os.waitpid(pid, 0)
    os.write(1, b"ended\\n")
"""


def say(line: str) -> None:
    """Whole or not at all: what a killed life said is never half a line."""
    os.write(1, f"{line}\n".encode())


class Lives:
    """One program, given as `module:function` with words for it; one life at a time, the last one ended with the block."""

    def __init__(self, program: str, *words: str, log: Path) -> None:
        self._log = log
        environment = {**os.environ, "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}"}
        with log.open("ab") as errors:
            self._forker = subprocess.Popen(
                [sys.executable, "-c", FORKER, program, *words], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors, text=True, env=environment, cwd=ROOT)
        self.pid = 0

    def begin(self) -> None:
        """Begin a life and wait until it says that it is ready."""
        assert self._forker.stdin is not None
        self._forker.stdin.write("\n")
        self._forker.stdin.flush()
        self.pid = int(self._line().removeprefix("born "))
        while self.heard() != READY:
            pass

    def heard(self) -> str:
        """The next line that it says."""
        line = self._line()
        if line == ENDED:
            self.pid = 0  # there is nothing left to kill
        assert line != ENDED, self._log.read_text(errors="replace")[-4000:]
        return line

    def end(self, how: int = signal.SIGKILL) -> list[str]:
        """Kill it, whatever it does, if it lives; gives the lines that it said since."""
        with suppress(ProcessLookupError):
            os.kill(self.pid, how)
        said = []
        while (line := self._line()) != ENDED:
            said.append(line)
        self.pid = 0
        return said

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self.pid:
            self.end()
        self._forker.communicate(timeout=20)

    def _line(self) -> str:
        assert self._forker.stdout is not None
        line = self._forker.stdout.readline()
        assert line, self._log.read_text(errors="replace")[-4000:]
        return line.rstrip("\n")
