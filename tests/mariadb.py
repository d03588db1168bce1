"""A MariaDB server of the tests' own, on a port and in a folder of its own."""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any

import pymysql
import pytest

PROGRAM = shutil.which("mariadbd") or "/usr/sbin/mariadbd"
PASSWORD = "根 '密码\""


class MariaDB:
    """One server; root's password is set, and nobody else is there."""

    def __init__(self, folder: Path) -> None:
        if not Path(PROGRAM).exists():
            pytest.skip("no mariadbd on this machine; .ci/run installs it")
        self._folder = folder
        self._sockets = Path(tempfile.mkdtemp(prefix="medthread-mariadb-"))  # a socket's path has little room
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self._server: subprocess.Popen[bytes] | None = None

    def start(self) -> "MariaDB":
        user = pwd.getpwuid(os.geteuid()).pw_name
        data = self._folder / "data"
        if not data.exists():
            made = ["mariadb-install-db", "--no-defaults", f"--datadir={data}", f"--user={user}", "--auth-root-authentication-method=normal", "--skip-test-db"]
            subprocess.run(made, check=True, capture_output=True)
        log = (self._folder / "mariadb.log").open("ab")
        self._server = subprocess.Popen(
            [PROGRAM, "--no-defaults", f"--datadir={data}", f"--user={user}", f"--socket={self._sockets}/s", f"--port={self.port}", "--bind-address=127.0.0.1",
             "--innodb-buffer-pool-size=32M", "--innodb-flush-log-at-trx-commit=0", "--performance-schema=off", "--character-set-server=utf8mb4"],
            stdout=log, stderr=log)
        log.close()
        until = time.monotonic() + 40
        while "ready for connections" not in (self._folder / "mariadb.log").read_text():
            assert time.monotonic() < until, (self._folder / "mariadb.log").read_text()
            time.sleep(0.05)
        with pymysql.connect(unix_socket=f"{self._sockets}/s", user="root") as base, base.cursor() as cursor:
            cursor.execute(f"set password for root@localhost = password({base.escape(PASSWORD)})")
        return self

    def root(self, database: str | None = None) -> Any:
        """A connection that may do everything."""
        return pymysql.connect(host="localhost", unix_socket=f"{self._sockets}/s", user="root", password=PASSWORD.encode(), database=database, autocommit=True)

    def end(self) -> None:
        if self._server is not None:
            self._server.kill()
            self._server.wait(timeout=20)
        shutil.rmtree(self._sockets, ignore_errors=True)
