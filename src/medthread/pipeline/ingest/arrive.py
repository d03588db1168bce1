"""What has arrived: every file that a source's mapping names, hashed, and whether it was seen before."""

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from medthread.model import Source
from medthread.model.errors import SourceError
from medthread.pipeline.landing import Landing
from medthread.stores.lakehouse.committer import key_of, sha256_of

HASHERS = 2
OPENED = "~$"  # what Office puts beside a workbook that somebody has open


@dataclass(frozen=True)
class Arrival:
    """One file, or one table of a database file, as the thing to load."""

    source: Source
    table: str
    path: Path
    file: str
    sha256: str
    bytes: int

    @property
    def mapping(self) -> str:
        """What the mapping says of the table, as a fingerprint."""
        return key_of(self.source.tables[self.table].model_dump_json())[:16]

    @property
    def load_id(self) -> str:
        """The same content under the same name is the same load."""
        return "L" + key_of(self.source.name, self.table, self.file, self.sha256)[:20]


def matching_files(inbox: Path, pattern: str) -> list[Path]:
    """Files under the inbox that a pattern names; a pattern cannot climb out of it."""
    if Path(pattern).is_absolute() or ".." in Path(pattern).parts:
        raise SourceError(
            f"{pattern!r} leads out of the inbox", hint="name files relative to the workspace's inbox, without '..'"
        )
    root = inbox.resolve()
    found = (p for p in inbox.glob(pattern) if not p.name.startswith(OPENED) and p.is_file())
    return sorted(p for p in found if p.resolve().is_relative_to(root))


def arrivals(sources: list[Source], inbox: Path, landing: Landing) -> Iterator[Arrival]:
    """Everything that lies there, delivered and collected, in a stable order; each file is hashed once."""
    wanted: list[tuple[Source, str, Path]] = [
        (source, name, path)
        for source in sources
        for name, table in source.tables.items()
        for path in (landing.waiting(source.name, name) if table.files is None else matching_files(inbox, table.files))
    ]
    unique = sorted({path for _, _, path in wanted})
    with ThreadPoolExecutor(HASHERS) as pool:
        hashes = dict(zip(unique, pool.map(sha256_of, unique), strict=True))
    for source, name, path in wanted:
        mapping = source.tables[name]
        # A name that is not UTF-8 is told by its bytes.
        place = path.relative_to(landing.folder if mapping.is_collected else inbox)
        named = os.fsencode(place.as_posix()).decode(errors="backslashreplace")
        file = named + (f"#{mapping.table}" if mapping.table and not mapping.is_collected else "")
        yield Arrival(source, name, path, file, hashes[path], path.stat().st_size)
