"""`medthread writeback`: what is written back to sources, and a person's word where a target has no way in."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import typer
from sqlalchemy import Connection

from medthread.app import Installation, open_installation
from medthread.cli.options import HERE, Home
from medthread.cli.speech import console, language, say
from medthread.governance.writebacks.queue import OPEN, STATES, act, listed
from medthread.governance.writebacks.writer import Writer
from medthread.model.errors import InvalidError
from medthread.stores.serving import LakeReader
from medthread.trust.operators import operator_name
from medthread.workflow import handle

writebacks = typer.Typer(no_args_is_help=True, help="回写来源 · Writing back to sources.")
Reason = Annotated[str, typer.Option(help="原因或凭据 · why, or what shows it")]
Id = Annotated[str, typer.Argument(metavar="ID")]


@contextmanager
def _opened(home: Home) -> Iterator[tuple[Installation, Writer]]:
    with open_installation(home) as installation:
        reader = LakeReader(installation.releases)
        try:
            yield installation, installation.writer(reader)
        finally:
            reader.close()


@writebacks.command("rules")
def rules(home: Home = HERE) -> None:
    """每条规则:写什么、写到哪里、各状态数量 · Every rule: what is written where, and how many are in which state."""
    with _opened(home) as (_, writer):
        counted = writer.counts()
        for rule in writer.rules:
            states = "  ".join(f"{STATES[s].in_(language())} {n}" for s, n in sorted(counted[rule.name].items()))
            console.print(f"{rule.name:<24}{rule.of} → {rule.to} ({rule.way.kind})  {states}", markup=False, soft_wrap=True)


@writebacks.command("run")
def run(home: Home = HERE) -> None:
    """立即检查并写出 · Look what is to be said and say it now; ends with 1 where a rule could not be carried out."""
    with _opened(home) as (_, writer):
        for name, count in writer.round().items():
            say(f"{name}:送达 {count}", f"{name}: {count} delivered")
        for alarm in writer.alarms:
            console.print(f"! {alarm.label.in_(language())}", markup=False, soft_wrap=True)
        failed = bool(writer.alarms)
    if failed:
        raise typer.Exit(1)


@writebacks.command("list")
def list_(
    state: Annotated[str, typer.Option(help="状态,缺省为待人工处理 · a state; what waits for a person when left out; all")] = "open",
    limit: Annotated[int, typer.Option(min=1, max=500)] = 50, home: Home = HERE,
) -> None:
    """写给来源的内容及结果 · What was said to sources, and what became of it."""
    if state not in (*STATES, "open", "all"):
        raise InvalidError(f"there is no state {state!r}", hint=f"one of: {', '.join(STATES)}, open, all")
    chosen = OPEN if state == "open" else () if state == "all" else (state,)
    with _opened(home) as (installation, _), installation.store.transaction() as tx:
        rows = listed(tx, sources=[s.name for s in installation.sources], states=chosen, limit=limit)
    for row in rows:
        told = row["error"] or row["settled_why"] or row["receipt"] or ""
        console.print(f"{row['id']}  {row['rule']}  {row['entity']}/{row['record']}  {STATES[row['state']].in_(language())}  {row['payload']}  {told}", markup=False, soft_wrap=True)
    say(f"{len(rows)} 条", f"{len(rows)} rows")


def _settle(home: Home, id_: str, what: str, reason: str) -> None:
    def done(tx: Connection) -> str:
        return act(tx, id_=id_, what=what, by=operator_name(), reason=reason, sources=[s.name for s in installation.sources])

    with _opened(home) as (installation, _):
        state = handle(installation.store, by=operator_name(), action=f"writeback.{what}", object_=f"writeback/{id_}", act=done)
    say(f"{id_}:{STATES[state].zh}", f"{id_}: {STATES[state].en}")


@writebacks.command("retry")
def retry(id_: Id, *, reason: Reason, home: Home = HERE) -> None:
    """重新发送 · Send it again."""
    _settle(home, id_, "retry", reason)


@writebacks.command("done")
def done(id_: Id, *, reason: Reason, home: Home = HERE) -> None:
    """说明已人工写入 · Say that it stands in the target, with what shows it."""
    _settle(home, id_, "done", reason)


@writebacks.command("give-up")
def give_up(id_: Id, *, reason: Reason, home: Home = HERE) -> None:
    """放弃 · Say that it will not be written."""
    _settle(home, id_, "give_up", reason)
