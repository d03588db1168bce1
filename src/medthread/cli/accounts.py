"""Accounts of a workspace: who may sign in, and as what."""

import csv
import sys
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy import select

from medthread.app import Installation, open_installation
from medthread.cli.speech import console, language, say
from medthread.model.errors import ConflictError
from medthread.stores.postgres.tables import account
from medthread.trust.access import Access, Actor, matrix
from medthread.trust.accounts import create_account
from medthread.trust.roles import ROLES
from medthread.workspace import SETTINGS, Workspace

accounts = typer.Typer(no_args_is_help=True, help="账号 · Accounts: list them, add one.")
Home = Annotated[Path, typer.Option("--home", envvar="MEDTHREAD_HOME", help="工作区 · the workspace folder")]
HERE = Path()


def account_names(installation: Installation) -> list[str]:
    """Everybody who can sign in."""
    with installation.store.transaction() as tx:
        return list(tx.execute(select(account.c.name).order_by(account.c.name)).scalars())


@accounts.command("list")
def list_(home: Home = HERE) -> None:
    """列出账号与角色 · List accounts and their roles."""
    with open_installation(home) as installation, installation.store.transaction() as tx:
        for row in tx.execute(select(account).order_by(account.c.name)).all():
            console.print(f"{row.name:<16} {row.printed_name:<16} {', '.join(row.roles)}", markup=False)


@accounts.command("roles")
def roles() -> None:
    """列出角色 · List the roles there are."""
    access = Access()
    for role in ROLES.values():
        can = ", ".join(sorted(access.can(Actor("", "", (role.name,)))))
        console.print(f"{role.name:<16} {role.label.in_(language()):<20} {can}", markup=False, soft_wrap=True)


@accounts.command("matrix")
def print_matrix(home: Home = HERE) -> None:
    """输出角色 × 操作权限矩阵(CSV)· Print role by action as CSV, the company's own policies included."""
    own = Workspace.open(home).policies() if (home / SETTINGS).exists() else {}
    csv.writer(sys.stdout, lineterminator="\n").writerows(matrix(Access(own)))


@accounts.command("add")
def add(
    name: Annotated[str, typer.Argument(help="登录名 · the name to sign in with")],
    role: Annotated[list[str], typer.Option(help="角色,可多次 · role; more than one may be given")],
    printed_name: Annotated[str | None, typer.Option(help="显示姓名 · the name as it is printed")] = None,
    home: Home = HERE,
) -> None:
    """新建账号;口令从终端或标准输入读取 · Add an account; its password is asked for, or read from standard input."""
    with open_installation(home) as installation:
        if name in account_names(installation):
            raise ConflictError(f"there is an account {name!r} already", hint="choose another name")
        password = typer.prompt("口令 · password", hide_input=True, confirmation_prompt=True) if sys.stdin.isatty() else sys.stdin.readline().strip()
        with installation.store.transaction() as tx:
            create_account(tx, name=name, printed_name=printed_name or name, password=password, roles=tuple(role), by="cli")
    say(f"已建立账号 {name}({', '.join(role)})", f"Made the account {name} ({', '.join(role)})")
