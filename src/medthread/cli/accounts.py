"""Accounts of a workspace: who may sign in, and as what."""

import csv
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy import Connection, select

from medthread.app import Installation, declared, open_installation
from medthread.cli.options import HERE, Home
from medthread.cli.speech import console, language, say
from medthread.derive.writers import records_written
from medthread.model import Rulebook
from medthread.model.errors import ConfigurationError, ConflictError
from medthread.stores.postgres.tables import account
from medthread.trust.access import Access, Actor, matrix
from medthread.trust.accounts import account_of, create_account, disable_account, enable_account, reset_password
from medthread.trust.identity import link
from medthread.trust.operators import operator_name
from medthread.trust.rights import assign_rights
from medthread.trust.roles import ROLES
from medthread.trust.second_factor import remove_second_factor
from medthread.workflow import handle
from medthread.workspace import SETTINGS, Workspace

accounts = typer.Typer(no_args_is_help=True, help="账号 · Accounts: list them, add one, give rights, shut, reset.")


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
    """输出角色 × 操作与记录的权限矩阵(CSV)· Print role by action and kind of record as CSV, the company's own policies and processes included."""
    registry, _ = declared()
    there = Workspace.open(home) if (home / SETTINGS).exists() else None
    own, processes = (there.policies(), there.processes(registry)) if there else ({}, {})
    records = records_written(registry, Rulebook.declared(registry, processes).processes)
    csv.writer(sys.stdout, lineterminator="\n").writerows(matrix(Access(own), records))


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
            create_account(
                tx, name=name, printed_name=printed_name or name, password=password, roles=tuple(role), by=operator_name(), rules=installation.account_rules)
    say(f"已建立账号 {name}({', '.join(role)})", f"Made the account {name} ({', '.join(role)})")


Name = Annotated[str, typer.Argument(help="登录名 · the name to sign in with")]
Why = Annotated[str, typer.Option("--reason", help="原因 · why")]


@accounts.command("assign")
def assign(
    name: Name, reason: Why, home: Home = HERE,
    role: Annotated[list[str] | None, typer.Option(help="角色,可多次 · role; more than one may be given")] = None,
    plant: Annotated[list[str] | None, typer.Option(help="工厂,可多次;不写则不变 · plant; left out, they stay as they are")] = None,
    everywhere: Annotated[bool, typer.Option("--all-plants", help="不限工厂 · bound to no plant")] = False,
    organisation: Annotated[list[str] | None, typer.Option(help="组织,可多次;空文字为不限 · organisation; an empty text binds to none")] = None,
    region: Annotated[list[str] | None, typer.Option(help="地区,可多次;空文字为不限 · region; an empty text binds to none")] = None,
) -> None:
    """给予角色、工厂、组织与地区,替换原有的 · Give an account its roles, plants, organisations and regions in place of those it has."""
    rights: dict[str, tuple[str, ...]] = {}
    if role:
        rights["roles"] = tuple(role)
    if plant or everywhere:
        rights["plants"] = tuple(plant or ())
    for word, given in (("organisations", organisation), ("regions", region)):
        if given:
            rights[word] = tuple(v for v in given if v)

    def act(tx: Connection) -> None:
        version = str(account_of(tx, name).revision)
        assign_rights(tx, name=name, rights=rights, version=version, by=operator_name(), reason=reason)

    _handle(home, "account.rights", name, act)
    say(f"{name} 的权限已改变", f"The rights of {name} were changed")


@accounts.command("link")
def link_(
    name: Name, home: Home = HERE,
    provider: Annotated[str, typer.Option(help="medthread.toml 中的登录提供方 · the provider, as medthread.toml names it")] = "",
    subject: Annotated[str, typer.Option(help="提供方给的标识(sub)· the subject at the provider")] = "",
) -> None:
    """把账号与外部身份绑定 · Tie an account to an identity at a provider: whoever proves to be it comes in."""
    with open_installation(home) as installation:
        given = installation.identity.get(provider)
        if given is None:
            raise ConfigurationError(f"no provider {provider!r}", hint=f"medthread.toml names: {', '.join(installation.identity) or 'none'}")
        act = partial(link, name=name, issuer=given.provider.issuer, subject=subject, by=operator_name())
        handle(installation.store, by=operator_name(), action="account.link", object_=f"account/{name}", act=act)
    say(f"{name} 已与 {provider} 的 {subject} 绑定", f"{name} is tied to {subject} at {provider}")


@accounts.command("disable")
def disable(name: Name, reason: Why, home: Home = HERE) -> None:
    """停用账号,结束其会话 · Shut an account; its sessions end."""
    _handle(home, "account.disable", name, partial(disable_account, name=name, by=operator_name(), reason=reason))
    say(f"{name} 已停用", f"{name} is disabled")


@accounts.command("enable")
def enable(name: Name, reason: Why, home: Home = HERE) -> None:
    """重新启用账号 · Open an account again."""
    _handle(home, "account.enable", name, partial(enable_account, name=name, by=operator_name(), reason=reason))
    say(f"{name} 已启用", f"{name} is enabled")


@accounts.command("reset")
def reset(
    name: Name, reason: Why, home: Home = HERE,
    second_factor: Annotated[bool, typer.Option("--second-factor", help="并取消第二因素 · the second factor too")] = False,
) -> None:
    """给一个新的临时口令,下次登录时须更改 · Give a temporary password, to be changed at the next sign-in."""

    def act(tx: Connection) -> str:
        if second_factor:
            remove_second_factor(tx, name=name, by=operator_name(), reason=reason)
        return reset_password(tx, name=name, by=operator_name(), reason=reason, rules=rules, at_the_server=True)

    with open_installation(home) as installation:
        rules = installation.account_rules
        fresh = handle(installation.store, by=operator_name(), action="password.reset", object_=f"account/{name}", act=act)
    say(f"{name} 的临时口令:{fresh}", f"The temporary password of {name}: {fresh}")


def _handle(home: Path, action: str, name: str, act: Callable[[Connection], None]) -> None:
    with open_installation(home) as installation:
        handle(installation.store, by=operator_name(), action=action, object_=f"account/{name}", act=act)
