"""SQL Server. Written after its documentation; not yet tried on a live system."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any, ClassVar
from urllib.parse import unquote, urlsplit

from medthread.model.errors import SourceError
from medthread.stores.databases import trouble
from medthread.stores.databases.port import Server
from medthread.stores.databases.rows import Described, RowReader
from medthread.stores.databases.statement import Dialect, query_of
from medthread.stores.databases.trouble import Trouble, driver, telling, unknown_table

DIALECT = Dialect(before="[", after="]", national="N", first="select top ({n}) {what} from {origin}")
NAMED = "case when table_schema = schema_name() then table_name else table_schema + N'.' + table_name end"
TABLES = f"select {NAMED} from information_schema.tables order by 1"
FOUND = f"select top (1) table_schema, table_name from information_schema.tables where {NAMED} = %s or table_schema + N'.' + table_name = %s"
TYPES = "select name, system_type_name, error_message from sys.dm_exec_describe_first_result_set(%s, null, 0) where is_hidden = 0 or error_message is not null order by column_ordinal"
WHO = "select convert(nvarchar(128), serverproperty('ProductVersion')), suser_sname(), (select count(*) from fn_my_permissions(null, 'DATABASE')"
WRITES = " where permission_name in ('INSERT', 'UPDATE', 'DELETE', 'ALTER', 'CONTROL', 'CREATE TABLE'))"
SNAPSHOT = "select count(*) from sys.databases where name = db_name() and snapshot_isolation_state = 1"
BINARY = {"binary", "varbinary", "image", "sql_variant", "geography", "geometry", "hierarchyid"}
TEXTS = {
    "bit": "case {c} when 1 then 'true' when 0 then 'false' end", "uniqueidentifier": "lower(convert(varchar(36), {c}))",
    "money": "convert(varchar(30), {c}, 2)", "smallmoney": "convert(varchar(30), {c}, 2)", "char": "rtrim({c})", "nchar": "rtrim({c})",
    "datetimeoffset": "convert(varchar(27), convert(datetime2, switchoffset({c}, '+00:00')), 121) + '+00:00'",
    "timestamp": "convert(varchar(18), convert(binary(8), {c}), 1)", "rowversion": "convert(varchar(18), convert(binary(8), {c}), 1)",
    "float": "{c}", "real": "{c}",
    **{moment: f"convert(varchar({size}), {{c}}, 121)" for moment, size in {"date": 10, "time": 16, "datetime": 23, "smalldatetime": 19, "datetime2": 27}.items()},
}
TYPED = {"timestamp": "convert(binary(8), {v}, 1)", "rowversion": "convert(binary(8), {v}, 1)"}
MOMENTS = {"date", "time", "datetime", "smalldatetime", "datetime2", "datetimeoffset"}
STATES = {
    229: Trouble.RIGHTS, 230: Trouble.RIGHTS, 916: Trouble.RIGHTS, 18456: Trouble.LOGIN, 18452: Trouble.LOGIN, 4060: Trouble.NAME, 207: Trouble.NAME, 208: Trouble.NAME,
    20003: Trouble.TIME, 1222: Trouble.TIME, 20002: Trouble.LOST, 20009: Trouble.LOST, 20047: Trouble.LOST, 20004: Trouble.LOST, 20006: Trouble.LOST,
}


class Types:
    """Its types as text: moments in the order of their digits, a row's version as hexadecimal."""

    def text(self, column: str, type_: str) -> str | None:
        """The SQL of a column's value."""
        kind = type_.partition("(")[0]
        return None if kind in BINARY else TEXTS.get(kind, "convert(nvarchar(max), {c})").format(c=column)

    def typed(self, since: str, type_: str) -> str:
        """The SQL of a text as a value of a type."""
        kind = type_.partition("(")[0]
        value = DIALECT.literal(since)
        if kind in TYPED:
            return TYPED[kind].format(v=value)
        return f"convert({type_}, {value}, 121)" if kind in MOMENTS else f"convert({type_}, {value})"


class SQLServer(RowReader):
    """A Microsoft SQL Server."""

    is_tried: ClassVar[bool] = False
    dialect = DIALECT
    types = Types()

    def __init__(self, url: str, password: str | None = None) -> None:
        self._driver = driver("pymssql", "sqlserver")
        parts = urlsplit(url)
        self._name = unquote(parts.path.strip("/")) or "SQL Server"
        self._given = {
            "server": parts.hostname or "localhost", "port": str(parts.port or 1433), "user": unquote(parts.username or ""), "password": password or "",
            "database": unquote(parts.path.strip("/")), "charset": "UTF-8", "appname": "medthread", "login_timeout": 20,
        }

    def check(self) -> Server:
        """The server's version, the account, and whether it may change the database."""
        with self._open() as cursor:
            cursor.execute(WHO + WRITES)
            version, account, writes = cursor.fetchone()
        return Server("SQL Server", version, account, not writes)

    def tables(self) -> list[str]:
        """What the account may see."""
        with self._open() as cursor:
            return self._tables(cursor)

    def _tables(self, cursor: Any) -> list[str]:
        cursor.execute(TABLES)
        return [str(row[0]) for row in cursor.fetchall()]

    def _described(self, cursor: Any, of: str) -> Described:
        origin = self._origin(cursor, of)
        cursor.execute(TYPES, (f"select * from {origin}",))
        found = cursor.fetchall()
        for _, _, said in found:
            if said:
                raise SourceError(f"{self._name}: {said}", hint=trouble.HINTS[Trouble.NAME], file=self._name)
        return Described(origin, {name: type_ for name, type_, _ in found})

    def _origin(self, cursor: Any, of: str) -> str:
        query = query_of(of)
        if query is not None:
            if query[:4].lower() == "with":
                raise SourceError("SQL Server reads no WITH within another query", hint="write the query without WITH, or make it a view", file=self._name)
            return DIALECT.derived(query)
        cursor.execute(FOUND, (of.strip(), of.strip()))
        found = cursor.fetchone()
        if found is None:
            raise unknown_table(self._name, of, self._tables(cursor))
        return DIALECT.named(*found)

    @contextmanager
    def _open(self) -> Iterator[Any]:
        ms = self._driver
        with telling(self._name, (ms.Error,), _trouble), closing(ms.connect(**self._given, timeout=int(trouble.LONGEST_READ))) as base, base.cursor() as cursor:
            cursor.execute("set lock_timeout 60000")
            cursor.execute(SNAPSHOT)
            if cursor.fetchone()[0]:  # where it is not allowed, one statement is as much of a snapshot as there is
                base.rollback()
                cursor.execute("set transaction isolation level snapshot")
            yield cursor
            base.rollback()


def _trouble(error: Any) -> Trouble:
    number = error.args[0] if error.args else 0
    number = number[0] if isinstance(number, tuple) else number
    return STATES.get(number, Trouble.OTHER)
