"""Importing happens without the collector, and leaves it as it was."""

import gc
from collections.abc import Iterator
from pathlib import Path

import pytest

from medthread.cli.loading import loading


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    yield
    gc.unfreeze()
    gc.enable()


def test_what_came_is_left_out_of_later_walks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "came_while_loading.py").write_text("import gc\nran = gc.isenabled()\nkept = [[]]\n", encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    with loading():
        import came_while_loading
    assert not came_while_loading.ran
    assert gc.isenabled()
    assert all(o is not came_while_loading.kept for o in gc.get_objects()), "it is walked through no more"


def test_where_nothing_came_nothing_is_left_out() -> None:
    gc.unfreeze()
    with loading():
        import medthread.cli.loading  # noqa: F401 - it is there already
    assert gc.get_freeze_count() == 0
    assert gc.isenabled()


def test_whoever_ran_without_still_does_and_a_failure_ends_it_too() -> None:
    with pytest.raises(ZeroDivisionError), loading():
        raise ZeroDivisionError
    assert gc.isenabled()
    gc.disable()
    with loading():
        pass
    assert not gc.isenabled()
