"""`medthread lineage`: where a field comes from, what depends on it, and both as events of OpenLineage."""

import json
import sys
from pathlib import Path
from typing import Annotated, Any, cast

import typer

from medthread.app import CONSUMERS, Installation, open_installation
from medthread.cli.options import HERE, Home
from medthread.cli.speech import console, language, say
from medthread.governance.lineage import Graph, lately, lineage_of
from medthread.governance.lineage.graph import Direction, Through
from medthread.governance.lineage.openlineage import events
from medthread.governance.lineage.told import walked
from medthread.model.errors import NotFoundError
from medthread.model.wording import worded

lineage = typer.Typer(no_args_is_help=True, help="血缘 · Lineage of fields: where one comes from, what depends on it.")


def _graph(installation: Installation) -> Graph:
    return lineage_of(installation.registry, installation.sources, installation.models, CONSUMERS)


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
    mark = " " if one["flow"] == "value" else "~"
    near = one["to"] if one["direction"] == "up" else one["from"]
    console.print(f"{'  ' * one['depth']}{arrow}{mark} {_named(far)}  ({one['how']}, {one['by']}; {_named(near)})", markup=False)


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
