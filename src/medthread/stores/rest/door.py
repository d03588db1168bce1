"""A resource of an interface, read whole into a file of JSON lines, or not at all."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from medthread.model.errors import SourceError
from medthread.stores.readers import Extract
from medthread.stores.rest.asking import Asking

EXTRA = "rest"  # of the package, which brings the library
LOOPBACK = ("127.0.0.1", "localhost", "::1")
SPACED = re.compile(r"\d{4}-\d\d-\d\d \d")


@dataclass(frozen=True)
class Limits:
    """Beyond which a read is given up."""

    pages: int = 100_000
    bytes: int = 2 << 30  # of all pages
    page: int = 64 << 20  # bytes of one page, unpacked
    seconds: float = 3600.0
    tries: int = 6  # of one page
    pause: float = 1.0  # seconds before the second try; doubled for each other, unless the server says how long


@dataclass(frozen=True)
class Where:
    """The interface: its address, whose certificate it has, and the password or token."""

    url: str
    ca: Path | None
    secret: str | None

    @property
    def shown(self) -> str:
        """Without a name."""
        parts = urlsplit(self.url)
        return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"


def read_resource(
    url: str, resource: str, out: Path, *, options: Mapping[str, Any], secret: str | None = None, ca: Path | None = None, since: str | None = None,
    limits: Limits | None = None,
) -> Extract:
    """Read all pages of `resource` into `out`, one record per line; `since` goes into the parameter that the options name.

    Raises `SourceError`, and then nothing is written. The extract names every attribute that a record had.
    """
    where = Where(url, ca, secret)
    parts = urlsplit(url)
    if parts.scheme != "https" and secret is not None and parts.hostname not in LOOPBACK:
        raise SourceError(f"{where.shown} is not encrypted, and the secret would be read by anybody on the way", hint="use https, or an interface that needs none")
    if urlsplit(resource).scheme or resource.startswith("//"):
        raise SourceError(f"the resource {resource!r} leads to another host", hint="write the path under the source's url")
    asking = Asking.read(options, since=_moment(since))
    try:
        return _reader(parts.scheme)(where, resource, asking, limits or Limits(), out)
    except BaseException:
        out.unlink(missing_ok=True)
        raise


def _moment(since: str | None) -> str | None:
    """A moment as interfaces write it (RFC 3339)."""
    return since.replace(" ", "T", 1) if since and SPACED.match(since) else since


def _reader(scheme: str) -> Callable[..., Extract]:
    """Loaded when it is first wanted: dlt takes a second, and is there only where somebody asked for it."""
    try:
        found: Callable[..., Extract] = import_module("medthread.stores.rest.pages").read_pages
    except ModuleNotFoundError as error:
        raise SourceError(f"{scheme}:// needs a library that is not installed", hint=f"pip install 'medthread[{EXTRA}]'") from error
    return found
