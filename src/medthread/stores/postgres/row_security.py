"""Rows by organisation, plant and region: PostgreSQL's own row-level security as a second wall behind the access port.

The tables belong to the user that the installation connects as; the batch path, migrations, guards and reactions work
as that user and see all. What a person who is bound to some plants reads or writes runs as another role, which owns
nothing, for as long as the statements take: a mistake in our own conditions then shows an empty list instead of a
foreign row. Settings are local to the transaction, so that pooled connections keep nothing.
"""

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, NamedTuple

from psycopg.errors import DuplicateObject, InsufficientPrivilege
from psycopg.pq import TransactionStatus
from sqlalchemy import Connection, Table, select, text
from sqlalchemy.exc import ProgrammingError

from medthread.derive.table import REGION
from medthread.model.errors import ForbiddenError, StoreError
from medthread.stores.postgres.tables import deadline, process_case, process_step

ROLE = "medthread_rows"
POLICY = "own_rows_"
JOINED = (process_case, process_step, deadline)  # what lists of records join to them


class Place(NamedTuple):
    """Where a row belongs; to all where a part of it is open."""

    organisation: str | None = None
    plant: str | None = None


@dataclass(frozen=True)
class Reach:
    """Which rows somebody reads and writes: of these plants, organisations and regions, and of none; empty binds to none."""

    plants: tuple[str, ...] = ()
    organisations: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()

    @property
    def is_bound(self) -> bool:
        """Whether there are rows beyond it."""
        return bool(self.plants or self.organisations or self.regions)

    @property
    def home(self) -> Place:
        """Where rows belong that somebody makes: the first that they are bound to."""
        return Place(next(iter(self.organisations), None), next(iter(self.plants), None))

    def bounds(self, region: str | None) -> Iterator[tuple[str, tuple[str, ...]]]:
        """Columns that it bounds, and by what; `region` names the column of the row's region where there is one."""
        for column, values in (("_org", self.organisations), ("_plant", self.plants), (region, self.regions)):
            if column is not None and values:
                yield column, values


EVERYWHERE = Reach()


@contextmanager
def own_rows(tx: Connection, reach: Reach) -> Iterator[None]:
    """Within the block, statements on native tables read and write rows within reach only; of other tables, `JOINED` are read."""
    if not reach.is_bound:
        yield
        return
    tx.execute(_ENTER, {"plants": list(reach.plants), "organisations": list(reach.organisations), "regions": list(reach.regions)})
    try:
        yield
    except ProgrammingError as error:
        if isinstance(error.orig, InsufficientPrivilege):
            raise ForbiddenError("the record would belong to a plant, organisation or region that is not yours", hint="choose one of yours, or ask somebody there") from error
        raise
    finally:
        # A failed statement's savepoint takes the role back with it; until then nothing may be executed.
        if _driver(tx).info.transaction_status is not TransactionStatus.INERROR:
            tx.execute(_LEAVE)


_ENTER = text(f"""select set_config('role', '{ROLE}', true), set_config('medthread.plants', cast(:plants as text[])::text, true),
  set_config('medthread.organisations', cast(:organisations as text[])::text, true), set_config('medthread.regions', cast(:regions as text[])::text, true)""")
_LEAVE = text("select set_config('role', 'none', true), set_config('medthread.plants', '', true), set_config('medthread.organisations', '', true), set_config('medthread.regions', '', true)")


def _driver(tx: Connection) -> Any:
    return tx.connection.driver_connection


ASKED = """
create or replace function medthread.asked(setting text) returns text[] language sql stable parallel safe as $$
  select nullif(current_setting('medthread.' || setting, true), '')::text[]
$$
"""


def condition_of(table: Table) -> str:
    """What a row must meet for the role to see or write it; refused altogether where nobody said who asks."""
    parts = [("organisations", "_org"), ("plants", "_plant")]
    if REGION in table.info:
        parts.append(("regions", table.info[REGION]))
    return " and ".join(_within(setting, column) for setting, column in parts)


def _within(setting: str, column: str) -> str:
    """Asked in a sub-select, the setting is read once a statement and not once a row."""
    asked = f"(select medthread.asked('{setting}'))"
    return f"""({asked} is not null and (cardinality({asked}) = 0 or "{column}" is null or "{column}" = any ({asked}::text[])))"""


def secure_rows(tx: Connection, tables: Mapping[str, Table]) -> list[str]:
    """Give every native table its policy, made from its declaration; gives the tables that were changed."""
    if not tables:
        return []
    have_role(tx)
    schema = next(iter(tables.values())).schema
    tx.execute(text(ASKED))
    for place in ("medthread", schema):
        tx.execute(text(f"grant usage on schema {place} to {ROLE}"))
    tx.execute(text(f"grant select on {', '.join(t.fullname for t in JOINED)} to {ROLE}"))
    secured = {tuple(r) for r in tx.execute(text(_SECURED), {"schema": schema, "role": ROLE})}
    changed = []
    for name, table in tables.items():
        condition = condition_of(table)
        policy = POLICY + hashlib.sha256(condition.encode()).hexdigest()[:8]
        if (name, policy) in secured:
            continue
        for old in tx.execute(text(_POLICIES), {"schema": schema, "name": name, "like": f"{POLICY}%"}).scalars():
            tx.execute(text(f'drop policy "{old}" on {schema}."{name}"'))
        tx.execute(text(f'alter table {schema}."{name}" enable row level security'))
        tx.execute(text(f'create policy "{policy}" on {schema}."{name}" to {ROLE} using ({condition}) with check ({condition})'))
        tx.execute(text(f'grant select, insert, update, delete on {schema}."{name}" to {ROLE}'))
        changed.append(name)
    return changed


_SECURED = """
select c.relname, p.polname from pg_class c join pg_namespace n on n.oid = c.relnamespace join pg_policy p on p.polrelid = c.oid
where n.nspname = :schema and c.relrowsecurity
  and (select bool_and(has_table_privilege(cast(:role as name), c.oid, wanted)) from unnest(array['select', 'insert', 'update', 'delete']) as wanted)
"""
_POLICIES = "select policyname from pg_policies where schemaname = :schema and tablename = :name and policyname like :like"


def have_role(tx: Connection) -> None:
    """The role, made where it is missing and we may; a cluster has it once for all its databases."""
    try:
        with tx.begin_nested():
            if tx.execute(select(text("1")).select_from(text("pg_roles")).where(text("rolname = :role")), {"role": ROLE}).first() is None:
                tx.execute(text(f"create role {ROLE} nologin"))
            if not tx.execute(text("select pg_has_role(current_user, cast(:role as name), 'member')"), {"role": ROLE}).scalar_one():
                tx.execute(text(f"grant {ROLE} to current_user"))
    except ProgrammingError as error:
        if isinstance(error.orig, DuplicateObject):  # another database of the cluster was first
            return have_role(tx)
        if isinstance(error.orig, InsufficientPrivilege):
            user = tx.execute(text("select current_user")).scalar_one()
            raise StoreError(
                "the database's user may not make the role that rows are kept apart with",
                hint=f'as an administrator of the database: create role {ROLE} nologin; grant {ROLE} to "{user}";') from error
        raise
