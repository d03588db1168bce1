"""From a table's mapping to a reader's request."""

import os
import shutil
from pathlib import Path
from urllib.parse import quote

import pyarrow as pa
import pyarrow.parquet as pq

from medthread.model import TableMapping
from medthread.model.errors import SourceError
from medthread.stores.databases import Selection, open_database
from medthread.stores.readers import Extract, ReadRequest, read_to_parquet


def read_arrival(path: Path, table: TableMapping, *, out: Path) -> Extract:
    """Read one arrival as text into Parquet."""
    if table.is_collected and table.format == "sql":
        return _landed(path, out)
    if table.format == "sql":
        return open_database(f"sqlite:///{quote(os.fsencode(path))}").read(Selection(table.table or table.query or ""), out)
    if table.is_collected:  # its options say how it was asked; what no message of a batch names is no change of the source
        return read_to_parquet(ReadRequest(path=path, format=table.format, options={"columns": sorted(table.mapped)}), out=out)
    options = dict(table.options)
    if table.format == "xlsx" and table.table:
        options["sheet"] = table.table
    return read_to_parquet(ReadRequest(path=path, format=table.format, options=options), out=out)


def _landed(path: Path, out: Path) -> Extract:
    """What was collected as text already."""
    try:
        told = pq.read_metadata(path)
    except (OSError, pa.ArrowException) as error:
        raise SourceError(f"{path.name} was damaged on the disk", hint="remove it; the next run collects its rows again") from error
    out.unlink(missing_ok=True)
    try:
        os.link(path, out)
    except OSError:  # another file system
        shutil.copyfile(path, out)
    return Extract(out, tuple(told.schema.to_arrow_schema().names), told.num_rows)
