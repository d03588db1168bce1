"""A small company with old records: goods moved fifteen years ago, a dispute long closed, a person who left."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, text

from medthread.app import Installation, open_installation
from medthread.governance.retention import Look, decide, execute, propose
from medthread.governance.retention.execute import Executed
from medthread.stores.postgres.tables import destruction_item
from medthread.stores.serving import LakeReader
from medthread.workflow import Context, create_native, handle
from tests.scenarios import company

MOVES = """
  move:
    files: "move*.csv"
    format: csv
    feeds: [{entity: stock_movement, fields: {movement_no: no, line_no: line, item: item, lot_no: lot, quantity: qty, posted_at: at}}]
"""
OLD, YOUNG = "2010/3/1", "2026/3/1"


def moves(home: Path, name: str, rows: list[tuple[str, str, str]]) -> None:
    """Movements: number, lot, day. A quantity in words is held back."""
    company.write(home / "inbox" / name, "no,line,item,lot,qty,at,memo", [(no, 1, "M1", lot, "many" if no.startswith("X") else 5, day, f"memo {no}") for no, lot, day in rows])


class Firm:
    """The company, open, and the short ways in which tests act."""

    def __init__(self, installation: Installation) -> None:
        self.installation, self.store = installation, installation.store
        self.reader = LakeReader(installation.releases)
        self.context: Context = installation.commands(self.reader)
        self.look = Look(installation.registry, installation.native, self.reader)

    def write(self, entity: str, /, **values: Any) -> str:
        with self.store.transaction() as tx:
            return create_native(tx, self.context, entity=entity, values=values, by="ann")

    def closed_on(self, entity: str, id_: str, day: str) -> None:
        """A case that ended long ago, as if it had been so."""
        with self.store.transaction() as tx:
            tx.execute(text("update medthread.process_case set closed_at = :day, state = 'closed' where entity = :e and record = :r"), {"day": day, "e": entity, "r": id_})

    def propose(self, entity: str, *, by: str = "ann", limit: int = 1000) -> str:
        act = lambda tx: propose(tx, self.context, self.look, entity=entity, by=by, limit=limit)  # noqa: E731
        return handle(self.store, by=by, action="retention.propose", object_=entity, act=act)

    def decide(self, id_: str, *, by: str = "bob", approve: bool = True, reason: str = "time is up") -> None:
        handle(self.store, by=by, action="retention.decide", object_=f"destruction/{id_}", act=lambda tx: decide(tx, id_=id_, by=by, approve=approve, reason=reason))

    def execute(self, id_: str, *, by: str = "ann") -> Executed:
        return execute(self.context, self.look, self.installation.context, id_=id_, by=by)

    def items(self, id_: str) -> dict[str, Any]:
        with self.store.transaction() as tx:
            return {r.key or r.record: r for r in tx.execute(select(destruction_item).where(destruction_item.c.destruction == id_))}

    def run(self) -> None:
        company.run(self.installation)

    def rows(self, table: str, columns: str = "*") -> list[dict[str, Any]]:
        snapshot = self.reader.current()
        return snapshot.query(f"select {columns} from {snapshot.relation(table)}")


@contextmanager
def opened(home: Path) -> Iterator[Firm]:
    with open_installation(home) as installation:
        firm = Firm(installation)
        try:
            yield firm
        finally:
            firm.reader.close()


def found(home: Path) -> Path:
    company.found(home)
    with (home / "sources" / "erp.yaml").open("a", encoding="utf-8") as file:
        file.write(MOVES)
    moves(home, "move1.csv", [("OLD1", "L1", OLD), ("OLD2", "L2", OLD), ("NEW1", "L1", YOUNG), ("X1", "L1", OLD)])
    moves(home, "move2.csv", [("OLD1", "L1", OLD), ("NEW2", "L2", YOUNG)])  # told of again, the same movement
    company.run_once(home)
    return home


@pytest.fixture
def firm(tmp_path: Path, own_database: None) -> Iterator[Firm]:
    with opened(found(tmp_path / "firm")) as made:
        yield made
