"""What the stage made: each table under the fingerprint of what it was made from, whether readers see it or not.

A table that was made is not made again: a change that waits for approval is built beside what is in force, and what it
came to is taken over when it comes into force.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Row, func, select, update
from sqlalchemy.dialects.postgresql import distinct_on, insert

from medthread.pipeline.build.expectation import Finding
from medthread.stores.postgres.tables import lake_commit, table_build

Columns = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Built:
    """A table: its files by partition, rows, columns with their types, the state of what it was made from, the seconds.

    A table without partitions has one, called ''. How it met expectations is known once it was asked: `asked` names
    what was asked of it, so that other expectations, or the same over other tables, are asked again. `at` is when it was made.
    """

    table: str
    fingerprint: str
    files: Mapping[str, tuple[str, ...]]
    rows: int
    seconds: float
    columns: Columns
    inputs: Mapping[str, str]
    asked: str | None = None
    findings: tuple[Finding, ...] = ()
    at: datetime | None = field(default=None, compare=False)

    @property
    def paths(self) -> tuple[str, ...]:
        """All its files."""
        return tuple(path for files in self.files.values() for path in files)

    @property
    def held(self) -> tuple[Finding, ...]:
        """What keeps it from readers."""
        return tuple(f for f in self.findings if f.blocks and f.failed)


def built(tx: Connection, table: str, fingerprint: str) -> Built | None:
    """The table as it was made from this; nothing where it was not, or its file is gone."""
    found = tx.execute(select(table_build).where(table_build.c.table == table, table_build.c.fingerprint == fingerprint)).one_or_none()
    made = _read(found) if found else None
    return made if made and all(Path(p).is_file() for p in made.paths) else None


def heads(tx: Connection) -> dict[str, Built]:
    """Of every model's table what is committed last."""
    newest = (
        select(lake_commit.c.table, lake_commit.c.fingerprint).ext(distinct_on(lake_commit.c.table))
        .where(lake_commit.c.fingerprint.is_not(None)).order_by(lake_commit.c.table, lake_commit.c.at.desc()).subquery()
    )
    joined = table_build.join(newest, (newest.c.table == table_build.c.table) & (newest.c.fingerprint == table_build.c.fingerprint))
    return {r.table: _read(r) for r in tx.execute(select(table_build).select_from(joined))}


def latest(tx: Connection, table: str) -> Built | None:
    """The table as it was made last."""
    query = select(table_build).where(table_build.c.table == table).order_by(table_build.c.at.desc()).limit(1)
    found = tx.execute(query).one_or_none()
    return _read(found) if found else None


def keep(tx: Connection, made: Built) -> None:
    """Remember a table."""
    values = {
        "files": {partition: list(files) for partition, files in made.files.items()}, "rows": made.rows, "seconds": made.seconds, "columns": [list(c) for c in made.columns],
        "inputs": dict(made.inputs),
        "asked": made.asked, "findings": [asdict(f) for f in made.findings],
    }
    insertion = insert(table_build).values(table=made.table, fingerprint=made.fingerprint, at=func.clock_timestamp(), **values)
    tx.execute(insertion.on_conflict_do_update(index_elements=["table", "fingerprint"], set_=values | {"at": func.clock_timestamp()}))


def keep_findings(tx: Connection, made: Built) -> None:
    """Remember how a table met what was asked of it."""
    here = (table_build.c.table == made.table) & (table_build.c.fingerprint == made.fingerprint)
    tx.execute(update(table_build).where(here).values(asked=made.asked, findings=[asdict(f) for f in made.findings]))


def _read(row: Row[Any]) -> Built:
    findings = tuple(Finding(f["condition"], f["blocks"], f["failed"], tuple(f["rows"])) for f in row.findings)
    files = {partition: tuple(paths) for partition, paths in row.files.items()}
    columns = tuple((str(name), str(kind)) for name, kind in row.columns)
    return Built(row.table, row.fingerprint, files, row.rows, row.seconds, columns, row.inputs, row.asked, findings, row.at)
