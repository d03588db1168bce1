"""`medthread sql`: tables, answers, files, refusals."""

from pathlib import Path

import openpyxl
import pyarrow.parquet as pq
import pytest

from tests.cli.test_rules import call
from tests.scenarios import company


def test_a_release_is_asked_on_the_terminal_and_into_files(tmp_path: Path, own_database: None, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("MEDTHREAD_LANG", "en")
    home = company.found(tmp_path / "c")
    company.run_once(home)
    at = ("--home", str(home))
    assert call("sql", *at) == 0
    assert "golden.item " in capsys.readouterr().out
    assert call("sql", "select count(*) as items, min(id) as first from golden.item", *at) == 0
    out = capsys.readouterr().out
    assert out.splitlines()[0].split() == ["items", "first"]
    counted, first = out.splitlines()[1].split()
    assert "1 rows" in out
    assert call("sql", "from golden.item order by id", "--out", str(tmp_path / "items.parquet"), *at) == 0
    items = pq.read_table(tmp_path / "items.parquet")
    assert (items.num_rows, items.column("id")[0].as_py()) == (int(counted), first)
    assert call("sql", "select '=1+1' as a", "--out", str(tmp_path / "a.xlsx"), *at) == 0
    assert openpyxl.load_workbook(tmp_path / "a.xlsx").active["A2"].value == "'=1+1"
    capsys.readouterr()
    assert call("sql", "select getenv('HOME')", *at) == 1
    assert "getenv" in capsys.readouterr().err
    assert call("sql", "select 1", "--out", str(tmp_path / "a.txt"), *at) == 2
