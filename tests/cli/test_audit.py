"""The audit log from the command line: sealed at the end of a command, checked, carried out, copied away."""

import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import text

from medthread.app import open_installation
from medthread.cli import main
from medthread.trust.accounts import create_account
from medthread.workspace import SETTINGS, Workspace

Capture = pytest.CaptureFixture[str]
pytestmark = pytest.mark.usefixtures("own_database")


def call(*arguments: object) -> int:
    with pytest.raises(SystemExit) as end:
        main([str(a) for a in arguments])
    return int(end.value.code or 0)


@pytest.fixture
def home(workspace: Workspace) -> Path:
    with (workspace.home / SETTINGS).open("a", encoding="utf-8") as file:
        file.write('[audit]\norigin = "audit.example.com/plant1"\ncheckpoints = "away"\n')
    with open_installation(workspace.home) as installation, installation.store.transaction() as tx:
        create_account(tx, name="lin", printed_name="小林", password="a long password 1", roles=("steward",), by="cli")
    return workspace.home


def test_a_log_is_sealed_checked_exported_and_found_out(home: Path, tmp_path: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MEDTHREAD_LANG", "en")
    assert len(list((home / "away").glob("*/*.checkpoint"))) == 1, "sealed and copied when the command ended"
    capsys.readouterr()
    assert call("audit", "key", "--home", home) == 0
    key = capsys.readouterr().out.strip()
    assert key.startswith("audit.example.com/plant1+")
    assert call("audit", "checkpoint", "--home", home) == 0
    kept = tmp_path / "kept"
    kept.write_text(capsys.readouterr().out, encoding="utf-8")
    assert call("audit", "export", tmp_path / "bundle.zip", "--home", home, "--object", "account/lin", "--since", "2020-01-01", "--until", "2999-12-31") == 0
    assert call("audit", "export", tmp_path / "all", "--home", home) == 0
    assert call("audit", "export", tmp_path / "abroad", "--home", home, "--to", "EU") == 0
    for bundle in ("bundle.zip", "all", "abroad"):
        program = [sys.executable, "-I", str(tmp_path / "all" / "verify.py"), str(tmp_path / bundle), "--key", key, "--checkpoint", str(kept)]
        done = subprocess.run(program, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
    capsys.readouterr()
    assert call("audit", "verify", "--home", home) == 0
    assert "is whole" in capsys.readouterr().out
    with open_installation(home) as installation, installation.store.transaction() as tx:
        tx.execute(text("set local session_replication_role = replica"))
        tx.execute(text("update medthread.audit_event set actor = 'eve' where action = 'account.create'"))
    assert call("audit", "verify", "--home", home) == 3
    assert "an audit row is not what was sealed" in capsys.readouterr().out


def test_what_cannot_be_is_said_and_changes_nothing(home: Path, workspace: Workspace, tmp_path: Path, capsys: Capture) -> None:
    (tmp_path / "there").mkdir()
    assert call("audit", "export", tmp_path / "there", "--home", home) == 1
    assert "已存在" in capsys.readouterr().err
    assert call("audit", "export", tmp_path / "x", "--home", home, "--since", "2026-02-01", "--until", "2026-01-01") == 1
    assert call("audit", "export", tmp_path / "x", "--home", home, "--since", "yesterday") == 2
    assert call("audit", "export", tmp_path / "x", "--home", home, "--to", "ATLANTIS") == 1
    assert "CN, EU, US" in capsys.readouterr().err
    assert not (tmp_path / "x").exists()
    settings = home / SETTINGS
    settings.write_text(settings.read_text(encoding="utf-8").replace("plant1", "plant 1"), encoding="utf-8")
    assert call("audit", "verify", "--home", home) == 1
    assert "不能作日志的名称" in capsys.readouterr().err


def test_a_log_begins_with_the_files_of_the_configuration(workspace: Workspace, tmp_path: Path, capsys: Capture) -> None:
    capsys.readouterr()
    assert call("audit", "checkpoint", "--home", workspace.home) == 0
    assert capsys.readouterr().out.splitlines()[1] == "1", "of the first command already, before anybody did anything"
    assert call("audit", "export", tmp_path / "x", "--home", workspace.home) == 0
    assert "configuration.change" in "".join(p.read_text(encoding="utf-8") for p in (tmp_path / "x").glob("*.ndjson"))


def test_a_command_whose_checkpoints_cannot_be_copied_is_done_and_says_so(home: Path, caplog: pytest.LogCaptureFixture) -> None:
    for file in (home / "away").glob("*/*"):
        file.unlink()
    for folder in (*(home / "away").glob("*"), home / "away"):
        folder.rmdir()
    (home / "away").touch()
    with open_installation(home) as installation, installation.store.transaction() as tx:
        create_account(tx, name="wang", printed_name="小王", password="a long password 1", roles=("steward",), by="cli")
    assert "cannot be copied" in caplog.text
    (home / "away").unlink()
    assert call("audit", "verify", "--home", home) == 0
    assert len(list((home / "away").glob("*/*.checkpoint"))) >= 2, "caught up"


def test_a_log_that_was_rewritten_is_told_carried_out_and_after_a_restore_gone_on_with(
        workspace: Workspace, tmp_path: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    monkeypatch.setenv("MEDTHREAD_LANG", "en")
    home = workspace.home
    with open_installation(home) as installation, installation.store.transaction() as tx:
        create_account(tx, name="lin", printed_name="小林", password="a long password 1", roles=("steward",), by="cli")
    assert call("audit", "verify", "--home", home) == 0
    assert "cannot be excluded" not in capsys.readouterr().out, "remembered from the first row on"
    with open_installation(home) as installation, installation.store.transaction() as tx:
        tx.execute(text("set local session_replication_role = replica"))
        for table in ("audit_checkpoint", "audit_leaf", "audit_node"):
            tx.execute(text(f"delete from medthread.{table}"))
        tx.execute(text("update medthread.audit_log set size = 0, peaks = '{}'"))
        tx.execute(text("insert into medthread.audit_unsealed (seq) select seq from medthread.audit_event on conflict do nothing"))
    assert "does not begin with" in caplog.text
    assert call("audit", "verify", "--home", home) == 3
    assert "remembered outside the database" in capsys.readouterr().out
    assert call("audit", "checkpoint", "--home", home) == 1
    assert "audit adopt" in capsys.readouterr().err
    assert call("audit", "adopt", "--reason", " ", "--home", home) == 1
    assert call("audit", "adopt", "--reason", "an older database was put back", "--home", home) == 0
    capsys.readouterr()
    assert call("audit", "verify", "--home", home) == 0
    assert call("audit", "export", tmp_path / "all", "--home", home) == 0
    assert b"an older database was put back" in (tmp_path / "all" / "records.ndjson").read_bytes()


def test_a_trigger_that_was_switched_off_is_put_right_and_the_log_tells_of_it(home: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MEDTHREAD_LANG", "en")
    with open_installation(home) as installation, installation.store.transaction() as tx:
        tx.execute(text("alter table medthread.audit_event disable trigger audit_event_append_only"))
        tx.execute(text("create function medthread.hide() returns trigger language plpgsql as $$ begin return new; end $$"))
        tx.execute(text("create trigger a_hide before insert on medthread.audit_event for each row execute function medthread.hide()"))
    capsys.readouterr()
    assert call("audit", "verify", "--home", home) == 3
    told = capsys.readouterr().out
    assert "audit_event.a_hide" in told, "what nobody here made stays until somebody looked"
    assert "append_only" not in told, "made anew when the installation was opened"
    with open_installation(home) as installation, installation.store.transaction() as tx:
        told = tx.execute(text("select detail from medthread.audit_event where action = 'audit_log.guard' order by seq limit 1")).scalar_one()
    assert told == {"altered": ["audit_event.a_hide", "audit_event.audit_event_append_only"]}
