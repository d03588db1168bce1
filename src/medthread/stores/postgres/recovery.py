"""A cluster made from a base backup and its log, brought to a named point, and closed again.

Its password is a new one: the old one is no part of a backup. Until it is set, only whoever may enter the private
socket's folder can connect.
"""

import os
import secrets
import shutil
import tarfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import IO

import psycopg
from psycopg import sql

from medthread.model.errors import ConfigurationError, ConflictError, StoreError
from medthread.stores.postgres.cluster import DATABASE, USER, Cluster
from medthread.stores.postgres.programs import call
from medthread.stores.postgres.reach import data_for, programs_for
from medthread.stores.private import make_way

LOG = "medthread_wal"  # where the server finds the log, within its own files
SECONDS = 3600.0  # at most, to replay the log
OPEN = "local all all trust\nlocal replication all trust\n"
Fill = Callable[[Path], None]


class Recovery(Cluster):
    """Makes a cluster in an empty place."""

    def make(self, base: IO[bytes], fill_log: Fill, *, point: str) -> None:
        """From the tar of a base backup and a function that puts the log's segments into a folder, up to the point."""
        make_way(self._root, walked=self._user is not None)
        self._take_lock()
        try:
            final = data_for(self._root, self._user)
            self._bin = programs_for(self._bin, self._user)
            if (self._root / "password").exists():
                raise ConflictError(f"{self._root} holds a database already", hint="restore into an empty folder")
            shutil.rmtree(final, ignore_errors=True)  # a leftover of a workspace that is gone
            self._data = final.with_name("cluster.new")
            shutil.rmtree(self._data, ignore_errors=True)
            self._extract(base)
            self._verify()
            fill_log(self._folder(self._data / LOG))
            self._replay(point)
            self._data.rename(final)
        finally:
            self.stop()

    def _folder(self, path: Path) -> Path:
        path.mkdir(mode=0o700, exist_ok=True)
        return path

    def _extract(self, base: IO[bytes]) -> None:
        self._data.mkdir(mode=0o700)
        try:
            with tarfile.open(fileobj=base, mode="r|") as tar:
                tar.extractall(self._data, filter="tar")
        except (tarfile.TarError, EOFError) as error:
            raise StoreError(f"the base backup is no whole archive: {error}", hint="take another backup") from error
        self._data.chmod(0o700)

    def _verify(self) -> None:
        """Every file against PostgreSQL's own list, before anything runs on it."""
        call([str(self._bin / "pg_verifybackup"), "--no-parse-wal", "--quiet", str(self._data)], hint="this copy is damaged; take another backup")
        major = (self._data / "PG_VERSION").read_text(encoding="ascii").strip()
        ours = call([str(self._bin / "postgres"), "--version"], hint="set MEDTHREAD_PG_BINDIR")
        if f" {major}." not in ours:
            raise ConfigurationError(f"the backup is of PostgreSQL {major}, and the programs here are {ours.strip()}", hint=f"set MEDTHREAD_PG_BINDIR to programs of PostgreSQL {major}")

    def _replay(self, point: str) -> None:
        (self._data / "recovery.signal").touch()
        self._start_seconds = SECONDS
        # Single quotes end at nothing in a folder name of our own, and %f, %p are the server's.
        self._settings |= {
            "restore_command": f"cp {LOG}/%f %p", "recovery_target_name": point, "recovery_target_action": "promote",
            "recovery_target_timeline": "current", "hba_file": str(self._data / "open_hba.conf"), "max_slot_wal_keep_size": "-1",
        }
        (self._data / "open_hba.conf").write_text(OPEN, encoding="ascii")
        password = self._root / "password"
        descriptor = os.open(password, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(secrets.token_urlsafe(24))
        try:
            self._own_all()
            self._prepare_socket()
            self._launch()
            self._promoted()
            self._stop_server()
        except BaseException:
            password.unlink(missing_ok=True)
            raise
        for left in (self._data / "open_hba.conf", self._data / "backup_manifest"):
            left.unlink(missing_ok=True)
        shutil.rmtree(self._data / LOG)

    def _own_all(self) -> None:
        self._own(self._data)
        for path in self._data.rglob("*"):
            self._own(path)

    def _promoted(self) -> None:
        """Wait for the point, then set the password; a log that ends before it is an error of the server's."""
        deadline = time.monotonic() + SECONDS
        while time.monotonic() < deadline:
            if self._server is None or self._server.poll() is not None:
                break
            try:
                with psycopg.connect(self.conninfo, autocommit=True) as c:
                    row = c.execute("select pg_is_in_recovery()").fetchone()
                    if row is not None and not row[0]:
                        c.execute(sql.SQL("alter role {} password {}").format(sql.Identifier(USER), sql.Literal(self._password())))
                        return
            except psycopg.OperationalError:
                pass
            time.sleep(0.1)
        tail = (self._root / "postgres.log").read_text(encoding="utf-8", errors="replace")[-800:]
        raise StoreError(f"the log could not be replayed to the point; the server says:\n{tail}", hint=f"take another backup; database {DATABASE}")
