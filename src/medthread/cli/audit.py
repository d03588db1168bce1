"""The audit log on the command line: check it, carry it out, publish what others need to check it."""

import sys
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from medthread.app import Installation, open_installation
from medthread.cli.options import HERE, Home
from medthread.cli.speech import console, language, say
from medthread.derive.sharing_matrix import regions_of
from medthread.model.errors import InvalidError, NotFoundError
from medthread.model.sharing import Recipient
from medthread.stores.lakehouse.standing import name_release
from medthread.trust.audit import record
from medthread.trust.log import (
    KINDS,
    KINDS_OF_RECORDS,
    Checked,
    Chosen,
    adopt,
    export_bundle,
    last_checkpoint,
    public_keys,
    renew,
)
from medthread.trust.log.shared import chosen_for
from medthread.trust.operators import operator_name

audit = typer.Typer(no_args_is_help=True, help="审计日志 · The audit log: check it, export it, publish its key and its checkpoints.")
Day = Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="日期,UTC · a date, UTC")]


def tell_checked(checked: Checked, *, copied: bool) -> bool:
    """Say what a check of the log found; gives whether it is whole."""
    for fault in checked.findings.faults:
        console.print(f"! {fault.label.in_(language())}: {fault.where} [{fault.kind}]", markup=False)
    if checked.findings.counts:
        counted = ", ".join(f"{(KINDS | KINDS_OF_RECORDS)[k].in_(language())} × {n}" for k, n in checked.findings.counts.items())
        say(f"审计日志不完整:{counted}", f"The audit log is not whole: {counted}")
        return False
    say(f"审计日志完整:{checked.rows} 条已封存,{checked.waiting} 条等待,{checked.checkpoints} 个检查点,{checked.copies} 个库外副本,{checked.signatures} 个电子签名{'' if checked.records is None else f',{checked.records} 条业务记录与日志相符'}",
        f"The audit log is whole: {checked.rows} rows sealed, {checked.waiting} waiting, {checked.checkpoints} checkpoints, {checked.copies} copies elsewhere, {checked.signatures} electronic signatures{'' if checked.records is None else f', {checked.records} records as the log tells'}")
    if checked.rows and not copied:
        _tell_reach(checked)
    return True


def _tell_reach(checked: Checked) -> None:
    """From where on the log cannot have been rewritten unseen, where no copies of checkpoints say more."""
    if checked.since is None:
        say("库外没有记住任何检查点,也未设副本文件夹:不能排除数据库管理员此前改写过日志", "Nothing of it is remembered outside the database and no folder for copies is named: that who administers the database rewrote it cannot be excluded")
    elif checked.begun:
        say(f"库外自 {checked.since:%Y-%m-%d %H:%M} UTC 起记住检查点,当时已有 {checked.begun} 条:不能排除在此之前的改写",
            f"Checkpoints are remembered outside the database since {checked.since:%Y-%m-%d %H:%M} UTC, when there were {checked.begun} rows: rewriting before cannot be excluded")


@audit.command("adopt")
def go_on(
    reason: Annotated[str, typer.Option(help="为何接受现有的日志,如恢复了哪个备份 · why the log is taken as it is, such as which backup was put back")],
    home: Home = HERE,
) -> None:
    """恢复旧库之后,以库内现有的日志继续;此前签署到何处记入日志 · After an older database was put back, go on with its log; the log is told what had been signed."""
    if not reason.strip():
        raise InvalidError("a log is taken as it is for a reason", hint="say it: --reason '…'")
    with open_installation(home) as installation:
        assert installation.log.memory is not None  # noqa: S101 - every installation has one
        adopt(installation.store, installation.log.memory, by=operator_name(), reason=reason.strip())
        installation.log.settle()
    say("已以库内现有的日志继续,原因和此前的签署已记入日志", "The log goes on as the database holds it; why, and what had been signed, is in the log")


@audit.command("verify")
def verify(home: Home = HERE) -> None:
    """核验整个日志:记录、树、检查点、库外副本、电子签名 · Check all of it: rows, tree, checkpoints, their copies, electronic signatures. Exit code 3: not whole."""
    with open_installation(home) as installation:
        whole = tell_checked(installation.check(), copied=installation.log.copies is not None)
    if not whole:
        raise typer.Exit(3)


@audit.command("export")
def export(
    file: Annotated[Path, typer.Argument(help="审计包;以 .zip 结尾为压缩包,否则为文件夹 · the bundle: a zip where the name ends so, else a folder")],
    home: Home = HERE,
    object_: Annotated[str | None, typer.Option("--object", help="只给出此对象的记录,如 lot/… · records about this object only")] = None,
    actor: Annotated[str | None, typer.Option(help="只给出此人的记录 · records of this person only")] = None,
    since: Day = None,
    until: Day = None,
    to: Annotated[str | None, typer.Option(help="交给此区域的人:按共享规则不能提供的只给出哈希 · for somebody in this region: what sharing rules keep back is there as hashes")] = None,
) -> None:
    """导出审计包及离线核验程序;未选的记录只给出哈希 · Write a bundle with the program that checks it offline; records not chosen are there as hashes."""
    if since and until and until < since:
        raise InvalidError("--until lies before --since", hint="give the earlier day first")
    chosen = _chosen(object_=object_, actor=actor, since=since, until=until)
    with open_installation(home) as installation:
        installation.settle()  # a log that may not be signed any more is carried out as it is: the bundle says so
        given = chosen if to is None else _shared(installation, to, chosen)
        made = export_bundle(installation.log, file, chosen=given)
        with installation.store.transaction() as tx:
            record(tx, actor=operator_name(), action="audit.export", object_="audit_log", detail={"records": made.records, "withheld": made.withheld, "chosen": dict(chosen.values), "to": to})
            if object_ and object_.startswith("release/"):  # a release that a bundle is about can still be asked of afterwards
                name_release(tx, object_.removeprefix("release/"), in_=f"audit_bundle/{file.name}")
    say(f"{file}:{made.records} 条记录,{made.withheld} 条只有哈希,{made.checkpoints} 个检查点,{made.signatures} 个电子签名",
        f"{file}: {made.records} records, {made.withheld} as hashes, {made.checkpoints} checkpoints, {made.signatures} electronic signatures")
    say(f"核验 python3 {'' if file.suffix == '.zip' else f'{file}/'}verify.py {file} --key '{made.key}'", f"To check it: python3 {'' if file.suffix == '.zip' else f'{file}/'}verify.py {file} --key '{made.key}'")


def _shared(installation: Installation, to: str, chosen: Chosen) -> Chosen:
    regions = regions_of(installation.sharing.rules, installation.sharing.places)
    if to not in regions:
        raise InvalidError(f"no region {to!r}", hint=f"there are: {', '.join(regions)}")
    return chosen_for(installation.sharing, installation.registry.values(), Recipient(to), chosen)


def _chosen(*, object_: str | None, actor: str | None, since: datetime | None, until: datetime | None) -> Chosen:
    asked = {"object": object_, "actor": actor, "since": since and f"{since:%Y-%m-%d}", "until": until and f"{until:%Y-%m-%d}"}
    conditions = {
        "object": "e.object = :object", "actor": "e.actor = :actor", "since": "e.at >= cast(:since as timestamptz)",
        "until": "e.at < cast(:until as timestamptz) + interval '1 day'",
    }
    values = tuple((k, v) for k, v in asked.items() if v)
    return Chosen(" and ".join(conditions[k] for k, _ in values) or "true", values)


@audit.command("checkpoint")
def checkpoint(home: Home = HERE) -> None:
    """打印最新的签名检查点,可寄出或打印留存 · Print the newest signed checkpoint, to be mailed or kept on paper."""
    with open_installation(home) as installation:
        installation.log.settle()
        with installation.store.transaction() as tx:
            newest = last_checkpoint(tx)
    if newest is None:
        raise NotFoundError("nothing is sealed yet", hint="the first act of somebody begins the log")
    sys.stdout.write(newest.note)


@audit.command("key")
def key(
    home: Home = HERE,
    new: Annotated[bool, typer.Option("--renew", help="换成新密钥 · replace it by a new one")] = False,
    reason: Annotated[str, typer.Option(help="更换的原因 · why it is replaced")] = "",
) -> None:
    """打印核验密钥,供公布;更换后新旧都要公布 · Print the verifier key, to be published; after a renewal every one of them."""
    if new and not reason.strip():
        raise InvalidError("a key is replaced for a reason", hint="say it: --reason '…'")
    with open_installation(home) as installation:
        installation.log.settle()
        with installation.store.transaction() as tx:
            if new:
                renew(tx, installation.keyring, by=operator_name(), reason=reason)
            keys = public_keys(tx)
    if not keys:
        raise NotFoundError("nothing is sealed yet", hint="the first act of somebody begins the log")
    for one in keys:
        sys.stdout.write(one.text + "\n")
