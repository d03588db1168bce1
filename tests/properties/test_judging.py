"""The judge of random runs finds what is wrong: each kind of fault is planted into what a run left behind."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection, text

from medthread.stores.postgres import Store
from tests.commands import command_path
from tests.properties.judging import faults, judge
from tests.properties.people import settle_in, without_guards
from tests.properties.random_run import RandomRun
from tests.waiting import settle

LAST = "(select id from medthread.process_step where role not in ('system', 'orig') and to_state is not null and on_behalf_of is null order by id desc limit 1)"
PLANTED = [
    ("update medthread.process_case set state = 'nowhere' where (entity, record) = (select entity, record from medthread.process_case limit 1)", "began in nowhere|stands in nowhere"),
    (f"update medthread.process_step set to_state = 'nowhere' where id = {LAST}", "is no transition"),
    (f"update medthread.process_step set actor = 'p' || mod(substr(actor, 2)::int + 1, 50) where id = {LAST}", "is no "),
    (f"update medthread.process_step set on_behalf_of = actor, actor = 'stranger' where id = {LAST}", "was not lent to stranger"),
    (f"delete from medthread.process_step where id = {LAST}", "acknowledged 1 times and done 0 times"),
    (f"update medthread.process_step set action = 'else' where id = {LAST}", "else: 1 steps and 0 audit rows"),
    ("delete from medthread.outbox where type in (select type from medthread.outbox limit 1)", "and 0 events"),
    ("update medthread.signature set content = '{}' where id = (select id from medthread.signature limit 1)", "does not stand"),
]


@pytest.fixture
def run(store: Store, tmp_path: Path) -> Iterator[RandomRun]:
    with command_path(store, tmp_path) as shipped:
        made = RandomRun(store, without_guards(shipped), settle_in(store, seed=3), seed=3)
        for _ in range(250):
            made.command()
        settle(store, made.context)
        yield made


def one_for_both(tx: Connection, run: RandomRun) -> None:
    """Whoever did one side of a duty did the other too."""
    sides = text("""
        select one.actor, other.id from medthread.process_step one join medthread.process_step other using (entity, record)
        where entity = :entity and one.action = :one and other.action = :other and not one.void and not other.void and 'system' not in (one.role, other.role)
    """)
    bound = [(entity, duty) for entity, process in run.context.rulebook.processes.items() for duty in process.duties if duty.when is None]
    found = [row for entity, duty in bound for row in tx.execute(sides, {"entity": entity, "one": duty.one, "other": duty.other})]
    assert found, "no record came so far that a duty bound anybody"
    tx.execute(text("update medthread.process_step set actor = :actor where id = :id"), {"actor": found[0][0], "id": found[0][1]})


def test_each_planted_fault_is_found(run: RandomRun) -> None:
    """One after the other, each taken back before the next."""
    assert judge(run.store, run.context, run) == []
    missed = []
    for statement, words in PLANTED:
        with run.store.engine.connect() as tx:
            assert tx.execute(text(statement)).rowcount
            found = list(faults(tx, run.context, run))
            tx.rollback()
        if not any(w in f for f in found for w in words.split("|")):
            missed.append((statement, found))
    assert missed == []


def test_a_broken_duty_is_found(run: RandomRun) -> None:
    with run.store.engine.connect() as tx:
        one_for_both(tx, run)
        assert any("were done by one person" in f for f in faults(tx, run.context, run))
        tx.rollback()
