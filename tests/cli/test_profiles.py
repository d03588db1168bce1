"""`medthread profile`: what there is, one table, a file, a sample; a suggested rule accepted."""

import json
from pathlib import Path

import pytest

from medthread.cli import main
from tests.pipeline.judge import ruled
from tests.scenarios import company


def call(*arguments: str) -> int:
    with pytest.raises(SystemExit) as end:
        main(list(arguments))
    return int(end.value.code or 0)


@pytest.fixture
def home(tmp_path: Path, own_database: None, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("MEDTHREAD_LANG", "en")
    made = ruled.found(tmp_path / "c")
    ruled.write(made)
    company.run_once(made)
    return made


def test_a_table_is_profiled_and_a_rule_accepted(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    at = ("--home", str(home))
    assert call("profile", "golden.lot", "--suggest", *at) == 0
    out = capsys.readouterr().out
    assert "golden.lot: 100 rows, 8 columns" in out
    assert "A9{1,2}" in out
    assert "+ lot_lot_no_pattern" in out
    assert call("profile", *at) == 0
    assert "standard.lot" in capsys.readouterr().out
    assert call("profile", "golden.lot", "--json", "--suggest", *at) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["rows"], told["keys"][0]["columns"]) == (100, ["lot_no"])
    assert "lot_lot_no_pattern" in [s["rule"]["name"] for s in told["suggestions"]]
    assert call("profile", "golden.lot", "--accept", "lot_lot_no_pattern", *at) == 0
    assert (home / "rules" / "lot_lot_no_pattern.yaml").is_file()
    capsys.readouterr()
    assert call("profile", "golden.lot", "--accept", "lot_lot_no_pattern", *at) == 1
    assert "no suggested rule" in capsys.readouterr().err
    assert call("profile", "golden.none", *at) == 1


def test_what_was_not_taken_in_is_told_masked(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    at = ("--home", str(home))
    path = company.write(home / "inbox" / "new.csv", "no,phone", [(f"Q{n}", f"1391234{n:04}") for n in range(60)])
    assert call("profile", "--file", str(path), *at) == 0
    out = capsys.readouterr().out
    assert "mobile number 100%" in out
    assert "1391234" not in out
    assert call("profile", "--sample", "erp.lot", "--json", *at) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["rows"], {c["standing"] for c in told["columns"]}) == (100, {"masked"})
    assert call("profile", "--sample", "erp.none", *at) == 1
    assert call("profile", "golden.lot", "--sample", "erp.lot", *at) == 1
