"""What follows from an event: at once, soon after and exactly once, or when a person accepts."""


import pytest
from sqlalchemy import select, text

from medthread.model.errors import ConflictError, ForbiddenError, InvalidError
from medthread.stores.postgres.tables import outbox, proposal, reaction_failure
from medthread.trust.access import Actor
from medthread.workflow.inbox import inbox
from medthread.workflow.react import decide, drain, retry
from medthread.workflow.worker import Worker
from tests.waiting import settle, within
from tests.workflow.conftest import Plant
from tests.workflow.test_act import granted, state


def places(plant: Plant) -> list[str]:
    return sorted(r["place"].partition(" ")[0] for r in plant.all("gas_reading"))


def test_at_once_stands_with_the_act_and_auto_comes_once(plant: Plant) -> None:
    granted(plant)
    assert places(plant) == ["watch"]
    assert settle(plant.store, plant.context) == 1
    assert places(plant) == ["told", "watch"]
    assert settle(plant.store, plant.context) == 0
    assert places(plant) == ["told", "watch"]


def test_what_cannot_follow_at_once_refuses_the_act(plant: Plant) -> None:
    id_ = plant.create("eve", kind="weld", place="hall 1")
    plant.create("eve", entity="gas_reading", place=f"watch {plant.row(id_)['permit_no']}", level="none")  # in the way
    plant.act("ann", id_, "check")
    plant.act("bob", id_, "grant")
    with pytest.raises(ConflictError, match="there is a gas_reading"):
        plant.act("cai", id_, "grant")
    assert state(plant, id_) == "checked"
    with plant.store.transaction() as tx:
        assert not tx.execute(select(outbox)).all()


def test_a_reaction_that_fails_waits_with_its_reason_and_may_be_tried_again(plant: Plant) -> None:
    id_ = granted(plant)
    in_the_way = f"told {plant.row(id_)['permit_no']}"
    blocking = plant.create("eve", entity="gas_reading", place=in_the_way, level="none")
    other = granted(plant)
    assert drain(plant.store, plant.context) == 2
    with plant.store.transaction() as tx:
        failed = tx.execute(select(reaction_failure)).one()
        assert "there is a gas_reading" in failed.error
        assert inbox(tx, plant.context, plant.actor("dan"))["failures"][0]["record"] == id_
        table = plant.context.tables["gas_reading"]
        tx.execute(table.delete().where(table.c.id == blocking))
    assert f"told {plant.row(other)['permit_no']}" in [r["place"] for r in plant.all("gas_reading")]
    stranger = Actor("fay", "Fay", ("whs",))
    with plant.store.transaction() as tx:
        assert inbox(tx, plant.context, stranger)["failures"] == []
    with plant.store.transaction() as tx, pytest.raises(ForbiddenError, match="may not try it again"):
        retry(tx, plant.context, event=failed.event, reaction=failed.reaction, actor=stranger)
    with plant.store.transaction() as tx:
        assert [f["record"] for f in inbox(tx, plant.context, Actor("gus", "Gus", ("steward",)))["failures"]] == [id_]
        retry(tx, plant.context, event=failed.event, reaction=failed.reaction, actor=plant.actor("dan"))
    assert in_the_way in [r["place"] for r in plant.all("gas_reading")]


def test_a_proposal_waits_for_its_role_and_is_decided_once(plant: Plant) -> None:
    id_ = granted(plant)
    settle(plant.store, plant.context)
    with plant.store.transaction() as tx:
        (waiting,) = inbox(tx, plant.context, plant.actor("dan"))["proposals"]
        assert not inbox(tx, plant.context, plant.actor("ann"))["proposals"]
    deciding = {"id_": waiting["id"], "accept": True}
    with plant.store.transaction() as tx, pytest.raises(ForbiddenError, match="waits for qa"):
        decide(tx, plant.context, actor=plant.actor("ann"), reason="so", **deciding)
    with plant.store.transaction() as tx, pytest.raises(InvalidError, match="for a reason"):
        decide(tx, plant.context, actor=plant.actor("dan"), reason=" ", **deciding)
    with plant.store.transaction() as tx:
        decide(tx, plant.context, actor=plant.actor("dan"), reason="no work is needed", **deciding)
    assert state(plant, id_) == "closed"
    with plant.store.transaction() as tx, pytest.raises(ConflictError, match="accepted by dan"):
        decide(tx, plant.context, actor=plant.actor("dan"), reason="again", **deciding)
    with plant.store.transaction() as tx:
        assert tx.execute(select(proposal.c.status)).scalar_one() == "accepted"


def test_the_worker_wakes_by_itself_and_stops(plant: Plant) -> None:
    worker = Worker(plant.store, plant.context)
    worker.start()
    granted(plant)
    assert within(10, lambda: "told" in places(plant))
    worker.stop()
    assert places(plant) == ["told", "watch"]


def test_the_worker_goes_on_when_its_connection_breaks_while_it_listens(plant: Plant) -> None:
    worker = Worker(plant.store, plant.context)
    worker.start()
    ended = text("select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and query like 'listen %' and state = 'idle'")

    def broken() -> bool:
        with plant.store.transaction() as tx:
            return bool(tx.execute(ended).all())

    assert within(10, broken)
    granted(plant)
    assert within(20, lambda: "told" in places(plant))
    worker.stop()
    assert places(plant) == ["told", "watch"]


def test_the_inbox_shows_what_one_may_do(plant: Plant) -> None:
    id_ = plant.create("eve", kind="weld", place="hall 1")
    with plant.store.transaction() as tx:
        (task,) = inbox(tx, plant.context, plant.actor("ann"))["tasks"]
        assert (task["record"], [a["action"] for a in task["acts"]], task["title"][:3]) == (id_, ["check"], "HW-")
        assert task["due_at"] is not None
        assert not inbox(tx, plant.context, plant.actor("bob"))["tasks"]
