"""A trace on the terminal: the recall list first."""

from typing import Any

from rich.table import Table

from medthread.cli.speech import console

WORDS = {
    "zh": ("客户", "名称", "台数", "已发", "退回", "已用", "销毁", "在外"),
    "en": ("Customer", "Name", "Units", "Shipped", "Returned", "Used", "Destroyed", "Outstanding"),
}


def print_trace(answer: dict[str, Any], language: str) -> None:
    """Counts, then customers with their quantities."""
    tongue = "zh" if language.startswith("zh") else "en"
    counts = "  ".join(f"{c['label'][tongue]} {c['count']:,}" for c in answer["counts"])
    console.print(f"{answer['question']['item']} / {answer['question']['lot']}: {counts}", markup=False)
    console.print(f"{answer['milliseconds']:.1f} ms · {answer['question']['release']}", markup=False)
    table = Table(*WORDS[tongue])
    names = ("shipped", "returned", "used", "destroyed", "outstanding")
    for row in answer["customers"]:
        numbers = [f"{row[n]:,.0f}" for n in names]
        table.add_row(str(row["code"] or row["id"]), str(row["name"] or ""), f"{row['units']:,}", *numbers)
    console.print(table)
    for end in answer["unresolved"]:
        console.print(f"! {end['id']}: {end['reason']}", markup=False)
