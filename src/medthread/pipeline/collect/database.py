"""A table of a database, read whole or from its cursor on."""

from pathlib import Path

from medthread.model import Source
from medthread.stores.databases import Selection, open_database
from medthread.stores.readers import Extract


def read_table(source: Source, table: str, since: str | None, secret: str | None, out: Path) -> Extract:
    """Read into Parquet of text."""
    mapping = source.tables[table]
    assert source.url is not None  # noqa: S101 - only sources with an address are asked
    selection = Selection(mapping.place, changed_at=mapping.changed_at, since=since)
    return open_database(source.url, secret).read(selection, out)
