"""The command line as a script meets it: help, exit codes, machine-readable output, errors that say what to do."""

import contextlib
import subprocess
import sys
from pathlib import Path

import pytest
from rich.markup import render as render_markup

from medthread import __version__
from medthread.cli.main import COMMANDS, Shelf, main
from medthread.workspace import Workspace
from tests.conftest import Demonstration
from tests.scenarios import company

PROGRAM = str(Path(sys.executable).parent / "medthread")
CONTRACT = {
    "seconds": {"simulate", "ingest", "standardise", "match", "build", "release", "total"},
    "trace": {"lot", "true_units", "found_units", "missing", "extra", "customers", "milliseconds"},
    "release": {"id", "tables", "milliseconds_to_publish", "milliseconds_to_roll_back"},
    "rerun": {"seconds", "rows_written"},
}


def call(*arguments: str, env: dict[str, str] | None = None) -> "subprocess.CompletedProcess[str]":
    surroundings = {"PATH": "/usr/bin:/bin", "HOME": "/tmp", "LANG": "C.UTF-8", **(env or {})}
    return subprocess.run([PROGRAM, *arguments], capture_output=True, text=True, check=False, env=surroundings)


@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_every_command_explains_itself(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        main([*([command] if command else []), "--help"])
    assert end.value.code == 0
    assert "·" in capsys.readouterr().out, "help is in both languages"


def test_help_tells_every_command_by_its_name(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--help"])
    lines = capsys.readouterr().out.split("Commands")[1].splitlines()
    told = [line.split()[1] for line in lines if line.startswith("│ ") and line[2] != " "]
    assert told == list(COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_no_word_of_the_help_is_taken_for_markup(name: str) -> None:
    """What stands in brackets is a colour to the printer, and would be left out."""
    command = Shelf()[name]
    for each in [command, *getattr(command, "commands", {}).values()]:
        assert render_markup(each.help or "").plain == each.help


def test_a_command_waits_for_nothing_that_others_need() -> None:
    """Loading the interface takes longer than most commands work."""
    loads = "import sys; from medthread.cli.main import Shelf; Shelf()['release']; print('fastapi' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", loads], capture_output=True, text=True, check=True).stdout.strip() == "False"
    assert call("--version").stdout == call("version").stdout == f"{__version__}\n"


def test_a_command_that_there_is_not_is_answered_with_what_it_resembles() -> None:
    done = call("relase")
    assert done.returncode == 2
    assert "release" in done.stderr


def test_errors_go_to_stderr_with_a_hint_and_a_code(tmp_path: Path) -> None:
    done = call("run", "--home", str(tmp_path))
    assert done.returncode == 1
    assert "medthread init" in done.stderr
    assert "Traceback" not in done.stderr
    (tmp_path / "medthread.toml").write_text("= broken", encoding="utf-8")
    done = call("run", "--home", str(tmp_path))
    assert done.returncode != 0
    assert "medthread.toml" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_workspace_is_made_once(tmp_path: Path) -> None:
    assert call("init", str(tmp_path / "c")).returncode == 0
    assert {p.name for p in (tmp_path / "c").iterdir()} >= {"medthread.toml", "sources", "inbox", "models"}
    assert call("init", str(tmp_path / "c")).returncode != 0


def test_a_workspace_without_mappings_says_that_nothing_was_read(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MEDTHREAD_LANG", "en")
    home = str(tmp_path / "c")
    with contextlib.suppress(SystemExit):
        main(["init", home])
    with pytest.raises(SystemExit):
        main(["run", "--home", home])
    assert "There is no mapping in sources/ yet: no file was read" in capsys.readouterr().out
    with pytest.raises(SystemExit):
        main(["release", "publish", "R1", "--reason", "x", "--home", home])
    assert "the reason 'x' is too short" in capsys.readouterr().err


def test_the_demo_report_keeps_its_contract(demonstration: Demonstration) -> None:
    report = demonstration.report
    for part, names in CONTRACT.items():
        assert names <= set(report[part]), part
    for source in report["sources"]:
        assert source["rows_read"] == source["rows_accepted"] + source["rows_quarantined"], source
    assert len(report["quality"]) >= 12
    for fault in report["quality"]:
        assert fault["found"] == fault["planted"] > 0, fault
        assert fault["false_alarms"] == 0, fault
    supplier = next(m for m in report["masters"] if m["domain"] == "supplier")
    assert supplier["pair_precision"] >= 0.97
    assert supplier["pair_recall"] >= 0.93
    assert report["trace"]["missing"] == report["trace"]["extra"] == 0
    assert report["trace"]["found_units"] == report["trace"]["true_units"] > 100
    assert report["rerun"]["rows_written"] == 0


def test_trace_answers_a_script(demonstration: Demonstration) -> None:
    told, answer = demonstration.report["trace"], demonstration.traced
    assert answer["units_total"] == told["true_units"]
    assert len(answer["units"]) == told["true_units"]
    assert len(answer["customers"]) == told["customers"]


def test_another_scale_in_the_same_place_is_refused(demonstration: Demonstration) -> None:
    done = call("demo", "--no-serve", "--scale", "0.2", "--seed", "1", "--home", str(demonstration.home))
    assert done.returncode != 0
    assert "--home" in done.stderr


@pytest.mark.usefixtures("own_database")
def test_an_account_is_added_and_listed(workspace: Workspace) -> None:
    home = ["--home", str(workspace.home)]
    made = subprocess.run(
        [PROGRAM, "account", "add", "lin", "--role", "steward", "--role", "auditor", "--printed-name", "小林", *home],
        input="a long password\n", capture_output=True, text=True, check=False)
    assert made.returncode == 0, made.stderr
    listed = subprocess.run([PROGRAM, "account", "list", *home], capture_output=True, text=True, check=True).stdout
    assert "lin" in listed
    assert "steward, auditor" in listed
    for arguments, said in ((["lin", "--role", "steward"], "已有账号"), (["wang", "--role", "king"], "没有角色"), (["zhao", "--role", "buyer"], "密码太短")):
        again = subprocess.run([PROGRAM, "account", "add", *arguments, *home], input="short\n", capture_output=True, text=True, check=False)
        assert again.returncode == 1
        assert said in again.stderr
        assert "Traceback" not in again.stderr


def test_taking_in_says_how_each_file_ended(tmp_path: Path) -> None:
    home = company.found(tmp_path / "c")
    (home / "inbox" / "notes.txt").write_text("hello", encoding="utf-8")
    (home / "inbox" / "receipt9.csv").write_bytes(b"\x00\x01")
    done = call("ingest", "--home", str(home), env={"MEDTHREAD_LANG": "en"})
    assert done.returncode == 2, "a refused file"
    [line] = [x for x in done.stdout.splitlines() if x.endswith("receipt1.csv")]
    assert line.split() == ["accepted", "200", "197", "3", "receipt1.csv"]
    assert "! receipt9.csv" in done.stdout
    assert "? notes.txt: no mapping reads it" in done.stdout
    assert call("run", "--home", str(home)).returncode == 2
    (home / "inbox" / "receipt9.csv").unlink()
    nothing = call("run", "--home", str(home), "--source", "nosuch")
    assert nothing.returncode == 1
    assert "可选：erp" in nothing.stderr
