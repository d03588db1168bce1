"""A place for copies from what `medthread.toml` or a command says: a path, an `s3://` address, or a table with more."""

from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from medthread.model.errors import ConfigurationError
from medthread.stores.targets.folder import FolderTarget
from medthread.stores.targets.objects import ObjectTarget
from medthread.stores.targets.port import Target

WORDS = ("url", "endpoint", "region", "path_style")
HINT = 'write a folder, or "s3://bucket/prefix?endpoint=https://…&region=…"; keys come from AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY'


def open_target(said: Any, *, beside: Path) -> Target:
    """The place that a text or a table names; a relative folder is beside the workspace's settings."""
    given = {"url": said} if isinstance(said, str) else said
    if not isinstance(given, dict) or not str(given.get("url", "")).strip():
        raise ConfigurationError(f"{said!r} names no place for copies", hint=HINT)
    strangers = sorted(set(given) - set(WORDS))
    if strangers:
        raise ConfigurationError(f"a place for copies has no {strangers[0]!r}", hint=f"words: {', '.join(WORDS)}")
    address = str(given["url"])
    if "://" not in address:
        return FolderTarget(beside / Path(address).expanduser())
    return _object_target(address, given)


def _object_target(address: str, given: dict[str, Any]) -> Target:
    parts = urlsplit(address)
    if parts.scheme != "s3" or not parts.netloc or "@" in parts.netloc:
        raise ConfigurationError(f"{address.rpartition('@')[2]!r} is no address of a bucket", hint=HINT)
    asked = dict(parse_qsl(parts.query))
    strangers = sorted(set(asked) - set(WORDS))
    if strangers:
        raise ConfigurationError(f"a place for copies has no {strangers[0]!r}", hint=f"words: {', '.join(WORDS)}")
    options = {**asked, **given}
    endpoint = options.get("endpoint")
    # Amazon's own is addressed by host name; what has an endpoint of its own mostly is not.
    path_style = str(options.get("path_style", endpoint is not None)).lower() in ("true", "1", "yes")
    return ObjectTarget(
        parts.netloc, parts.path.strip("/"), endpoint=str(endpoint) if endpoint else None,
        region=str(options.get("region", "us-east-1")), path_style=path_style)
