"""A log over a real database."""

from collections.abc import Callable
from pathlib import Path

import pytest

from medthread.stores.postgres import Store
from medthread.trust.audit import record
from medthread.trust.keys import Keyring
from medthread.trust.log import AuditLog, Copies, Memory

Write = Callable[..., None]


@pytest.fixture
def keyring(tmp_path: Path) -> Keyring:
    return Keyring.open(tmp_path / "keys" / "master.key")


@pytest.fixture
def copies(tmp_path: Path) -> Copies:
    return Copies(tmp_path / "away")


@pytest.fixture
def memory(tmp_path: Path) -> Memory:
    return Memory.beside(tmp_path / "keys")


@pytest.fixture
def log(store: Store, keyring: Keyring, copies: Copies, memory: Memory) -> AuditLog:
    return AuditLog(store, keyring, "audit.test/plant", copies, memory)


@pytest.fixture
def write(store: Store) -> Write:
    """Audit rows, each in a transaction of its own."""

    def written(count: int, **given: object) -> None:
        for n in range(count):
            values = {"actor": "ann", "action": "entity.update", "object_": f"lot/{n}", "after": {"qty": str(n), "名": "批"}, **given}
            with store.transaction() as tx:
                record(tx, **values)  # type: ignore[arg-type]

    return written
