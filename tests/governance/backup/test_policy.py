"""Which backups stay: never fewer than declared, always the newest, and nothing that a kept one needs is removed."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from medthread.governance.backup.check import damaged
from medthread.governance.backup.policy import Policy
from medthread.governance.backup.prune import prune
from medthread.governance.backup.setting import BackupSetting
from medthread.model.errors import ConfigurationError, NotFoundError
from medthread.stores.targets import FolderTarget
from tests.governance.backup.conftest import Keep

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)


@dataclass(frozen=True)
class Made:
    point_at: datetime


@given(st.sets(st.integers(0, 24 * 400), max_size=60), st.integers(0, 10), st.integers(0, 10))
def test_days_weeks_the_last_day_and_always_the_newest(hours: set[int], daily: int, weekly: int) -> None:
    backups = [Made(NOW - timedelta(hours=h)) for h in hours]
    kept = Policy(daily, weekly).kept(backups, now=NOW)
    assert len(set(kept)) == len(kept)
    if backups:
        assert kept[0] == max(backups, key=lambda b: b.point_at)
    assert {b for b in backups if NOW - b.point_at < timedelta(days=1)} <= set(kept)
    days = sorted({b.point_at.date() for b in backups}, reverse=True)[:daily]
    weeks = sorted({b.point_at.isocalendar()[:2] for b in backups}, reverse=True)[:weekly]
    for day in days:
        assert max(b.point_at for b in backups if b.point_at.date() == day) in {b.point_at for b in kept}
    for week in weeks:
        assert max(b.point_at for b in backups if b.point_at.isocalendar()[:2] == week) in {b.point_at for b in kept}
    recent = sum(NOW - b.point_at < timedelta(days=1) for b in backups)
    assert len(kept) <= recent + daily + weekly + 1


def test_what_is_pruned_takes_nothing_along_that_is_still_needed(keep: Keep, tmp_path: Path) -> None:
    target = FolderTarget(tmp_path / "disk")
    keeping = keep(target)
    whole = keeping.run(by="test", whole=True).manifest
    since = keeping.run(by="test").manifest
    fresh = keeping.run(by="test", whole=True).manifest
    key, shelf = keeping.setting.key(), keeping.shelf()
    later = datetime.now(UTC) + timedelta(days=3)
    (tmp_path / "disk" / "contents" / "ff").mkdir(exist_ok=True)
    (tmp_path / "disk" / "contents" / "ff" / ("f" * 64)).write_bytes(b"left by a backup that was interrupted")
    done = prune(target, key, Policy(daily=1, weekly=1), now=later)
    assert set(done.backups) == {whole.id, since.id}
    assert done.contents > 0
    assert [m.id for m in shelf.manifests()] == [fresh.id]
    assert damaged(shelf, fresh) == []
    assert prune(target, key, Policy(daily=0, weekly=0), now=later).backups == (), "the newest always stays"
    with pytest.raises(NotFoundError):
        shelf.find(whole.id)


SAID = {"key_file": "/safe/k", "targets": ["/copies"], "keys": "/keys"}


@pytest.mark.parametrize(("change", "words"), [
    ({"targets": []}, "names no targets"), ({"colour": "red"}, "has no 'colour'"), ({"targets": ["/copies", "/copies"]}, "twice"),
    ({"keys": "/copies"}, "kept apart"), ({"targets": ["data/copies"]}, "inside data/"), ({"keys": "data/keys"}, "inside data/"),
    ({"key_file": "data/k"}, "the backup key lies in"), ({"key_file": "/copies/k"}, "the backup key lies in"), ({"keep_daily": -1}, "keep_daily is -1"),
    ({"keep_weekly": "7"}, "keep_weekly is '7'"), ({"keep_daily": True}, "keep_daily is True"), ({"every_hours": 0}, "every_hours is 0"),
    ({"drill_every_days": "weekly"}, "drill_every_days is 'weekly'"), ({"targets": [{"url": ""}]}, "names no place"),
])
def test_a_setting_that_could_not_be_meant_is_refused(change: dict[str, object], words: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError) as found:
        BackupSetting.of({"backup": {**SAID, **change}}, home=tmp_path)
    assert words in found.value.message


def test_what_is_said_is_what_is_done(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert BackupSetting.of({}, home=tmp_path) is None
    with pytest.raises(ConfigurationError, match="not a section"):
        BackupSetting.of({"backup": "daily"}, home=tmp_path)
    made = BackupSetting.of({"backup": {**SAID, "every_hours": 6, "drill_every_days": 7, "keep_daily": 3}}, home=tmp_path)
    assert made is not None
    assert (made.every, made.drill_every, made.policy) == (timedelta(hours=6), timedelta(days=7), Policy(3, Policy.weekly))
    with pytest.raises(ConfigurationError, match="names no key_file"):
        replace(made, key_file=None).key()
    monkeypatch.setenv("MEDTHREAD_BACKUP_KEY_FILE", str(tmp_path / "elsewhere"))
    other = BackupSetting.of({"backup": SAID}, home=tmp_path)
    assert other is not None
    assert other.key_file == tmp_path / "elsewhere"
