"""Every contract of the floors holds, and each is proven to fail on a planted violation."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

PLANTED = {
    "A room imports only from lower floors": ("src/medthread/model/planted.py", "import medthread.stores\n"),
    "The machine never names a business object": ("src/medthread/stores/planted.py", "import medthread.masters.item\n"),
    "Domains never import each other": (
        "src/medthread/domains/supply/planted.py", "import medthread.domains.quality.qms_nonconformance\n"),
    "Declarations and calculation know no driver": ("src/medthread/masters/planted.py", "import duckdb\n"),
    "The simulator shares nothing with what it judges": ("src/medthread_demo/planted.py", "import medthread.model\n"),
}
EXHAUSTIVE = ("src/medthread/utils/__init__.py", "")


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    shutil.copytree(ROOT / "src", tmp_path / "src", ignore=shutil.ignore_patterns("__pycache__", "static"))
    shutil.copy(ROOT / ".importlinter", tmp_path)
    return tmp_path


def lint(root: Path) -> str:
    done = subprocess.run(
        [str(Path(sys.executable).parent / "lint-imports"), "--no-cache"], cwd=root, capture_output=True, text=True,
        check=False, env={"PYTHONPATH": str(root / "src"), "PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"},
    )
    return done.stdout + done.stderr


def test_all_contracts_hold(copy: Path) -> None:
    assert "0 broken" in lint(copy)


@pytest.mark.parametrize("contract", PLANTED)
def test_a_planted_violation_is_found(copy: Path, contract: str) -> None:
    name, content = PLANTED[contract]
    (copy / name).write_text(content, encoding="utf-8")
    assert f"{contract} BROKEN" in lint(copy)


def test_a_room_nobody_planned_is_found(copy: Path) -> None:
    (copy / EXHAUSTIVE[0]).parent.mkdir()
    (copy / EXHAUSTIVE[0]).write_text(EXHAUSTIVE[1], encoding="utf-8")
    report = lint(copy)
    assert "A room imports only from lower floors BROKEN" in report or "utils" in report
