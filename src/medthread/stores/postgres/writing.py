"""Writes that do not see one another, sent as one statement: the server is asked once, not once for each table.

A write is a statement made once for its table and columns, and the values of this time. Several are joined as
data-modifying CTEs (`with … insert …, … update …`): all see the same snapshot, each touches rows of its own.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    Connection,
    Executable,
    Insert,
    Table,
    Update,
    bindparam,
    func,
    insert,
    literal_column,
    select,
    update,
)


@dataclass(frozen=True)
class Write:
    """A statement and its values, named after their table so that several may stand side by side."""

    statement: Insert | Update
    values: Mapping[str, Any]


def adding(table: Table, values: Mapping[str, Any]) -> Write:
    """One new row."""
    return Write(_insertion(table, tuple(values)), {_name(table, n): v for n, v in values.items()})


def changing(table: Table, values: Mapping[str, Any], *, of: Mapping[str, Any], stamp: str | None = None) -> Write:
    """New values for the row whose columns are as `of` says; the column `stamp` gets the present moment."""
    given = {_name(table, n): v for n, v in values.items()} | {_name(table, n, "of"): v for n, v in of.items()}
    return Write(_alteration(table, tuple(values), tuple(of), stamp), given)


def put(tx: Connection, writes: Iterable[Write]) -> None:
    """Write all of them in one statement. No two may be of the same table, or one would take the other's values."""
    parts = tuple(writes)
    values = {name: value for w in parts for name, value in w.values.items()}
    if len(values) < sum(len(w.values) for w in parts):
        raise ValueError("two writes of one table in one statement")
    tx.execute(_joined(tuple(w.statement for w in parts)), values)


def _name(table: Table, column: str, kind: str = "to") -> str:
    return f"{kind}__{table.schema}__{table.name}__{column}"


@lru_cache(maxsize=4096)
def _insertion(table: Table, columns: tuple[str, ...]) -> Insert:
    return insert(table).values({c: bindparam(_name(table, c), type_=table.c[c].type) for c in columns})


@lru_cache(maxsize=4096)
def _alteration(table: Table, columns: tuple[str, ...], of: tuple[str, ...], stamp: str | None) -> Update:
    here = [table.c[c] == bindparam(_name(table, c, "of"), type_=table.c[c].type) for c in of]
    fresh: dict[str, Any] = {c: bindparam(_name(table, c), type_=table.c[c].type) for c in columns}
    if stamp is not None:
        fresh[stamp] = func.clock_timestamp()
    return update(table).where(*here).values(fresh)


@lru_cache(maxsize=4096)
def _joined(statements: tuple[Insert | Update, ...]) -> Executable:
    if len(statements) == 1:
        return statements[0]
    return select(literal_column("1")).add_cte(*(s.cte(f"write_{n}") for n, s in enumerate(statements)))
