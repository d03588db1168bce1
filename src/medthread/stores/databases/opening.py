"""From a source's address to the adapter that reads it."""

from urllib.parse import unquote, urlsplit

from medthread.model.errors import SourceError
from medthread.stores.databases.mysql import MariaDB, MySQL
from medthread.stores.databases.oracle import Oracle
from medthread.stores.databases.port import Database
from medthread.stores.databases.postgresql import PostgreSQL
from medthread.stores.databases.sqlite import SQLite
from medthread.stores.databases.sqlserver import SQLServer

ADAPTERS: dict[str, type[MySQL | Oracle | PostgreSQL | SQLite | SQLServer]] = {
    "postgresql": PostgreSQL, "postgres": PostgreSQL,
    "mysql": MySQL, "mariadb": MariaDB,
    "sqlite": SQLite,
    "mssql": SQLServer,
    "oracle": Oracle,
}


def is_database(url: str) -> bool:
    """Whether an address is a database's."""
    return urlsplit(url).scheme in ADAPTERS


def open_database(url: str, password: str | None = None) -> Database:
    """The adapter for an address (`postgresql://reader@host/base`); nothing is connected to yet."""
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError as error:
        raise SourceError("the address of the source is not one", hint="write it as scheme://account@host:port/database") from error
    adapter = ADAPTERS.get(parts.scheme)
    if adapter is None:
        raise SourceError(
            f"no reader for databases of {parts.scheme or 'no scheme'!r}",
            hint=f"the address begins with one of: {', '.join(f'{s}://' for s in ADAPTERS)}; or export to files",
        )
    if parts.password is not None and unquote(parts.password):
        raise SourceError("the address of a source holds a password", hint="put it into an environment variable, and name that as the source's `secret`")
    return adapter(url, password)


def is_tried(url: str) -> bool:
    """Whether the adapter for an address was ever tried on a live server."""
    return ADAPTERS[urlsplit(url).scheme].is_tried
