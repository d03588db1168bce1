"""Asks questions in processes of their own: begun for one question each, ended with it, killed when they take too long or are called off."""

import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa

from medthread.model.errors import ConflictError, InvalidError, TooManyError
from medthread.stores.workbench.guard import Checked, NotAskedError

CHILD = "medthread.stores.workbench.child"
SPARE = 4  # seconds beside a question's own, for a process to begin


class TooLongError(InvalidError):
    """A question that takes more than it may."""

    code = "sql-limits"


@dataclass(frozen=True)
class Limits:
    """What one question may take: rows and bytes of its answer, seconds, memory, threads; and how many are asked at once."""

    rows: int = 10_000
    bytes: int = 64 << 20
    seconds: int = 30
    memory: int = 512 << 20
    threads: int = 2
    at_once: int = 3


@dataclass(frozen=True)
class View:
    """A table as somebody may see it: its SELECT over files."""

    schema: str
    name: str
    sql: str
    files: tuple[str, ...]


@dataclass(frozen=True)
class Question:
    """A checked text over views. `id` is what it is called off by, `by` whose it is."""

    id: str
    by: str
    checked: Checked
    views: tuple[View, ...]
    zone: str = "UTC"


@dataclass(frozen=True)
class Answer:
    """Rows, and why they are not all (`rows`, `bytes`); or the steps of a plan."""

    rows: pa.Table | None
    cut: str = ""
    plan: tuple[dict[str, Any], ...] = ()


@dataclass
class Workbench:
    """Keeps count of what is being asked."""

    limits: Limits = field(default_factory=Limits)
    _running: dict[str, tuple[str, subprocess.Popen[bytes]]] = field(default_factory=dict)
    _called_off: set[str] = field(default_factory=set)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def ask(self, question: Question) -> Answer:
        """The answer. Raises `NotAskedError` for what the engine does not understand, `TooLongError` where it took too much, `ConflictError` where it was called off."""
        child = self._begin(question)
        timer = threading.Timer(self.limits.seconds + SPARE, _kill, (child,))
        timer.start()
        try:
            told, _ = child.communicate(self._told(question))
        finally:
            timer.cancel()
            _kill(child)
            child.wait()
            with self._lock:
                self._running.pop(question.id, None)
                off = question.id in self._called_off
                self._called_off.discard(question.id)
        if off:
            raise ConflictError("the question was called off", hint="ask again when you like")
        return _read(told, child.returncode, self.limits, question.checked)

    def is_asked(self, id_: str) -> bool:
        """Whether a question is being asked."""
        with self._lock:
            return id_ in self._running

    def call_off(self, id_: str, *, by: str) -> bool:
        """End a question of somebody's; false where there is none."""
        with self._lock:
            owner, child = self._running.get(id_, ("", None))
            if child is None or owner != by:
                return False
            self._called_off.add(id_)
        _kill(child)
        return True

    def _begin(self, question: Question) -> subprocess.Popen[bytes]:
        """A process that knows nothing of this one: no setting of its surroundings, no open file, a folder that is empty and goes away."""
        with self._lock:
            if question.id in self._running:
                raise ConflictError("a question of that id is being asked", hint="give it another")
            if len(self._running) >= self.limits.at_once or any(owner == question.by for owner, _ in self._running.values()):
                raise TooManyError("questions are being asked already", hint="wait for yours to end, or call it off")
            child = subprocess.Popen(  # noqa: S603 - our own module, and the question goes in by its input
                [sys.executable, "-m", CHILD], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd=tempfile.gettempdir(),
                env={"PYTHONPATH": os.pathsep.join(p for p in sys.path if p), "LANG": "C.UTF-8", "HOME": "/nonexistent"}, start_new_session=True, close_fds=True)
            self._running[question.id] = (question.by, child)
        return child

    def _told(self, question: Question) -> bytes:
        views: Sequence[View] = question.views
        limits = self.limits
        return json.dumps({
            "sql": question.checked.sql, "asks": question.checked.asks, "zone": question.zone, "files": [f for v in views for f in v.files],
            "views": [{"schema": v.schema, "name": v.name, "sql": v.sql} for v in views],
            "rows": limits.rows, "bytes": limits.bytes, "memory": limits.memory, "threads": limits.threads, "seconds": limits.seconds,
        }).encode()


def _kill(child: subprocess.Popen[bytes]) -> None:
    if child.poll() is None:
        with suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)


def _read(told: bytes, code: int, limits: Limits, checked: Checked) -> Answer:
    head, _, body = told.partition(b"\n")
    if not head:
        raise _ended(code, limits)
    said = json.loads(head)
    if "error" in said:
        raise _refused(said, limits, checked)
    if "plan" in said:
        return Answer(None, plan=tuple(said["plan"]))
    if code != 0 or not body:
        raise _ended(code, limits)
    try:
        with pa.ipc.open_stream(body) as stream:
            return Answer(stream.read_all(), said["cut"])
    except pa.ArrowInvalid as error:
        raise _ended(code, limits) from error


def _ended(code: int, limits: Limits) -> TooLongError:
    if code in (-signal.SIGKILL, -signal.SIGXCPU):
        return TooLongError(f"the question took longer than {limits.seconds} s", hint="let it read less: fewer columns, a condition, no table joined with all of another")
    return TooLongError("the question ended without an answer: it took more memory than it may", hint="let it read less: fewer columns, a condition, no table joined with all of another")


def _refused(said: dict[str, Any], limits: Limits, checked: Checked) -> Exception:
    if said["error"] == "question":
        return NotAskedError(f"the question cannot be asked: {said['message']}", hint="look at the names beside the editor", position=_position(said, checked))
    if said["error"] == "memory":
        return TooLongError(f"the question takes more memory than {limits.memory >> 20} MB", hint="let it read less: fewer columns, a condition, no table joined with all of another")
    if said["error"] == "value":
        return NotAskedError("a value does not fit what the question makes of it", hint="use try_cast, which gives nothing where cast fails")
    return TooLongError("the engine cannot answer the question", hint="ask it in another way")


def _position(said: dict[str, Any], checked: Checked) -> int | None:
    """A line and column of the question as a place in the whole text, counted from one."""
    lines = checked.sql.split("\n")
    if not 1 <= (line := said.get("line", 0)) <= len(lines):
        return None
    return checked.shift + sum(len(ln) + 1 for ln in lines[: line - 1]) + int(said["column"]) + 1
