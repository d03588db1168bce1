"""The embedded database under our own supervision."""

import hashlib
import os
import pwd
import re
import shutil
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict

from medthread.model.errors import MedthreadError, StoreError
from medthread.stores.postgres.cluster import Cluster, binaries
from medthread.stores.postgres.reach import STATE, data_for
from tests.waiting import within

HOLDER = textwrap.dedent("""
    import sys, time
    from pathlib import Path
    import psycopg
    from medthread.stores.postgres.cluster import Cluster, binaries
    with Cluster(Path(sys.argv[1])) as cluster:
        with psycopg.connect(cluster.conninfo, autocommit=True) as db:
            db.execute("create table if not exists kept (n int)")
            db.execute("insert into kept values (1)")
        print("ready", flush=True)
        time.sleep(60)
""")


def hold(data: Path) -> "subprocess.Popen[str]":
    process = subprocess.Popen([sys.executable, "-c", HOLDER, str(data)], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline().strip() == "ready"
    return process


def end(process: "subprocess.Popen[str]", how: int) -> None:
    process.send_signal(how)
    process.wait(timeout=20)
    assert process.stdout is not None
    process.stdout.close()


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return Path(f"/proc/{pid}/stat").read_text().split(")")[1].split()[0] != "Z"


def test_settings_are_the_ones_promised(cluster: Cluster) -> None:
    with psycopg.connect(cluster.conninfo) as db:
        def shown(name: str) -> str:
            row = db.execute(f"show {name}").fetchone()
            assert row
            return str(row[0])

        assert shown("data_checksums") == "on"
        assert shown("password_encryption") == "scram-sha-256"
        assert shown("listen_addresses") == ""
        assert shown("timezone") == "UTC"


def test_a_wrong_password_is_refused(cluster: Cluster) -> None:
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(cluster.conninfo, password="guess")


def test_killed_with_nine_it_leaves_no_server_and_comes_back_with_its_rows(tmp_path: Path) -> None:
    data = tmp_path / "postgres"
    process = hold(data)
    server = int((data / "postmaster.pid").read_text().splitlines()[0]) if (data / "postmaster.pid").exists() else None
    found = [server] if server else [int(p.read_text().splitlines()[0]) for p in data.rglob("postmaster.pid")]
    end(process, signal.SIGKILL)
    until = time.monotonic() + 10
    while any(alive(p) for p in found) and time.monotonic() < until:
        time.sleep(0.1)
    assert not any(alive(p) for p in found)
    with Cluster(data) as again, psycopg.connect(again.conninfo) as db:
        assert db.execute("select count(*) from kept").fetchone() == (1,)


def test_locks_that_name_a_process_of_somebody_else_by_now_keep_no_server_from_starting(tmp_path: Path) -> None:
    """After a kill, and after a machine or container began anew, numbers are given again: here to one of the server's own user."""
    with Cluster(tmp_path / "postgres") as cluster:
        files, socket = cluster.files, Path(conninfo_to_dict(cluster.conninfo)["host"])
        locks = files / "postmaster.pid", socket / ".s.PGSQL.5432.lock"
        told = [lock.read_text(encoding="utf-8") for lock in locks]
    socket.mkdir()
    owner = files.stat().st_uid
    other = subprocess.Popen(["sleep", "60"], **({"user": owner} if os.geteuid() == 0 else {}))
    try:
        for lock, text in zip(locks, told, strict=True):
            lock.write_text(re.sub(r"\A\d+", str(other.pid), text), encoding="utf-8")
            os.chown(lock, owner, -1)
        with Cluster(tmp_path / "postgres") as again, psycopg.connect(again.conninfo) as db:
            assert db.execute("select 1").fetchone() == (1,)
    finally:
        other.kill()
        other.wait()


def test_a_kept_server_that_is_killed_is_started_again(tmp_path: Path) -> None:
    with Cluster(tmp_path / "postgres") as cluster:
        cluster.keep()
        with psycopg.connect(cluster.conninfo, autocommit=True) as db:
            db.execute("create table kept (n int)")
            db.execute("insert into kept values (1)")
        servers = [server_of(cluster)]
        for _ in range(2):
            os.kill(servers[-1], signal.SIGKILL)
            assert within(30, lambda: rows(cluster) == 1)
            servers.append(server_of(cluster))
        assert len(set(servers)) == 3
    assert not any(alive(p) for p in servers)


def server_of(cluster: Cluster) -> int:
    return int((cluster.files / "postmaster.pid").read_text(encoding="utf-8").splitlines()[0])


def rows(cluster: Cluster) -> int | None:
    try:
        with psycopg.connect(cluster.conninfo) as db:
            [count] = db.execute("select count(*) from kept").fetchone() or [None]
            return count
    except psycopg.OperationalError:
        return None


def test_stopped_it_leaves_nothing_in_the_temporary_folder(tmp_path: Path) -> None:
    with Cluster(tmp_path / "pg") as cluster:
        socket = Path(cluster.conninfo.split()[0].removeprefix("host="))
        assert socket.is_dir()
        with pytest.raises(MedthreadError):
            Cluster(tmp_path / "pg").start()
        assert socket.is_dir(), "whoever comes second removes nothing"
    assert not socket.exists()


def test_a_second_owner_is_told_who_holds_it(tmp_path: Path) -> None:
    process = hold(tmp_path / "postgres")
    try:
        with pytest.raises(MedthreadError) as refused, Cluster(tmp_path / "postgres"):
            pass
        assert refused.value.hint
    finally:
        end(process, signal.SIGTERM)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root drops to a user that may be shut out")
def test_a_workspace_in_a_closed_folder_works_for_root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The environment lies there too: programs and the libraries beside them must come along."""
    closed = tmp_path / "home"
    closed.mkdir(mode=0o700)
    package = binaries().parents[1]
    for part in (package, package.with_name(f"{package.name}.libs")):
        if part.is_dir():
            shutil.copytree(part, closed / "site" / part.name, symlinks=True)
    monkeypatch.setenv("MEDTHREAD_PG_BINDIR", str(closed / "site" / package.name / "pginstall" / "bin"))
    place = data_for(closed / "postgres", pwd.getpwnam("nobody")).parent
    try:
        for _ in range(2):  # made, then found again
            with Cluster(closed / "postgres") as cluster, psycopg.connect(cluster.conninfo) as db:
                assert db.execute("select 1").fetchone() == (1,)
        assert (place / "cluster" / "PG_VERSION").exists()
        assert str(STATE) in str(cluster._bin)
    finally:
        shutil.rmtree(place)
        shutil.rmtree(cluster._bin.parents[2])


@pytest.mark.skipif(os.geteuid() != 0, reason="only root drops to a user that may be shut out")
@pytest.mark.parametrize("opened_first", [True, False])
def test_a_folder_closed_or_opened_later_begins_no_empty_database(tmp_path: Path, opened_first: bool) -> None:  # noqa: FBT001
    home = tmp_path / "home"
    home.mkdir(mode=0o711 if opened_first else 0o700)
    root = home / "postgres"
    kept = STATE / hashlib.sha256(str(root.resolve()).encode()).hexdigest()[:16]
    try:
        with Cluster(root) as cluster, psycopg.connect(cluster.conninfo, autocommit=True) as db:
            db.execute("create table kept (n int)")
        password = (root / "password").read_bytes()
        home.chmod(0o700 if opened_first else 0o711)
        if opened_first:
            with pytest.raises(StoreError, match="closed to") as refused, Cluster(root):
                pass
            assert refused.value.hint
            assert not kept.exists()
            home.chmod(0o711)
        assert (root / "password").read_bytes() == password
        with Cluster(root) as cluster, psycopg.connect(cluster.conninfo) as db:
            assert db.execute("select count(*) from kept").fetchone() == (0,)
    finally:
        shutil.rmtree(kept, ignore_errors=True)


def test_a_link_in_place_of_the_socket_s_folder_is_refused_and_nothing_behind_it_changed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "tmp"))
    (tmp_path / "tmp").mkdir()
    victim = tmp_path / "victim"
    victim.mkdir()
    cluster = Cluster(tmp_path / "data" / "postgres")
    cluster._socket.symlink_to(victim)  # what an attacker computes from the address of the home
    before = victim.stat()
    with pytest.raises(StoreError, match="belongs to somebody else"):
        cluster._prepare_socket()  # the step that used to follow it
    assert (victim.stat().st_uid, victim.stat().st_mode) == (before.st_uid, before.st_mode)


def test_the_servers_log_is_its_owners_alone(tmp_path: Path) -> None:
    log = tmp_path / "postgres" / "postgres.log"
    log.parent.mkdir()
    log.touch(mode=0o644)
    with Cluster(tmp_path / "postgres"):
        assert log.stat().st_mode & 0o777 == 0o600
        assert (tmp_path / "postgres" / "password").stat().st_mode & 0o777 == 0o600
