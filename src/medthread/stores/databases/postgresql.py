"""PostgreSQL: the server writes every value as text and streams it; rows never become Python objects."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, ClassVar, NamedTuple

import psycopg
import pyarrow as pa
from adbc_driver_manager import AdbcStatusCode
from adbc_driver_manager import Error as AdbcError
from adbc_driver_postgresql import dbapi
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from medthread.stores.databases import trouble
from medthread.stores.databases.batches import filled, write_batches
from medthread.stores.databases.port import Column, Selection, Server
from medthread.stores.databases.statement import Dialect, Order, query_of, reading, some
from medthread.stores.databases.trouble import Trouble, extracted, telling, unknown_column, unknown_table, unreadable
from medthread.stores.readers.extract import Extract, check_columns

DIALECT = Dialect(nulls_first="{} nulls first")
KINDS = "c.relkind in ('r', 'p', 'v', 'm', 'f') and n.nspname not like 'pg\\_%%' and n.nspname <> 'information_schema'"
NAMED = "case when pg_table_is_visible(c.oid) then c.relname else n.nspname || '.' || c.relname end"
FOUND = f"""select n.nspname, c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
 where {KINDS.replace("%%", "%").replace("%", "%%")} and (c.relname = %(of)s and pg_table_is_visible(c.oid) or n.nspname || '.' || c.relname = %(of)s)
 order by pg_table_is_visible(c.oid) desc limit 1"""
# A domain's nature is its base type's; a type that is made of others is asked for as JSON.
TYPES = """with recursive given as (select o, m, n from unnest(%s::oid[], %s::int[]) with ordinality as g(o, m, n)),
 base as (select n, o as type from given union all select b.n, t.typbasetype from base b join pg_type t on t.oid = b.type where t.typbasetype <> 0)
 select format_type(g.o, g.m), format_type(g.o, null), t.typname, coalesce(e.typname, ''), t.typcategory::text
 from given g join base b on b.n = g.n join pg_type t on t.oid = b.type and t.typbasetype = 0
 left join pg_type e on e.oid = t.typelem and t.typcategory = 'A' order by g.n"""
WRITES = f"""select rolsuper or exists (select from pg_class c join pg_namespace n on n.oid = c.relnamespace
 where {KINDS.replace("%%", "%")} and has_table_privilege(c.oid, 'insert, update, delete, truncate')) from pg_roles where rolname = current_user"""
STATES = {"28": Trouble.LOGIN, "42501": Trouble.RIGHTS, "57014": Trouble.TIME, "08": Trouble.LOST, "57": Trouble.LOST, "42": Trouble.NAME}
TEXTS = {"money": "{}::numeric::text", "inet": "abbrev({})"}  # whose own text depends on settings, or says more than was given
NESTED = "ACP"  # arrays, composites, records


class Typed(NamedTuple):
    """A column: its type with and without its measure, and what it is at bottom."""

    name: str
    type: str
    plain: str
    base: str
    element: str
    category: str


class PostgreSQL:
    """A PostgreSQL server, and what speaks as one."""

    is_tried: ClassVar[bool] = True

    def __init__(self, url: str, password: str | None = None) -> None:
        with telling("PostgreSQL", (psycopg.Error,), _trouble):
            given: dict[str, Any] = conninfo_to_dict(url)
        self._name = str(given.get("dbname") or "PostgreSQL")
        limit = int(trouble.LONGEST_READ * 1000)
        options = (
            f"-c default_transaction_read_only=on -c default_transaction_isolation=repeatable\\ read -c statement_timeout={limit} -c timezone=UTC"
            " -c datestyle=ISO -c intervalstyle=iso_8601 -c extra_float_digits=1 -c bytea_output=hex -c standard_conforming_strings=on"
        )
        ours = {"client_encoding": "utf8", "connect_timeout": 20, "keepalives_idle": 30, "keepalives_interval": 10, "keepalives_count": 3, "tcp_user_timeout": 120_000}
        said = {"password": password} if password is not None else {}
        self._conninfo = make_conninfo(**{**ours, **given, **said, "options": f"{given.get('options', '')} {options}".strip(), "application_name": "medthread"})

    def check(self) -> Server:
        """The server's version, the account, and whether it may write a table."""
        with self._open() as base:
            version, account = base.execute("select current_setting('server_version'), current_user").fetchone() or ("", "")
            writes = base.execute(WRITES).fetchone()
        return Server("PostgreSQL", version, account, not (writes and writes[0]))

    def tables(self) -> list[str]:
        """What the account may read; outside its search path with the schema."""
        with self._open() as base:
            return self._tables(base)

    def columns(self, of: str) -> list[Column]:
        """Columns with the server's types."""
        with self._open() as base:
            return [Column(t.name, t.type) for t in self._typed(base, self._origin(base, of))]

    def read(self, selection: Selection, out: Path) -> Extract:
        """One COPY of one SELECT: one snapshot."""
        with self._open() as base:
            origin = self._origin(base, selection.of)
            typed = self._typed(base, origin)
            statement = reading(DIALECT, origin, self._values(typed), self._order(selection, typed))
        columns = tuple(t.name for t in typed)
        with telling(self._name, (AdbcError,), _trouble):
            return extracted(out, columns, lambda partial: write_batches(partial, columns, self._batches(statement)))

    def sample(self, of: str, n: int) -> pa.Table:
        """The first rows that the server comes upon."""
        with self._open() as base:
            origin = self._origin(base, of)
            typed = self._typed(base, origin)
            rows = base.execute(some(DIALECT, origin, self._values(typed), n).encode()).fetchall()
        schema = pa.schema([(t.name, pa.string()) for t in typed])
        given = pa.RecordBatch.from_arrays([pa.array([r[i] for r in rows], pa.string()) for i in range(len(typed))], schema=schema)
        return pa.Table.from_batches([filled(given, schema)])

    def _batches(self, statement: str) -> Iterator[pa.RecordBatch]:
        with dbapi.connect(self._conninfo, autocommit=True) as base, base.cursor() as cursor:
            try:
                cursor.execute(statement)
                yield from cursor._results.reader  # noqa: SLF001 - the reader it gives out forgets the state of an error amid the rows
            except GeneratorExit:  # the rows cannot be written: the server need not go on
                cursor.adbc_cancel()
                raise

    def _origin(self, base: psycopg.Connection, of: str) -> str:
        query = query_of(of)
        if query is not None:
            return DIALECT.derived(query)
        found = base.execute(FOUND, {"of": of.strip()}).fetchone() if "\0" not in of else None
        if found is None:
            raise unknown_table(self._name, of, self._tables(base))
        return DIALECT.named(*found)

    def _tables(self, base: psycopg.Connection) -> list[str]:
        query = f"select {NAMED} from pg_class c join pg_namespace n on n.oid = c.relnamespace where {KINDS.replace('%%', '%')}"
        readable = " and has_schema_privilege(n.oid, 'usage') and (has_table_privilege(c.oid, 'select') or has_any_column_privilege(c.oid, 'select')) order by 1"
        return [str(r[0]) for r in base.execute((query + readable).encode())]

    def _typed(self, base: psycopg.Connection, origin: str) -> list[Typed]:
        cursor = base.execute(f"select * from {origin} limit 0".encode())
        result = cursor.pgresult
        described = cursor.description or []
        check_columns([d.name for d in described], file=self._name)
        measures = [result.fmod(i) for i in range(len(described))] if result else []
        kinds = base.execute(TYPES, ([d.type_code for d in described], measures)).fetchall()
        return [Typed(d.name, *kind) for d, kind in zip(described, kinds, strict=True)]

    def _values(self, typed: list[Typed]) -> dict[str, str]:
        return {t.name: self._text(t) for t in typed}

    def _text(self, typed: Typed) -> str:
        column = DIALECT.column(typed.name)
        if "bytea" in (typed.base, typed.element):
            raise unreadable(self._name, typed.name)
        if typed.category in NESTED:
            return f"to_json({column})::text"
        return TEXTS.get(typed.base, "{}::text").format(column)

    def _order(self, selection: Selection, typed: list[Typed]) -> Order | None:
        by, since = selection.changed_at, selection.since
        if by is None:
            return None
        plain = {t.name: t.plain for t in typed}
        if by not in plain:
            raise unknown_column(self._name, by, tuple(plain))
        return Order(by, f"{DIALECT.column(by)} >= {DIALECT.literal(since)}::{plain[by]}" if since is not None else "")

    @contextmanager
    def _open(self) -> Iterator[psycopg.Connection]:
        with telling(self._name, (psycopg.Error,), _trouble), psycopg.connect(self._conninfo) as base:
            yield base


def _trouble(error: Any) -> Trouble:
    state = getattr(error, "sqlstate", None) or ""
    for length in (5, 2):
        if state[:length] in STATES:
            return STATES[state[:length]]
    if "password" in str(error) or "authentication" in str(error):
        return Trouble.LOGIN
    gone = isinstance(error, psycopg.OperationalError) or getattr(error, "status_code", None) == AdbcStatusCode.IO
    return Trouble.LOST if gone else Trouble.OTHER
