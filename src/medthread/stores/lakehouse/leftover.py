"""Files of the lake that nobody names any more, and those that no commit ever knew.

A file is freed when neither a table's head, nor a release, nor a build that may still be taken over names it. It stays on
the disk for a while longer, for a reader that began before. What it was, with its hash, stays known (`lake_file`).
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Connection, text

from medthread.stores.lakehouse.seal import orphans

BATCH = 500
MARK = """
create temp table named (path text primary key) on commit drop;
insert into named select path from medthread.lake_file where removed_in is null
union select unnest(files) from medthread.release_table
union select made.path from medthread.table_build as b, jsonb_each(b.files) as part, jsonb_array_elements_text(part.value) as made(path)
union select unnest(old || new) from medthread.lake_merge;
update medthread.lake_file as f set freed_at = null where freed_at is not null and gone_at is null and exists (select from named as n where n.path = f.path);
update medthread.lake_file as f set freed_at = :now where freed_at is null and gone_at is null and not exists (select from named as n where n.path = f.path);
drop table named;
"""
FREED = text("select path, bytes from medthread.lake_file where freed_at <= :before and gone_at is null order by freed_at, path")
WAITING = text("select count(*) as files, coalesce(sum(bytes), 0) as bytes from medthread.lake_file where freed_at > :before and gone_at is null")
GONE = text("update medthread.lake_file set gone_at = :now where path = any(:paths)")
# The newest of each table is what the next one is made out of; that of a head is what readers see.
IDLE = """
from medthread.table_build as b where b.at < :before
and b.at < (select max(n.at) from medthread.table_build as n where n."table" = b."table")
and not exists (select from medthread.lake_commit as c where c."table" = b."table" and c.fingerprint = b.fingerprint
  and c.at = (select max(l.at) from medthread.lake_commit as l where l."table" = b."table" and l.fingerprint is not null))
and not exists (select from jsonb_each(b.files) as part, jsonb_array_elements_text(part.value) as made(path)
  join medthread.release_table as t on t."table" = b."table" and made.path = any(t.files))
"""


@dataclass(frozen=True)
class Leftover:
    """A file that may go."""

    path: Path
    bytes: int


def forget_builds(tx: Connection, *, before: datetime) -> int:
    """Forget tables that were made before then and belong to nothing: superseded, and named by no release."""
    return tx.execute(text("delete " + IDLE), {"before": before}).rowcount


def mark(tx: Connection, *, now: datetime) -> None:
    """Write down of every file since when nobody names it."""
    for statement in filter(str.strip, MARK.split(";\n")):
        tx.execute(text(statement), {"now": now} if ":now" in statement else {})


def freed(tx: Connection, *, before: datetime) -> list[Leftover]:
    """Files that nobody has named since then or longer."""
    return [Leftover(Path(r.path), r.bytes) for r in tx.execute(FREED, {"before": before})]


def waiting(tx: Connection, *, before: datetime) -> tuple[int, int]:
    """How many files were freed later than that, and their bytes."""
    row = tx.execute(WAITING, {"before": before}).one()
    return row.files, int(row.bytes)


def told_gone(tx: Connection, paths: list[Path], *, now: datetime) -> None:
    """Write down that files are not on the disk any more."""
    tx.execute(GONE, {"paths": [str(p) for p in paths], "now": now})


def abandoned(tx: Connection, lake: Path, *, before: datetime) -> list[Leftover]:
    """Data files of commits that were cut short: nobody knows them, and they lie there since before then and before any batch that is open."""
    begun = tx.execute(text("select min(at) from medthread.batch where stage <> 'done'")).scalar_one()
    before = min(before, begun) if begun is not None else before
    return [Leftover(p, size) for p, size, at in map(_seen, [*orphans(tx, lake), *_partial(lake)]) if at < before]


def _partial(lake: Path) -> Iterator[Path]:
    """Files that were not written to their end; those in a folder that many were to be written to are found as orphans."""
    return (p for p in lake.glob("*/*/data/**/*.partial") if p.is_file() and not p.is_symlink())


def _seen(path: Path) -> tuple[Path, int, datetime]:
    told = path.lstat()
    return path, told.st_size, datetime.fromtimestamp(told.st_mtime, UTC)


def unlink(lake: Path, path: Path) -> bool:
    """Take a file off the disk; never one outside the lake. Tells whether it was there."""
    if not path.is_relative_to(lake):
        return False
    there = path.is_file()
    path.unlink(missing_ok=True)
    return there


def drop_empty(lake: Path) -> None:
    """Folders below those of data that hold nothing any more."""
    for data in lake.glob("*/*/data"):
        for folder, _, _ in os.walk(data, topdown=False):
            if folder != str(data) and not any(Path(folder).iterdir()):
                Path(folder).rmdir()
