"""Commands. Each opens what it needs, does one thing, and ends with an exit code that scripts can use."""

import json
import sys
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from medthread import __version__
from medthread.app import open_installation
from medthread.cli.accounts import account_names, accounts
from medthread.cli.api import interface
from medthread.cli.audit import audit, tell_checked
from medthread.cli.backups import backups
from medthread.cli.demo import demo
from medthread.cli.loads import tell_loads, tell_refused
from medthread.cli.mail import mail
from medthread.cli.privacy import privacy
from medthread.cli.processes import processes
from medthread.cli.relay import relay
from medthread.cli.retention import retention
from medthread.cli.serve import serve
from medthread.cli.speech import Bars, console, language, say
from medthread.cli.tracing import print_trace
from medthread.model.errors import ConfigurationError, InvalidError, MedthreadError
from medthread.pipeline.release import move_pointer
from medthread.pipeline.run import run_pipeline, take_in
from medthread.stores.serving import LakeReader
from medthread.trust.log import check_log
from medthread.workflow import handle
from medthread.workspace import SETTINGS

app = typer.Typer(
    name="medthread", no_args_is_help=True, pretty_exceptions_enable=False, add_completion=False,
    help="医脉 Medthread: 医疗器械企业的数据中台 · the governed digital thread of a medical-device company.",
)
releases = typer.Typer(no_args_is_help=True, help="发布与回滚 · Releases: list them, publish one, go back.")
app.add_typer(releases, name="release")
app.add_typer(accounts, name="account")
app.add_typer(backups, name="backup")
app.add_typer(processes, name="process")
app.add_typer(retention, name="retention")
app.add_typer(privacy, name="privacy")
app.add_typer(audit, name="audit")
app.add_typer(interface, name="api")
app.add_typer(relay, name="relay")
app.add_typer(mail, name="mail")
Home = Annotated[Path, typer.Option("--home", envvar="MEDTHREAD_HOME", help="工作区 · the workspace folder")]
HERE = Path()
SHORTEST_REASON = 2

TEMPLATE = """# 医脉工作区 · A Medthread workspace.
name = "{name}"
# 来源文件到达的文件夹 · where source files arrive
inbox = "inbox"
"""


@app.command()
def init(folder: Annotated[Path, typer.Argument(help="新工作区 · the new folder")]) -> None:
    """建立工作区 · Make a workspace: settings, sources, models, policies, processes, inbox."""
    if folder == Path():
        raise ConfigurationError("name a folder", hint="for example: medthread init mycompany")
    if (folder / SETTINGS).exists():
        raise ConfigurationError(f"{folder} is a workspace already", hint="use it, or choose another folder")
    try:
        for part in ("sources", "models", "policies", "processes", "inbox"):
            (folder / part).mkdir(parents=True, exist_ok=True)
        (folder / SETTINGS).write_text(TEMPLATE.format(name=folder.resolve().name), encoding="utf-8")
    except OSError as error:
        raise ConfigurationError(f"{folder} cannot be made: {error.strerror}", hint="choose another folder, or look who owns it") from error
    say(f"已建立 {folder}。把映射写进 sources/,把文件放进 inbox/,然后 medthread run --home {folder}",
        f"Made {folder}. Write mappings into sources/, put files into inbox/, then: medthread run --home {folder}")


@app.command()
def run(home: Home = HERE, source: Annotated[str | None, typer.Option(help="只读一个来源 · one source only")] = None) -> None:
    """接入、标准化、匹配、建模、发布 · Take in what arrived and bring it to readers. Exit code 2: some files are refused."""
    with open_installation(home) as installation:
        with Bars() as bars:
            outcome = run_pipeline(
                installation.context(bars), by="cli", index_trace=installation.index_trace, only=source)
        refused = tell_refused(installation)
    if outcome.release:
        say(f"已发布 {outcome.release},写入 {outcome.rows_written:,} 行", f"Published {outcome.release}, {outcome.rows_written:,} rows")
    else:
        say("没有变化", "Nothing changed")
    if refused:
        raise typer.Exit(2)


@app.command()
def ingest(home: Home = HERE, source: Annotated[str | None, typer.Option(help="来源 · source")] = None) -> None:
    """只接入到标准层并报告各文件的结局 · Take files in as far as the standard layer and say how each ended. Exit code 2: some are refused."""
    with open_installation(home) as installation:
        with Bars() as bars:
            taken = take_in(installation.context(bars), by="cli", only=source)
        tell_loads(installation)
        refused = tell_refused(installation)
    if taken.rows_written:
        say("读者尚未看到;medthread run 完成匹配、建模与发布", "Readers do not see it yet: `medthread run` matches, builds and publishes")
    else:
        say("没有新数据", "Nothing new")
    if refused:
        raise typer.Exit(2)


@app.command()
def trace(
    lot: Annotated[str, typer.Argument(help="批号 · lot number (ours or the supplier's)")],
    item: Annotated[str, typer.Option("--item", help="物料编码 · item code")],
    home: Home = HERE,
    direction: Annotated[str, typer.Option(help="up | down | both")] = "down",
    as_json: Annotated[bool, typer.Option("--json", help="机器可读 · machine-readable")] = False,
) -> None:
    """追溯一个批次 · Trace a lot up to its suppliers or down to customers."""
    with open_installation(home) as installation:
        reader = LakeReader(installation.releases)
        try:
            answer = installation.tracer(reader).question(item=item, lot=lot, direction=direction, limit=0)
        finally:
            reader.close()
    if as_json:
        sys.stdout.write(json.dumps(answer, ensure_ascii=False, default=str, indent=1) + "\n")
    else:
        print_trace(answer, language())


@app.command()
def verify(home: Home = HERE) -> None:
    """检查发布所列的每个文件都在且未变,审计日志完整 · Check that every file of the release is there and unchanged, and that the audit log is whole."""
    with open_installation(home) as installation:
        current = installation.releases.current()
        if current is None:
            raise ConfigurationError("nothing is published yet", hint="run `medthread run` first")
        faults = installation.faults(current)
        checked = check_log(installation.log)
    files = sum(len(t.files) for t in current.tables.values())
    for fault in faults:
        console.print(f"! {fault.what}: {fault.path} ({fault.table})", markup=False)
    if faults:
        say(f"{current.id}: {files} 个文件中 {len(faults)} 个有问题", f"{current.id}: {len(faults)} of {files} files are at fault")
    else:
        say(f"{current.id}: {files} 个文件齐全且未变", f"{current.id}: all {files} files are there and unchanged")
    if not tell_checked(checked) or faults:
        raise typer.Exit(3)


@app.command()
def up(
    home: Home = HERE,
    port: Annotated[int, typer.Option(min=0, max=65535, help="0 选一个空闲的 · 0 picks a free one")] = 8000,
) -> None:
    """启动控制台与接口 · Serve the console and the API."""
    with open_installation(home) as installation:
        if not account_names(installation):
            say("还没有账号,无人能登录:medthread account add NAME --role steward", "There are no accounts yet, so nobody can sign in: medthread account add NAME --role steward")
        serve(installation, port=port, accounts=None)


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
        raise InvalidError("a release is published for a reason", hint="say it: --reason 'quarterly review'")
    with open_installation(home) as installation:
        act = partial(move_pointer, releases=installation.releases, id_=id_, by="cli", reason=reason)
        handle(installation.store, by="cli", action="release.publish", object_=f"release/{id_}", act=act)
    say(f"读者现在看到 {id_}", f"Readers now see {id_}")


@app.command()
def version() -> None:
    """版本 · The version."""
    console.print(__version__)


app.command()(demo)


def main(arguments: list[str] | None = None) -> Any:
    """Run a command; an error a person can act on is told in two lines, with exit code 1."""
    try:
        return app(arguments)
    except MedthreadError as error:
        told = Console(stderr=True, soft_wrap=True)
        told.print(f"✗ {error.message}", markup=False, style="red")
        if error.hint:
            told.print(f"  → {error.hint}", markup=False)
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)
