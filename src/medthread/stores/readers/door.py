"""One door for all formats: whatever goes wrong inside leaves as a `SourceError` that names the file."""

import struct
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import duckdb
import pyarrow as pa

from medthread.model.errors import SourceError
from medthread.stores.readers.csv import read_csv
from medthread.stores.readers.extract import Extract, ReadRequest, written_whole
from medthread.stores.readers.json import read_json
from medthread.stores.readers.parquet import read_parquet
from medthread.stores.readers.xlsx import read_xlsx
from medthread.stores.readers.xml import read_xml

FORMATS: dict[str, Callable[[ReadRequest, Path], Extract]] = {
    "csv": read_csv, "xlsx": read_xlsx, "json": read_json, "xml": read_xml, "parquet": read_parquet,
}
# What the libraries below raise on content they do not like.
UNREADABLE = (
    OSError, ValueError, LookupError, TypeError, OverflowError, RecursionError, MemoryError, EOFError, zipfile.BadZipFile,
    zipfile.LargeZipFile, zlib.error, struct.error, NotImplementedError, RuntimeError, pa.ArrowException, duckdb.Error,
)


def read_to_parquet(request: ReadRequest, *, out: Path) -> Extract:
    """Read a file; `out` is there whole or not at all."""
    file = request.path.name
    reader = FORMATS.get(request.format)
    if reader is None:
        raise SourceError(f"{file}: no reader for {request.format!r}", hint=f"formats: {', '.join(FORMATS)}", file=file)
    if not request.path.is_file():
        raise SourceError(f"{file} is not there", hint="it was moved or removed after it was seen; put it back", file=file)
    if request.path.stat().st_size == 0:
        raise SourceError(f"{file} is empty", hint="export it again; the last transfer may have been cut off", file=file)
    return _guarded(file, request.format, out, lambda partial: reader(request, partial))


def _guarded(file: str, kind: str, out: Path, read: Callable[[Path], Extract]) -> Extract:
    try:
        with written_whole(out) as partial:
            made = read(partial)
    except SourceError:
        raise
    except UNREADABLE as error:
        words = " ".join(str(error).split())[:300] or type(error).__name__
        raise SourceError(f"{file} cannot be read as {kind}: {words}", hint="open it at the source and export it again", file=file) from error
    return Extract(out, made.columns, made.rows, made.rejects)
