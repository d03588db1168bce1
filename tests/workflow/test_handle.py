"""An act and its audit row stand or fall together; a refusal leaves nothing but its own row."""

from typing import Any

import pytest
from sqlalchemy import Connection, insert, select

from medthread.model.errors import ConflictError
from medthread.stores.postgres import Store
from medthread.stores.postgres.tables import audit_event, run
from medthread.trust.audit import record
from medthread.workflow import handle


def rows(store: Store, object_: str) -> list[tuple[Any, ...]]:
    query = select(audit_event.c.actor, audit_event.c.action, audit_event.c.outcome, audit_event.c.reason, audit_event.c.detail)
    with store.transaction() as tx:
        return [tuple(r) for r in tx.execute(query.where(audit_event.c.object == object_)).all()]


def runs(store: Store, id_: str) -> int:
    with store.transaction() as tx:
        return len(tx.execute(select(run.c.id).where(run.c.id == id_)).all())


def begin(tx: Connection, id_: str) -> str:
    tx.execute(insert(run).values(id=id_, status="running", started_by="li"))
    record(tx, actor="li", action="run.start", object_=id_)
    return id_


def test_what_is_done_stands_with_its_row(store: Store) -> None:
    assert handle(store, by="li", action="run.start", object_="h1", act=lambda tx: begin(tx, "h1")) == "h1"
    assert runs(store, "h1") == 1
    assert rows(store, "h1") == [("li", "run.start", "done", None, None)]


def test_what_is_refused_is_undone_and_the_refusal_written(store: Store) -> None:
    def act(tx: Connection) -> None:
        begin(tx, "h2")
        raise ConflictError("another is under way", hint="wait")

    with pytest.raises(ConflictError):
        handle(store, by="li", action="run.start", object_="h2", act=act)
    assert runs(store, "h2") == 0
    assert rows(store, "h2") == [("li", "run.start", "refused", "conflict", {"message": "another is under way", "because": []})]


def test_what_breaks_leaves_nothing(store: Store) -> None:
    def act(tx: Connection) -> None:
        begin(tx, "h3")
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        handle(store, by="li", action="run.start", object_="h3", act=act)
    assert runs(store, "h3") == 0
    assert rows(store, "h3") == []
