"""`medthread dictionary`: find in it, send it out as a sheet, look at what a sheet would change, take back what was proposed."""

import csv
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from medthread.api.cells import safe_cell
from medthread.app import open_installation
from medthread.cli.options import HERE, Home
from medthread.cli.speech import console, language, say
from medthread.governance.dictionary.changes import proposals, propose
from medthread.governance.dictionary.sheet import COLUMNS, FIXED, NAMES, compared, read_sheet, rows_of
from medthread.governance.quality_index import today_in
from medthread.model.errors import InvalidError
from medthread.stores.workbook import workbook
from medthread.trust.operators import operator_name
from medthread.workflow import handle

dictionary = typer.Typer(no_args_is_help=True, help="数据字典 · The data dictionary: find in it, edit it as a sheet, list what was proposed.")
On = Annotated[datetime | None, typer.Option("--on", formats=["%Y-%m-%d"], help="某一天的口径 · as it was on a day")]
SHOWN = 20


@dictionary.command("find")
def find(words: Annotated[str, typer.Argument(metavar="WORDS", help="中文、拼音、英文 · Chinese, pinyin or English")], home: Home = HERE, on: On = None) -> None:
    """查找对象、字段、模型、列、代码表、规则与术语 · Find entities, fields, models, columns, lists of codes, rules and terms."""
    with open_installation(home) as installation, installation.services(None) as services:
        found = services.dictionary.book(on.date() if on else None).find(words, most=SHOWN)
    for item in found:
        entry = item.entry
        meaning = f"  {entry.meaning.in_(language())}" if entry.meaning else ""
        console.print(f"{entry.sort.value:<7} {entry.subject:<40} {entry.label.in_(language())}{meaning}", markup=False)
    say(f"{len(found)} 个条目", f"{len(found)} entries")


@dictionary.command("export")
def export(to: Annotated[Path, typer.Argument(metavar="FILE", help="写到 .xlsx 或 .csv · an .xlsx or .csv file")], home: Home = HERE) -> None:
    """导出定义、同义词与责任方,供编辑 · Write definitions, synonyms and owners as a sheet to edit."""
    with open_installation(home) as installation, installation.services(None) as services:
        rows = list(rows_of(services.dictionary.book()))
    if to.suffix.lower() == ".xlsx":
        to.write_bytes(workbook("dictionary", COLUMNS, rows, locked=FIXED))
    elif to.suffix.lower() == ".csv":
        with to.open("w", encoding="utf-8-sig", newline="") as out:
            csv.writer(out).writerows([NAMES, *([safe_cell(c) for c in row] for row in rows)])
    else:
        raise InvalidError(f"{to.name!r} is none of csv, xlsx", hint="save it as one of these")
    say(f"{len(rows)} 行 → {to}", f"{len(rows)} lines → {to}")


@dictionary.command("import")
def take_in(
    file: Annotated[Path, typer.Argument(metavar="FILE", exists=True, dir_okay=False, help="编辑过的表 · the sheet that was edited")], home: Home = HERE, *,
    reason: Annotated[str | None, typer.Option("--reason", help="给出理由即提议;省略只预览 · with a reason it is proposed; without, only looked at")] = None,
) -> None:
    """预览或提议一张编辑过的表;提议由另一人批准 · Look at what an edited sheet changes, or propose it; another person approves."""
    with open_installation(home) as installation, installation.services(None) as services:
        lines = compared(services.dictionary.book(), read_sheet(file))
        for line in lines:
            if line.error is not None:
                console.print(f"✗ {line.row} {line.subject}: {line.error.told(language()).message}", markup=False)
            for name, before, after in line.cells:
                console.print(f"  {line.row} {line.subject} {name}: {before or '–'} → {after or '–'}", markup=False)
        changes = [line.change for line in lines if line.change is not None]
        refused = len(lines) - len(changes)
        say(f"{len(changes)} 个条目有变更,{refused} 行被拒绝", f"{len(changes)} entries change, {refused} lines are refused")
        if refused:
            raise typer.Exit(3)
        if reason is not None and changes:
            by, today = operator_name(), today_in(services.workflow.calendar.zone)
            act = partial(propose, by=by, changes=changes, reason=reason, on=today, today=today)
            id_ = handle(services.store, by=by, action="definition.propose", object_="definition", act=act)
            say(f"已提议:{id_},待另一人批准", f"Proposed: {id_}; it waits for another person")


@dictionary.command("changes")
def changes(home: Home = HERE) -> None:
    """列出口径变更的提议 · List what was proposed, approved, refused or taken back."""
    with open_installation(home) as installation, installation.store.transaction() as tx:
        found = proposals(tx)
    for p in found:
        console.print(f"{p['proposal']}  {p['state']:<9} {p['effective_from']}  {p['proposed_by']} → {p['decided_by'] or '–'}  {p['changes']}  {p['reason']}", markup=False)
    say(f"{len(found)} 个提议", f"{len(found)} proposals")
