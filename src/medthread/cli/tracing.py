"""A trace on the terminal: the recall list first."""

from typing import Any

from rich.table import Table

from medthread.cli.speech import console

WORDS = {
    "zh": ("客户", "名称", "台数", "已发", "退回", "已用", "销毁", "在外"),
    "en": ("Customer", "Name", "Units", "Shipped", "Returned", "Used", "Destroyed", "Outstanding"),
}
LOTS = {"zh": ("物料", "名称", "批号", "供应商"), "en": ("Item", "Name", "Lot", "Supplier")}


def print_trace(answer: dict[str, Any], language: str) -> None:
    """Counts; going up, the lots it came from; going down, the customers with their quantities."""
    tongue = "zh" if language.startswith("zh") else "en"
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
