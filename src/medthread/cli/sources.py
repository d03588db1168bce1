"""`medthread source`: what comes from where, and how it goes."""

import csv
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from medthread.api.cells import safe_cell
from medthread.app import Installation, declared, open_installation
from medthread.cli.options import HERE, Home
from medthread.cli.speech import console, language, say
from medthread.governance.review.desk import QUARANTINE
from medthread.governance.review.feedback import COLUMNS, feedback
from medthread.governance.sources import (
    HEALTHS,
    Drift,
    SourceStanding,
    TableProbe,
    amend,
    check_source,
    difference,
    drifts,
    known_source,
    probe_source,
    standings,
)
from medthread.governance.sources.beginning import beginning, sample_of_file
from medthread.governance.sources.making import make_source
from medthread.governance.sources.suggesting import WHYS, known_columns, suggest
from medthread.governance.sources.templates import Wanted, handouts, known_template, templates, written
from medthread.model import Label
from medthread.model.errors import ConflictError
from medthread.model.template import BASES, KINDS
from medthread.model.wording import worded
from medthread.pipeline.ingest import accept_load
from medthread.trust.operators import operator_name
from medthread.workflow import handle

LIKELY = 3
sources = typer.Typer(no_args_is_help=True, help="来源 · Sources.")


@sources.command("accept")
def source_accept(
    id_: Annotated[str, typer.Argument(metavar="LOAD")],
    reason: Annotated[str, typer.Option(help="原因,至少两个字 · why, two letters at least")],
    home: Home = HERE,
) -> None:
    """确认一次大量减少的读取属实 · Say that a load which lacks many rows known before is right."""
    with open_installation(home) as installation:
        act = partial(accept_load, id_=id_, by=operator_name(), reason=reason)
        source = handle(installation.store, by=operator_name(), action="load.accept", object_=f"load/{id_}", act=act)
    say(f"已确认;medthread run --source {source} 接入它", f"Accepted; `medthread run --source {source}` takes it in")


@sources.command("list")
def source_list(home: Home = HERE) -> None:
    """每个来源及其状况 · Every source, and how it is doing."""
    with open_installation(home) as installation:
        found = _standings(installation)
    for each in found:
        source = each.source
        name = source.zh if language() != "en" else source.en
        promise = _promise(each)
        place = source.shown_url or _told("文件", "files")
        console.print(f"{source.name:<14}{HEALTHS[each.health].in_(language()):<10}{name}  {place}  {promise}{_untried(each)}", markup=False, soft_wrap=True)


@sources.command("show")
def source_show(name: Annotated[str, typer.Argument(metavar="NAME")], home: Home = HERE) -> None:
    """一个来源的各表:状况、时效、映射到哪些字段 · A source's tables: health, freshness, and the fields they feed."""
    with open_installation(home) as installation:
        known_source(installation.sources, name)
        [each] = [s for s in _standings(installation) if s.source.name == name]
    source = each.source
    title = source.zh if language() != "en" else source.en
    console.print(f"{source.name}  {title}  {HEALTHS[each.health].in_(language())}  {_promise(each)}{_untried(each)}", markup=False, soft_wrap=True)
    for table in each.tables:
        last = table.fresh_at.strftime("%Y-%m-%d %H:%M UTC") if table.fresh_at else _told("从未", "never")
        console.print(f"  {table.name:<16}{HEALTHS[table.health].in_(language()):<10}{source.tables[table.name].place}  {last}", markup=False, soft_wrap=True)
        if table.message:
            console.print(f"    ! {worded(table.message.get('text', ''), language())}\n      {worded(table.message.get('hint', ''), language())}", markup=False, soft_wrap=True)
        if table.refused:
            say(f"    {table.refused} 次接入被整体拒收", f"    loads held as a whole: {table.refused}")
        for feed in source.tables[table.name].feeds:
            for field, mapped in feed.fields.items():
                console.print(f"    {feed.entity}.{field} ← {', '.join(mapped.columns) or mapped.constant}", markup=False, soft_wrap=True)


@sources.command("test")
def source_test(name: Annotated[str, typer.Argument(metavar="NAME")], home: Home = HERE) -> None:
    """连接一个数据库来源,看谁在那里 · Connect to a source that is a database, and see who is there."""
    with open_installation(home) as installation:
        server = check_source(installation.context(), name)
    rights = {True: ("只读", "may only read"), False: ("可以写入:请换用只读账号", "may write: take an account that may not"), None: ("", "")}[server.is_read_only]
    console.print(f"{name}: {server.product} {server.version}  {server.account}  {_told(*rights)}", markup=False, soft_wrap=True)


@sources.command("probe")
def source_probe(name: Annotated[str, typer.Argument(metavar="NAME")], home: Home = HERE) -> None:
    """用几百行比对映射与来源;有不符则以 1 退出 · Hold the mapping against a few hundred rows; ends with 1 where something does not fit."""
    with open_installation(home) as installation:
        found = probe_source(installation.context(), name)
    for table in found:
        _tell_probe(table)
    if not all(t.fits for t in found):
        raise typer.Exit(1)


@sources.command("drift")
def source_drift(name: Annotated[str, typer.Argument(metavar="NAME")], home: Home = HERE) -> None:
    """来源与映射相比有何变化,并提出映射的改法;有变化则以 1 退出 · What changed at a source since its mapping, with a proposal; ends with 1 where something did."""
    with open_installation(home) as installation:
        path = installation.workspace.source_file(name)
        text = path.read_text(encoding="utf-8")
        found = drifts(installation.context(), known_source(installation.sources, name), text)
    for each in found:
        _tell_drift(each)
        if each.proposed is not None:
            for line in difference(text, each.proposed):
                console.print(f"      {line}", markup=False, soft_wrap=True)
    if not found:
        say("没有变化", "Nothing changed")
        return
    say(f"接受一处:medthread source amend {name} TABLE COLUMN", f"Accept one: medthread source amend {name} TABLE COLUMN")
    raise typer.Exit(1)


@sources.command("amend")
def source_amend(
    name: Annotated[str, typer.Argument(metavar="NAME")],
    table: Annotated[str, typer.Argument(metavar="TABLE")],
    column: Annotated[str, typer.Argument(metavar="COLUMN")],
    home: Home = HERE,
    ignore: Annotated[bool, typer.Option("--ignore", help="新增的列已知,但不映射 · the new column is known and feeds nothing")] = False,
) -> None:
    """接受对某列提出的改法:改写 sources/ 中的文件 · Accept what is proposed for a column: the file in sources/ is rewritten."""
    with open_installation(home) as installation:
        if installation.governed.is_closed("mapping", name):
            raise ConflictError(f"the mapping of {name} is one that was approved: a file changes nothing", hint="propose the change: the console does, or `medthread change propose`")
        act = partial(
            amend, context=installation.context(), source=known_source(installation.sources, name), path=installation.workspace.source_file(name),
            table=table, column=column, ignoring=ignore, by=operator_name(),
        )
        handle(installation.store, by=operator_name(), action="source.amend", object_=f"source/{name}", act=act)
    say(f"已改写;medthread run --source {name} 重新接入等待的数据", f"Rewritten; `medthread run --source {name}` takes in what waited")


@sources.command("templates")
def source_templates(
    name: Annotated[str | None, typer.Argument(metavar="NAME")] = None,
    out: Annotated[Path | None, typer.Option(help="写出查询与空白表的文件夹 · folder for its queries and empty sheets")] = None,
) -> None:
    """来源系统的模板;给出名称则列出其规则与各表 · Templates of source systems; of one by its name, its traps and tables."""
    registry, folders = declared()
    known = templates(folders)
    if name is None:
        for each in known.values():
            console.print(f"{each.name:<18}{KINDS[each.kind].in_(language()):<10}{each.label.in_(language())}  {each.versions}", markup=False, soft_wrap=True)
        return
    template = known_template(known, name)
    if out is not None:
        files = handouts(template, registry, language())
        out.mkdir(parents=True, exist_ok=True)
        for file, text in files.items():
            (out / file).write_text(text, encoding="utf-8")
        say(f"已写 {len(files)} 个文件到 {out}", f"Wrote {len(files)} files to {out}")
        return
    for trap in template.traps:
        console.print(f"! {trap.label.in_(language())}", markup=False, soft_wrap=True)
    for table, said in template.tables.items():
        fed = said.entity or " ".join(dict.fromkeys(f.entity for f in said.feeds))
        basis = BASES[said.basis].in_(language()) if said.query else ""
        console.print(f"{table:<22}{fed:<34}{basis}", markup=False, soft_wrap=True)


@sources.command("new")
def source_new(
    name: Annotated[str, typer.Argument(metavar="NAME")], template: Annotated[str, typer.Option(help="模板 · the template")],
    org: Annotated[str, typer.Option(help="组织代码 · the organisation's code")], owner: Annotated[str, typer.Option(help="责任方 · who answers for it")] = "it",
    url: Annotated[str | None, typer.Option(help="数据库地址;省略则由文件交付 · the database; files are delivered without one")] = None,
    secret: Annotated[str | None, typer.Option(help="口令所在的环境变量 · environment variable with the password")] = None,
    table: Annotated[list[str] | None, typer.Option(help="只要这些表 · these tables only")] = None, home: Home = HERE,
) -> None:
    """由模板新建来源 · Make a source from a template."""
    chosen = known_template(templates(declared()[1]), template)
    wanted = Wanted(name=name, org=org, owner=owner, url=url, secret=secret, tables=tuple(table or ()), language=language())
    with open_installation(home) as installation:
        text = written(chosen, wanted, installation.registry)
        act = partial(
            make_source, folder=installation.workspace.source_folder, text=text, template=chosen, wanted=wanted,
            known=[s.name for s in installation.sources], by=operator_name())
        path = handle(installation.store, by=operator_name(), action="source.make", object_=f"source/{name}", act=act)
    say(f"已写 {path};放入文件后 medthread source probe {name} 比对", f"Wrote {path}; `medthread source probe {name}` says what fits once its files are there")


@sources.command("suggest")
def source_suggest(
    file: Annotated[str, typer.Argument(metavar="FILE", help="收件夹中的文件 · a file of the inbox")],
    entity: Annotated[str | None, typer.Option(help="只看这个实体 · this entity only")] = None, home: Home = HERE,
) -> None:
    """建议一个文件的映射:可能是什么、哪列填哪个字段、依据 · Suggest a mapping of a file: what it may be, which column fills which field, and why."""
    with open_installation(home) as installation:
        sample = sample_of_file(installation.workspace.inbox, file)
        known = known_columns(templates(installation.folders).values(), installation.sources)
        found = suggest(sample, installation.registry, known, table=Path(file).stem, only=entity)
    for each in found[:LIKELY]:
        console.print(f"{each.entity}  {each.fit:.0%}" + (f"  ? {', '.join(each.lacking)}" if each.lacking else ""), markup=False)
        for one in each.fields if each is found[0] else ():
            console.print(f"  {one.field:<20}{one.column:<24}{one.fit:>5.0%}  {', '.join(WHYS[w].in_(language()) for w in one.why)}", markup=False, soft_wrap=True)
    if not found:
        say("没有可建议的内容", "Nothing to suggest")
        return
    console.print(beginning(file, found[0]), markup=False, soft_wrap=True)


@sources.command("feedback")
def source_feedback(
    name: Annotated[str, typer.Argument(metavar="NAME")], *, out: Annotated[Path, typer.Option("--out", help="写到哪个 CSV · the CSV to write")], home: Home = HERE,
) -> None:
    """写出某来源被更正、不予接收、退回的行 · Write what was corrected, rejected and returned of a source's rows."""
    with open_installation(home) as installation, out.open("w", encoding="utf-8-sig", newline="") as file, installation.store.transaction() as tx:
        known_source(installation.sources, name)
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        count = 0
        for line in feedback(tx, name, installation.context().committer.files(QUARANTINE)):
            writer.writerow([safe_cell(v) for v in line.cells])
            count += 1
    say(f"{count} 行写入 {out}", f"{count} lines written to {out}")


def _tell_drift(each: Drift) -> None:
    at = f"{each.table}.{each.column}"
    if each.kind == "unreadable":
        say(f"! {at}:{each.now:.0%} 的值读不成 {each.likely},此前 {each.before:.0%}", f"! {at}: {each.now:.0%} of the values do not read as {each.likely}, {each.before:.0%} before")
    elif each.kind == "missing":
        say(f"! {at} 不在 {each.file} 中" + (f",可能改名为 {each.likely}" if each.likely else ""), f"! {at} is not in {each.file}" + (f"; it may be called {each.likely} now" if each.likely else ""))
    else:
        say(f"? {at} 是新增的列" + (f",可能对应 {each.likely}" if each.likely else ""), f"? {at} is new" + (f"; it may mean {each.likely}" if each.likely else ""))


def _tell_probe(table: TableProbe) -> None:
    if table.error is not None:
        error = table.error.told(language())
        console.print(f"! {table.table}: {error.message}\n  {error.hint}", markup=False, soft_wrap=True)
        return
    say(f"{table.table}:看了 {table.rows} 行,{'相符' if table.fits else '不符'}", f"{table.table}: {table.rows} rows looked at, {'fits' if table.fits else 'does not fit'}")
    likely = dict(table.alike)
    for column in table.missing:
        near = likely.get(column)
        say(f"  ! 缺少列 {column}" + (f",可能改名为 {near}" if near else ""), f"  ! column {column} is missing" + (f"; it may be called {near} now" if near else ""))
    for column in table.new:
        say(f"  ? 映射未提到的列 {column}", f"  ? no mapping names column {column}")
    for field in table.fields:
        if field.share is not None and field.share < 1:
            columns = ", ".join(field.columns)
            say(f"  ! {field.entity}.{field.field} ← {columns}:{field.values} 个值中 {field.fitting} 个相符", f"  ! {field.entity}.{field.field} ← {columns}: {field.fitting} of {field.values} values fit")


def _standings(installation: Installation) -> list[SourceStanding]:
    with installation.store.transaction() as tx:
        return standings(tx, installation.sources, calendar=installation.workspace.calendar(), now=datetime.now(UTC))


def _promise(each: SourceStanding) -> str:
    kept = {True: ("承诺内", "promise kept"), False: ("未兑现时效", "promise not kept"), None: ("未承诺时效", "nothing promised")}[each.keeps_promise]
    return _told(*kept) + (f" ({each.source.fresh_within})" if each.source.fresh_within else "")


def _untried(each: SourceStanding) -> str:
    return "" if each.is_tried else "  " + _told("连接程序未在真实系统上试过", "its connector was not tried on a live system")


def _told(zh: str, en: str) -> str:
    return Label(zh, en).in_(language())
