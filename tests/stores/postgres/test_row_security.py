"""The second wall: within reach rows are read and written, beyond it they are not there, whatever our own conditions say."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import psycopg
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import MetaData, Table, delete, insert, select, text, update
from sqlalchemy.exc import ProgrammingError

from medthread.derive import tables_of
from medthread.model import Entity
from medthread.model.errors import ForbiddenError, StoreError
from medthread.stores.engines import connect
from medthread.stores.postgres import Store, upgrade
from medthread.stores.postgres.cluster import Cluster
from medthread.stores.postgres.row_security import EVERYWHERE, ROLE, Reach, own_rows, secure_rows
from medthread.trust.access import Actor, row_rule
from tests.conftest import copy_of
from tests.registry import registry
from tests.rows import put

REGISTRY = registry()
NATIVE = MetaData()
TABLES = tables_of(REGISTRY, NATIVE)
PLANTS, REGIONS = ("A", "B", None), ("CN", "EU")


@dataclass(frozen=True)
class Rows:
    """A row for every place: of plants A, B and none, of organisations A, B and none, in two regions where there are any."""

    store: Store
    ids: dict[str, list[str]]

    def of(self, name: str) -> tuple[type[Entity], Table]:
        return REGISTRY[name], TABLES[name]


@pytest.fixture(scope="module")
def rows(cluster: Cluster, migrated: str) -> Iterator[Rows]:
    with copy_of(cluster, migrated, name="row_security") as store:
        with store.transaction() as tx:
            ids = {
                name: [put(tx, table, REGISTRY[name], plant=p, organisation=o, region=r) for p in PLANTS for o in PLANTS for r in REGIONS]
                for name, table in TABLES.items()
            }
        yield Rows(store, ids)


@pytest.mark.parametrize("name", TABLES)
def test_foreign_rows_are_neither_read_nor_written(rows: Rows, name: str) -> None:
    _, table = rows.of(name)
    reach = Reach(plants=("A",))
    with rows.store.transaction() as tx:
        foreign = set(tx.execute(select(table.c.id).where(table.c["_plant"] == "B")).scalars())
        assert foreign
        with own_rows(tx, reach):
            seen = set(tx.execute(select(table.c.id)).scalars())
            assert seen == set(rows.ids[name]) - foreign
            assert tx.execute(update(table).values(_updated_by="thief").where(table.c.id.in_(foreign))).rowcount == 0
            assert tx.execute(delete(table).where(table.c.id.in_(foreign))).rowcount == 0
        assert set(tx.execute(select(table.c.id)).scalars()) == set(rows.ids[name]), "afterwards everything is seen again"
        own = tx.execute(select(table).where(table.c["_plant"] == "A").limit(1)).one()
        for change in (update(table).where(table.c.id == own.id).values(_plant="B"), insert(table).values(**{**own._mapping, "id": "new", "_plant": "B"})):
            with pytest.raises(ForbiddenError), own_rows(tx, reach), tx.begin_nested():
                tx.execute(change)
        assert tx.execute(text("select current_user = session_user")).scalar_one(), "the role was left, refused or not"
        with own_rows(tx, reach):
            assert tx.execute(update(table).where(table.c.id == own.id).values(_updated_by="owner")).rowcount == 1
        tx.rollback()


@settings(max_examples=25, deadline=None)
@given(plants=st.sets(st.sampled_from("AB")), organisations=st.sets(st.sampled_from("AB")), regions=st.sets(st.sampled_from(REGIONS)))
def test_the_wall_and_the_port_agree(rows: Rows, plants: set[str], organisations: set[str], regions: set[str]) -> None:
    actor = Actor("x", "X", ("steward",), tuple(sorted(plants)), organisations=tuple(sorted(organisations)), regions=tuple(sorted(regions)))
    for name in ("adverse_event", "registration_certificate", "location", "person"):
        entity, table = rows.of(name)
        columns = [table.c.id, table.c["_plant"], table.c["_org"], *([table.c[entity.about.region]] if entity.about.region else [])]
        with rows.store.transaction() as tx:
            everything = tx.execute(select(*columns)).all()
            with own_rows(tx, actor.reach):
                walled = sorted(tx.execute(select(table.c.id)).scalars())
        con = connect(memory="64MB", threads=1)
        names = ", ".join(f'"{c.name}"' for c in columns)
        con.execute(f"create table t ({names.replace(',', ' varchar,')} varchar)")
        con.executemany(f"insert into t ({names}) values ({', '.join('?' for _ in columns)})", [list(r) for r in everything])
        rule, bound = row_rule(actor, entity)
        ported = sorted(r[0] for r in con.execute(f"select id from t where {rule}", list(bound)).fetchall())
        con.close()
        assert walled == ported


def test_whoever_takes_the_role_without_saying_who_asks_sees_nothing(rows: Rows) -> None:
    with rows.store.transaction() as tx:
        tx.execute(text(f"set local role {ROLE}"))
        for table in TABLES.values():
            assert tx.execute(select(table.c.id)).all() == []
        for forbidden in ("select 1 from medthread.account", "select 1 from medthread.encryption_key", "select 1 from medthread.audit_event"):
            with pytest.raises(ProgrammingError, match="permission denied"), tx.begin_nested():
                tx.execute(text(forbidden))
        tx.rollback()
    with rows.store.transaction() as tx, own_rows(tx, EVERYWHERE):
        assert len(tx.execute(select(TABLES["person"].c.id)).all()) == len(rows.ids["person"])


def test_nothing_of_it_stays_with_the_connection(rows: Rows) -> None:
    with pytest.raises(ZeroDivisionError), rows.store.transaction() as tx, own_rows(tx, Reach(plants=("A",))):
        raise ZeroDivisionError
    for _ in range(30):
        with rows.store.transaction() as tx:
            said = tx.execute(text("select current_user = session_user, coalesce(current_setting('medthread.plants', true), '')")).one()
            assert tuple(said) == (True, "")


def test_names_with_quotes_commas_and_braces_stay_names(rows: Rows) -> None:
    table = TABLES["person"]
    for odd in ("A,B", '{"A"}', "'; drop table x; --", '"', "\\", "NULL", "{}"):
        with rows.store.transaction() as tx:
            mine = put(tx, table, REGISTRY["person"], plant=odd)
            with own_rows(tx, Reach(plants=(odd,))):
                seen = set(tx.execute(select(table.c.id).where(table.c["_plant"].is_not(None))).scalars())
            assert seen == {mine}
            tx.rollback()


def test_policies_are_made_once_and_again_when_the_declaration_changes(rows: Rows) -> None:
    with rows.store.transaction() as tx:
        assert secure_rows(tx, TABLES) == []
        person = TABLES["person"].to_metadata(MetaData())
        person.info["region"] = "organisation"
        assert secure_rows(tx, {"person": person}) == ["person"]
        assert len(tx.execute(text("select 1 from pg_policies where schemaname = 'native' and tablename = 'person'")).all()) == 1
        tx.rollback()


def test_an_external_database_whose_user_may_not_make_roles(cluster: Cluster) -> None:
    """It says what its administrator has to do, and works once that is done; every policy binds there too."""
    with psycopg.connect(cluster.conninfo, autocommit=True) as admin:
        admin.execute("create role plain_user login password 'x'")
        admin.execute("create database plain_db owner plain_user")
    store = Store(cluster.url.replace("@/medthread?", "@/plain_db?"))
    plain = Store(str(replace_user(cluster.url)).replace("@/medthread?", "@/plain_db?"))
    native = MetaData()
    tables = {n: t.to_metadata(native) for n, t in TABLES.items() if n in ("person", "location")}
    with pytest.raises(StoreError, match="make the role") as found:
        upgrade(plain, NATIVE)
    assert f"grant {ROLE}" in found.value.hint
    with psycopg.connect(cluster.conninfo, autocommit=True) as admin:
        admin.execute(f"grant {ROLE} to plain_user")
    upgrade(plain, NATIVE)
    with plain.transaction() as tx:
        for plant in ("A", "B"):
            put(tx, tables["person"], REGISTRY["person"], plant=plant)
        with own_rows(tx, Reach(plants=("A",))):
            assert tx.execute(select(tables["person"].c["_plant"])).scalars().all() == ["A"]
    plain.close()
    store.close()


def replace_user(url: str) -> str:
    head, tail = url.split("://", 1)
    return f"{head}://plain_user:x@{tail.split('@', 1)[1]}"


def test_a_reach_says_where_home_is() -> None:
    assert Reach().home == (None, None)
    assert Reach(plants=("B", "A"), organisations=("T",)).home == ("T", "B")
    assert not Reach().is_bound
    assert replace(Reach(), regions=("EU",)).is_bound
