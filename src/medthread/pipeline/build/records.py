"""The product's own records as tables of the lake, for models to read: `native.<entity>`, and `native.process_step`.

Only those that some model reads, as they stand when the stage begins, and written again only when they changed.
"""

from collections.abc import Iterable
from pathlib import Path

from sqlalchemy import text

from medthread.pipeline.build.built import Columns
from medthread.pipeline.build.model import Model
from medthread.pipeline.build.shapes import NATIVE, STEPS, declared_columns
from medthread.pipeline.context import Context
from medthread.stores.engines import copy, job, literal, quote
from medthread.stores.lakehouse import Change
from medthread.stores.lakehouse.committer import key_of
from medthread.stores.postgres.copying import copy_to_csv

REVISION = "native-1"
OF_CASE = {"_state": "c.state", "_since": "c.state_since", "_opened_at": "c.opened_at", "_closed_at": "c.closed_at"}


def bring_up_records(context: Context, models: Iterable[Model]) -> int:
    """Bring the native tables that models read up to date; gives the rows written."""
    wanted = sorted({name for m in models for name in m.reads if name.startswith(f"{NATIVE}.")})
    return sum(_bring_up(context, table, columns) for table in wanted if (columns := declared_columns(table, context.registry)))


def _bring_up(context: Context, table: str, columns: Columns) -> int:
    fingerprint = key_of(REVISION, str(columns), _state(context, table))
    if context.committer.fingerprint(table) == fingerprint:
        return 0
    key = key_of("records", table, fingerprint, str(context.committer.heads().get(table)))
    plain = context.scratch / f"{key}.csv"
    plain.parent.mkdir(parents=True, exist_ok=True)
    try:
        copy_to_csv(context.store, _select(table, columns), plain)
        made = _typed(context, plain, columns, context.committer.place(table, key))
    finally:
        plain.unlink(missing_ok=True)
    return context.committer.commit(Change(table, (made,), key, mode="replace", fingerprint=fingerprint)).rows


def _state(context: Context, table: str) -> str:
    """What changes whenever a row is written, removed or moved in its process. It is asked before the rows are read: what comes between is taken in again."""
    name = table.partition(".")[2]
    asked = (
        "select count(*) filter (where not void), max(id) from medthread.process_step" if table == STEPS else
        f"select (select row(count(*), sum(_revision), max(_updated_at))::text from {NATIVE}.{quote(name)}),"
        f" (select row(count(*), max(state_since), max(closed_at))::text from medthread.process_case where entity = {literal(name)}),"
        f" (select max(id) from medthread.process_step where entity = {literal(name)})"
    )
    with context.store.statements() as tx:
        return str(tuple(tx.execute(text(asked)).one()))


def _select(table: str, columns: Columns) -> str:
    if table == STEPS:
        return f"select {', '.join(quote(name) for name, _ in columns)} from medthread.process_step where not void"
    name = table.partition(".")[2]
    listed = ", ".join(f"{OF_CASE.get(c, 't.' + quote(c))} as {quote(c)}" for c, _ in columns)
    return f"select {listed} from {NATIVE}.{quote(name)} t left join medthread.process_case c on c.entity = {literal(name)} and c.record = t.id"


def _typed(context: Context, plain: Path, columns: Columns, out: Path) -> Path:
    """The same rows as the lake keeps them; moments are UTC."""
    read = ", ".join(f"{literal(name)}: 'VARCHAR'" for name, _ in columns)
    cast = ", ".join(f"cast({_moment(name) if kind == 'timestamp' else quote(name)} as {kind}) as {quote(name)}" for name, kind in columns)
    with job(memory=context.memory, threads=context.threads) as con:
        rows = f"read_csv({literal(str(plain))}, columns={{{read}}}, auto_detect=false, header=false, quote='\"', escape='\"', nullstr='', allow_quoted_nulls=false)"
        return copy(con, f"select {cast} from {rows} order by id", out).path


def _moment(name: str) -> str:
    return f"cast({quote(name)} as timestamptz) at time zone 'UTC'"
