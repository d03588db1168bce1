"""Shared fixtures: one demonstration of the whole product, one database, made once a session."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

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

SCALE, SEED = "0.05", "101"
PROGRAM = str(Path(sys.executable).parent / "medthread")
ROOT = Path(__file__).resolve().parents[1]
# Real public data, beside the project where there is some; tests that need it are marked `data`.
DATA = Path(os.environ.get("MEDTHREAD_REAL_DATA", ROOT.parent / "shared" / "data"))


@pytest.fixture(scope="session", autouse=True)
def reachable(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Let the database's user walk to the clusters of tests, which pytest keeps closed when root runs it."""
    base = tmp_path_factory.getbasetemp()
    for folder in (base, base.parent):
        folder.chmod(0o711)


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
    """A database for tests that write."""
    with Cluster(tmp_path_factory.mktemp("cluster") / "postgres") as running:
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


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    """An empty workspace, as `medthread init` makes it."""
    with pytest.raises(SystemExit) as end:
        main(["init", str(tmp_path / "company")])
    assert end.value.code == 0
    return Workspace.open(tmp_path / "company")
