"""Accounts from the command line: rights given, shut, reset, tied to a provider; what cannot be meant changes nothing."""

import pytest
from sqlalchemy import select

from medthread.app import open_installation
from medthread.cli import main
from medthread.stores.postgres.tables import account, external_identity
from medthread.trust.accounts import create_account
from medthread.workspace import Workspace

PASSWORD = "several odd words"
pytestmark = pytest.mark.usefixtures("own_database")


def run(workspace: Workspace, *arguments: str) -> int:
    with pytest.raises(SystemExit) as end:
        main(["account", *arguments, "--home", str(workspace.home)])
    return int(end.value.code or 0)


def test_the_life_of_an_account(workspace: Workspace, capsys: pytest.CaptureFixture[str]) -> None:
    settings = workspace.home / "medthread.toml"
    settings.write_text(settings.read_text(encoding="utf-8") + '\n[identity.company]\nissuer = "https://idp.example"\nclient_id = "m"\n', encoding="utf-8")
    with open_installation(workspace.home) as opened, opened.store.transaction() as tx:
        create_account(tx, name="lin", printed_name="小林", password=PASSWORD, roles=("doc",), by="test")
        create_account(tx, name="root", printed_name="系统", password=PASSWORD, roles=("system_admin",), by="test")
    assert run(workspace, "assign", "lin", "--role", "qa", "--plant", "SZ", "--plant", "SH", "--reason", "new post") == 0
    assert run(workspace, "assign", "lin", "--role", "prod", "--role", "qa", "--reason", "both") == 1
    assert "自己生产的产品" in capsys.readouterr().err
    assert run(workspace, "assign", "nobody", "--role", "qa", "--reason", "x") == 1
    assert run(workspace, "assign", "lin", "--organisation", "T", "--region", "CN", "--region", "EU", "--reason", "export team") == 0
    assert run(workspace, "assign", "lin", "--organisation", "", "--reason", "whole company again") == 0
    assert run(workspace, "disable", "root", "--reason", "leaving") == 1
    assert "最后一个 system_admin" in capsys.readouterr().err
    assert run(workspace, "disable", "lin", "--reason", "leave of absence") == 0
    assert run(workspace, "enable", "lin", "--reason", "back") == 0
    assert run(workspace, "reset", "lin", "--second-factor", "--reason", "lost") == 1
    assert "尚未设置第二因素" in capsys.readouterr().err
    assert run(workspace, "reset", "lin", "--reason", "forgotten") == 0
    temporary = capsys.readouterr().out.split()[-1]
    assert len(temporary) > 10
    assert run(workspace, "link", "lin", "--provider", "company", "--subject", "1001") == 0
    assert run(workspace, "link", "root", "--provider", "company", "--subject", "1001") == 1
    assert "已关联到 lin" in capsys.readouterr().err
    assert run(workspace, "link", "root", "--provider", "none", "--subject", "1002") == 1
    assert "company" in capsys.readouterr().err
    with open_installation(workspace.home) as opened, opened.store.transaction() as tx:
        row = tx.execute(select(account).where(account.c.name == "lin")).one()
        tied = tx.execute(select(external_identity.c.issuer, external_identity.c.account)).all()
    assert (row.roles, row.plants, row.disabled_at, row.password_temporary) == (["qa"], ["SZ", "SH"], None, True)
    assert (row.organisations, row.regions) == ([], ["CN", "EU"])
    assert tied == [("https://idp.example", "lin")]
