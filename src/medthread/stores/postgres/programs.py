"""PostgreSQL's own programs, run as children whose output is read as it comes."""

import contextlib
import os
import subprocess
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from sqlalchemy import make_url

from medthread.model.errors import StoreError

CHUNK = 1 << 20
LONGEST = 800


def stream_of(command: Sequence[str], *, password: str | None, hint: str) -> Iterator[bytes]:
    """What a program writes, in chunks; its complaint as an error, when it fails. It ends with its reader."""
    with tempfile.TemporaryFile() as complaint:
        child = subprocess.Popen(  # noqa: S603 - PostgreSQL's programs, no shell
            list(command), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=complaint, cwd="/", env=_environment(password))
        assert child.stdout is not None  # noqa: S101 - asked for above
        try:
            while chunk := child.stdout.read(CHUNK):
                yield chunk
            child.wait()
        finally:
            if child.poll() is None:
                child.kill()
            child.stdout.close()
            child.wait()
        if child.returncode != 0:
            complaint.seek(0)
            raise failed(command[0], complaint.read(), hint=hint)


def feed(command: Sequence[str], chunks: Iterable[bytes], *, password: str | None, hint: str) -> None:
    """Give a program what it reads, in chunks, and wait for its end."""
    with tempfile.TemporaryFile() as complaint:
        child = subprocess.Popen(  # noqa: S603 - as above
            list(command), stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=complaint, cwd="/", env=_environment(password))
        assert child.stdin is not None  # noqa: S101 - asked for above
        try:
            with contextlib.suppress(BrokenPipeError):  # it ended early; its complaint says why
                for chunk in chunks:
                    child.stdin.write(chunk)
            with contextlib.suppress(BrokenPipeError):
                child.stdin.close()
            child.wait()
        finally:
            if child.poll() is None:
                child.kill()
                child.wait()
        if child.returncode != 0:
            complaint.seek(0)
            raise failed(command[0], complaint.read(), hint=hint)


def call(command: Sequence[str], *, password: str | None = None, hint: str) -> str:
    """Run a program to its end; gives what it said."""
    done = subprocess.run(list(command), stdin=subprocess.DEVNULL, capture_output=True, check=False, cwd="/", env=_environment(password))  # noqa: S603 - as above
    if done.returncode != 0:
        raise failed(command[0], done.stderr, hint=hint)
    return done.stdout.decode(errors="replace")


def failed(program: str, said: bytes, *, hint: str) -> StoreError:
    """A program's complaint as our own error."""
    words = said.decode(errors="replace").strip()
    if len(words) > LONGEST:  # how it began says why, how it ended says where
        words = f"{words[: LONGEST // 2]} … {words[-LONGEST // 2 :]}"
    return StoreError(f"{Path(program).name} failed: {words}", hint=hint)


def _environment(password: str | None) -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith("PG")}
    return kept | {"LC_ALL": "C"} | ({"PGPASSWORD": password} if password is not None else {})


def address_of(url: str) -> tuple[str, str | None]:
    """A store's address as libpq takes it, and its password apart: a password in a command line is read by everybody."""
    parts = make_url(url)
    words = {"host": parts.host, "port": parts.port, "user": parts.username, "dbname": parts.database, **parts.query}
    words.pop("options", None)
    text = " ".join(f"{k}={_quoted(str(v))}" for k, v in words.items() if v is not None)
    return text, parts.password


def _quoted(value: str) -> str:
    return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"
