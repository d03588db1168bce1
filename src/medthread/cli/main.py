"""The command line. Each command lies in a module of its own, read when it is asked for: none waits for what another needs."""

import sys
from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import Annotated, Any, NoReturn

import typer
from rich.console import Console
from typer.core import TyperGroup
from typer.exceptions import TyperException

from medthread import __version__
from medthread.cli.loading import ENDING, loading
from medthread.cli.speech import console, language
from medthread.model import Label
from medthread.model.errors import MedthreadError
from medthread.model.wording import worded
from medthread.stores.private import privately

# Name, then where it lies: a function is one command, a Typer a group of them. In the order in which `--help` tells them.
COMMANDS = {
    "demo": "demo:demo",
    "init": "workspaces:init",
    "run": "runs:run",
    "ingest": "runs:ingest",
    "source": "sources:sources",
    "writeback": "writebacks:writebacks",
    "plan": "plans:plan_command",
    "apply": "plans:apply_command",
    "model": "models:models",
    "lineage": "lineage:lineage",
    "rule": "rules:rules",
    "metric": "metrics:metrics",
    "sql": "sql:sql",
    "dictionary": "dictionary:dictionary",
    "change": "changes:changes",
    "contract": "contracts:contract",
    "handbook": "handbook:handbook",
    "profile": "profiles:profile",
    "held": "held:held",
    "master": "masters:masters",
    "trace": "tracing:trace",
    "verify": "verify:verify",
    "up": "serve:up",
    "release": "releases:releases",
    "lake": "lake:lake",
    "account": "accounts:accounts",
    "process": "processes:processes",
    "retention": "retention:retention",
    "privacy": "privacy:privacy",
    "audit": "audit:audit",
    "backup": "backups:backups",
    "api": "api:interface",
    "relay": "relay:relay",
    "mail": "mail:mail",
    "version": "main:version",
}


class Shelf(Mapping[str, Any]):
    """The commands by name, each imported when it is taken."""

    def __getitem__(self, name: str) -> Any:
        """Raises `KeyError` where there is none of that name."""
        module, _, what = COMMANDS[name].partition(":")
        with loading():
            found = getattr(import_module(f"medthread.cli.{module}"), what)
        if isinstance(found, typer.Typer):
            group = typer.main.get_group(found)
            group.name = name  # said here only; without it `--help` tells what the group is for and not what to type
            return group
        alone = typer.Typer(add_completion=False)
        alone.command(name)(found)
        return typer.main.get_command(alone)

    def __iter__(self) -> Iterator[str]:
        """In the order in which they are told."""
        return iter(COMMANDS)

    def __len__(self) -> int:
        """How many there are."""
        return len(COMMANDS)


class Commands(TyperGroup):
    """A group that takes its commands from the shelf."""

    def __init__(self, **said: Any) -> None:
        super().__init__(**said | {"commands": Shelf()})


app = typer.Typer(
    name="medthread", cls=Commands, no_args_is_help=True, pretty_exceptions_enable=False, add_completion=False,
    help="医脉 Medthread: 医疗器械企业的数据中台 · the governed digital thread of a medical-device company.",
)


def version() -> None:
    """版本 · The version."""
    console.print(__version__)


def _version_asked(*, asked: bool) -> None:
    if asked:
        version()
        raise typer.Exit


@app.callback()
def medthread(
    *, version_: Annotated[bool, typer.Option("--version", callback=_version_asked, is_eager=True, help="版本 · the version")] = False,
) -> None:
    """Everything is in the commands."""


def main(arguments: list[str] | None = None) -> NoReturn:
    """Run a command and exit. An error a person can act on is told in two lines in the reader's language, with exit code 1; one of usage, with 2.

    Without arguments it is the process's own command, and the process ends with it.
    """
    status = _status(arguments)
    if arguments is None:
        ENDING.status = status
    sys.exit(status)


def _status(arguments: list[str] | None) -> int:
    try:
        with privately():
            ended = app(arguments, standalone_mode=False)
    except MedthreadError as error:
        _tell(*error.told(language()))
        return 1
    except TyperException as error:
        said = error.format_message()  # empty where the help was shown instead
        if said:
            _tell(worded(said, language()), _usage(getattr(error, "ctx", None)))
        return error.exit_code
    except typer.Abort:
        _tell(Label("已中止", "aborted").in_(language()), "")
        return 1
    return ended if type(ended) is int else 0  # of `typer.Exit`; what a command gives back is no exit code


def _tell(message: str, hint: str) -> None:
    told = Console(stderr=True, soft_wrap=True)
    told.print(f"✗ {message}", markup=False, style="red")
    if hint:
        told.print(f"  → {hint}", markup=False)


def _usage(where: typer.Context | None) -> str:
    """How the command is typed, where it is known which was meant."""
    if where is None:
        return ""
    line = where.get_usage().partition(": ")[2]
    return Label(f"用法：{line}\n    {where.command_path} --help 列出参数和选项", f"usage: {line}\n    {where.command_path} --help tells them all").in_(language())
