"""`medthread lineage`: where a field comes from, what depends on it, and both as events of OpenLineage."""

import json
import sys
from pathlib import Path
from typing import Annotated, Any, cast

import typer

from medthread.app import CONSUMERS, Installation, open_installation
from medthread.cli.options import HERE, Home
from medthread.cli.speech import console, language, say
from medthread.governance.lineage import Declared, Graph, graph_of, lately
from medthread.governance.lineage.graph import Direction, Through
from medthread.governance.lineage.openlineage import events
from medthread.governance.lineage.outside import NONE, parts_of, take
from medthread.governance.lineage.outside.standing import counts, jobs, refusals
from medthread.governance.lineage.told import walked
from medthread.governance.metrics.book import read_book
from medthread.governance.metrics.measured import Tables
from medthread.model.errors import NotFoundError
from medthread.model.wording import worded
from medthread.pipeline.build.known import known_models
from medthread.trust.operators import operator_name

SHOWN = 20
lineage = typer.Typer(no_args_is_help=True, help="血缘 · Lineage of fields: where one comes from, what depends on it.")


def _graph(installation: Installation) -> Graph:
    tables = Tables(installation.registry, known_models(installation.context(), None), frozenset(installation.rulebook.processes))
    declared = Declared(
        installation.registry, installation.sources, installation.models, CONSUMERS, installation.rules, installation.rulebook, installation.sharing.rules, installation.name, read_book(installation.metric_files(), tables))
    return graph_of(installation.store, declared)


@lineage.command("show")
def show(
    name: Annotated[str, typer.Argument(metavar="FIELD", help="表.列 或 对象.字段 · table.column or entity.field")],
    home: Home = HERE,
    *,
    up: Annotated[bool, typer.Option("--up", help="只看来自何处 · where it comes from alone")] = False,
    down: Annotated[bool, typer.Option("--down", help="只看影响何处 · what depends on it alone")] = False,
    through: Annotated[str, typer.Option(help="all | value | influence")] = "all",
    as_json: Annotated[bool, typer.Option("--json", help="机器可读 · for machines")] = False,
) -> None:
    """一个字段来自何处、影响何处 · Where a field comes from and what depends on it, nearest first."""
    if through not in ("all", "value", "influence"):
        raise typer.BadParameter(through)
    directions: tuple[Direction, ...] = ("up",) if up and not down else ("down",) if down and not up else ("up", "down")
    with open_installation(home) as installation:
        graph = _graph(installation)
        start = graph.place(name)
        if start is None:
            raise NotFoundError(f"no field {name!r} in the lineage", hint="`medthread lineage gaps` tells what is known; fields are table.column")
        told = walked(graph, installation.registry, start, directions, cast("Through", through), language())
        with installation.store.transaction() as tx:
            told["lately"] = lately(tx, told["tables"])
    if as_json:
        console.print(json.dumps(told, ensure_ascii=False, default=str, indent=1), markup=False)
        return
    console.print(f"{start.table}.{start.column}  {told['word'] or ''}".rstrip(), markup=False)
    for one in told["steps"]:
        _tell(one)
    for one in told["gaps"]:
        console.print(f"? {one['table']}.{one['column']}: {one['why']}", markup=False)
    for table, happened in sorted(told["lately"].items()):
        for one in happened:
            console.print(f"  {table}: {'  '.join(f'{k} {v}' for k, v in one.items() if v is not None)}", markup=False)


def _tell(one: dict[str, Any]) -> None:
    arrow = "<-" if one["direction"] == "up" else "->"
    far = one["from"] if one["direction"] == "up" else one["to"]
    mark = {"value": " ", "influence": "~", "table": "#"}[one["flow"]]
    near = one["to"] if one["direction"] == "up" else one["from"]
    console.print(f"{'  ' * one['depth']}{arrow}{mark} {_named(far)}  ({one['how']}, {one['job'] or one['by']}; {_named(near)})", markup=False)


def _named(place: dict[str, Any]) -> str:
    return f"{place['table']}.{place['column']}".rstrip(".")


@lineage.command("gaps")
def gaps(home: Home = HERE) -> None:
    """多少列的血缘已知,哪些未知及原因 · Of how many columns the lineage is known, and why not of the others."""
    with open_installation(home) as installation:
        graph = _graph(installation)
    known, columns = graph.told()
    say(f"{columns} 列中 {known} 列的血缘已知", f"{known} of {columns} columns have a lineage")
    for one in graph.gaps:
        console.print(f"? {one.table}.{one.column}: {worded(one.why, language())}", markup=False)
    for told in graph.contradictions:
        ends = f"{told.start.table}.{told.start.column} -> {told.end.table}.{told.end.column}".replace(". ->", " ->").rstrip(".")
        console.print(f"! {ends} ({told.job}): {worded(told.why, language())}", markup=False)


@lineage.command("import")
def import_(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="每行一个 OpenLineage 事件 · one event of OpenLineage a line")],
    home: Home = HERE,
) -> None:
    """接收其他工具的 OpenLineage 事件 · Take in events of OpenLineage that other tools wrote; the same event again is none."""
    with open_installation(home) as installation:
        done, read = NONE, 0
        for part in parts_of(file):
            with installation.store.transaction() as tx:
                done += take(tx, part, by=operator_name(), start=read)
            read += len(part)
    say(f"{done.taken} 个新事件,{done.known} 个已有,{len(done.refused)} 个读不出", f"{done.taken} new events, {done.known} known, {len(done.refused)} that cannot be read")
    for one in done.refused[:SHOWN]:
        console.print(f"{one.index + 1}: {worded(one.why, language())}", markup=False)
    if done.refused:
        raise typer.Exit(1)


@lineage.command("jobs")
def list_jobs(home: Home = HERE, q: Annotated[str, typer.Option("--find", help="名称中的字 · part of the name")] = "") -> None:
    """列出外部作业、最近一次运行与状态 · Jobs of other tools, their last run and how it stands; events that wait."""
    with open_installation(home) as installation, installation.store.transaction() as tx:
        found, waiting, many = jobs(tx, q), refusals(tx), counts(tx)
    for job in found:
        last = f"{job['begun']:%Y-%m-%d %H:%M}  {job['state']}  {job['message'] or ''}".rstrip() if job["begun"] else "-"
        console.print(f"{job['namespace']}/{job['name']}  {last}", markup=False)
    say(f"{many['jobs']} 个作业,{many['events']} 个事件,{many['refused']} 个读不出", f"{many['jobs']} jobs, {many['events']} events, {many['refused']} that cannot be read")
    for one in waiting[:SHOWN]:
        console.print(f"? {one['number']}: {worded(one['why'], language())}", markup=False)


@lineage.command("export")
def export(
    home: Home = HERE,
    out: Annotated[Path | None, typer.Option("--out", help="写入此文件;省略则写到标准输出 · this file; standard output when left out")] = None,
) -> None:
    """按 OpenLineage 导出当前血缘与各次运行,每行一个事件 · The lineage of now and the runs as events of OpenLineage, one a line."""
    with open_installation(home) as installation:
        graph = _graph(installation)
        with installation.store.transaction() as tx:
            lines = [json.dumps(e, ensure_ascii=False, default=str) for e in events(tx, graph, installation.models, namespace=installation.name)]
    text = "".join(f"{line}\n" for line in lines)
    if out is None:
        sys.stdout.write(text)
        return
    out.write_text(text, encoding="utf-8")
    say(f"{len(lines)} 个事件 → {out}", f"{len(lines)} events → {out}")
