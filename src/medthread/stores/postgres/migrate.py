"""Migrations: numbered Alembic steps for what ships; tables of extensions are added, never changed, at start."""

from pathlib import Path
from typing import Any

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.operations import Operations
from alembic.operations.ops import AddColumnOp, CreateTableOp
from sqlalchemy import Connection, MetaData, Table, text

from medthread.model.errors import StoreError
from medthread.stores.postgres.code_lists import renew_code_lists
from medthread.stores.postgres.fingerprint import fingerprint, is_as_noted, note, was_noted
from medthread.stores.postgres.functions import FOLDED, PARTIAL, define_functions
from medthread.stores.postgres.row_security import ASKED, ROLE, condition_of, secure_rows
from medthread.stores.postgres.store import Store
from medthread.stores.postgres.tables import metadata as machine
from medthread.stores.postgres.write_once import (
    APPEND_ONLY,
    AWAIT_SEALING,
    REFUSE_CHANGE,
    altered_triggers,
    make_triggers,
)

SCHEMAS = ("medthread", "native")
BEGUN = "select to_regclass('medthread.alembic_version') is not null"
COLUMNS = """
select nspname as schema, relname as table, attname as name
  from pg_attribute a join pg_class c on c.oid = attrelid join pg_namespace n on n.oid = relnamespace
 where nspname = any(:schemas) and relkind in ('r', 'p') and attnum > 0 and not attisdropped
"""
WAKE = """
create or replace function medthread.wake_readers() returns trigger language plpgsql as $$
begin
  perform pg_notify('medthread_outbox', '');
  return null;
end $$;
create or replace trigger outbox_wakes after insert on medthread.outbox
  for each statement execute function medthread.wake_readers();
"""


def target_metadata(native: MetaData) -> MetaData:
    """The machine's tables and the declared ones together."""
    both = MetaData(naming_convention=machine.naming_convention)
    for given in (machine, native):
        for table in given.sorted_tables:
            table.to_metadata(both)
    return both


def _config(connection: Connection, target: MetaData) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.set_main_option("path_separator", "os")
    config.attributes.update(connection=connection, metadata=target)
    return config


def _visible(name: str | None, kind: str, _parents: Any) -> bool:
    if kind == "schema":
        return name in SCHEMAS
    return not (kind == "table" and name is not None and name.startswith(("alembic_", "iceberg_")))


def differences(connection: Connection, native: MetaData) -> list[Any]:
    """What the database has otherwise than the declarations say."""
    options = {
        "include_schemas": True,
        "compare_type": True,
        "include_name": _visible,
        "version_table_schema": "medthread",
    }
    return list(compare_metadata(MigrationContext.configure(connection, opts=options), target_metadata(native)))


def upgrade(store: Store, native: MetaData) -> list[str]:
    """Bring the database to what ships, then add the tables that extensions declare; at once where it was left so.

    Gives the triggers of the audit log that somebody changed since, and that are put right by this.
    """
    with store.transaction() as connection:
        connection.execute(text("select pg_advisory_xact_lock(hashtext('medthread.migrate'))"))
        shipped = fingerprint(native, _said(native))
        if is_as_noted(connection, shipped):
            return []
        altered = list(altered_triggers(connection)) if was_noted(connection, shipped) else []
        begun = connection.execute(text(BEGUN)).scalar_one()
        _to_head(connection, native)
        make_triggers(connection)
        connection.execute(text(WAKE))
        define_functions(connection)
        # What our own steps made of nothing is compared by tests, type by type; here an extension can only want more.
        if begun or not _is_whole(connection, native):
            _add_extensions(connection, differences(connection, native))
        declared = {t.name: t for t in native.sorted_tables}
        renew_code_lists(connection, declared)
        secure_rows(connection, declared)
        note(connection, shipped)
        return altered


def _is_whole(connection: Connection, native: MetaData) -> bool:
    """Whether the database has the declared tables with their columns, by name, and no others: a hundredth of comparing them."""
    declared = {(t.schema, t.name, c.name) for given in (machine, native) for t in given.tables.values() for c in t.columns}
    there = connection.execute(text(COLUMNS), {"schemas": list(SCHEMAS)}).all()
    return declared == {(r.schema, r.table, r.name) for r in there if _visible(r.table, "table", None)}


def _said(native: MetaData) -> list[str]:
    """What ships besides tables: migrations by name, functions and triggers, what keeps rows apart."""
    steps = sorted(p.name for p in (Path(__file__).parent / "migrations" / "versions").glob("[0-9]*.py"))
    rows = sorted(f"{t.key} {condition_of(t)}" for t in native.tables.values())
    return [*steps, REFUSE_CHANGE, APPEND_ONLY, AWAIT_SEALING, WAKE, PARTIAL, FOLDED, ROLE, ASKED, *rows]


def _to_head(connection: Connection, native: MetaData) -> None:
    for schema in SCHEMAS:
        connection.execute(text(f"create schema if not exists {schema}"))
    command.upgrade(_config(connection, target_metadata(native)), "head")


def _add_extensions(connection: Connection, found: list[Any]) -> None:
    operations = Operations(MigrationContext.configure(connection))
    for difference in found:
        kind = difference[0] if isinstance(difference, tuple) else None
        if kind == "add_table" and isinstance(difference[1], Table):
            operations.invoke(CreateTableOp.from_table(difference[1]))
        elif kind == "add_column":
            operations.invoke(AddColumnOp.from_column_and_tablename(difference[1], difference[2], difference[3]))
        elif kind not in ("add_constraint", "add_index"):
            raise StoreError(
                f"the database differs from the declarations: {difference}",
                hint="write a migration: python scripts/revise.py 'what changes'",
            )


def write_revision(store: Store, native: MetaData, message: str) -> None:
    """A new numbered step from the differences; to be read before it is kept."""
    with store.transaction() as connection:
        _to_head(connection, native)
        config = _config(connection, target_metadata(native))
        folder = Path(__file__).parent / "migrations" / "versions"
        number = f"{len(list(folder.glob('[0-9]*.py'))) + 1:04d}"
        command.revision(config, message=message, autogenerate=True, rev_id=number)
