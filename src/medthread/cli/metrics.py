"""`medthread metric`: what is measured, its figures, and whether the files and their cases hold."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from medthread.api.metrics import Asking, table_of, words_of
from medthread.api.routes.metrics import book_of
from medthread.app import open_installation
from medthread.cli.options import HERE, Home
from medthread.cli.speech import console, language, say
from medthread.governance.metrics.answer import Wanted
from medthread.governance.metrics.case import try_metric
from medthread.trust.access import Actor
from medthread.trust.operators import operator_name

metrics = typer.Typer(no_args_is_help=True, help="指标 · Metrics: what is measured, their figures, whether their files hold.")


@contextmanager
def _asking(home: Path, where: list[str] | None = None) -> Iterator[Asking]:
    """The operator, who has the files themselves, sees what stewards see."""
    with open_installation(home) as installation, installation.services(None) as given:
        tables, name = given.metric_tables, operator_name()
        yield Asking(given, Actor(name, name, ("steward",)), book_of(given, tables), tables, tuple(where or ()))


@metrics.command("list")
def list_(home: Home = HERE) -> None:
    """列出指标 · List metrics."""
    with _asking(home) as asking:
        book = asking.book
    for metric in sorted(book.metrics.values(), key=lambda m: (m.domain, m.name)):
        console.print(f"{metric.domain or '–':<14} {metric.name:<34} {metric.label.in_(language())}  {metric.unit}", markup=False)
    for fault in book.faults:
        console.print(f"✗ {fault.told(language()).message}", markup=False)
    say(f"{len(book.metrics)} 个指标", f"{len(book.metrics)} metrics")


@metrics.command("show")
def show(
    name: Annotated[str, typer.Argument(metavar="METRIC", help="指标名 · name of the metric")], home: Home = HERE, *,
    period: Annotated[str, typer.Option(help="day week month quarter year whole month_to_date year_to_date trailing_12_months …")] = "month",
    from_: Annotated[datetime | None, typer.Option("--from", formats=["%Y-%m-%d"], help="起始日 · the first day")] = None,
    to: Annotated[datetime | None, typer.Option("--to", formats=["%Y-%m-%d"], help="截止日,含当日 · the last day")] = None,
    by: Annotated[list[str] | None, typer.Option(help="维度,可重复 · a dimension, repeatable")] = None,
    where: Annotated[list[str] | None, typer.Option(help="字段:运算:值 · field:operator:value")] = None,
    compare: Annotated[str | None, typer.Option(help="previous | last_year")] = None,
) -> None:
    """口径与数值 · The definition in words, and the figures."""
    if compare not in (None, "previous", "last_year"):
        raise typer.BadParameter(str(compare))
    wanted = Wanted(period, from_.date() if from_ else None, to.date() if to else None, tuple(by or ()), compare)
    with _asking(home, where) as asking:
        metric = asking.book[name]
        heads, rows = table_of(asking, metric, wanted, asking.answer(metric, wanted), language())
        words = words_of(asking, metric)
    console.print(metric.label.in_(language()), markup=False)
    console.print(words["zh" if language().startswith("zh") else "en"], markup=False)
    for row in (heads, *rows):
        console.print("  ".join(_cell(c) for c in row), markup=False)


@metrics.command("check")
def check(home: Home = HERE) -> None:
    """检查文件并试全部用例 · Read every file, and try every case."""
    with _asking(home) as asking:
        told = [r for m in asking.book.metrics.values() for r in try_metric(m, asking.book, asking.tables)]
        faults = asking.book.faults
    for fault in faults:
        console.print(f"✗ {fault.told(language()).message}", markup=False)
    broken = [r for r in told if not r.holds]
    for r in broken:
        console.print(f"✗ {r.metric}: {r.label.in_(language())}: {'; '.join(r.wrong)}", markup=False)
    say(f"{len(told)} 个用例,{len(broken)} 个不符;{len(faults)} 个文件有误", f"{len(told)} cases, {len(broken)} do not hold; {len(faults)} files are wrong")
    if broken or faults:
        raise typer.Exit(3)


def _cell(value: object) -> str:
    text = "–" if value is None else f"{value:g}" if isinstance(value, float) else str(value)
    return f"{text:<24}"
