"""Shared fixtures: one demonstration of the whole product, one database, made once a session."""

import http.client
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import hypothesis
import psycopg
import pytest
from sqlalchemy import MetaData

from medthread.app import Installation, open_installation
from medthread.cli import main
from medthread.derive import tables_of
from medthread.stores.postgres import Store, upgrade
from medthread.stores.postgres.cluster import Cluster
from medthread.workspace import Workspace
from tests.registry import registry

pytest_plugins = ("tests.campaign",)
# A machine that does other things beside makes an example slow, not wrong.
hypothesis.settings.register_profile("medthread", deadline=None)
hypothesis.settings.load_profile("medthread")
SCALE, SEED = "0.05", "101"
# These rooms hold the longest tests; what comes last is small, so that no worker waits long for another at the end.
FIRST = ("docs", "demo", "reliability", "governance", "browser", "scenarios", "test_examples.py", "cli", "api")
DATABASE = "MEDTHREAD_DATABASE_URL"
Opening = Callable[[Path], AbstractContextManager[Installation]]
PROGRAM = str(Path(sys.executable).parent / "medthread")
ROOT = Path(__file__).resolve().parents[1]
# Real public data, beside the project where there is some; tests that need it are marked `data`.
DATA = Path(os.environ.get("MEDTHREAD_REAL_DATA", ROOT.parent / "shared" / "data"))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """File by file as they were found, rooms with long tests before the others."""
    order = {room: n for n, room in enumerate(FIRST)}
    items.sort(key=lambda item: order.get(item.path.relative_to(ROOT).parts[1], len(FIRST)))


@pytest.fixture(scope="session", autouse=True)
def reachable(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Let the database's user walk to the clusters of tests, which pytest keeps closed when root runs it.

    Else they would lie in the system's own state, where nobody takes them away again.
    """
    base = tmp_path_factory.getbasetemp()
    for folder in (base, *base.parents):
        if folder.name.startswith(("pytest-", "popen-")):
            folder.chmod(0o711)
    closed = tmp_path_factory.mktemp

    def opened(basename: str, numbered: bool = True) -> Path:  # noqa: FBT001, FBT002 - pytest's own words
        folder = closed(basename, numbered)
        folder.chmod(0o711)
        return folder

    tmp_path_factory.mktemp = opened  # type: ignore[method-assign]


@dataclass(frozen=True)
class Demonstration:
    """A demo company that was taken in once; tests read it and leave it as it is."""

    home: Path
    report: dict[str, Any]
    traced: dict[str, Any]  # what `medthread trace --json` said of the defective lot


@pytest.fixture(scope="session")
def demonstration(tmp_path_factory: pytest.TempPathFactory) -> Demonstration:
    home = tmp_path_factory.mktemp("demo") / "company"
    report = home.parent / "report.json"
    arguments = ["demo", "--no-serve", "--scale", SCALE, "--seed", SEED, "--home", str(home), "--report", str(report)]
    with pytest.raises(SystemExit) as end:
        main(arguments)
    assert end.value.code == 0
    told = json.loads(report.read_text(encoding="utf-8"))
    question = [told["trace"]["lot"], "--item", told["trace"]["item"], "--direction", "down", "--json", "--home", str(home)]
    done = subprocess.run([PROGRAM, "trace", *question], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return Demonstration(home, told, json.loads(done.stdout))


@pytest.fixture(scope="session")
def installation(demonstration: Demonstration) -> Iterator[Installation]:
    with open_installation(demonstration.home) as opened:
        yield opened


@pytest.fixture(scope="session")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """A database for tests that write. It outlives no machine: without waiting for the disk, taking a copy away takes a twentieth of the time."""
    with Cluster(tmp_path_factory.mktemp("cluster") / "postgres") as running:
        with psycopg.connect(running.conninfo, autocommit=True) as admin:
            for waiting in ("fsync", "full_page_writes", "synchronous_commit"):
                admin.execute(f"alter system set {waiting} = off")
            admin.execute("select pg_reload_conf()")
        yield running


@pytest.fixture(scope="session")
def migrated(cluster: Cluster) -> str:
    """A migrated database that is only ever copied: migrating takes seconds, copying a tenth of one."""
    name = "migrated"
    with psycopg.connect(cluster.conninfo, autocommit=True) as admin:
        admin.execute(f"create database {name}")
    native = MetaData()
    tables_of(registry(), native)
    made = Store(cluster.url.replace("@/medthread?", f"@/{name}?"))
    upgrade(made, native)
    made.close()
    return name


@pytest.fixture
def store(cluster: Cluster, migrated: str, request: pytest.FixtureRequest) -> Iterator[Store]:
    """A migrated database that nobody else writes to."""
    with copy_of(cluster, migrated, name=f"t{abs(hash(request.node.nodeid))}") as made:
        yield made


@pytest.fixture
def own_database(cluster: Cluster, migrated: str, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """What the test opens, and the programs that it starts, work on a migrated database of its own instead of making a server each."""
    with copy_of(cluster, migrated, name=f"o{abs(hash(request.node.nodeid))}") as made:
        monkeypatch.setenv(DATABASE, address_of(made))
        yield


@pytest.fixture(scope="session")
def open_beside(cluster: Cluster, migrated: str) -> Opening:
    """Opens a workspace on a migrated database of its own, for as long as several tests work with it."""

    @contextmanager
    def opened(home: Path) -> Iterator[Installation]:
        with copy_of(cluster, migrated, name=f"w{abs(hash(str(home)))}") as made, ExitStack() as ending:
            with pytest.MonkeyPatch.context() as patch:
                patch.setenv(DATABASE, address_of(made))
                installation = ending.enter_context(open_installation(home))
            yield installation

    return opened


def address_of(store: Store) -> str:
    """A database as `MEDTHREAD_DATABASE_URL` names it."""
    return store.engine.url.render_as_string(hide_password=False)


@contextmanager
def copy_of(cluster: Cluster, template: str, *, name: str) -> Iterator[Store]:
    """A copy of a database nobody is connected to, dropped afterwards."""
    with psycopg.connect(cluster.conninfo, autocommit=True) as admin:
        admin.execute(f'create database "{name}" template "{template}"')
    made = Store(cluster.url.replace("@/medthread?", f"@/{name}?"))
    yield made
    made.close()
    with psycopg.connect(cluster.conninfo, autocommit=True) as admin:
        admin.execute(f'drop database "{name}" with (force)')


@dataclass(frozen=True)
class Bucket:
    """A bucket of an object store that runs beside the tests."""

    endpoint: str

    def address(self, prefix: str) -> dict[str, str]:
        """A place in it, as `medthread.toml` says it."""
        return {"url": f"s3://backups/{prefix}", "endpoint": self.endpoint}


@pytest.fixture(scope="session")
def bucket() -> Iterator[Bucket]:
    """A real server that speaks S3 (moto's), in a process of its own."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    endpoint = f"http://127.0.0.1:{port}"
    server = subprocess.Popen([sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    given = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}
    os.environ |= given
    made = {"Authorization": "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/s3/aws4_request", "Content-Length": "0"}
    try:
        for _ in range(300):
            asked = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
            try:
                asked.request("PUT", "/backups", headers=made)
                assert asked.getresponse().status == 200
                break
            except OSError:
                assert server.poll() is None, "the object store ended"
                time.sleep(0.1)
            finally:
                asked.close()
        yield Bucket(endpoint)
    finally:
        for name in given:
            os.environ.pop(name, None)
        server.terminate()
        server.wait()


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of four megabytes, where we may mount one."""
    place = tmp_path / "disk"
    place.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(place)], check=False, capture_output=True).returncode != 0:
        pytest.skip("mounting a small disk takes root")
    try:
        yield place
    finally:
        subprocess.run(["umount", "-l", str(place)], check=True)


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    """An empty workspace, as `medthread init` makes it."""
    with pytest.raises(SystemExit) as end:
        main(["init", str(tmp_path / "company")])
    assert end.value.code == 0
    return Workspace.open(tmp_path / "company")
