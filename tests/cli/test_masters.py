"""`medthread master`: pairs to look at, a decision, its approval by somebody else, and its end."""

import json
from pathlib import Path

import pytest
from sqlalchemy import update

from medthread.app import open_installation
from medthread.cli import main
from medthread.stores.postgres.tables import master_request, match_decision
from tests.scenarios import company, firms


def call(*arguments: str) -> int:
    with pytest.raises(SystemExit) as end:
        main(list(arguments))
    return int(end.value.code or 0)


@pytest.fixture
def home(tmp_path: Path, own_database: None, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("MEDTHREAD_LANG", "en")
    home = firms.found(tmp_path / "c")
    (home / "medthread.toml").write_text('name = "试验"\ninbox = "inbox"\n[masters]\nsecond_person_from = 5\n', encoding="utf-8")
    company.run_once(home)
    return home


def test_a_pair_is_decided_approved_and_taken_back(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    at = ("--home", str(home))
    assert call("master", "pairs", "supplier", *at) == 0
    out = capsys.readouterr().out
    assert "Name +30" in out
    assert "1 pairs" in out
    pair = [word for word in out.split() if word.startswith("SUP-")]
    assert call("master", "decide", "supplier", "merge", *pair, "--reason", "same firm", *at) == 0
    assert "decision 1: waits for approval; 7 rows refer to them" in capsys.readouterr().out
    assert call("master", "approve", "1", "--reason", "looked at the licence", *at) == 1
    assert "who asks does not approve" in capsys.readouterr().err
    with open_installation(home) as installation, installation.store.transaction() as tx:
        tx.execute(update(match_decision).values(asked_by="keeper"))
    assert call("master", "approve", "1", "--reason", "looked at the licence", *at) == 0
    assert call("master", "decisions", "--status", "in_force", *at) == 0
    out = capsys.readouterr().out
    assert "#1  in force  merge  supplier" in out
    assert "looked at the licence" in out
    assert call("master", "end", "1", "--reason", "another firm", *at) == 0
    assert call("master", "decisions", "--status", "in_force", *at) == 0
    assert "0 decisions" in capsys.readouterr().out
    is_asked_for(at, capsys, home)


def is_asked_for(at: tuple[str, ...], capsys: pytest.CaptureFixture[str], home: Path) -> None:
    """In the same company: a supplier is asked for, which is like one that is there."""
    assert call("master", "request", "new", "supplier", "--set", "name=苏州金泰精密五金有限公司", "--set", "city=苏州", "--reason", "second source", *at) == 0
    assert "Request 1 is handed over" in capsys.readouterr().out
    assert call("master", "request", "alike", "supplier", "1", *at) == 0
    out = capsys.readouterr().out
    assert "1 are like it" in out
    like = next(word for word in out.split() if word.startswith("SUP-"))
    approving = ("master", "request", "approve", "supplier", "1", "--reason", "licence seen")
    assert call(*approving, "--other", f"{like}=another licence", *at) == 1
    assert "who asks does not approve" in capsys.readouterr().err
    with open_installation(home) as installation, installation.store.transaction() as tx:
        tx.execute(update(master_request).values(asked_by="keeper"))
    assert call(*approving, *at) == 1
    assert "not answered for" in capsys.readouterr().err
    assert call(*approving, "--other", f"{like}=another licence", *at) == 0
    assert "Approved as SUP-000001" in capsys.readouterr().out
    assert call("master", "request", "list", "supplier", "--status", "approved", *at) == 0
    assert "#1  approved  苏州金泰精密五金有限公司  SUP-000001" in capsys.readouterr().out


def test_a_value_is_stated_and_a_wrong_one_refused(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    at = ("--home", str(home))
    call("master", "pairs", "supplier", *at)
    one = next(word for word in capsys.readouterr().out.split() if word.startswith("SUP-"))
    assert call("master", "decide", "supplier", "value", one, "--set", "city", "--reason", "moved", *at) == 1
    assert "write FIELD=VALUE" in capsys.readouterr().err
    call("master", "decide", "supplier", "value", one, "--set", "city=宁波", "--set", "status=active", "--reason", "moved", *at)
    assert call("master", "decisions", *at) == 0
    assert "city = 宁波" in capsys.readouterr().out


def test_weights_are_tried_and_asked_for_and_changes_are_told(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    at = ("--home", str(home))
    assert call("master", "matching", "supplier", *at) == 0
    assert "auto = 38     line for matching by itself" in capsys.readouterr().out
    assert call("master", "matching", "supplier", "--set", "auto=30", *at) == 0
    assert "golden records 4 → 3; merges 1, parts 0, moves 1 records; to be looked at 1 → 0" in capsys.readouterr().out
    assert call("master", "matching", "supplier", "--set", "auto=30", "--reason", "short names hold", *at) == 0
    assert "decision 1: waits for approval" in capsys.readouterr().out
    assert call("master", "matching", "supplier", "--set", "auto=thirty", *at) == 1
    assert "write NUMBER=VALUE" in capsys.readouterr().err
    assert call("master", "changes", "supplier", "--after", "4", "--limit", "2", *at) == 0
    assert [json.loads(line)["seq"] for line in capsys.readouterr().out.splitlines()] == [5, 6]
