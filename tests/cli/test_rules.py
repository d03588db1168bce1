"""`medthread rule`: list, one closely, a trial that keeps nothing."""

from pathlib import Path

import pytest

from medthread.app import open_installation
from medthread.cli import main
from tests.pipeline.judge import ruled
from tests.pipeline.judge.ruled import rule
from tests.scenarios import company


def call(*arguments: str) -> int:
    with pytest.raises(SystemExit) as end:
        main(list(arguments))
    return int(end.value.code or 0)


@pytest.fixture
def home(tmp_path: Path, own_database: None, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("MEDTHREAD_LANG", "en")
    return ruled.found(
        tmp_path / "c", rule("odd", {"rows": "select lot_no from golden.lot where quantity > 97"}),
        rule("form", {"pattern": "L[0-9]+"}, at="intake", on={"entity": "lot", "field": "lot_no"}),
    )


def test_rules_are_listed_shown_and_tried(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    company.run_once(home)
    assert call("rule", "list", "--home", str(home)) == 0
    out = capsys.readouterr().out
    assert "✗ odd" in out
    assert "✓ lot.lot_no.form" in out
    assert "2 rules" in out
    assert call("rule", "list", "--all", "--home", str(home)) == 0
    assert "receipt.quantity.type" in capsys.readouterr().out
    assert call("rule", "show", "odd", "--home", str(home)) == 0
    out = capsys.readouterr().out
    assert "Rule odd" in out
    assert "select lot_no from golden.lot" in out
    assert all(name in out for name in ("3 / 100", "L97", "L98", "L99"))
    assert call("rule", "show", "none", "--home", str(home)) == 1
    assert "no rule 'none'" in capsys.readouterr().err


def test_a_trial_keeps_nothing(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    company.run_once(home)
    ruled.write(home, rule("few", {"holds": "quantity < 95"}, gate="block"), rule("form", {"pattern": "L[0-9]"}, at="intake", on={"entity": "lot", "field": "lot_no"}))
    assert call("rule", "test", "--home", str(home)) == 3
    out = capsys.readouterr().out
    assert "✗ few  golden.lot  6 / 100" in out
    assert "✗ form  standard.lot  90 / 100" in out
    assert "2 rules, 2 do not hold" in out
    assert call("rule", "test", "form", "--home", str(home)) == 3
    assert "few" not in capsys.readouterr().out
    assert call("rule", "test", "none", "--home", str(home)) == 1
    with open_installation(home) as installation:
        assert "few" not in ruled.verdicts(installation)


def test_a_wrong_rule_is_told_with_its_file_and_place(home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    ruled.write(home, rule("few", {"holds": "quantity <"}))
    assert call("run", "--home", str(home)) == 1
    assert "rules/own.yaml: rule few: holds" in capsys.readouterr().err
    monkeypatch.setenv("MEDTHREAD_LANG", "zh")
    (home / "rules" / "own.yaml").write_text("name: [", encoding="utf-8")
    assert call("rule", "list", "--home", str(home)) == 1
    assert "own.yaml" in capsys.readouterr().err
