"""The relay on the command line: let events out (and in) without the server, see how far it is, send again."""

import signal
import threading
from datetime import datetime
from typing import Annotated

import typer

from medthread.app import open_installation
from medthread.cli.options import HERE, Home
from medthread.cli.speech import console, say
from medthread.model.errors import ConfigurationError, InvalidError
from medthread.stores.serving import LakeReader
from medthread.trust.audit import record
from medthread.trust.operators import operator_name
from medthread.workflow import inbound
from medthread.workflow.relay import again_since, behind

relay = typer.Typer(invoke_without_command=True, help="事件转发 · Events to and from other systems over NATS.")


@relay.callback()
def run(context: typer.Context, home: Home = HERE) -> None:
    """转发事件,直到停止 · Relay events until stopped (Ctrl-C or SIGTERM); `medthread up` does it too."""
    if context.invoked_subcommand is not None:
        return
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    with open_installation(home) as installation:
        reader = LakeReader(installation.releases)
        parts = installation.bus_parts(installation.commands(reader))
        if not parts:
            raise ConfigurationError("no relay is configured", hint='write [relay] and under it url = "nats://…" into medthread.toml')
        try:
            for part in parts:
                part.start()
            say("正在转发事件(Ctrl-C 停止)", "Relaying events (Ctrl-C stops)")
            stop.wait()
        finally:
            for part in parts:
                part.stop()
            reader.close()


@relay.command("status")
def status(home: Home = HERE) -> None:
    """还有多少未发出、收进了多少 · What still waits to go out, and what came in."""
    with open_installation(home) as installation, installation.store.transaction() as tx:
        waiting, came = behind(tx), inbound.counts(tx)
    since = f",最早 {waiting.oldest:%Y-%m-%d %H:%M:%S}Z" if waiting.oldest else ""
    say(f"未发出 {waiting.events}{since}", f"{waiting.events} wait to go out" + (f", the oldest of {waiting.oldest:%Y-%m-%d %H:%M:%S}Z" if waiting.oldest else ""))
    for outcome, count in sorted(came.items()):
        console.print(f"{outcome} {count}", markup=False)


@relay.command("again")
def again(since: Annotated[str, typer.Option(help="自何时起,ISO 8601 带时区 · from when, ISO 8601 with its zone")], home: Home = HERE) -> None:
    """把某一时刻以来的事件再发一次(订阅者按 id 去重)· Let everything since a moment go out once more; subscribers know ids they have seen."""
    try:
        moment = datetime.fromisoformat(since)
    except ValueError as error:
        raise InvalidError(f"{since!r} is no moment", hint="such as 2026-11-25T08:00:00+08:00") from error
    if moment.tzinfo is None:
        raise InvalidError(f"{since!r} names no zone", hint="such as 2026-11-25T08:00:00+08:00")
    with open_installation(home) as installation, installation.store.transaction() as tx:
        again_since(tx, moment)
        record(tx, actor=operator_name(), action="relay.again", object_="relay", detail={"since": moment.isoformat()})
        waiting = behind(tx)
    say(f"将再次发出 {waiting.events} 个事件", f"{waiting.events} events will go out")
