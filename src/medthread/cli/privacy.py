"""Personal data on the terminal: the register, and a person's rights over their data."""

import csv
import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer
from sqlalchemy import Connection

from medthread.app import Installation, declared, open_installation
from medthread.cli.options import HERE, Home
from medthread.cli.speech import console, say
from medthread.derive.privacy import HEADER, register
from medthread.governance.privacy import Found, Person, Plan, erase, find, finish_pending, package_of, plan_of
from medthread.governance.retention import Look
from medthread.model.errors import ConfigurationError
from medthread.stores.serving import LakeReader
from medthread.trust.audit import record_read
from medthread.trust.operators import operator_name
from medthread.workflow import Context, handle
from medthread.workflow.standing import MACHINE
from medthread.workspace import SETTINGS

privacy = typer.Typer(no_args_is_help=True, help="个人信息 · Personal data: register, find, export, erase.")
Values = Annotated[list[str], typer.Argument(help="电话、姓名或邮箱,可多个 · telephone, name or e-mail; several may be given")]
Reason = Annotated[str, typer.Option(help="谁在何时提出 · who asked, and when")]


@contextmanager
def _opened(home: Path) -> Iterator[tuple[Installation, Context, Look]]:
    with open_installation(home) as installation:
        reader = LakeReader(installation.releases)
        try:
            yield installation, installation.commands(reader), Look(installation.registry, installation.native, reader)
        finally:
            reader.close()


def _looked(installation: Installation, context: Context, values: list[str], reason: str, answer: Callable[[Connection, Found], Any]) -> Any:
    person = Person.of(values, installation.keyring)

    def act(tx: Connection) -> Any:
        found = find(tx, context, installation.context(), person)
        made = answer(tx, found)
        record_read(tx, actor=operator_name(), object_=person.name, fields=found.fields(), reason=reason)
        return made

    return handle(installation.store, by=operator_name(), action="privacy.find", object_=person.name, act=act)


@privacy.command("register")
def list_register(home: Home = HERE) -> None:
    """个人信息处理登记册(CSV)· The register of personal data as CSV, with the sources of a workspace where there is one."""
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(HEADER)
    if (home / SETTINGS).exists():
        with open_installation(home) as installation:
            writer.writerows(p.row() for p in register(installation.registry, installation.sources))
    else:
        writer.writerows(p.row() for p in register(declared()[0]))


@privacy.command("find")
def search(values: Values, reason: Reason, home: Home = HERE) -> None:
    """在全部存储中查找一个人 · Find a person over all stores; no value is shown."""
    with _opened(home) as (installation, context, _):
        found: Found = _looked(installation, context, values, reason, lambda _tx, f: f)
    for one in (*found.native, *found.lake):
        console.print(f"{one.entity}/{one.id}  {', '.join(one.fields)}", markup=False, soft_wrap=True)
    for rows in found.rows:
        console.print(f"{rows.table}  {rows.rows}  {', '.join(rows.columns)}", markup=False, soft_wrap=True)
    for name in found.accounts:
        console.print(f"account/{name}", markup=False)
    if found.is_empty:
        say("没有找到", "Nothing is held")
    if found.unreadable:
        say(f"另有 {found.unreadable} 条无法解析的记录整体加密,无法检索", f"{found.unreadable} records that nobody could parse are sealed whole and cannot be searched")


@privacy.command("export")
def export(
    values: Values, reason: Reason, out: Annotated[Path, typer.Option(help="写到这个文件 · the file to write")], home: Home = HERE,
) -> None:
    """导出一个人的数据(JSON),交给本人 · A copy of a person's data as JSON, for the person."""
    with _opened(home) as (installation, context, _):
        package = _looked(installation, context, values, reason, lambda tx, f: package_of(tx, context, installation.context(), f, actor=MACHINE))
    try:
        descriptor = os.open(out, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        raise ConfigurationError(f"{out} cannot be written: {error.strerror}", hint="name a new file") from error
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(package, file, ensure_ascii=False, indent=1, default=str)
    say(f"已写入 {out}(仅本用户可读)", f"Wrote {out}, readable by this user only")


@privacy.command("erase")
def wipe(
    values: Values, reason: Reason, home: Home = HERE,
    confirm: Annotated[bool, typer.Option("--confirm", help="确实删除;否则只列出 · really; otherwise only listed")] = False,
) -> None:
    """删除一个人的数据;法规要求保留的说明理由 · Erase a person's data; what a rule keeps is told with the rule."""
    with _opened(home) as (installation, context, look):
        finish_pending(context, installation.context)
        if confirm:
            plan = erase(context, look, installation.context, Person.of(values, installation.keyring), by=operator_name(), reason=reason).plan
        else:
            plan = _looked(installation, context, values, reason, lambda tx, f: plan_of(tx, context, look, f))
    _tell(plan)
    if confirm:
        say("已删除", "Erased")
    else:
        say("以上仅为列出;加 --confirm 执行", "This was only listed: add --confirm to do it")


def _tell(plan: Plan) -> None:
    for one in plan.native:
        console.print(f"- {one.entity}/{one.id}  {', '.join(one.fields)}", markup=False, soft_wrap=True)
    for kept in plan.kept:
        console.print(f"= {kept.entity}/{kept.id}.{kept.field}: {kept.because}", markup=False, soft_wrap=True)
