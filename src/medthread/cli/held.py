"""`medthread held`: rows that were held, decisions on them, undoing, sheets sent out and back."""

import csv
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy import Connection

from medthread.api.cells import safe_cell
from medthread.app import Installation, open_installation
from medthread.cli.options import HERE, Home
from medthread.cli.speech import console, language, say
from medthread.governance.review import STATES, Decided, Desk, Seen, State, Wanted, decide, desk, undo
from medthread.governance.review.deciding import BY_PERSONS, Saying
from medthread.governance.review.sheet import MOST_ROWS, sheet_of
from medthread.governance.review.sheet_back import accept, compared, read_sheet
from medthread.governance.review.told import tell_decided, tell_undone
from medthread.governance.review.values import edits_for, same, texts, tried
from medthread.model.errors import InvalidError
from medthread.pipeline.correct.decided import Kind
from medthread.stores.serving import LakeReader
from medthread.trust.operators import operator_name
from medthread.workflow import Context, handle

held = typer.Typer(no_args_is_help=True, help="隔离行 · Held rows: list them, decide on them, undo that, send a sheet out and take it back.")
Of = Annotated[str | None, typer.Option("--of", metavar="SOURCE[.TABLE]", help="来源,或来源的一个表 · a source, or a table of it")]
Rule = Annotated[str | None, typer.Option("--rule", help="违反的规则 · the rule that is broken")]
Reason = Annotated[str, typer.Option("--reason", help="原因,来源的责任方会看到 · why; the owner of the source reads it")]
Trial = Annotated[bool, typer.Option("--try", help="只试算,不写入 · say what would pass, and write nothing")]


@contextmanager
def _opened(home: Path) -> Iterator[tuple[Installation, LakeReader, Context]]:
    with open_installation(home) as installation:
        reader = LakeReader(installation.releases)
        try:
            yield installation, reader, installation.commands(reader)
        finally:
            reader.close()


@contextmanager
def _desk(installation: Installation, reader: LakeReader, tx: Connection) -> Iterator[Desk]:
    """All of it: whoever holds the workspace holds every source."""
    with desk(reader.current(), tx, seen=Seen(tuple(s.name for s in installation.sources))) as found:
        yield found


@held.command("list")
def list_rows(
    *, home: Home = HERE, state: Annotated[str, typer.Option(help="open、waiting、taken、rejected、returned、superseded,可用逗号并列;all 为全部 · several with commas, all for all")] = "open",
    of: Of = None, rule: Rule = None, limit: Annotated[int, typer.Option(help="最多列出多少行 · at most so many", min=1)] = 50,
) -> None:
    """列出隔离行及其处理状态,先到的在前 · List held rows and what was decided on them, those that came first before the others."""
    states = tuple(s for s in State if state != "all" and s.value in state.split(","))
    if state != "all" and not states:
        raise InvalidError(f"there is no state {state!r}", hint=f"one of: {', '.join(State)}, all")
    wanted = _wanted(of, rule, state=states)
    with _opened(home) as (installation, reader, _), installation.store.transaction() as tx, _desk(installation, reader, tx) as found:
        rows, _ = found.page(wanted, limit=limit, after=None)
        total = sum(found.counts(wanted).values())
    for row in rows:
        told = f"{STATES[State(row['state'])].in_(language())}  {row['act'] or ''} {row['reason'] or ''}".rstrip()
        console.print(f"{row['id']}  {row['source']}.{row['table']}  {row['file']}:{row['row']}  {row['key'] or '-'}  {' '.join(dict.fromkeys(row['rules']))}  {told}", markup=False, soft_wrap=True)
    say(f"{total} 行,列出 {len(rows)} 行", f"{total} rows, {len(rows)} listed")


@held.command("decide")
def decide_rows(
    kind: Annotated[str, typer.Argument(metavar="KIND", help="corrected、approved、rejected、returned")],
    ids: Annotated[list[str] | None, typer.Argument(metavar="ROW", help="行号;省略则按筛选 · ids; by the filter when left out")] = None,
    *, reason: Reason, home: Home = HERE, of: Of = None, rule: Rule = None,
    set_: Annotated[list[str] | None, typer.Option("--set", metavar="COLUMN=VALUE", help="更正的列与值 · a raw column and its new value")] = None, trial: Trial = False,
) -> None:
    """更正、批准、不予接收或退回隔离行,作为一次操作 · Correct, approve, reject or return held rows as one act. `corrected` without --set tries them again as they are."""
    if kind not in BY_PERSONS:
        raise InvalidError(f"{kind} is not decided by hand", hint=f"one of: {', '.join(BY_PERSONS)}")
    if not ids and not (of or rule):
        raise InvalidError("say which rows", hint="ids, or --of SOURCE.TABLE, --rule RULE")
    values = dict(_pair(text) for text in set_ or [])
    wanted = Wanted(ids=tuple(ids)) if ids else _wanted(of, rule, state=(State.OPEN,))

    def act(tx: Connection) -> Decided | None:
        with _desk(installation, reader, tx) as found:
            rows = found.rows(wanted)
        edits, common = edits_for(tx, installation.context(), rows, values if kind == Kind.CORRECTED else {})
        if trial:
            results = tried(installation.context(), rows, same(texts(rows, "id"), values))
            say(f"{len(results)} 行中 {sum(t.passes for t in results)} 行可通过", f"{sum(t.passes for t in results)} of {len(results)} would pass")
            return None
        done = decide(tx, rows=rows, saying=Saying(Kind(kind), reason, operator_name()), edits=edits, common=common)
        tell_decided(tx, commands, act=done.act, kind=kind, reason=reason, by=operator_name(), rows=done.by_source)
        return done

    with _opened(home) as (installation, reader, commands):
        done = handle(installation.store, by=operator_name(), action="held.decide", object_="held", act=act)
    if done is not None:
        say(f"{done.act}:{done.rows} 行;更正的行由 medthread run 接入", f"{done.act}: {done.rows} rows; `medthread run` takes in what was corrected")


def _wanted(of: str | None, rule: str | None, *, state: tuple[State, ...]) -> Wanted:
    source, _, table = (of or "").partition(".")
    return Wanted(state=state, source=source or None, table=table or None, rule=rule)


def _pair(text: str) -> tuple[str, str]:
    column, equals, value = text.partition("=")
    if not equals:
        raise InvalidError(f"{text!r} sets nothing", hint="--set COLUMN=VALUE")
    return column, value


@held.command("undo")
def undo_act(act: Annotated[str, typer.Argument(metavar="ACT", help="操作号,见 held list · the act, as `held list` names it")], home: Home = HERE) -> None:
    """撤销一次操作的全部决定,已接入的不能撤销 · Take back everything that an act decided, unless a run took any of it."""
    with _opened(home) as (installation, _, commands):
        sources = tuple(s.name for s in installation.sources)

        def back(tx: Connection) -> Decided:
            done = undo(tx, act=act, by=operator_name(), sources=sources)
            tell_undone(tx, commands, act=act, by=operator_name(), rows=done.by_source)
            return done

        done = handle(installation.store, by=operator_name(), action="held.undo", object_=f"held/{act}", act=back)
    say(f"已撤销 {done.rows} 行", f"{done.rows} rows are open again")


@held.command("export")
def export_sheet(
    source: Annotated[str, typer.Argument(metavar="SOURCE")], table: Annotated[str, typer.Argument(metavar="TABLE")], *,
    out: Annotated[Path, typer.Option("--out", help="写到哪个 CSV · the CSV to write")], home: Home = HERE, rule: Rule = None,
) -> None:
    """把一个表的待处理行导出为更正用表 · Write the open rows of a table as a sheet to correct."""
    wanted = Wanted(state=(State.OPEN,), source=source, table=table, rule=rule)
    with _opened(home) as (installation, reader, _), installation.store.transaction() as tx, _desk(installation, reader, tx) as found:
        rows = sheet_of(found.rows(wanted, most=MOST_ROWS + 1))
    with out.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(rows.column_names)
        for batch in rows.to_batches(2000):
            writer.writerows([safe_cell(v) for v in row.values()] for row in batch.to_pylist())
    say(f"{rows.num_rows} 行写入 {out}", f"{rows.num_rows} rows written to {out}")


@held.command("import")
def import_sheet(
    file: Annotated[Path, typer.Argument(metavar="FILE", exists=True, dir_okay=False)], *, reason: Reason, home: Home = HERE,
    passing: Annotated[bool, typer.Option("--passing", help="只取可通过的行 · only rows that would pass")] = False, trial: Trial = False,
) -> None:
    """接受更正后的表:与导出时不同的单元格即为更正 · Accept a corrected sheet: cells that differ from what was exported are the corrections."""
    sent_back = read_sheet(file)

    def act(tx: Connection) -> Decided | None:
        with _desk(installation, reader, tx) as found:
            came = compared(found, sent_back, as_sent=lambda v: str(safe_cell(v)))
        if trial:
            results = came.tried(installation.context())
            passes = sum(t.passes for t in results)
            say(f"改动 {len(came.changes)} 行,{passes} 行可通过,{came.strangers} 行不在待处理之列", f"{len(came.changes)} rows changed, {passes} would pass, {came.strangers} are not open")
            return None
        done = accept(tx, installation.context(), came.passing(installation.context()) if passing else came, Saying(Kind.CORRECTED, reason, operator_name()))
        tell_decided(tx, commands, act=done.act, kind=Kind.CORRECTED, reason=reason, by=operator_name(), rows=done.by_source)
        return done

    with _opened(home) as (installation, reader, commands):
        done = handle(installation.store, by=operator_name(), action="held.decide", object_="held", act=act)
    if done is not None:
        say(f"{done.act}:更正 {done.rows} 行;medthread run 接入", f"{done.act}: {done.rows} rows corrected; `medthread run` takes them in")
