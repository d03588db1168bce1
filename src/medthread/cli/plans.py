"""`medthread plan` and `medthread apply`: what changes of models would do, and doing it."""

import json
from typing import Annotated

import typer

from medthread.api import contracted
from medthread.app import open_installation
from medthread.cli.options import HERE, Home
from medthread.cli.speech import Bars, console, language, say
from medthread.governance.contracts.planned import PlannedContract, contracts_of_plan
from medthread.methods.contracts import Verdict as Broken
from medthread.methods.contracts import next_version
from medthread.model import Label
from medthread.pipeline.build.change import ColumnChange, Verdict
from medthread.pipeline.build.described import described
from medthread.pipeline.build.plan import Plan, Planned, Reader, Remake
from medthread.pipeline.run import apply_models
from medthread.trust.operators import operator_name

VERDICTS = {
    Verdict.BREAKING: Label("破坏读者", "breaking"),
    Verdict.VALUES: Label("数值会变", "other values"),
    Verdict.ADDED: Label("新增", "added"),
    Verdict.DESCRIBED: Label("说明或检验", "described anew"),
    Verdict.TYPED: Label("仅书写", "typed anew"),
}


def plan_command(
    home: Home = HERE,
    text: Annotated[bool, typer.Option("--text", help="连同文本差异 · with the difference of the texts")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="机器可读 · for machines")] = False,
) -> None:
    """说出模型的改动会带来什么,不做任何改动 · Tell what changes of models would do; nothing is changed."""
    with open_installation(home) as installation, installation.services(None) as services:
        found = installation.plan()
        with installation.store.transaction() as tx:
            promised = contracts_of_plan(tx, found, services.contracts.making)
    if as_json:
        console.print(json.dumps({**described(found, language()), "contracts": contracted.planned(promised)}, ensure_ascii=False, indent=1), markup=False)
        return
    _tell(found, text=text)
    for one in promised:
        _tell_contract(one)


def apply_command(
    home: Home = HERE,
    reason: Annotated[str | None, typer.Option(help="原因 · why")] = None,
) -> None:
    """按计划重建受影响的模型、检验、发布 · Make what the plan names, ask what is expected of it, publish it."""
    with open_installation(home) as installation:
        found = installation.plan()
        if not found.changes and not found.remade:
            say("没有改动", "Nothing would change")
            return
        _tell(found, text=False)
        if found.faults:
            raise found.faults[0].error
        with Bars() as bars:
            outcome = apply_models(installation.context(bars), by=operator_name(), index_trace=installation.index_trace, reason=reason)
    if outcome.release:
        say(f"已发布 {outcome.release},写入 {outcome.rows_written:,} 行", f"Published {outcome.release}, {outcome.rows_written:,} rows")
    else:
        say("已生效,读者所见不变", "In force; readers see what they saw")


def _tell(found: Plan, *, text: bool) -> None:
    if not found.changes and not found.remade:
        say("没有改动", "Nothing would change")
        return
    for planned in found.changes:
        _tell_change(planned, text=text)
    for remake in found.remade:
        _tell_remake(remake)
    for fault in found.faults:
        console.print(f"✗ {fault.error.told(language()).message}", markup=False)
    say(f"改动 {len(found.changes)} 个模型,重建 {len(found.remade)} 张表,约 {found.seconds:.1f} 秒",
        f"{len(found.changes)} models change, {len(found.remade)} tables are made again, about {found.seconds:.1f} s")


def _tell_change(planned: Planned, *, text: bool) -> None:
    change, lang = planned.change, language()
    sign = "+" if change.before is None else "-" if change.after is None else "~"
    rows = "" if planned.rows is None else Label(f",现有 {planned.rows:,} 行", f", {planned.rows:,} rows now").in_(lang)
    console.print(f"{sign} {change.name}  {VERDICTS[change.verdict].in_(lang)}{rows}", markup=False)
    if change.grain:
        console.print(f"    {Label('一行是', 'one row is').in_(lang)}: {', '.join(change.grain[0])} → {', '.join(change.grain[1])}", markup=False)
    for column in change.columns if change.before is not None else ():
        console.print(f"    {_column(column)}", markup=False)
    for reader in planned.readers:
        console.print(f"    {_reader(reader)}", markup=False)
    if text:
        for line in change.diff:
            console.print(f"    {line}", markup=False)


def _column(column: ColumnChange) -> str:
    breaks = Label(" (破坏)", " (breaks)").in_(language()) if column.breaks else ""
    if column.before is None:
        return f"+ {column.name} {column.after}"
    return f"- {column.name} {column.before}{breaks}" if column.after is None else f"~ {column.name} {column.before} → {column.after}{breaks}"


def _reader(reader: Reader) -> str:
    fields = Label("字段无法判定", "fields cannot be told").in_(language()) if reader.fields is None else ", ".join(f"~{f}" if f in reader.deciding else f for f in reader.fields)
    broken = Label(f" ✗ 失去 {', '.join(reader.broken)}", f" ✗ loses {', '.join(reader.broken)}").in_(language()) if reader.broken else ""
    return f"→ {reader.name} {fields}{broken}".rstrip()


def _tell_contract(one: PlannedContract) -> None:
    """The contract that would be another, with what breaks it, and the consumers that expect otherwise."""
    lang = language()
    grave = [d for d in one.differences if d.verdict in (Broken.BREAKING, Broken.NOT_JUDGED)]
    console.print(f"§ {one.subject} {one.version} → {next_version(one.version, one.verdict)}  {one.verdict.value}", markup=False)
    for difference in grave:
        console.print(f"    {difference.at}: {difference.label.in_(lang)}", markup=False)
    for name, fields in one.consumers:
        console.print(f"    ✗ {Label(f'{name} 期望的字段被破坏', f'{name} loses what it expects').in_(lang)}: {', '.join(fields)}", markup=False)


def _tell_remake(remake: Remake) -> None:
    about = Label("约", "about") if remake.guessed else Label("", "")
    because = ", ".join(remake.because)
    console.print(f"↻ {remake.name}  {about.in_(language())} {remake.seconds:.1f} s  {because}".rstrip(), markup=False)

