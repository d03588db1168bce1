"""`medthread release`: list releases, publish one, go back; pin one that is to be kept."""

from datetime import UTC, datetime
from functools import partial
from typing import Annotated, Any

import typer
from sqlalchemy import select

from medthread.app import open_installation
from medthread.cli.options import HERE, Home
from medthread.cli.speech import console, language, say
from medthread.model import Label
from medthread.model.errors import InvalidError
from medthread.model.wording import worded
from medthread.pipeline.release import move_pointer, pin, unpin
from medthread.stores.postgres.tables import train_departure
from medthread.trust.operators import operator_name
from medthread.workflow import handle

releases = typer.Typer(no_args_is_help=True, help="发布与回滚 · Releases: list them, publish one, go back.")
SHORTEST_REASON = 2
SHOWN = 20
Id = Annotated[str, typer.Argument(metavar="RELEASE")]
Reason = Annotated[str, typer.Option(help="原因,至少两个字 · why, two letters at least")]


@releases.command("list")
def release_list(home: Home = HERE) -> None:
    """列出发布 · List releases, newest first: `*` what readers see, `+` pinned, `-` withdrawn."""
    with open_installation(home) as installation:
        for row in installation.release_rows():
            console.print(f"{_mark(row)} {row['id']}  {row['published_at']}  {row['created_by']}{_standing(row)}", markup=False)


def _mark(row: dict[str, Any]) -> str:
    if row["withdrawn_at"] is not None:
        return "-"
    return "*" if row["current"] else "+" if row["pinned_at"] is not None else " "


def _standing(row: dict[str, Any]) -> str:
    """What is to be known of it beside that: withdrawn, or kept and why."""
    if row["withdrawn_at"] is not None:
        return "  " + Label(f"已于 {row['withdrawn_at']:%Y-%m-%d} 撤回", f"withdrawn on {row['withdrawn_at']:%Y-%m-%d}").in_(language())
    if row["pinned_at"] is not None:
        return "  " + Label(f"长期保留({row['pinned_by']}):{row['pin_reason']}", f"pinned by {row['pinned_by']}: {row['pin_reason']}").in_(language())
    return ""


@releases.command("publish")
def release_publish(
    id_: Id,
    reason: Reason,
    home: Home = HERE,
) -> None:
    """让读者看到某个发布,新旧皆可 · Show readers a release, newer or older."""
    _check(reason)
    with open_installation(home) as installation:
        act = partial(move_pointer, releases=installation.releases, id_=id_, by=operator_name(), reason=reason)
        handle(installation.store, by=operator_name(), action="release.publish", object_=f"release/{id_}", act=act)
    say(f"读者现在看到 {id_}", f"Readers now see {id_}")


@releases.command("trains")
def trains(home: Home = HERE) -> None:
    """发布班次:下一班与最近的班次 · Release trains: the next one, and those that left."""
    with open_installation(home) as installation:
        due = installation.timetable.next(datetime.now(UTC))
        with installation.store.transaction() as tx:
            left = tx.execute(select(train_departure).order_by(train_departure.c.due_at.desc()).limit(SHOWN)).all()
            ready = installation.releases.ready(tx)
    if due is None:
        say("没有班次:每次运行都直接发布", "No trains: every run publishes")
    else:
        say(f"下一班 {due.astimezone():%Y-%m-%d %H:%M %z},待发 {ready or '无'}", f"Next {due.astimezone():%Y-%m-%d %H:%M %z}, ready: {ready or 'nothing'}")
    for row in left:
        console.print(f"{row.due_at.astimezone():%Y-%m-%d %H:%M %z}  {row.release or '-'}  {worded(row.message or '', language())}".rstrip(), markup=False)


@releases.command("pin")
def release_pin(id_: Id, reason: Reason, home: Home = HERE) -> None:
    """长期保留一次发布 · Keep a release however old it gets."""
    _check(reason)
    with open_installation(home) as installation:
        act = partial(pin, id_=id_, by=operator_name(), reason=reason)
        handle(installation.store, by=operator_name(), action="release.pin", object_=f"release/{id_}", act=act)
    say(f"{id_} 将长期保留", f"{id_} is kept from now on")


@releases.command("unpin")
def release_unpin(id_: Id, reason: Reason, home: Home = HERE) -> None:
    """取消长期保留 · Keep a release for as long as others of its age."""
    _check(reason)
    with open_installation(home) as installation:
        act = partial(unpin, id_=id_, by=operator_name(), reason=reason)
        handle(installation.store, by=operator_name(), action="release.unpin", object_=f"release/{id_}", act=act)
    say(f"{id_} 不再长期保留", f"{id_} is kept for as long as others of its age")


def _check(reason: str) -> None:
    if len(reason.strip()) < SHORTEST_REASON:
        raise InvalidError(f"the reason {reason!r} is too short: two letters at least", hint="say it: --reason 'quarterly review'")
