"""Releases beyond what is kept: which go, what stays of them, what is refused of them afterwards."""

from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import select, text, update

from medthread.app import Installation, open_installation
from medthread.model.errors import ConflictError, GoneError, NotFoundError
from medthread.pipeline.release import Keeping, Rule, move_pointer, pin, unpin, withdraw
from medthread.stores.lakehouse.standing import name_release
from medthread.stores.postgres.tables import audit_event, release, release_table
from medthread.workflow import handle
from tests.scenarios import company

pytestmark = pytest.mark.usefixtures("own_database")
STRICT = Rule(Keeping(days=1, daily=0, monthly=0, at_least=2))
LATER = datetime.now(UTC) + timedelta(days=900)


def releases_of(installation: Installation, home: Path, count: int) -> list[str]:
    """So many releases, one after the other, each with five receipts more."""
    made = []
    for n in range(count):
        if n:
            company.receipts(home, f"receipt{n + 1}.csv", 1000 * n, 5)
        made.append(company.run(installation).release)
    assert all(made)
    return [m for m in made if m]


def withdrawn(installation: Installation) -> list[str]:
    return [r["id"] for r in reversed(installation.release_rows()) if r["withdrawn_at"] is not None]


def act(installation: Installation, what: str, id_: str) -> None:
    done = {"release.publish": partial(move_pointer, releases=installation.releases), "release.pin": pin, "release.unpin": unpin}[what]
    handle(installation.store, by="tester", action=what, object_=f"release/{id_}", act=partial(done, id_=id_, by="tester", reason="for the audit of June"))


def test_what_readers_see_what_is_pinned_and_what_an_act_named_stay(tmp_path: Path) -> None:
    home = company.found(tmp_path / "c")
    with open_installation(home) as installation:
        first, second, third, fourth, *newest = releases_of(installation, home, 6)
        act(installation, "release.publish", first)
        act(installation, "release.pin", second)
        with installation.store.transaction() as tx:
            name_release(tx, third, in_="recall/1")
            name_release(tx, third, in_="recall/1")
        told = installation.releases.get(fourth)
        assert withdraw(installation.context(), STRICT, by="system", now=datetime.now(UTC)).gone == []  # all are of today
        done = withdraw(installation.context(), STRICT, by="system", now=LATER)
        assert (done.gone, done.altered) == ([fourth], [])
        assert withdrawn(installation) == [fourth]
        assert withdraw(installation.context(), STRICT, by="system", now=LATER).gone == []
        for kept in (first, second, third, *newest):
            assert not installation.faults(installation.releases.get(kept))[1:]  # the pointer stands elsewhere for all but one, which `verify` says once
        act(installation, "release.unpin", second)
        assert withdraw(installation.context(), STRICT, by="system", now=LATER).gone == [second]

        with installation.store.transaction() as tx:  # what it was stays, without its files
            row = tx.execute(select(release).where(release.c.id == fourth)).one()
            tables = tx.execute(select(release_table).where(release_table.c.release == fourth)).all()
            told_of = tx.execute(select(audit_event.c.detail["digest"].astext).where(audit_event.c.object == f"release/{fourth}").order_by(audit_event.c.seq)).scalars().all()
        assert {t.table: t.rows for t in tables} == {t.name: t.rows for t in told.tables.values()}
        assert not any(t.files for t in tables)
        assert row.withdrawn_by == "system"
        assert told_of == [row.digest, row.digest]  # as published, as withdrawn


def test_of_a_withdrawn_release_nothing_can_be_asked_and_each_refusal_says_what_to_do(tmp_path: Path) -> None:
    home = company.found(tmp_path / "c")
    with open_installation(home) as installation:
        gone, _, current = releases_of(installation, home, 3)
        withdraw(installation.context(), STRICT, by="system", now=LATER)
        with pytest.raises(GoneError) as refused:
            installation.releases.get(gone)
        assert "release list" in refused.value.hint
        for what in ("release.publish", "release.pin", "release.unpin"):
            with pytest.raises(GoneError):
                act(installation, what, gone)
            with pytest.raises(NotFoundError):
                act(installation, what, "R-none")
        with pytest.raises(ConflictError, match="not pinned"):
            act(installation, "release.unpin", current)
        with installation.store.transaction() as tx:
            assert installation.releases.current_id(tx) == current
            outcomes = tx.execute(select(audit_event.c.outcome).where(audit_event.c.object == f"release/{gone}", audit_event.c.actor == "tester")).scalars().all()
            name_release(tx, gone, in_="recall/1")
            assert tx.execute(text("select count(*) from medthread.release_use")).scalar_one() == 0
        assert outcomes == ["refused"] * 3
        company.receipts(home, "receipt9.csv", 9000, 5)
        assert company.run(installation).release is not None  # the next run is none the wiser


def test_a_release_that_was_changed_is_not_taken_away(tmp_path: Path) -> None:
    home = company.found(tmp_path / "c")
    with open_installation(home) as installation:
        oldest, *_ = releases_of(installation, home, 3)
        with installation.store.transaction() as tx:
            here = (release_table.c.release == oldest) & (release_table.c.table == "golden.receipt")
            tx.execute(update(release_table).where(here).values(files=["/elsewhere.parquet"]))
        done = withdraw(installation.context(), STRICT, by="system", now=LATER)
        assert (done.gone, done.altered) == ([], [oldest])
        assert withdrawn(installation) == []


def test_one_that_somebody_is_publishing_is_left_for_the_next_time(tmp_path: Path) -> None:
    home = company.found(tmp_path / "c")
    with open_installation(home) as installation:
        oldest, *_ = releases_of(installation, home, 3)
        with installation.store.transaction() as tx:
            move_pointer(tx, installation.releases, id_=oldest, by="tester", reason="going back")
            assert withdraw(installation.context(), STRICT, by="system", now=LATER).gone == []
        assert installation.releases.current() == installation.releases.get(oldest)
