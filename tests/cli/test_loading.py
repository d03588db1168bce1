"""A command is imported without the collector and leaves at once, with everything said and everybody told."""

import gc
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from medthread.cli.loading import loading

# What the installed program does, with somebody who waits for its end, and something in a circle that would say if it were taken down.
PROCESS = """
import atexit, os, sys
from medthread.cli import main
class Seen:
    def __del__(self, write=os.write): write(1, b"taken down piece by piece")
seen = Seen()
seen.itself = seen
atexit.register(lambda: print("told of the end"))
sys.argv = ["medthread", *sys.argv[1:]]
main()
"""


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


@pytest.mark.parametrize(
    ("command", "status", "said"),
    [("version", 0, "0.1.0\n"), ("nonsense", 2, ""), ("release list --home nowhere", 1, "")],
)
def test_it_leaves_with_its_status_when_all_is_said(command: str, status: int, said: str, tmp_path: Path) -> None:
    buffered = {k: v for k, v in os.environ.items() if k != "PYTHONUNBUFFERED"}
    done = subprocess.run(
        [sys.executable, "-c", PROCESS, *command.split()], cwd=tmp_path, capture_output=True, text=True, check=False, env=buffered)
    assert (done.returncode, done.stdout) == (status, said + "told of the end\n")
    assert bool(done.stderr) == bool(status), done.stderr


def test_what_python_has_to_say_of_a_failure_it_says(tmp_path: Path) -> None:
    """Also that nobody listens; and nothing of leaks after it."""
    with Path("/dev/full").open("w", encoding="utf-8") as full:
        done = subprocess.run([sys.executable, "-c", PROCESS, "version"], cwd=tmp_path, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert done.returncode != 0
    assert "No space left" in done.stderr
    assert "leak" not in done.stderr
