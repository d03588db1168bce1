"""Zip archives from outside: bounded before anything is unpacked."""

import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import IO

from medthread.model.errors import SourceError

LARGEST = 20 << 30
LARGEST_WORKBOOK = 1 << 30
RATIO = 200
SMALL = 10 << 20  # below this a high ratio does no harm
MOST_MEMBERS = 10_000
PIECE = 1 << 20
HEADER = 30  # bytes of a member's own header before its name


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


def inflated(packed: IO[bytes], member: zipfile.ZipInfo, *, file: str) -> Iterator[bytes]:
    """What a member really unpacks to, in pieces; refused where that is more than the directory says, which others who unpack it do not ask."""
    if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise SourceError(f"{file}: {member.filename} is packed in a way of its own", hint="make the archive anew with plain compression", file=file)
    found, raw = 0, _packed(packed, member)
    for piece in raw if member.compress_type == zipfile.ZIP_STORED else _opened(raw):
        found += len(piece)
        if found > member.file_size:
            raise SourceError(
                f"{file}: {member.filename} unpacks to more than the {member.file_size:,} bytes that it says",
                hint="make the archive anew from the source's own files", file=file)
        yield piece


def _opened(packed: Iterator[bytes]) -> Iterator[bytes]:
    """Deflated bytes as they were, in pieces."""
    opener = zlib.decompressobj(-zlib.MAX_WBITS)
    for raw in packed:
        data = raw
        while data:
            yield opener.decompress(data, PIECE)
            data = opener.unconsumed_tail
    yield opener.flush()


def _packed(packed: IO[bytes], member: zipfile.ZipInfo) -> Iterator[bytes]:
    """A member's bytes as they lie in the archive, behind its own header."""
    packed.seek(member.header_offset)
    header = packed.read(HEADER)
    if len(header) < HEADER:
        return
    at = member.header_offset + HEADER + int.from_bytes(header[26:28], "little") + int.from_bytes(header[28:30], "little")
    end = at + member.compress_size
    while at < end:
        packed.seek(at)  # several members are read from one file
        raw = packed.read(min(PIECE, end - at))
        if not raw:
            return
        at += len(raw)
        yield raw


def _climbs(name: str) -> bool:
    path = PurePosixPath(name.replace("\\", "/"))
    return path.is_absolute() or ".." in path.parts or ":" in name.split("/", maxsplit=1)[0]
