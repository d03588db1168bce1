"""The lake in bounds: what tidying takes away and what it leaves, killed anywhere, and what it says beforehand."""

import os
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, text

from medthread.app import Installation, open_installation
from medthread.governance.backup.take import alone
from medthread.governance.lake import LakeSetting, Tidying, is_due
from medthread.model.errors import ConfigurationError, ConflictError
from medthread.pipeline.release import Keeping, Rule
from medthread.stores.lakehouse.turn import turn
from medthread.stores.postgres.tables import audit_event, lake_file
from medthread.stores.serving import LakeReader
from tests.reliability.lives import Lives
from tests.scenarios import company

NOW = datetime.now(UTC)
LATER = NOW + timedelta(days=900)
AFTER = LATER + timedelta(days=2)
STRICT = Rule(Keeping(days=1, daily=0, monthly=0, at_least=2))


def releases_of(installation: Installation, home: Path, count: int) -> list[str]:
    """So many releases, one after the other, each with five receipts more."""
    made = []
    for n in range(count):
        if n:
            company.receipts(home, f"receipt{n + 1}.csv", 1000 * n, 5)
        made.append(company.run(installation).release)
    assert all(made)
    return [m for m in made if m]


def tidying(installation: Installation) -> Tidying:
    return replace(installation.upkeep.tidying(), rule=STRICT)


def on_disk(installation: Installation) -> set[str]:
    return {str(p) for p in (installation.workspace.data / "lake").resolve().rglob("*.parquet")}


def named(installation: Installation) -> set[str]:
    """Files that a head or a release names."""
    query = "select path from medthread.lake_file where removed_in is null union select unnest(files) from medthread.release_table"
    with installation.store.transaction() as tx:
        return set(tx.execute(text(query)).scalars())


def old(path: Path, *, days: int) -> Path:
    """A file that was written so many days ago."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"PAR1 half")
    os.utime(path, (at := (NOW - timedelta(days=days)).timestamp(), at))
    return path


@pytest.mark.usefixtures("own_database")
def test_old_releases_give_their_files_back_and_readers_see_the_same(tmp_path: Path) -> None:
    home = company.found(tmp_path / "c")
    with open_installation(home) as installation:
        made = releases_of(installation, home, 5)
        content, before, metadata = company.read_from(installation), on_disk(installation), len(list(home.glob("data/lake/*/*/metadata/*.avro")))
        lost = old(home / "data" / "lake" / "golden" / "item" / "data" / "cut-short.parquet", days=3)
        half = old(home / "data" / "lake" / "raw" / "erp_item" / "data" / "abc" / "half.partial", days=3)
        fresh = old(home / "data" / "lake" / "golden" / "item" / "data" / "under-way.parquet", days=0)
        tidy = tidying(installation)

        foreseen = tidy.plan(now=LATER)  # says, and does nothing
        assert foreseen.releases == made[:3]
        assert (foreseen.files, foreseen.orphans) == (0, 3)
        assert foreseen.waiting_files > 0
        assert {r["withdrawn_at"] for r in installation.release_rows()} == {None}
        assert on_disk(installation) == before | {str(lost), str(fresh)}

        first = tidy.tidy(by="tester", now=NOW)  # all is young: nothing is withdrawn, what readers may read stays
        assert (first.releases, first.files, first.orphans, first.finished) == ([], 0, 2, True)
        assert not lost.exists()
        assert not half.parent.exists()
        assert fresh.exists()
        assert on_disk(installation) == before | {str(fresh)}
        fresh.unlink()

        second = tidy.tidy(by="tester", now=LATER)  # withdrawn; the files wait for who reads them
        assert (second.releases, second.files, second.waiting_files) == (made[:3], 0, foreseen.waiting_files)
        assert on_disk(installation) == before
        assert tidy.plan(now=AFTER).files == second.waiting_files
        third = tidy.tidy(by="tester", now=AFTER)
        assert (third.files, third.waiting_files) == (second.waiting_files, 0)
        assert (second.snapshots > 0, second.metadata_files > 0) == (True, True)
        assert len(list(home.glob("data/lake/*/*/metadata/*.avro"))) < metadata
        assert on_disk(installation) == named(installation) < before
        assert tidy.tidy(by="tester", now=AFTER).files == 0

        assert company.read_from(installation) == content
        for kept in made[3:]:
            assert [f for f in installation.faults(installation.releases.get(kept)) if not f.what.startswith("the pointer")] == []
        status = installation.upkeep.status()
        assert (status.releases, status.withdrawn, status.orphans, status.unnamed_files) == (2, 3, 0, 0)
        assert status.bytes == sum(Path(p).stat().st_size for p in on_disk(installation))
        with installation.store.transaction() as tx:
            gone = set(tx.execute(select(lake_file.c.path).where(lake_file.c.gone_at.is_not(None))).scalars())
            told = tx.execute(select(audit_event.c.action).where(audit_event.c.object == "lake").order_by(audit_event.c.seq)).scalars().all()
        assert gone == before - named(installation)  # what went stays known
        assert told == ["lake.tidy", "lake.tidied"] * 4

        company.receipts(home, "receipt9.csv", 9000, 7)  # and work goes on
        assert company.run(installation).release
        assert len(company.read_from(installation)["golden.receipt"]) == len(content["golden.receipt"]) + 7


@pytest.mark.usefixtures("own_database")
def test_going_back_after_tidying_and_making_again_what_was_taken_away(tmp_path: Path) -> None:
    """A text of before comes again: its file was taken off the disk, and is made anew under the name that it had."""
    home = company.found(tmp_path / "c")
    (home / "models").mkdir()
    with open_installation(home) as installation:
        files = [by_item(installation, home, measure) for measure in ("max", "min", "sum")]
        tidy = tidying(installation)
        for now in (LATER, AFTER):
            tidy.tidy(by="tester", now=now)
        assert [Path(f).is_file() for f in files] == [False, True, True]
        assert by_item(installation, home, "max") == files[0]
        release = installation.releases.current()
        assert release
        assert installation.faults(release) == []
        assert len(company.read_from(installation)["marts.by_item"]) == 30
        with installation.store.transaction() as tx:
            assert tx.execute(select(lake_file.c.gone_at).where(lake_file.c.path == files[0])).scalar_one() is None


def by_item(installation: Installation, home: Path, measure: str) -> str:
    """A model with this measure, built and released; gives its file."""
    head = "-- about: 物料收货 | Receipts by item\n-- meaning: 每个物料一行 | One row per item\n-- owner: purchasing\n-- grain: item\n"
    (home / "models" / "by_item.sql").write_text(f"{head}select item, {measure}(quantity) as quantity from golden.receipt where item is not null group by item\n", encoding="utf-8")
    assert company.run(installation).release
    [file] = installation.context().committer.files("marts.by_item")
    return file


@pytest.mark.usefixtures("own_database")
def test_it_waits_for_its_turn_and_is_due_when_it_is_time(tmp_path: Path) -> None:
    home = company.found(tmp_path / "c")
    with open_installation(home) as installation:
        company.run(installation)
        tidy = tidying(installation)
        for held in (turn, alone):
            with held(installation.store), pytest.raises(ConflictError):
                tidy.tidy(by="tester")
        daily, never = LakeSetting(), LakeSetting(tidy_hours=0)
        with installation.store.transaction() as tx:
            assert not is_due(tx, daily, now=NOW)  # the lake was begun just now
            assert is_due(tx, daily, now=LATER)
            assert not is_due(tx, never, now=LATER)
            tx.execute(text("update medthread.lake_commit set at = at - interval '2 days'"))
        with turn(installation.store):
            installation.upkeep.when_due()  # the run's outcome stands; it is due still
        with installation.store.transaction() as tx:
            assert is_due(tx, daily, now=datetime.now(UTC))
        installation.upkeep.when_due()
        with installation.store.transaction() as tx:
            assert not is_due(tx, daily, now=datetime.now(UTC))
            assert is_due(tx, daily, now=datetime.now(UTC) + timedelta(hours=25))
        short = replace(tidy, seconds=0.0).tidy(by="tester", now=LATER)  # no time at all: it says so, and the next one goes on
        assert not short.finished


@pytest.mark.usefixtures("own_database")
def test_killed_at_any_step_it_is_finished_by_the_next(tmp_path: Path) -> None:
    home = company.found(tmp_path / "c")
    with open_installation(home) as installation:
        releases_of(installation, home, 4)
        content = company.read_from(installation)
        old(home / "data" / "lake" / "golden" / "item" / "data" / "cut-short.parquet", days=3)
    steps, kills, said = tmp_path / "steps", 0, ""
    with Lives("tests.reliability.programs:tidier", str(home), str(steps), log=tmp_path / "tidier.log") as lives:
        while said != "tidy" and kills < 60:
            steps.write_text(str(1 + 7 * kills), encoding="utf-8")
            lives.begin()
            heard = [lives._line()]
            while heard[-1] not in ("ended", "tidy"):
                heard.append(lives._line())
            said = heard[-1]
            kills += said == "ended"
            if said == "tidy":
                lives.end()
            lives.pid = 0
    assert said == "tidy"
    assert kills >= 5
    with open_installation(home) as installation:
        assert company.read_from(installation) == content
        assert on_disk(installation) == named(installation)
        current = installation.releases.current()
        assert current is not None
        assert installation.faults(current) == []
        assert installation.upkeep.orphans() == []
        reader = LakeReader(installation.releases)
        told = installation.tracer(reader).question(item="M3", lot="S3", direction="down", limit=0)
        reader.close()
    assert [lot["number"] for lot in told["lots"]] == ["L3", "S3"]


@pytest.mark.parametrize("said", ["now", {"grace_hours": 0}, {"grace_hours": "24"}, {"file_mb": True}, {"grace": 1}, {"tidy_hours": -1}, {"builds_days": 1.5}])
def test_what_cannot_be_meant_is_refused_with_what_to_write(said: object) -> None:
    with pytest.raises(ConfigurationError) as refused:
        LakeSetting.read({"lake": said})
    assert refused.value.hint
