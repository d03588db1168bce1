"""`medthread held`: list, try, decide, undo, a sheet out and back; `source feedback` tells the source."""

import csv
import json
from pathlib import Path

import pytest
from sqlalchemy import select

from medthread.app import open_installation
from medthread.cli import main
from medthread.stores.postgres.tables import outbox
from tests.scenarios import company


def call(*arguments: str) -> int:
    with pytest.raises(SystemExit) as end:
        main(list(arguments))
    return int(end.value.code or 0)


def test_the_whole_loop_by_commands(tmp_path: Path, own_database: None, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("MEDTHREAD_LANG", "en")
    home = str(company.found(tmp_path / "c"))
    company.run_once(Path(home))
    assert call("held", "list", "--home", home) == 0
    out = capsys.readouterr().out
    assert "3 rows, 3 listed" in out
    first = next(line.split()[0] for line in out.splitlines() if "receipt1.csv:1 " in line)
    assert call("held", "list", "--state", "lost", "--home", home) == 1
    assert call("held", "decide", "corrected", first, "--set", "qty=many", "--reason", "counted", "--try", "--home", home) == 0
    assert "0 of 1 would pass" in capsys.readouterr().out
    assert call("held", "decide", "rejected", "--of", "erp", "--reason", "a test", "--home", home) == 0
    act = capsys.readouterr().out.split(":")[0]
    assert call("held", "undo", act, "--home", home) == 0
    assert "3 rows are open again" in capsys.readouterr().out

    sheet = tmp_path / "sheet.csv"
    assert call("held", "export", "erp", "receipt", "--out", str(sheet), "--home", home) == 0
    with sheet.open(encoding="utf-8-sig", newline="") as file:
        names, *lines = list(csv.reader(file))
    for number, line in enumerate(lines):
        line[names.index("qty")] = str(70 + number)
    with sheet.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows([names, *lines[:2]])
    capsys.readouterr()
    assert call("held", "import", str(sheet), "--reason", "counted again", "--try", "--home", home) == 0
    assert "2 rows changed, 2 would pass, 0 are not open" in capsys.readouterr().out
    assert call("held", "import", str(sheet), "--reason", "counted again", "--home", home) == 0
    assert call("held", "decide", "returned", "--of", "erp", "--reason", "send it again", "--home", home) == 0
    company.run_once(Path(home))
    capsys.readouterr()
    assert call("held", "list", "--state", "taken", "--home", home) == 0
    assert "2 rows, 2 listed" in capsys.readouterr().out

    told = tmp_path / "feedback.csv"
    assert call("source", "feedback", "erp", "--out", str(told), "--home", home) == 0
    with told.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(r["row"], r["kind"], r["column"], r["before"], r["after"], r["reason"]) for r in rows] == [
        ("1", "corrected", "qty", "many", "70", "counted again"), ("2", "corrected", "qty", "many", "71", "counted again"), ("3", "returned", "", "", "", "send it again")]
    with open_installation(Path(home)) as installation, installation.store.transaction() as tx:
        events = tx.execute(select(outbox.c.type, outbox.c.record, outbox.c.body).where(outbox.c.type.like("held_rows.%")).order_by(outbox.c.seq)).all()
    assert [(e.type, e.record, e.body["rows"]) for e in events] == [
        ("held_rows.decided", "erp", 3), ("held_rows.undone", "erp", 3), ("held_rows.decided", "erp", 2), ("held_rows.decided", "erp", 1)]
    assert "many" not in json.dumps([e.body for e in events]), "no value of a row is in an event"
