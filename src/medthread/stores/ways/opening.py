"""From what a rule says to the way that it goes."""

from pathlib import Path
from urllib.parse import urlsplit

from medthread.model.errors import StoreError
from medthread.model.source import Source
from medthread.model.writeback import Writeback
from medthread.stores.rest.door import LOOPBACK
from medthread.stores.ways.files import FileWay
from medthread.stores.ways.port import Way
from medthread.stores.ways.posts import PostWay
from medthread.stores.ways.tables import TableWay


def open_way(rule: Writeback, source: Source, *, outbox: Path, secret: str | None) -> Way:
    """The way of a rule; nothing is connected to yet. Raises `StoreError` where a person is the way."""
    way = rule.way
    if way.file is not None:
        return FileWay(outbox / way.file, name=rule.name, columns=tuple(rule.values))
    if way.post is not None:
        parts = urlsplit(way.post)
        if parts.scheme != "https" and secret is not None and parts.hostname not in LOOPBACK:
            raise StoreError(f"{way.post} is not encrypted, and the token would be read by anybody on the way", hint="use https, or an interface that needs none")
        return PostWay(way.post, token=secret, ca=Path(source.ca) if source.ca else None)
    if way.table is not None and (url := way.url or source.url) is not None:
        return TableWay(url, way.table, password=secret)
    raise StoreError(f"{rule.name} is done by hand", hint="say that it was done, with what shows it")
