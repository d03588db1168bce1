"""Zip archives from outside: bounded before anything is unpacked."""

import zipfile
from pathlib import Path, PurePosixPath

from medthread.model.errors import SourceError

LARGEST = 20 << 30
LARGEST_WORKBOOK = 1 << 30
RATIO = 200
SMALL = 10 << 20  # below this a high ratio does no harm
MOST_MEMBERS = 10_000


def check_archive(path: Path, *, largest: int = LARGEST) -> zipfile.ZipFile:
    """An open archive whose directory promises nothing absurd."""
    try:
        archive = zipfile.ZipFile(path)
    except zipfile.BadZipFile as error:
        raise SourceError(f"{path.name} is not a zip archive, or it is cut off", hint="transfer it again", file=path.name) from error
    members = archive.infolist()
    total = sum(m.file_size for m in members)
    packed = max(path.stat().st_size, 1)
    fault = None
    if len(members) > MOST_MEMBERS:
        fault = f"holds {len(members):,} members"
    elif total > largest or (total > SMALL and total / packed > RATIO):
        fault = f"would unpack {packed:,} bytes to {total:,}"
    elif climbing := next((m.filename for m in members if _climbs(m.filename)), None):
        fault = f"has a member named {climbing!r}, which leads out of its folder"
    elif locked := next((m.filename for m in members if m.flag_bits & 1), None):
        fault = f"has the encrypted member {locked!r}"
    if fault:
        archive.close()
        raise SourceError(f"{path.name} {fault}", hint="make the archive anew from the source's own files", file=path.name)
    return archive


def _climbs(name: str) -> bool:
    path = PurePosixPath(name.replace("\\", "/"))
    return path.is_absolute() or ".." in path.parts or ":" in name.split("/", maxsplit=1)[0]
