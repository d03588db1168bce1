"""What lies in the inbox and that nobody reads."""

from collections.abc import Sequence
from pathlib import Path

from medthread.model import Source
from medthread.pipeline.ingest.arrive import matching_files
from medthread.pipeline.ingest.stage import printable


def unnamed_files(sources: Sequence[Source], inbox: Path) -> list[str]:
    """Files in the inbox that no mapping names, as they are printed."""
    named = {p for s in sources for t in s.tables.values() if t.files for p in matching_files(inbox, t.files)}
    found = (p for p in sorted(inbox.rglob("*")) if p.is_file() and not p.name.startswith("."))
    return [printable(p.relative_to(inbox).as_posix()) for p in found if p not in named]
