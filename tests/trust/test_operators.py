"""Acts of the command line name the operating system's user, also under sudo, whatever the environment says."""

import ast
import os
import pwd
from pathlib import Path

import pytest

from medthread.model.errors import InvalidError
from medthread.trust.names import check_name
from medthread.trust.operators import operator_name
from tests.conftest import ROOT

PEOPLE = {1007: "lihua", 0: "root"}


@pytest.fixture(autouse=True)
def machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine with two users, on which nobody uses sudo."""
    entries = {uid: pwd.struct_passwd((name, "x", uid, uid, "", "/", "/bin/sh")) for uid, name in PEOPLE.items()}
    monkeypatch.setattr(pwd, "getpwuid", lambda uid: entries[uid])
    monkeypatch.setattr(pwd, "getpwnam", lambda name: {e.pw_name: e for e in entries.values()}[name])
    for name in ("SUDO_USER", "LOGNAME", "USER"):
        monkeypatch.delenv(name, raising=False)


def run_by(monkeypatch: pytest.MonkeyPatch, uid: int, **environment: str) -> str:
    monkeypatch.setattr(os, "getuid", lambda: uid)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    return operator_name()


@pytest.mark.parametrize(("uid", "environment", "told"), [
    (1007, {}, "cli:lihua"),
    (0, {}, "cli:root"),
    (0, {"SUDO_USER": "lihua"}, "cli:lihua"),  # root, called by sudo
    (0, {"SUDO_USER": "qa_mgr; drop"}, "cli:root"),  # not the name of a user of this machine
    (1007, {"SUDO_USER": "root", "LOGNAME": "root", "USER": "root"}, "cli:lihua"),  # anybody may set these
    (1008, {}, "cli:1008"),  # a user without a name
])
def test_the_user_is_the_one_whom_the_operating_system_knows(monkeypatch: pytest.MonkeyPatch, uid: int, environment: dict[str, str], told: str) -> None:
    assert run_by(monkeypatch, uid, **environment) == told


def test_no_account_is_called_like_somebody_at_the_server() -> None:
    with pytest.raises(InvalidError):
        check_name("cli:lihua")


@pytest.mark.parametrize("path", sorted((ROOT / "src" / "medthread" / "cli").glob("*.py")), ids=lambda p: p.stem)
def test_no_command_acts_as_nobody_in_person(path: Path) -> None:
    said = [w.arg for n in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(n, ast.Call)
            for w in n.keywords if w.arg in ("by", "actor") and isinstance(w.value, ast.Constant) and w.value.value != "demo"]
    assert said == [], "ask `operator_name()`: who works at the server is told by the operating system"
