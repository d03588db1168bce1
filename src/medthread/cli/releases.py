"""`medthread release`: list releases, publish one, go back."""

from datetime import UTC, datetime
from functools import partial
from typing import Annotated

import typer
from sqlalchemy import select

from medthread.app import open_installation
from medthread.cli.options import HERE, Home
from medthread.cli.speech import console, language, say
from medthread.model.errors import InvalidError
from medthread.model.wording import worded
from medthread.pipeline.release import move_pointer
from medthread.stores.postgres.tables import train_departure
from medthread.trust.operators import operator_name
from medthread.workflow import handle

releases = typer.Typer(no_args_is_help=True, help="发布与回滚 · Releases: list them, publish one, go back.")
SHORTEST_REASON = 2
SHOWN = 20


@releases.command("list")
def release_list(home: Home = HERE) -> None:
    """列出发布 · List releases, newest first."""
    with open_installation(home) as installation:
        for row in installation.release_rows():
            mark = "*" if row["current"] else " "
            console.print(f"{mark} {row['id']}  {row['published_at']}  {row['created_by']}", markup=False)


@releases.command("publish")
def release_publish(
    id_: Annotated[str, typer.Argument(metavar="RELEASE")],
    reason: Annotated[str, typer.Option(help="原因,至少两个字 · why, two letters at least")],
    home: Home = HERE,
) -> None:
    """让读者看到某个发布,新旧皆可 · Show readers a release, newer or older."""
    if len(reason.strip()) < SHORTEST_REASON:
        raise InvalidError(f"the reason {reason!r} is too short: two letters at least", hint="say it: --reason 'quarterly review'")
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
