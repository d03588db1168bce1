"""MySQL and MariaDB, in pure Python: the server's own texts, row by row from an unbuffered cursor. MySQL itself was not yet tried."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import unquote, urlsplit

import pyarrow as pa

from medthread.stores.databases import trouble
from medthread.stores.databases.port import Column, Selection, Server
from medthread.stores.databases.statement import Dialect, Order, query_of, reading, some
from medthread.stores.databases.trouble import Trouble, driver, extracted, telling, unknown_column, unknown_table
from medthread.stores.databases.values import rows_of, table_of
from medthread.stores.readers.extract import Extract, check_columns, write_rows

# A backslash means one thing or another by the server's mode; bytes in hexadecimal mean the same in all.
DIALECT = Dialect(before="`", after="`", hexadecimal="convert(x'{}' using utf8mb4)")
FOUND = """select table_schema, table_name from information_schema.tables where table_schema not in ('mysql', 'sys', 'performance_schema', 'information_schema')
 and (table_schema = database() and table_name = %(of)s or concat(table_schema, '.', table_name) = %(of)s) order by table_schema = database() desc limit 1"""
TABLES = """select if(table_schema <=> database(), table_name, concat(table_schema, '.', table_name)) from information_schema.tables
 where table_schema not in ('mysql', 'sys', 'performance_schema', 'information_schema') order by 1"""
READS = {"SELECT", "USAGE", "SHOW VIEW", "SHOW DATABASES", "PROCESS", "REPLICATION CLIENT", "REPLICATION SLAVE", "LOCK TABLES", "EXECUTE"}
BIT, MOMENT = 16, 7  # types in the protocol
WHOLE = frozenset({1, 2, 3, 8, 9, 13})
TIMES = {10: "date", 12: "datetime(6)", MOMENT: "datetime(6)", 11: "time(6)"}
DECIMALS = {0: "decimal(65, 30)", 246: "decimal(65, 30)"}
FLOATS = frozenset({4, 5})
STATES = {
    1044: Trouble.RIGHTS, 1142: Trouble.RIGHTS, 1143: Trouble.RIGHTS, 1045: Trouble.LOGIN, 1698: Trouble.LOGIN, 1049: Trouble.NAME, 1054: Trouble.NAME, 1146: Trouble.NAME,
    1969: Trouble.TIME, 3024: Trouble.TIME, 1205: Trouble.TIME, 1927: Trouble.LOST, 2003: Trouble.LOST, 2006: Trouble.LOST, 2013: Trouble.LOST, 1053: Trouble.LOST,
}


class MySQL:
    """A MySQL or MariaDB server."""

    is_tried: ClassVar[bool] = False

    def __init__(self, url: str, password: str | None = None) -> None:
        self._driver = driver("pymysql", "mysql")
        parts = urlsplit(url)
        self._name = unquote(parts.path.strip("/")) or "MySQL"
        self._given = {
            "host": parts.hostname or "localhost", "port": parts.port or 3306, "user": unquote(parts.username or ""), "database": unquote(parts.path.strip("/")) or None,
            "password": (password or "").encode(),  # a text would have to be Latin
        }

    def check(self) -> Server:
        """The server's version, the account, and whether its grants are for reading."""
        with self._open() as base, base.cursor() as cursor:
            cursor.execute("select version(), current_user()")
            version, account = cursor.fetchone()
            cursor.execute("show grants")
            grants = [str(row[0]) for row in cursor.fetchall()]
        product = "MariaDB" if "mariadb" in version.lower() else "MySQL"
        return Server(product, version, account, all(_reads(grant) for grant in grants))

    def tables(self) -> list[str]:
        """What the account may read; outside its database with the other's name."""
        with self._open() as base:
            return self._tables(base)

    def columns(self, of: str) -> list[Column]:
        """Columns with the server's types; of a SELECT with those in the protocol."""
        with self._open() as base, base.cursor() as cursor:
            if query_of(of) is None:
                cursor.execute(f"show columns from {self._origin(base, of).removesuffix(DIALECT.alias)}")
                return [Column(row[0], row[1]) for row in cursor.fetchall()]
            names = {v: k.lower() for k, v in vars(self._driver.constants.FIELD_TYPE).items() if isinstance(v, int)}
            return [Column(name, names.get(kind, "")) for name, kind in self._described(base, self._origin(base, of))]

    def read(self, selection: Selection, out: Path) -> Extract:
        """One SELECT in a read-only transaction on one snapshot."""
        with self._open() as base:
            origin = self._origin(base, selection.of)
            described = self._described(base, origin)
            columns = check_columns([name for name, _ in described], file=self._name)
            statement = reading(DIALECT, origin, _values(described), self._order(selection, dict(described)))
            with self._unbuffered(base) as cursor:
                cursor.execute(statement)
                rows = rows_of(cursor, columns, name=self._name)
                return extracted(out, columns, lambda partial: write_rows(partial, columns, rows, numbered=False))

    def sample(self, of: str, n: int) -> pa.Table:
        """The first rows that the server comes upon."""
        with self._open() as base:
            origin = self._origin(base, of)
            described = self._described(base, origin)
            columns = check_columns([name for name, _ in described], file=self._name)
            with base.cursor() as cursor:
                cursor.execute(some(DIALECT, origin, _values(described), n))
                return table_of(cursor, columns, name=self._name)

    def _origin(self, base: Any, of: str) -> str:
        query = query_of(of)
        if query is not None:
            return DIALECT.derived(query)
        with base.cursor() as cursor:
            cursor.execute(FOUND, {"of": of.strip()})
            found = cursor.fetchone()
        if found is None:
            raise unknown_table(self._name, of, self._tables(base))
        return DIALECT.named(*found)

    def _tables(self, base: Any) -> list[str]:
        with base.cursor() as cursor:
            cursor.execute(TABLES)
            return [str(row[0]) for row in cursor.fetchall()]

    def _described(self, base: Any, origin: str) -> list[tuple[str, int]]:
        with base.cursor() as cursor:
            cursor.execute(f"select * from {origin} limit 0")
            return [(d[0], d[1]) for d in cursor.description]

    def _order(self, selection: Selection, kinds: dict[str, int]) -> Order | None:
        by, since = selection.changed_at, selection.since
        if by is None:
            return None
        if by not in kinds:
            raise unknown_column(self._name, by, tuple(kinds))
        return Order(by, f"{DIALECT.column(by)} >= {_typed(kinds[by], since)}" if since is not None else "")

    @contextmanager
    def _unbuffered(self, base: Any) -> Iterator[Any]:
        cursor = base.cursor(self._driver.cursors.SSCursor)
        try:
            yield cursor
        finally:  # its own end would first read all the rows that are left
            if cursor._result is not None:  # noqa: SLF001
                cursor._result.unbuffered_active = False  # noqa: SLF001
            cursor.connection = None

    @contextmanager
    def _open(self) -> Iterator[Any]:
        my = self._driver
        with telling(self._name, (my.Error,), _trouble):
            base = my.connect(**self._given, charset="utf8mb4", connect_timeout=20, read_timeout=trouble.LONGEST_READ, autocommit=True, conv=dict(my.converters.encoders))
            try:
                with base.cursor() as cursor:
                    self._prepare(cursor, is_mariadb="mariadb" in base.get_server_info().lower())
                yield base
            finally:
                base._force_close()  # noqa: SLF001 - a polite end waits for the rows that are left

    def _prepare(self, cursor: Any, *, is_mariadb: bool) -> None:
        limit = f"max_statement_time = {trouble.LONGEST_READ}" if is_mariadb else f"max_execution_time = {int(trouble.LONGEST_READ * 1000)}"
        cursor.execute(f"set session {limit}, time_zone = '+00:00', sql_mode = concat(@@sql_mode, ',NO_BACKSLASH_ESCAPES')")
        cursor.execute("set session transaction isolation level repeatable read")
        cursor.execute("start transaction with consistent snapshot, read only")


class MariaDB(MySQL):
    """A MariaDB server."""

    is_tried: ClassVar[bool] = True


def _values(described: list[tuple[str, int]]) -> dict[str, str]:
    return {name: _value(DIALECT.column(name), kind) for name, kind in described}


def _value(column: str, kind: int) -> str:
    if kind == MOMENT:  # the only type that is an instant
        return f"concat({column}, '+00:00')"
    return f"{column} + 0" if kind == BIT else column


def _typed(kind: int, since: str) -> str:
    """A value as one of the column's type: texts and numbers would be compared as floats."""
    if kind == MOMENT:
        since = since.removesuffix("+00:00")
    given = DIALECT.literal(since)
    if kind in WHOLE or kind in DECIMALS:
        return f"cast({given} as decimal(65, 30))"
    if kind in FLOATS:
        return f"cast({given} as double)"
    return f"cast({given} as {TIMES[kind]})" if kind in TIMES else given


def _reads(grant: str) -> bool:
    given = grant.removeprefix("GRANT ").partition(" ON ")[0]
    return {g.partition("(")[0].strip().upper() for g in given.split(",")} <= READS or " ON " not in grant


def _trouble(error: Any) -> Trouble:
    return STATES.get(error.args[0] if error.args else 0, Trouble.OTHER)
