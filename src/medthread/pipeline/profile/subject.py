"""What may be profiled, and how far each of its columns may be told."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import duckdb

from medthread.derive.columns import CODE, INDEX, MASKED, SCHEME
from medthread.model import Entity, Home, Source
from medthread.model.errors import NotFoundError
from medthread.pipeline.context import Context
from medthread.pipeline.profile.profile import Standing
from medthread.stores.engines import file_list, quote
from medthread.stores.lakehouse import ReleaseTable

LAYERS = ("raw", "standard", "golden", "marts")
ASIDE = ("standard.quarantine", "standard.correction")  # hold whole raw rows and values of any field in one column
MADE = (MASKED, INDEX, SCHEME)
NUMBERS = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT", "FLOAT", "DOUBLE", "DECIMAL")


@dataclass(frozen=True)
class Column:
    """A column of a table: its type in the engine, the field that it tells of, how far it may be told; `declared` where it is said to be about persons."""

    name: str
    type: str
    standing: Standing = Standing.CLEAR
    field: str | None = None
    declared: bool = False

    @property
    def sql(self) -> str:
        """SQL for its value, as far as values can be compared; of what is sealed its index."""
        return f"coalesce({quote(self.name + INDEX)}, {quote(self.name)})" if self.standing is Standing.SEALED else quote(self.name)

    @property
    def is_text(self) -> bool:
        """Whether it is text."""
        return self.type == "VARCHAR"

    @property
    def is_number(self) -> bool:
        """Whether it is a number."""
        return self.type.partition("(")[0] in NUMBERS

    @property
    def is_time(self) -> bool:
        """Whether it is a day or a moment."""
        return self.type.startswith(("DATE", "TIMESTAMP"))


@dataclass(frozen=True)
class Subject:
    """A table and its files. `entity` where the table holds one kind of record, `fed` where it is a source's own."""

    table: str
    snapshot: int | None
    files: tuple[str, ...]
    columns: tuple[Column, ...]
    entity: type[Entity] | None = None

    @property
    def relation(self) -> str:
        """SQL for its rows in a FROM, each with its place."""
        return f"read_parquet({file_list(self.files)}, union_by_name=true, hive_partitioning=false, filename=true, file_row_number=true)"


def profiled_tables(context: Context, heads: Mapping[str, ReleaseTable]) -> list[str]:
    """The tables that a profile can be taken of, by layer."""
    known = [t for t in heads if t.partition(".")[0] in LAYERS and t not in ASIDE and heads[t].files and _is_known(context, t)]
    return sorted(known, key=lambda t: (LAYERS.index(t.partition(".")[0]), t))


def subject_of(con: duckdb.DuckDBPyConnection, context: Context, table: str, heads: Mapping[str, ReleaseTable]) -> Subject:
    """A table of the lake. Raises `NotFoundError` where there is none of the name that can be profiled."""
    if table not in profiled_tables(context, heads):
        raise NotFoundError(f"no table {table!r} that can be profiled", hint="`medthread profile` without a name lists them", table=table)
    found = heads[table]
    bare = Subject(table, found.snapshot, found.files, ())
    there = _described(con, bare)
    layer, _, name = table.partition(".")
    if layer == "raw":
        source, mapped = raw_table(context.sources, table)
        return Subject(table, found.snapshot, found.files, tuple(_raw_columns(context, source, mapped, there)))
    entity = context.registry.get(name) if layer in ("standard", "golden") else None
    return Subject(table, found.snapshot, found.files, tuple(_columns(entity, there)), entity)


def subject_of_file(con: duckdb.DuckDBPyConnection, name: str, file: str) -> Subject:
    """Rows of a file that no mapping reads yet: nobody has said of any column that it is not personal, so all are masked."""
    bare = Subject(name, None, (file,), ())
    return Subject(name, None, (file,), tuple(Column(n, t, Standing.MASKED) for n, t in _described(con, bare)))


def raw_table(sources: Sequence[Source], table: str) -> tuple[Source, str]:
    """The source of a raw table, and what it is called there."""
    for source in sources:
        for name in source.tables:
            if table == f"raw.{source.name}_{name}":
                return source, name
    raise NotFoundError(f"no source has a table {table!r}", hint="its mapping was removed", table=table)


def _is_known(context: Context, table: str) -> bool:
    """Raw tables whose mapping is gone and tables of no declared kind are left out: nobody says what may be told of them."""
    layer, _, name = table.partition(".")
    if layer == "raw":
        return any(table == f"raw.{s.name}_{t}" for s in context.sources for t in s.tables)
    return layer == "marts" or (name in context.registry and context.registry[name].about.home is not Home.NATIVE)


def _described(con: duckdb.DuckDBPyConnection, subject: Subject) -> list[tuple[str, str]]:
    rows = con.execute(f"describe select * exclude (filename, file_row_number) from {subject.relation}").fetchall()
    return [(str(r[0]), str(r[1])) for r in rows]


def _columns(entity: type[Entity] | None, there: Sequence[tuple[str, str]]) -> list[Column]:
    """Of a record its fields; a reference to a master by the code that it came with, not by the id that was made for it."""
    names = {n for n, _ in there}
    found = []
    for name, kind in there:
        plain = name.removesuffix(CODE)
        if name.startswith("_") or name.endswith(MADE) or (entity is not None and name == "id") or name + CODE in names:
            continue
        field = entity.fields.get(plain) if entity is not None else None
        standing = Standing.SEALED if name + INDEX in names else Standing.CLEAR
        found.append(Column(name, kind, standing, field.name if field else None, bool(field and field.is_about_persons) or standing is Standing.SEALED))
    return found


def _raw_columns(context: Context, source: Source, table: str, there: Sequence[tuple[str, str]]) -> list[Column]:
    """Of a source's table what came: sealed where it is, else told of the field that it feeds."""
    names, fed = {n for n, _ in there}, fed_by(context, source, table)
    return [
        Column(n, kind, Standing.SEALED, None, declared=True) if n + INDEX in names else _raw_column(context, n, kind, fed.get(n, ()))
        for n, kind in there if not n.startswith("_") and not n.endswith(MADE)
    ]


def _raw_column(context: Context, name: str, kind: str, feeds: Collection[tuple[str, str]]) -> Column:
    fields = [context.registry[e].fields[f] for e, f in feeds]
    only = next(iter(feeds))[1] if len({f for _, f in feeds}) == 1 else None
    return Column(name, kind, Standing.CLEAR, only, any(f.is_about_persons for f in fields))


def fed_by(context: Context, source: Source, table: str) -> dict[str, list[tuple[str, str]]]:
    """Of each raw column the fields that it feeds, as (entity, field)."""
    found: dict[str, list[tuple[str, str]]] = {}
    for feed in source.tables[table].feeds:
        for name, mapped in feed.fields.items():
            for column in mapped.columns:
                if feed.entity in context.registry and name in context.registry[feed.entity].fields:
                    found.setdefault(column, []).append((feed.entity, name))
    return found
