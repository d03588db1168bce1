"""`medthread sql`: a question over a release, answered on the terminal or as a file."""

import uuid
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import pyarrow as pa
import typer

from medthread.api.served import shelf_of
from medthread.api.workbench import FORMS, as_file, ask, tables_of, told
from medthread.cli.desk import steward_desk
from medthread.cli.options import HERE, Home
from medthread.cli.speech import console, language, say

SHOWN, WIDEST = 50, 40  # rows on the terminal, letters of a value


def sql(
    question: Annotated[str | None, typer.Argument(metavar="SELECT", help="一条 SELECT;不写则列出可查询的表 · one SELECT; without it, the tables that may be asked")] = None, home: Home = HERE, *,
    out: Annotated[Path | None, typer.Option(help="写成文件:.csv .xlsx .parquet .arrow · write a file")] = None,
    as_of: Annotated[str | None, typer.Option("--as-of", metavar="RELEASE", help="过去的发布 · an earlier release")] = None,
) -> None:
    """以 SQL 查询发布,只读,脱敏 · Ask a release in SQL: read-only, masked."""
    form = next((f for f in FORMS if out is not None and out.suffix == f".{f}"), None)
    if out is not None and form is None:
        raise typer.BadParameter(f"{out.name}: {', '.join(FORMS)}")
    with steward_desk(home) as (given, actor):
        shelf, zone = shelf_of(given, actor, as_of), given.workflow.calendar.zone
        if question is None:
            for table in tables_of(shelf):
                console.print(f"{table['name']:<40} {table['rows']:>12,}  {table['label']['zh' if language().startswith('zh') else 'en']}", markup=False)
            return
        answer = ask(shelf, question, id_=uuid.uuid4().hex)
    rows = answer.rows if answer.rows is not None else pa.table({"step": ["  " * p["deep"] + p["step"] for p in answer.plan]})
    if out is not None and form is not None:
        out.write_bytes(as_file(rows, form, zone))
    else:
        _tell([rows.column_names, *told(type(answer)(rows.slice(0, SHOWN)), zone)["rows"]])
    say(f"{rows.num_rows:,} 行{',未列全:结果超过限额' if answer.cut else ''}", f"{rows.num_rows:,} rows{', not all: the answer is beyond its limit' if answer.cut else ''}")


def _tell(lines: Sequence[Sequence[object]]) -> None:
    texts = [["–" if v is None else str(v)[:WIDEST] for v in line] for line in lines]
    widths = [max(len(line[n]) for line in texts) for n in range(len(texts[0]))]
    for line in texts:
        console.print("  ".join(t.ljust(w) for t, w in zip(line, widths, strict=True)).rstrip(), markup=False, highlight=False, soft_wrap=True)
