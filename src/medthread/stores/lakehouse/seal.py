"""A release as one digest: every file that it names with its hash, and the trace index that it is read with.

The digest stands in the audit row of publishing, which is sealed. Hashes that lie in the database beside the files' names
can be changed together with the files; the sealed row cannot.
"""

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import Connection, text

from medthread.stores.lakehouse.committer import sha256_of

INDEX_FACTS = "facts.json"  # names each file of an index with its hash, and the index that it lies beside
FILES = text("""
    select t."table", f.path, l.sha256 from medthread.release_table t cross join lateral unnest(t.files) f(path)
    left join medthread.lake_file l on l.path = f.path where t.release = :release
""")
KNOWN = text("""
    select path from medthread.lake_file where path = any(:paths) and gone_at is null
    union select made.path from medthread.table_build as b, jsonb_each(b.files) as part, jsonb_array_elements_text(part.value) as made(path)
    union select raw_path from medthread.load where raw_path = any(:paths)
    union select new from medthread.lake_merge
""")
TOLD = text("""
    select detail->>'digest' from medthread.audit_event
    where object = 'release/' || cast(:release as text) and action in ('release.prepare', 'release.publish', 'release.rewrite') and detail ? 'digest' order by seq desc limit 1
""")
SHOWN = text("select object from medthread.audit_event where action = 'release.publish' and outcome = 'done' order by seq desc limit 1")


def digest_of(tx: Connection, release: str, *, trace_index: str | None, lake: Path, trace: Path) -> str:
    """The digest of what the database says of a release now. Files are named from the lake on, so that a lake may move."""
    lines = [f"{r.table} {_from(lake, r.path)} {r.sha256}" for r in tx.execute(FILES, {"release": release})]
    body = "\n".join([*sorted(lines), *_index(trace, trace_index)])
    return "sha256:" + hashlib.sha256(body.encode()).hexdigest()


def told_digest(tx: Connection, release: str) -> str | None:
    """What the log tells of it; nothing of a release of before."""
    return tx.execute(TOLD, {"release": release}).scalar_one_or_none()


def told_release(tx: Connection) -> str | None:
    """Which release readers see, by the log."""
    found = tx.execute(SHOWN).scalar_one_or_none()
    return None if found is None else str(found).partition("/")[2]


def orphans(tx: Connection, lake: Path) -> list[Path]:
    """Data files in the lake's folder that no commit, no build and no load knows: of work that was cut short, or laid there by somebody."""
    there = [p for p in lake.rglob("*.parquet") if p.is_file()]
    known = set(tx.execute(KNOWN, {"paths": [str(p) for p in there]}).scalars())
    return sorted(p for p in there if str(p) not in known)


def _from(lake: Path, path: str) -> str:
    place = Path(path)
    return place.relative_to(lake).as_posix() if place.is_relative_to(lake) else path


def _index(trace: Path, name: str | None) -> Iterator[str]:
    while name is not None:
        facts = trace / name / INDEX_FACTS
        if not facts.is_file():
            yield f"trace {name} missing"
            return
        yield f"trace {name} {sha256_of(facts)}"
        base = json.loads(facts.read_text(encoding="utf-8")).get("base")
        name = base if base != name else None
