"""Files stay small enough to read at a sitting, functions small enough to see at once."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2] / "src"
FILES = sorted(p for p in ROOT.rglob("*.py") if "migrations/versions" not in p.as_posix())
LONGEST_FILE, LONGEST_FUNCTION = 400, 50
SINGLE = {"medthread/trust/log/verifier.py": 560}  # an inspector is handed one file, so it is one
BANNED_NAMES = {"utils", "helpers", "manager", "common", "misc"}


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_size_and_name(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.count("\n") <= SINGLE.get(path.relative_to(ROOT).as_posix(), LONGEST_FILE)
    assert path.stem not in BANNED_NAMES
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert node.end_lineno is not None
            lines = node.end_lineno - node.lineno + 1
            assert lines <= LONGEST_FUNCTION, f"{path.name}:{node.lineno} {node.name} has {lines} lines"


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_no_blanket_except(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ExceptHandler):
            assert node.type is not None, f"{path}:{node.lineno} catches everything"
