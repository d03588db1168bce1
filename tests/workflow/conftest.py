"""A command path over a real database, with persons who hold roles."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import MetaData, insert, select

from medthread.derive import tables_of
from medthread.model import Process
from medthread.stores.lakehouse import Releases
from medthread.stores.postgres import Store, upgrade
from medthread.stores.postgres.cluster import Cluster
from medthread.stores.postgres.tables import account
from medthread.stores.serving import LakeReader, Released
from medthread.trace import Tracer
from medthread.trust.access import Access, Actor
from medthread.trust.keys import Keyring
from medthread.trust.signatures import KeptKeys
from medthread.workflow import (
    Act,
    Calendar,
    Change,
    Context,
    Credentials,
    Outcome,
    create_native,
    do,
    handle,
    keep_definitions,
    replace_native,
)
from medthread.workflow.reading import preview
from tests.commands import PASSWORD, QUICK
from tests.conftest import copy_of
from tests.workflow.permit import own_registry, own_rulebook

HASHED = QUICK.hash(PASSWORD)
PERSONS = {"ann": ("qc",), "bob": ("qa_mgr",), "cai": ("eng_mgr", "qa_mgr"), "dan": ("qa",), "eve": ("prod",)}


class Plant:
    """A context, its persons, and the short ways in which tests act."""

    def __init__(self, store: Store, context: Context) -> None:
        self.store, self.context = store, context

    def actor(self, name: str) -> Actor:
        return Actor(name, name.title(), PERSONS[name])

    def create(self, name: str, entity: str = "hot_work", **values: Any) -> str:
        act = lambda tx: create_native(tx, self.context, entity=entity, values=values, by=name, hands=self.actor(name))  # noqa: E731
        return handle(self.store, by=name, action="entity.create", object_=entity, act=act)

    def row(self, id_: str, entity: str = "hot_work") -> dict[str, Any]:
        table = self.context.tables[entity]
        with self.store.transaction() as tx:
            return dict(tx.execute(select(table).where(table.c.id == id_)).one()._mapping)

    def look(self, name: str, id_: str, action: str, **values: Any) -> dict[str, Any]:
        act = Act(entity="hot_work", record=id_, action=action, version=str(self.row(id_)["_revision"]), values=values)
        with self.store.transaction() as tx:
            return preview(tx, self.context, act, self.actor(name))

    def act(self, name: str, id_: str, action: str, *, password: str = PASSWORD, reason: str | None = None, **values: Any) -> Outcome:
        """Look, and sign what was shown."""
        shown = self.look(name, id_, action, **values)["content_hash"]
        return self.act_unseen(name, id_, action, shown=shown, password=password, reason=reason, values=values)

    def act_unseen(self, name: str, id_: str, action: str, *, shown: str | None = None, password: str = PASSWORD, reason: str | None = None,
                   version: str | None = "", values: dict[str, Any] | None = None) -> Outcome:
        given = Credentials(shown=shown, password=password) if shown else None
        wanted = Act(entity="hot_work", record=id_, action=action, values=values or {}, reason=reason, credentials=given,
                     version=str(self.row(id_)["_revision"]) if version == "" else version)
        return handle(self.store, by=name, action=f"hot_work.{action}", object_=f"hot_work/{id_}",
                      act=lambda tx: do(tx, self.context, wanted, self.actor(name)))

    def mend(self, name: str, id_: str, *, reason: str, **values: Any) -> None:
        row = self.row(id_)
        body = {n: row[n] for n in self.context.registry["hot_work"].fields} | values
        change = Change(values=body, version=str(row["_revision"]), reason=reason)
        handle(self.store, by=name, action="entity.update", object_=f"hot_work/{id_}",
               act=lambda tx: replace_native(tx, self.context, entity="hot_work", id_=id_, change=change, by=name, hands=self.actor(name)))

    def under(self, process: Process) -> "Plant":
        """The same plant after its process was changed."""
        changed = replace(self.context, rulebook=own_rulebook(process))
        with self.store.transaction() as tx:
            keep_definitions(tx, changed.rulebook)
        return Plant(self.store, changed)

    def all(self, entity: str) -> list[dict[str, Any]]:
        table = self.context.tables[entity]
        with self.store.transaction() as tx:
            return [dict(r._mapping) for r in tx.execute(select(table))]


@pytest.fixture(scope="session")
def with_permits(cluster: Cluster, migrated: str) -> str:
    """The migrated database with the tables of this folder's own entities, only ever copied."""
    name, native = "with_permits", MetaData()
    tables_of(own_registry(), native)
    with psycopg.connect(cluster.conninfo, autocommit=True) as admin:
        if admin.execute("select 1 from pg_database where datname = %s", [name]).fetchone():
            return name  # made for another folder that takes this fixture
        admin.execute(f"create database {name} template {migrated}")
    made = Store(cluster.url.replace("@/medthread?", f"@/{name}?"))
    upgrade(made, native)
    made.close()
    return name


@pytest.fixture
def plant(cluster: Cluster, with_permits: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Plant]:
    with copy_of(cluster, with_permits, name=f"p{abs(hash(request.node.nodeid))}") as store:
        yield from planted(store, tmp_path)


def planted(store: Store, tmp_path: Path) -> Iterator[Plant]:
    tables = tables_of(own_registry(), MetaData())
    reader = LakeReader(Releases(store))
    keyring = Keyring.open(tmp_path / "keys" / "master.key")
    context = Context(
        registry=own_registry(), rulebook=own_rulebook(), tables=tables, keyring=keyring, access=Access(), signer=KeptKeys(keyring),
        calendar=Calendar(), genealogy=Tracer(reader, tmp_path), released=Released(reader, own_registry()))
    with store.transaction() as tx:
        keep_definitions(tx, context.rulebook)
        for name, roles in PERSONS.items():
            tx.execute(insert(account).values(name=name, printed_name=name.title(), password_hash=HASHED, roles=list(roles)))
    yield Plant(store, context)
    reader.close()
