"""A resource of a REST interface, all pages of it, from the last change on where the interface can tell."""

from pathlib import Path

from medthread.model import Source
from medthread.stores.readers import Extract
from medthread.stores.rest import read_resource


def read_interface(source: Source, table: str, since: str | None, secret: str | None, out: Path) -> Extract:
    """Read into one record per line."""
    mapping = source.tables[table]
    assert source.url is not None  # noqa: S101 - only sources with an address are asked
    ca = Path(source.ca) if source.ca else None
    return read_resource(source.url, mapping.place, out, options=mapping.options, secret=secret, ca=ca, since=since)
