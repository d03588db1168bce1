"""What the lake holds, in numbers from the database; only orphans are looked for on the disk."""

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import text

from medthread.governance.lake.setting import LakeSetting
from medthread.stores.lakehouse.merge import SMALL
from medthread.stores.lakehouse.seal import orphans
from medthread.stores.postgres.store import Store

COUNTED = text("""
    with named as (select distinct path from medthread.release_table as t
      join medthread.release_pointer as p on p.release = t.release, unnest(t.files) as path),
    older as (select distinct path from medthread.release_table as t, unnest(t.files) as path)
    select count(distinct f."table") filter (where f.removed_in is null) as tables, count(*) as files, coalesce(sum(f.bytes), 0) as bytes,
      count(*) filter (where f.removed_in is null) as live_files, coalesce(sum(f.bytes) filter (where f.removed_in is null), 0) as live_bytes,
      count(*) filter (where f.removed_in is null and f.bytes < :small) as small_files,
      coalesce(sum(f.bytes) filter (where f.removed_in is not null and n.path is null and o.path is not null), 0) as older_bytes,
      count(*) filter (where f.removed_in is not null and o.path is null) as unnamed_files,
      coalesce(sum(f.bytes) filter (where f.removed_in is not null and o.path is null), 0) as unnamed_bytes
    from medthread.lake_file as f left join named as n on n.path = f.path left join older as o on o.path = f.path where f.gone_at is null
""")
RELEASES = text("""
    select count(*) filter (where withdrawn_at is null) as kept, count(*) filter (where pinned_at is not null and withdrawn_at is null) as pinned,
      count(*) filter (where withdrawn_at is not null) as withdrawn from medthread.release
""")


@dataclass(frozen=True)
class LakeStatus:
    """Files that are known, those of heads, small ones among them; bytes that only older releases need; files that nobody names or knows."""

    tables: int
    files: int
    bytes: int
    live_files: int
    live_bytes: int
    small_files: int
    older_bytes: int
    unnamed_files: int
    unnamed_bytes: int
    orphans: int
    orphan_bytes: int
    releases: int
    pinned: int
    withdrawn: int


def status(store: Store, lake: Path, setting: LakeSetting) -> LakeStatus:
    """The numbers now."""
    with store.transaction() as tx:
        counted = tx.execute(COUNTED, {"small": (setting.file_mb << 20) // SMALL}).one()
        released = tx.execute(RELEASES).one()
        left = orphans(tx, lake.resolve())
    numbers = {name: int(value) for name, value in counted._mapping.items()}  # noqa: SLF001 - SQLAlchemy's documented way to a row's columns
    return LakeStatus(**numbers, orphans=len(left), orphan_bytes=sum(p.stat().st_size for p in left), releases=released.kept, pinned=released.pinned, withdrawn=released.withdrawn)
