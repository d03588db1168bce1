"""`medthread trace`: the recall list first."""

import json
import sys
from typing import Annotated, Any

import typer
from rich.table import Table

from medthread.app import open_installation
from medthread.cli.options import HERE, Home
from medthread.cli.speech import console, language
from medthread.stores.serving import LakeReader

WORDS = {
    "zh": ("客户", "名称", "台数", "已发", "退回", "已用", "销毁", "在外"),
    "en": ("Customer", "Name", "Units", "Shipped", "Returned", "Used", "Destroyed", "Outstanding"),
}
LOTS = {"zh": ("物料", "名称", "批号", "供应商"), "en": ("Item", "Name", "Lot", "Supplier")}


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
        _print_trace(answer)


def _print_trace(answer: dict[str, Any]) -> None:
    """Counts; going up, the lots it came from; going down, the customers with their quantities."""
    tongue = "zh" if language().startswith("zh") else "en"
    counts = "  ".join(f"{c['label'][tongue]} {c['count']:,}" for c in answer["counts"])
    console.print(f"{answer['question']['item']} / {answer['question']['lot']}: {counts}", markup=False)
    console.print(f"{answer['milliseconds']:.1f} ms · {answer['question']['release']}", markup=False)
    if answer["question"]["direction"] != "down":
        _print_lots(answer["lots"], tongue)
    if answer["customers"]:
        _print_customers(answer["customers"], tongue)
    for end in answer["unresolved"]:
        console.print(f"! {end['id']}: {end['reason']}", markup=False)


def _print_lots(lots: list[dict[str, Any]], tongue: str) -> None:
    """What it was made of: our lots and the suppliers' own."""
    table = Table(*LOTS[tongue])
    for row in lots:
        table.add_row(*(str(row[n] or "") for n in ("item", "item_name", "number", "supplier")))
    console.print(table)


def _print_customers(customers: list[dict[str, Any]], tongue: str) -> None:
    """Where it went."""
    table = Table(*WORDS[tongue])
    names = ("shipped", "returned", "used", "destroyed", "outstanding")
    for row in customers:
        numbers = [f"{row[n]:,.0f}" for n in names]
        table.add_row(str(row["code"] or row["id"]), str(row["name"] or ""), f"{row['units']:,}", *numbers)
    console.print(table)
