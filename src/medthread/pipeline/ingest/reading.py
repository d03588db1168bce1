"""From a table's mapping to a reader's request."""

import os
from pathlib import Path
from urllib.parse import quote

from medthread.model import TableMapping
from medthread.stores.databases import Selection, open_database
from medthread.stores.readers import Extract, ReadRequest, read_to_parquet


def read_arrival(path: Path, table: TableMapping, *, out: Path) -> Extract:
    """Read one arrival as text into Parquet."""
    if table.is_collected and table.format == "sql":
        return read_to_parquet(ReadRequest(path=path, format="parquet"), out=out)
    if table.format == "sql":
        return open_database(f"sqlite:///{quote(os.fsencode(path))}").read(Selection(table.table or table.query or ""), out)
    options = dict(table.options)
    if table.format == "xlsx" and table.table:
        options["sheet"] = table.table
    return read_to_parquet(ReadRequest(path=path, format=table.format, options=options), out=out)
