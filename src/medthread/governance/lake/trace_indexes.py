"""Trace indexes that no release is read with any more."""

import json
import shutil
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Connection, text

from medthread.stores.lakehouse.seal import INDEX_FACTS

NAMED = text("select distinct trace_index from medthread.release where trace_index is not null and (withdrawn_at is null or withdrawn_at > :before)")


def idle_indexes(tx: Connection, trace: Path, *, before: datetime) -> list[Path]:
    """Folders of indexes that no release names and no named index lies beside; those made since `before`, and the newest, stay for the next one."""
    if not trace.is_dir():
        return []
    made = {p.name: datetime.fromtimestamp(p.lstat().st_mtime, UTC) for p in trace.iterdir() if p.is_dir() and not p.is_symlink()}
    kept = set(tx.execute(NAMED, {"before": before}).scalars()) | {max(made, key=lambda n: made[n], default="")}
    for name in list(kept):
        while (base := _base(trace / name)) is not None and base not in kept:
            kept.add(base)
            name = base  # noqa: PLW2901 - walking from one to the one that it lies beside
    return sorted(trace / name for name, at in made.items() if name not in kept and at < before)


def remove_index(folder: Path) -> None:
    """Facts first: without them a folder that was removed by half is taken for none."""
    (folder / INDEX_FACTS).unlink(missing_ok=True)
    shutil.rmtree(folder)


def _base(folder: Path) -> str | None:
    facts = folder / INDEX_FACTS
    found = json.loads(facts.read_text(encoding="utf-8")).get("base") if facts.is_file() else None
    return str(found) if found and found != folder.name else None
