"""Trains take to readers what is ready, each once, whatever happened meanwhile."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from medthread.app import Installation
from medthread.governance.trains import TrainService
from medthread.model.errors import ConflictError
from medthread.pipeline.release import move_pointer
from medthread.stores.lakehouse.turn import turn
from medthread.stores.postgres.tables import audit_event, train_departure
from tests.conftest import Opening
from tests.pipeline.judge import ruled
from tests.scenarios import company

NOON = datetime(2026, 11, 25, 4, 0, tzinfo=UTC)  # 12:00 in China


@pytest.fixture
def home(tmp_path: Path) -> Path:
    home = company.found(tmp_path / "c")
    (home / "medthread.toml").write_text('name = "试验"\ninbox = "inbox"\n[release]\ntrains = [{at = "12:00"}]\n', encoding="utf-8")
    return home


@pytest.fixture
def opened(home: Path, open_beside: Opening) -> Iterator[Installation]:
    with open_beside(home) as installation:
        yield installation


def trains(installation: Installation) -> TrainService:
    found = installation.trains()
    assert found
    return found


def seen(installation: Installation) -> str | None:
    current = installation.releases.current()
    return current.id if current else None


def departures(installation: Installation) -> list[tuple[str | None, str | None]]:
    with installation.store.transaction() as tx:
        return [(r.release, r.message) for r in tx.execute(select(train_departure).order_by(train_departure.c.due_at))]


def test_a_run_makes_ready_and_the_train_takes_it_once(home: Path, opened: Installation) -> None:
    made = company.run(opened).release
    assert made
    assert seen(opened) is None
    assert company.run(opened).release is None
    service = trains(opened)
    assert service.look(NOON + timedelta(minutes=5)) == made
    assert seen(opened) == made
    company.receipts(home, "receipt2.csv", 1000, 5)
    assert service.look(NOON + timedelta(minutes=9)) is None  # it left already
    assert service.look(NOON + timedelta(days=1)) == seen(opened) != made
    assert [release for release, _ in departures(opened)] == [made, seen(opened)]
    with opened.store.transaction() as tx:
        told = tx.execute(select(audit_event.c.actor, audit_event.c.reason).where(audit_event.c.action == "release.publish")).all()
    assert {t.actor for t in told} == {"train"}
    assert all(t.reason.startswith("train 2026-11-2") for t in told)


def test_a_train_far_too_late_does_not_leave(opened: Installation) -> None:
    company.run(opened)
    assert trains(opened).look(NOON + timedelta(hours=13)) is None
    assert (seen(opened), departures(opened)) == (None, [])


def test_where_the_run_fails_what_was_ready_leaves(home: Path, opened: Installation) -> None:
    made = company.run(opened).release
    (home / "models").mkdir()
    (home / "models" / "broken.sql").write_text(
        "-- about: 坏 | Broken\n-- meaning: 坏 | Broken\n-- owner: it\n-- grain: id\n-- test: false\nselect id from golden.receipt\n", encoding="utf-8")
    assert trains(opened).look(NOON) == made
    [(release, message)] = departures(opened)
    assert release == made
    assert "marts.broken" in (message or "")


def test_while_the_lake_is_being_changed_it_waits(opened: Installation) -> None:
    made = company.run(opened).release
    service = trains(opened)
    with turn(opened.store), pytest.raises(ConflictError):
        service.look(NOON)
    assert seen(opened) is None
    assert service.look(NOON + timedelta(minutes=1)) == made


def test_one_that_a_dead_server_began_is_begun_again(opened: Installation) -> None:
    made = company.run(opened).release
    service = trains(opened)
    assert service.look(NOON) == made
    with opened.store.transaction() as tx:
        tx.execute(update(train_departure).values(ended_at=None))
    assert service.look(NOON + timedelta(minutes=1)) is None  # nothing more is ready, and it is ended now
    with opened.store.transaction() as tx:
        assert tx.execute(select(train_departure.c.ended_at)).scalar_one() is not None


def test_what_somebody_went_back_from_does_not_come_by_itself(home: Path, opened: Installation) -> None:
    """A release that readers saw and that was taken back stays back until something newer is ready."""
    first = trains(opened).look(NOON)
    company.receipts(home, "receipt2.csv", 1000, 5)
    second = trains(opened).look(NOON + timedelta(days=1))
    assert first
    assert second
    with opened.store.transaction() as tx:
        move_pointer(tx, opened.releases, id_=first, by="test", reason="wrong numbers")
    assert trains(opened).look(NOON + timedelta(days=2)) is None
    assert seen(opened) == first
    company.receipts(home, "receipt3.csv", 2000, 5)
    assert trains(opened).look(NOON + timedelta(days=3)) not in (None, first, second)


def test_what_a_train_took_to_readers_is_judged_as_they_see_it(home: Path, open_beside: Opening) -> None:
    (home / "rules").mkdir()
    ruled.write(home, ruled.rule("seen", {"rows": "select receipt_no from golden.receipt"}, at="serving", on={"entity": "receipt"}))
    with open_beside(home) as installation:
        company.run(installation)
        assert "seen" not in ruled.verdicts(installation)  # nobody sees it yet
        trains(installation).look(NOON + timedelta(minutes=5))
        told = ruled.verdicts(installation)["seen"]
        assert (told.broken, told.round) == (197, f"train {NOON.isoformat()}")
