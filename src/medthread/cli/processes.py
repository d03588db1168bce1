"""Processes on the command line: list them, prove them, put open cases onto a new version."""

from pathlib import Path
from typing import Annotated

import typer

from medthread.app import Installation, open_installation
from medthread.cli.options import HERE, Home
from medthread.cli.speech import console, language, say
from medthread.derive.soundness import Flaw, Known, flaws
from medthread.model.errors import InvalidError, NotFoundError
from medthread.model.process_file import parse_process
from medthread.model.wording import worded
from medthread.model.yaml_file import read_yaml
from medthread.stores.serving import LakeReader
from medthread.trust.operators import operator_name
from medthread.trust.roles import ROLES
from medthread.workflow import handle
from medthread.workflow.migrate import migrate_cases

processes = typer.Typer(no_args_is_help=True, help="流程 · Processes: list, check, migrate open cases.")


@processes.command("list")
def list_processes(home: Home = HERE) -> None:
    """列出流程 · List the processes, with the versions that new cases begin on."""
    with open_installation(home) as installation:
        for record, process in sorted(installation.rulebook.processes.items()):
            console.print(f"{record}  {process.label.in_(language())}  v{process.version}  {len(process.states)}/{len(process.transitions)}", markup=False)


@processes.command("check")
def check(
    files: Annotated[list[Path] | None, typer.Argument(help="流程文件;省略则检查全部 · definition files; all that are in force when left out")] = None,
    home: Home = HERE,
) -> None:
    """证明流程站得住 · Prove that definitions can stand. Exit code 3: some cannot."""
    with open_installation(home) as installation:
        found = [f for path in files for f in _file(installation, path)] if files else [
            f for record in installation.rulebook.processes for f in installation.flaws(record)]
        counted = len(files) if files else len(installation.rulebook.processes)
    for flaw in found:
        console.print(f"✗ {flaw.process} [{flaw.rule}] {worded(flaw.message, language())}", markup=False)
        console.print(f"  → {worded(flaw.hint, language())}", markup=False)
    if found:
        say(f"{counted} 个流程中有 {len(found)} 处缺陷", f"{len(found)} flaws in {counted} processes")
        raise typer.Exit(3)
    say(f"{counted} 个流程全部成立:状态可达、无死路、职责分离有效、法定时限有依据", f"All {counted} processes stand: reachable, no dead end, duties that bind, statutory clocks with a basis")


def _file(installation: Installation, path: Path) -> list[Flaw]:
    if not path.is_file():
        raise NotFoundError(f"no file {path}", hint="name a YAML file, or leave it out to check what is in force")
    given = parse_process(read_yaml(path), origin=path.name)
    guards = {g.name: g.takes for g in installation.rulebook.guards.values()}
    return flaws(given.process, Known(ROLES, installation.rulebook.events, guards, installation.registry[given.record]))


@processes.command("migrate")
def migrate(
    record: Annotated[str, typer.Argument(help="记录的实体 · whose records")],
    reason: Annotated[str, typer.Option(help="原因 · why")],
    state: Annotated[list[str] | None, typer.Option(help="旧状态=新状态,可重复 · old=new, repeatable")] = None,
    home: Home = HERE,
) -> None:
    """把未结案件迁到现行版本 · Put open cases of older versions onto the one in force, audited case by case."""
    pairs = [s.partition("=") for s in state or ()]
    if any(not old or not new for old, _, new in pairs):
        raise InvalidError("a state is moved as old=new", hint="for example --state mrb=reviewing")
    if not reason.strip():
        raise InvalidError("cases are moved for a reason", hint="say it: --reason '…'")
    with open_installation(home) as installation:
        if record not in installation.rulebook.processes:
            raise NotFoundError(f"{record} has no process", hint="medthread process list")
        reader = LakeReader(installation.releases)
        try:
            context = installation.commands(reader)
            moved = handle(
                installation.store, by=operator_name(), action="process.migrate", object_=record,
                act=lambda tx: migrate_cases(tx, context, entity=record, states={o: n for o, _, n in pairs}, by=operator_name(), reason=reason))
        finally:
            reader.close()
    say(f"迁移了 {moved} 个案件", f"{moved} cases moved")
