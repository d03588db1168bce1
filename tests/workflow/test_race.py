"""Fifty persons at once: one of them wins, and the record says who."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor

from sqlalchemy import select

from medthread.model.errors import MedthreadError
from medthread.stores.postgres.tables import number_series, process_step
from tests.workflow.conftest import Plant
from tests.workflow.test_act import granted

RACERS = 50


def test_one_act_is_done_by_one_of_fifty(plant: Plant) -> None:
    id_ = granted(plant)
    version = str(plant.row(id_)["_revision"])

    def close(_: int) -> str:
        try:
            return plant.act_unseen("dan", id_, "close", reason="race", version=version).state
        except MedthreadError as error:
            return error.code

    with ThreadPoolExecutor(RACERS) as pool:
        ended = Counter(pool.map(close, range(RACERS)))
    assert ended["closed"] == 1
    assert ended["closed"] + ended["conflict"] + ended["precondition"] == RACERS
    with plant.store.transaction() as tx:
        assert len(tx.execute(select(process_step.c.id).where(process_step.c.record == id_, process_step.c.action == "close")).all()) == 1


def test_two_roles_signed_by_many_move_the_record_once(plant: Plant) -> None:
    id_ = plant.create("eve", kind="weld", place="hall 1")
    plant.act("ann", id_, "check")
    shown = {name: plant.look(name, id_, "grant")["content_hash"] for name in ("bob", "cai")}
    version = str(plant.row(id_)["_revision"])

    def grant(n: int) -> str:
        try:
            name = ("bob", "cai")[n % 2]
            return plant.act_unseen(name, id_, "grant", shown=shown[name], version=version).state
        except MedthreadError as error:
            return error.code

    with ThreadPoolExecutor(8) as pool:
        ended = Counter(pool.map(grant, range(8)))
    assert (ended["checked"], ended["granted"]) == (1, 1)
    with plant.store.transaction() as tx:
        signed = tx.execute(select(process_step.c.actor).where(process_step.c.record == id_, process_step.c.action == "grant")).scalars().all()
    assert sorted(signed) == ["bob", "cai"]


def test_numbers_follow_one_another_without_gap_or_double(plant: Plant) -> None:
    with ThreadPoolExecutor(10) as pool:
        ids = list(pool.map(lambda _: plant.create("eve", kind="weld"), range(RACERS)))
    numbers = sorted(int(plant.row(i)["permit_no"][-5:]) for i in ids)
    assert numbers == list(range(1, RACERS + 1))
    with plant.store.transaction() as tx:
        assert tx.execute(select(number_series.c.last)).scalar_one() == RACERS
