"""Oracle. Written after its documentation; not yet tried on a live system."""

import re
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

DIALECT = Dialect(nulls_first="{} nulls first", first="select {what} from {origin} where rownum <= {n}", alias=" q")
OBJECTS = (
    "from all_objects o join all_users u on u.username = o.owner and u.oracle_maintained = 'N'"
    " where o.object_type in ('TABLE', 'VIEW', 'MATERIALIZED VIEW')"
)
HERE = "sys_context('userenv', 'current_schema')"
TABLES = f"select distinct case when o.owner = {HERE} then o.object_name else o.owner || '.' || o.object_name end {OBJECTS} order by 1"
FOUND = f"select o.owner, o.object_name {OBJECTS} and (o.owner = {HERE} and o.object_name = :1 or o.owner || '.' || o.object_name = :1)"
WHO = "select version_full, user from product_component_version where rownum = 1"
WRITES = (
    "select (select count(*) from session_privs where privilege like 'CREATE %TABLE' or regexp_like(privilege, '^(INSERT|UPDATE|DELETE|ALTER|DROP) ANY'))"
    " + (select count(*) from user_tab_privs where privilege in ('INSERT', 'UPDATE', 'DELETE', 'ALTER')) from dual"
)
SESSION = ("alter session set time_zone = '+00:00'", "alter session set nls_numeric_characters = '.,'", "set transaction read only")
MOMENT = "YYYY-MM-DD HH24:MI:SS"
BINARY = {"blob", "raw", "long_raw", "bfile", "cursor", "object", "unknown"}
TEXTS = {
    "date": f"to_char({{c}}, '{MOMENT}')", "timestamp": f"to_char({{c}}, '{MOMENT}.FF')", "char": "rtrim({c})", "nchar": "rtrim({c})",
    **dict.fromkeys(("timestamp_tz", "timestamp_ltz"), f"to_char(sys_extract_utc({{c}}), '{MOMENT}.FF') || '+00:00'"),
}
TYPED = {
    "date": f"to_date({{v}}, '{MOMENT}')", "timestamp": f"to_timestamp({{v}}, '{MOMENT}.FF')", "number": "to_number({v})",
    "binary_float": "to_binary_float({v})", "binary_double": "to_binary_double({v})",
    **dict.fromkeys(("timestamp_tz", "timestamp_ltz"), f"to_timestamp_tz({{v}}, '{MOMENT}.FFTZH:TZM')"),
}
STATES = {
    1017: Trouble.LOGIN, 1005: Trouble.LOGIN, 28000: Trouble.LOGIN, 28001: Trouble.LOGIN, 1031: Trouble.RIGHTS, 1045: Trouble.RIGHTS, 942: Trouble.NAME, 904: Trouble.NAME,
    1013: Trouble.TIME, 3136: Trouble.TIME, 4024: Trouble.TIME, 3113: Trouble.LOST, 3114: Trouble.LOST, 28: Trouble.LOST, 4011: Trouble.LOST, 6005: Trouble.LOST, 12541: Trouble.LOST,
}


class Types:
    """Its types as text; numbers come from the driver digit by digit, the server would write .5 for a half."""

    def text(self, column: str, type_: str) -> str | None:
        """The SQL of a column's value."""
        return None if type_ in BINARY else TEXTS.get(type_, "{c}").format(c=column)

    def typed(self, since: str, type_: str) -> str:
        """The SQL of a text as a value of a type."""
        return TYPED.get(type_, "{v}").format(v=DIALECT.literal(since))


class Oracle(RowReader):
    """An Oracle server from 12.1 on, without its client."""

    is_tried: ClassVar[bool] = False
    dialect = DIALECT
    types = Types()

    def __init__(self, url: str, password: str | None = None) -> None:
        self._driver = driver("oracledb", "oracle")
        parts = urlsplit(url)
        self._name = unquote(parts.path.strip("/")) or "Oracle"
        self._given = {
            "host": parts.hostname or "localhost", "port": parts.port or 1521, "service_name": unquote(parts.path.strip("/")),
            "user": unquote(parts.username or ""), "password": password or "", "tcp_connect_timeout": 20.0, "program": "medthread",
        }

    def check(self) -> Server:
        """The server's version, the account, and whether it may write."""
        with self._open() as cursor:
            version, account = cursor.execute(WHO).fetchone()
            writes = cursor.execute(WRITES).fetchone()
        return Server("Oracle", version, account, not writes[0])

    def tables(self) -> list[str]:
        """What the account may read; outside its schema with the other's name."""
        with self._open() as cursor:
            return self._tables(cursor)

    def _tables(self, cursor: Any) -> list[str]:
        return [str(row[0]) for row in cursor.execute(TABLES).fetchall()]

    def _described(self, cursor: Any, of: str) -> Described:
        origin = self._origin(cursor, of)
        cursor.execute(f"select * from {origin} where 1 = 0")
        return Described(origin, {d[0]: d[1].name.removeprefix("DB_TYPE_").lower() for d in cursor.description})

    def _origin(self, cursor: Any, of: str) -> str:
        query = query_of(of)
        if query is not None:
            return DIALECT.derived(query)
        if '"' in of:
            raise SourceError(f"{of!r} is no name in Oracle: it holds a quotation mark", hint="write the name without quotation marks, in capitals if the source has them", file=self._name)
        found = cursor.execute(FOUND, [of.strip()]).fetchone()
        if found is None:
            raise unknown_table(self._name, of, self._tables(cursor))
        return DIALECT.named(*found)

    def _run(self, cursor: Any, statement: str) -> None:
        cursor.execute(statement, fetch_lobs=False, fetch_decimals=True)

    @contextmanager
    def _open(self) -> Iterator[Any]:
        ora = self._driver
        with telling(self._name, (ora.Error,), _trouble), closing(ora.connect(**self._given)) as base, base.cursor() as cursor:
            base.call_timeout = int(trouble.LONGEST_READ * 1000)  # of each batch of rows
            for statement in SESSION:
                cursor.execute(statement)
            yield cursor


def _trouble(error: Any) -> Trouble:
    found = re.search(r"(?:ORA|DPY)-(\d+)", str(error))
    return STATES.get(int(found[1]), Trouble.OTHER) if found else Trouble.OTHER
