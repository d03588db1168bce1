"""A start compares the database with what ships only where either is another now, and misses no change by hand."""

from collections.abc import Callable, Iterator

import psycopg
import pytest
from sqlalchemy import Column, Integer, MetaData, String, Table, text
from sqlalchemy.exc import ProgrammingError

from medthread.derive import tables_of
from medthread.model.errors import StoreError
from medthread.stores.postgres import Store, migrate, upgrade
from medthread.stores.postgres.cluster import Cluster
from medthread.trust.audit import record
from tests.conftest import copy_of
from tests.registry import registry


@pytest.fixture
def store(cluster: Cluster, migrated: str, request: pytest.FixtureRequest) -> Iterator[Store]:
    with copy_of(cluster, migrated, name=f"n{abs(hash(request.node.nodeid))}") as made:
        upgrade(made, declared())  # notes what it finds
        yield made


def declared() -> MetaData:
    native = MetaData()
    tables_of(registry(), native)
    return native


@pytest.fixture
def compared(monkeypatch: pytest.MonkeyPatch) -> Callable[[], int]:
    """How often the database was compared table by table since it was asked last."""
    times: list[int] = []
    real = migrate.differences

    def counted(connection: object, native: MetaData) -> list[object]:
        times.append(1)
        return real(connection, native)  # type: ignore[arg-type]

    monkeypatch.setattr(migrate, "differences", counted)

    def since() -> int:
        told = len(times)
        times.clear()
        return told

    return since


def test_a_database_left_as_declared_is_not_compared_again(store: Store, compared: Callable[[], int]) -> None:
    upgrade(store, declared())
    assert compared() == 0


@pytest.mark.parametrize(("change", "message"), [
    ("alter table medthread.load add column planted text", "remove_column"),
    ("alter table medthread.account alter column printed_name type varchar(200)", "modify_type"),
    ("alter table medthread.account alter column printed_name drop not null", "modify_nullable"),
    ("create table medthread.planted (a int)", "remove_table"),
])
def test_a_change_by_hand_is_found_at_the_next_start(store: Store, compared: Callable[[], int], change: str, message: str) -> None:
    with store.transaction() as tx:
        tx.execute(text(change))
    for _ in range(2):  # and at every one, until it is put right
        with pytest.raises(StoreError, match=message):
            upgrade(store, declared())
        assert compared() == 1


@pytest.mark.parametrize("change", [
    "drop trigger audit_event_append_only on medthread.audit_event",
    "alter table medthread.audit_event disable trigger audit_event_append_only",
    "create or replace function medthread.refuse_change() returns trigger language plpgsql as 'begin return null; end'",
])
def test_what_keeps_the_audit_log_is_put_back(store: Store, compared: Callable[[], int], change: str) -> None:
    with store.transaction() as tx:
        tx.execute(text(change))
    upgrade(store, declared())
    assert compared() == 1
    with store.transaction() as tx:
        record(tx, actor="a", action="b", object_="c")
    with store.transaction() as tx, pytest.raises(ProgrammingError, match="written once"):
        tx.execute(text("update medthread.audit_event set actor = 'x'"))


@pytest.mark.parametrize("change", [
    "alter table native.complaint disable row level security",
    "do $$ begin execute (select format('drop policy %I on native.complaint', polname) from pg_policy where polrelid = 'native.complaint'::regclass); end $$",
    "revoke update on native.complaint from medthread_rows",
    "create or replace function medthread.asked(setting text) returns text[] language sql stable as 'select array[]::text[]'",
])
def test_what_keeps_rows_apart_is_put_back(store: Store, compared: Callable[[], int], change: str) -> None:
    asked = text("select relrowsecurity, (select count(*) from pg_policy where polrelid = c.oid), has_table_privilege('medthread_rows', oid, 'update'),"
                 " (select prosrc from pg_proc where proname = 'asked') from pg_class c where oid = 'native.complaint'::regclass")
    with store.transaction() as tx:
        before = tx.execute(asked).one()
        tx.execute(text(change))
        assert tx.execute(asked).one() != before
    upgrade(store, declared())
    assert compared() == 1
    with store.transaction() as tx:
        assert tx.execute(asked).one() == before


def test_a_table_of_an_extension_is_added_once(store: Store, compared: Callable[[], int]) -> None:
    more = declared()
    Table("crate", more, Column("id", String, primary_key=True), Column("_org", String), Column("_plant", String), schema="native")
    upgrade(store, more)
    assert compared() == 1
    upgrade(store, more)
    assert compared() == 0
    more.tables["native.crate"].append_column(Column("weight", Integer))
    upgrade(store, more)
    assert compared() == 1
    with store.transaction() as tx:
        assert tx.execute(text("select weight from native.crate")).all() == []


@pytest.mark.parametrize(("more", "times"), [(False, 0), (True, 1)], ids=["what ships", "and an extension"])
def test_a_new_database_is_compared_where_an_extension_wants_more(more: bool, times: int, cluster: Cluster, compared: Callable[[], int]) -> None:  # noqa: FBT001
    """What our own steps make of nothing has another test, `test_the_migrated_database_equals_the_declarations`."""
    native = declared()
    if more:
        Table("crate", native, Column("id", String, primary_key=True), Column("_org", String), Column("_plant", String), schema="native")
    with psycopg.connect(cluster.conninfo, autocommit=True) as admin:
        admin.execute(f"create database new_{times}")
    made = Store(cluster.url.replace("@/medthread?", f"@/new_{times}?"))
    assert upgrade(made, native) == []
    assert compared() == times
    with made.transaction() as tx:
        assert migrate.differences(tx, native) == []
        tx.execute(text("alter table medthread.load add column planted text"))
    compared()
    with pytest.raises(StoreError, match="remove_column"):
        upgrade(made, native)
    assert compared() == 1
    made.close()


@pytest.mark.parametrize("lacking", ["alter table medthread.load drop column id", "drop table medthread.recovery_code", "create table medthread.planted (a int)"])
def test_a_step_that_was_forgotten_is_found(lacking: str, store: Store) -> None:
    with store.transaction() as tx:
        assert migrate._is_whole(tx, declared())
        tx.execute(text(lacking))
        assert not migrate._is_whole(tx, declared())
