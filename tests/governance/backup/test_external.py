"""A database of the company's own: dumped with the rights of a reader, and brought back embedded or into another one."""

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import select, text

from medthread.app import open_installation
from medthread.governance.backup.restore import restore
from medthread.model.errors import ConfigurationError, ConflictError, StoreError
from medthread.stores.postgres import Store
from medthread.stores.postgres.cluster import Cluster
from medthread.stores.targets import FolderTarget
from tests.governance.backup.conftest import hire, with_backup
from tests.scenarios import company

DEBIAN = Path("/usr/lib/postgresql/15/bin")


@pytest.fixture(scope="module", params=["same", "older"])
def server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """A server that is not ours to copy: of our version, and of an older one where Debian brings it."""
    if request.param == "older":
        if not DEBIAN.exists():
            pytest.skip("no PostgreSQL 15 on this machine")
        os.environ["MEDTHREAD_PG_BINDIR"] = str(DEBIAN)
    try:
        made = Cluster(tmp_path_factory.mktemp("external") / "postgres")
    finally:
        os.environ.pop("MEDTHREAD_PG_BINDIR", None)
    with made as running:
        yield running


def address(server: Cluster, database: str) -> str:
    with psycopg.connect(server.conninfo, autocommit=True) as admin:
        admin.execute(f'create database "{database}"')
    return server.url.replace("@/medthread?", f"@/{database}?")


def test_dumped_restored_and_tried_out(server: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MEDTHREAD_DATABASE_URL", address(server, "one"))
    home = with_backup(company.found(tmp_path / "c"), tmp_path)
    before = company.run_once(home)
    assert before.release is not None
    with open_installation(home) as installation:
        hire(installation, "E1")
        keeping = installation.keeping()
        assert keeping is not None
        manifest = keeping.run(by="test").manifest
        assert (manifest.database.kind, manifest.database.log, manifest.faults) == ("dump", (), ())
        id_, made = keeping.drill(by="test")
        assert made.passed, (id_, [c for c in made.checks if not c.passed])
        shelf, keys = keeping.shelf(), keeping.keys()
        with pytest.raises(ConflictError, match="holds an installation already"):
            restore(shelf, manifest, tmp_path / "over", keys=keys, by="test", external=installation.store)
    fresh = address(server, "two")
    other = Store(fresh)
    restore(shelf, manifest, tmp_path / "back", keys=keys, by="test", external=other)
    other.close()
    monkeypatch.setenv("MEDTHREAD_DATABASE_URL", fresh)
    with open_installation(tmp_path / "back") as restored:
        current = restored.releases.current()
        assert current is not None
        assert current.id == before.release
        assert restored.faults(current) == []
    monkeypatch.delenv("MEDTHREAD_DATABASE_URL")
    restore(shelf, manifest, tmp_path / "embedded", keys=keys, by="test")
    with open_installation(tmp_path / "embedded") as restored, restored.store.transaction() as tx:
        assert tx.execute(select(restored.native["person"].c.employee_no)).scalars().all() == ["E1"]


def test_without_the_rights_it_says_which(server: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    url = address(server, "closed")
    monkeypatch.setenv("MEDTHREAD_DATABASE_URL", url)
    home = with_backup(company.found(tmp_path / "c"), tmp_path)
    with open_installation(home) as installation:
        keeping = installation.keeping()
        assert keeping is not None
        with installation.store.transaction() as tx:
            tx.execute(text("create role narrow login password 'narrow'"))
            tx.execute(text("grant usage on schema medthread to narrow"))
            tx.execute(text("grant select on all tables in schema medthread to narrow"))
            tx.execute(text("grant insert, update on medthread.backup_run, medthread.audit_event to narrow"))
            tx.execute(text("grant usage on all sequences in schema medthread to narrow"))
        narrow = Store(url.replace("medthread:", "narrow:", 1).replace(installation.store.engine.url.password or "", "narrow"))
        try:
            with pytest.raises(StoreError) as found:
                replace(keeping, subject=replace(keeping.subject, store=narrow)).run(by="test")
        finally:
            narrow.close()
    assert "permission denied" in found.value.message
    assert "read every schema" in found.value.hint
    with psycopg.connect(server.conninfo, autocommit=True) as admin:
        admin.execute('drop database "closed" with (force)')
        admin.execute("drop role narrow")


def test_a_copy_of_an_embedded_server_does_not_go_into_another(firm: object, keep: object, server: Cluster, tmp_path: Path) -> None:
    keeping = keep(FolderTarget(tmp_path / "disk"))  # type: ignore[operator]
    manifest = keeping.run(by="test").manifest
    other = Store(server.url)
    try:
        with pytest.raises(ConfigurationError, match="of an embedded server"):
            restore(keeping.shelf(), manifest, tmp_path / "back", keys=None, by="test", external=other)
    finally:
        other.close()
