"""Files of an installation are their owner's: made so, and made so again where they were not."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from medthread.cli import main
from medthread.stores import private
from medthread.stores.private import make_way, privately, tighten


def mode(path: Path) -> int:
    return stat.S_IMODE(path.lstat().st_mode)


@pytest.fixture(autouse=True)
def open_to_all() -> Iterator[None]:
    """As most machines are set up."""
    before = os.umask(0o022)
    yield
    os.umask(before)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home as it was made before: everybody may read it."""
    made = tmp_path / "home"
    for folder in ("inbox/erp", "sources", "data/lake/warehouse", "data/keys", "data/postgres"):
        (made / folder).mkdir(parents=True)
    for file in ("medthread.toml", "inbox/erp/a.csv", "data/keys/master.key", "data/postgres/postgres.log", "data/registry.db"):
        (made / file).write_text("x", encoding="utf-8")
    return made


def test_an_old_home_is_closed_to_everybody_else(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(private, "is_walked", lambda: False)
    tighten(home, inbox=home / "inbox")
    assert [oct(mode(home / p)) for p in (".", "inbox", "sources", "data", "data/lake", "data/keys", "data/postgres")] == ["0o700"] * 7
    assert [oct(mode(home / p)) for p in ("medthread.toml", "data/registry.db", "data/postgres/postgres.log")] == ["0o600"] * 3


def test_the_way_to_the_database_stays_open_where_its_server_runs_as_another(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(private, "is_walked", lambda: True)
    tighten(home, inbox=home / "inbox")
    assert [oct(mode(home / p)) for p in (".", "data", "data/postgres")] == ["0o711"] * 3
    assert [oct(mode(home / p)) for p in ("inbox", "sources", "data/lake", "data/keys")] == ["0o700"] * 4
    assert mode(home / "data/postgres/postgres.log") == 0o600


def test_nothing_is_opened_and_no_link_followed(home: Path, tmp_path: Path) -> None:
    elsewhere, linked = tmp_path / "elsewhere", home / "models"
    elsewhere.mkdir(mode=0o755)
    linked.symlink_to(elsewhere)
    (home / "data" / "keys").chmod(0o500)
    (home / "sources").chmod(0o000)
    tighten(home, inbox=home / "inbox")
    assert mode(elsewhere) == 0o755
    assert mode(home / "data" / "keys") == 0o500
    assert mode(home / "sources") == 0o000


def test_an_inbox_that_a_group_delivers_to_stays_theirs(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(private, "is_walked", lambda: False)
    (home / "inbox").chmod(0o2775)
    tighten(home, inbox=home / "inbox")
    assert (mode(home / "inbox"), mode(home), mode(home / "sources")) == (0o2770, 0o710, 0o700)


def test_what_is_another_s_is_left(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mine = os.geteuid()
    monkeypatch.setattr(os, "geteuid", lambda: mine + 1)
    tighten(home, inbox=home / "inbox")
    assert mode(home / "inbox") == 0o755


def test_a_home_that_is_not_there_is_none(tmp_path: Path) -> None:
    tighten(tmp_path / "none", inbox=tmp_path / "none" / "inbox")
    assert not (tmp_path / "none").exists()


@pytest.mark.parametrize(("walked", "way"), [(False, 0o700), (True, 0o711)])
def test_a_way_is_made_whatever_the_machine_is_set_to(tmp_path: Path, walked: bool, way: int) -> None:  # noqa: FBT001 - a case
    os.umask(0o077)
    (tmp_path / "there").mkdir()
    (tmp_path / "there").chmod(0o750)
    make_way(tmp_path / "there" / "a" / "b", walked=walked)
    assert [mode(tmp_path / p) for p in ("there/a", "there/a/b")] == [way, way]
    assert mode(tmp_path / "there") == 0o750


def test_a_new_home_is_private(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(private, "is_walked", lambda: False)
    monkeypatch.setattr("medthread.cli.workspaces.is_walked", lambda: False)
    with pytest.raises(SystemExit) as ended:
        main(["init", str(tmp_path / "new")])
    assert ended.value.code in (0, None)
    made = tmp_path / "new"
    assert {oct(mode(p)) for p in (made, *made.iterdir()) if p.is_dir()} == {"0o700"}
    assert mode(made / "medthread.toml") == 0o600


def test_what_a_command_makes_later_is_private_too(tmp_path: Path) -> None:
    with privately():
        (tmp_path / "later").mkdir()
        (tmp_path / "later" / "file").touch()
    (tmp_path / "after").mkdir()
    assert (mode(tmp_path / "later"), mode(tmp_path / "later" / "file"), mode(tmp_path / "after")) == (0o700, 0o600, 0o755)
