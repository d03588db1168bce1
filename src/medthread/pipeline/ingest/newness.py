"""What of a load is new, where the same rows come again and again: reads of a database, redelivered messages, whole extracts.

Each raw row of such a table carries a keyed hash of its values (`_hash`), and rows that are known are dropped. Where a load
is the whole table (a picture), what is no longer in it was withdrawn at the source: the last that is known of it comes
again, marked `_gone`. All that is compared with stands in the raw layer, so there is no state beside it to be lost.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
from sqlalchemy import select

from medthread.derive.source import identifying_columns
from medthread.model import Source, TableMapping
from medthread.pipeline.context import Context
from medthread.stores.engines import copy, file_list, job, literal, quote
from medthread.stores.postgres.tables import load
from medthread.stores.readers import GONE, HASH, ROW

LOOKED_BACK = 20  # loads among which a redelivered message is looked for
TAKEN = ("read", "raw", "accepted")
PATH = "_path"  # of the file that a row stands in; sources call their columns as they like


@dataclass(frozen=True)
class Reach:
    """How far a load goes: the highest `changed_at` as its source writes it, and as a number; how many could not be read."""

    text: str | None = None
    version: int | None = None
    lowest: int | None = None
    unreadable: int = 0


@dataclass(frozen=True)
class News:
    """What a load came to: rows that are new, that were known; that were withdrawn, of how many that stood before."""

    rows: int
    known: int
    reach: Reach
    withdrawn: int = 0
    stood: int = 0
    gone: Path | None = None


def version_sql(column: str) -> str:
    """SQL of a number that grows with a column (itself SQL) of sequence numbers or of moments."""
    return f"coalesce(to_integer({column}), epoch_us(to_moment({column})))"


@dataclass(frozen=True)
class Asked:
    """The table that rows were read of, under the id of their load."""

    source: Source
    table: str
    load: str = ""

    @property
    def mapping(self) -> TableMapping:
        """What the source says of it."""
        return self.source.tables[self.table]


def has_news(context: Context, asked: Asked, plain: Path, columns: Sequence[str]) -> bool:
    """Whether any of the rows is new, or any that is known was withdrawn."""
    if not _before(context, asked, least=None):
        return pq.read_metadata(plain).num_rows > 0
    with _hashed(context, plain, columns) as (con, _):
        identity = _compare(context, con, asked, columns, least=_reach(con, asked.mapping.changed_at, columns).lowest)
        changed = con.execute("select exists (from changed)").fetchall()[0][0]
        return bool(changed or (identity and _count_withdrawn(con)[1]))


def only_news(context: Context, asked: Asked, plain: Path, columns: Sequence[str], *, complete: bool) -> News:
    """Leave in `plain` only what is new, and write beside it what was withdrawn. `complete`: every record could be read."""
    with _hashed(context, plain, columns) as (con, hashed):
        reach = _reach(con, asked.mapping.changed_at, columns)
        total = pq.read_metadata(hashed).num_rows
        if not _before(context, asked, least=None):
            hashed.replace(plain)
            return News(total, 0, reach)
        identity = _compare(context, con, asked, columns, least=reach.lowest)
        news = copy(con, f"select * from came where {_key(identity)} in (select k from changed)", plain)
        stood, withdrawn = _count_withdrawn(con) if identity and complete else (0, 0)
        gone = _withdraw(con, plain.with_suffix(".gone")) if withdrawn else None
    return News(news.rows, total - news.rows, reach, withdrawn, stood, gone)


@contextmanager
def _hashed(context: Context, plain: Path, columns: Sequence[str]) -> Iterator[tuple[duckdb.DuckDBPyConnection, Path]]:
    """A connection in which `came` is the rows that were read, each with its hash; and their file."""
    hashed = plain.with_suffix(".hashed")
    try:
        with job(memory=context.memory, threads=context.threads) as con:
            copy(con, _with_hashes(plain, columns, secret=context.keyring.index_key), hashed)
            con.execute(f"create temp view came as select * from read_parquet({literal(str(hashed))})")
            yield con, hashed
    finally:
        hashed.unlink(missing_ok=True)


def _count_withdrawn(con: duckdb.DuckDBPyConnection) -> tuple[int, int]:
    """How many rows stood, and how many of them are no longer there."""
    stood, withdrawn = con.execute("select count(*), coalesce(count_if(k not in (select k from here)), 0) from known where not gone").fetchall()[0]
    return int(stood), int(withdrawn)


def put_withdrawn(target: Path, gone: Path) -> None:
    """Add the withdrawn rows to a load's file; their ordinals are below all others, for what came in the same load is newer."""
    with job() as con:
        both = f"select * from read_parquet({literal(str(gone))}) union all by name select * from read_parquet({literal(str(target))})"
        copy(con, both, target.with_suffix(".whole")).path.replace(target)
    gone.unlink()


def _with_hashes(plain: Path, columns: Sequence[str], *, secret: bytes) -> str:
    """SELECT the rows that were read, with their ordinals and hashes; none of them is gone."""
    read = f"read_parquet({literal(str(plain))}, file_row_number=true)"
    numbered = ROW in pq.read_schema(plain).names
    ordinal = f"coalesce({ROW}, file_row_number + 1)" if numbered else "file_row_number + 1"
    values = ", ".join(f"{quote(c)}: {quote(c)}" for c in sorted(columns))
    names = ", ".join(map(quote, columns))
    return (
        f"select {names}, {ordinal} as {ROW}, sha256({literal(secret.hex())} || cast(to_json({{{values}}}) as varchar)) as {HASH},"
        f" false as {GONE} from {read}"
    )


def _reach(con: duckdb.DuckDBPyConnection, column: str | None, columns: Sequence[str]) -> Reach:
    if column is None or column not in columns:
        return Reach()
    name, version = quote(column), version_sql(quote(column))
    asked = f"select arg_max({name}, v), max(v), min(v), count_if({name} is not null and v is null) from (select {name}, {version} as v from came)"
    return Reach(*con.execute(asked).fetchall()[0])


def _key(identity: Sequence[str]) -> str:
    """SQL of what tells one row of the table from the others; where nothing does, all of it."""
    return f"cast(to_json([{', '.join(map(quote, identity))}]) as varchar)" if identity else HASH


def _before(context: Context, asked: Asked, *, least: int | None) -> list[str]:
    """The files of the loads to compare with, oldest first: all of a picture's table, those that reach into this one, or the last few."""
    query = select(load.c.raw_path).where(
        load.c.source == asked.source.name, load.c.table == asked.table, load.c.status.in_(TAKEN), load.c.id != asked.load, load.c.corrects.is_(None)
    )
    if not asked.mapping.is_picture:
        query = query.where(load.c.version >= least) if least is not None else query.limit(LOOKED_BACK)
    with context.store.transaction() as tx:
        paths = list(tx.execute(query.order_by(load.c.at.desc(), load.c.id)).scalars())
    return [path for path in reversed(paths) if path and Path(path).is_file()]  # destroyed ones are not compared with


def _compare(context: Context, con: duckdb.DuckDBPyConnection, asked: Asked, columns: Sequence[str], *, least: int | None) -> tuple[str, ...]:
    """`here` and `known`: the hashes under each key, now and as last known; `changed`: the keys under which they differ.

    Gives the columns that are the key; none where a row is told apart by all of them.
    """
    identity = identifying_columns(asked.mapping, context.registry) if asked.mapping.is_picture else ()
    identity = identity if set(identity) <= set(columns) else ()
    key, before = _key(identity), _before(context, asked, least=least)
    con.register("loads", pa.table({PATH: pa.array(before, pa.string()), "_nth": pa.array(range(len(before)), pa.int64())}))
    empty = ", ".join(f"cast(null as {kind}) as {quote(c)}" for c, kind in {**dict.fromkeys(identity, "varchar"), HASH: "varchar", GONE: "boolean"}.items())
    read = f"select * from read_parquet({file_list(tuple(before))}, union_by_name=true, filename='{PATH}') union all by name " if before else ""
    con.execute(f"create temp view raw_rows as {read}select cast(null as varchar) as {PATH}, {empty} where false")
    con.execute(
        f"create temp view newest as select r.*, {key} as _k from raw_rows as r join loads as l using ({PATH})"
        f" qualify rank() over (partition by {key} order by l._nth desc) = 1"
    )
    con.execute(f"create temp table known as select _k as k, list_sort(list({HASH})) as hashes, bool_or(coalesce({GONE}, false)) as gone from newest group by _k")
    con.execute(f"create temp table here as select {key} as k, list_sort(list({HASH})) as hashes from came group by {key}")
    con.execute(
        "create temp table changed as select h.k from here as h left join known using (k)"
        " where known.k is null or known.gone or known.hashes is distinct from h.hashes"
    )
    return identity


def _withdraw(con: duckdb.DuckDBPyConnection, out: Path) -> Path:
    left = "_k in (select k from known where not gone) and _k not in (select k from here)"
    sql = f"select * exclude ({PATH}, _k) replace (true as {GONE}, -row_number() over () as {ROW}) from newest where {left}"
    return copy(con, sql, out).path
