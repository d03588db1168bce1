"""`medthread source`: what comes from where, and how it goes."""

from functools import partial
from typing import Annotated

import typer

from medthread.app import open_installation
from medthread.cli.options import HERE, Home
from medthread.cli.speech import say
from medthread.pipeline.ingest import accept_load
from medthread.trust.operators import operator_name
from medthread.workflow import handle

sources = typer.Typer(no_args_is_help=True, help="来源 · Sources.")


@sources.command("accept")
def source_accept(
    id_: Annotated[str, typer.Argument(metavar="LOAD")],
    reason: Annotated[str, typer.Option(help="原因,至少两个字 · why, two letters at least")],
    home: Home = HERE,
) -> None:
    """确认一次大量减少的读取属实 · Say that a load which lacks many rows known before is right."""
    with open_installation(home) as installation:
        act = partial(accept_load, id_=id_, by=operator_name(), reason=reason)
        source = handle(installation.store, by=operator_name(), action="load.accept", object_=f"load/{id_}", act=act)
    say(f"已确认;medthread run --source {source} 接入它", f"Accepted; `medthread run --source {source}` takes it in")
