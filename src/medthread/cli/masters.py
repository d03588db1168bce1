"""`medthread master`: golden records that may be one, and what stewards decided about them."""

import json
from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import Annotated, Any, Literal

import typer

from medthread.api.decisions_told import told_decisions, told_number
from medthread.api.golden_changes import GoldenChanges
from medthread.api.golden_links import GoldenLinks, kinds_of
from medthread.api.golden_pairs import GoldenPairs
from medthread.api.golden_rows import master_named, matched_masters
from medthread.api.master_decisions import Link, Said, decided, wanted_of
from medthread.api.match_settings import ask_for_setting
from medthread.app import open_installation
from medthread.cli.desk import steward_desk
from medthread.cli.master_requests import requests
from medthread.cli.options import HERE, Home
from medthread.cli.speech import console, language, say
from medthread.governance.masters.deciding import approve, decisions, end
from medthread.governance.masters.simulation import simulate, weighed_now
from medthread.governance.quality_index import today_in
from medthread.model import Entity, Label
from medthread.model.errors import InvalidError
from medthread.pipeline.match.waterfall import waterfall
from medthread.trust.operators import operator_name
from medthread.workflow import handle

masters = typer.Typer(no_args_is_help=True, help="主数据 · Master data: pairs to look at, decisions about them.")
masters.add_typer(requests, name="request")
Kind = Annotated[str, typer.Argument(metavar="ENTITY", help="主数据种类,如 supplier · the kind of master, such as supplier")]
Number = Annotated[int, typer.Argument(metavar="DECISION", help="决定的编号 · the decision's number")]
Reason = Annotated[str, typer.Option(help="原因,至少两个字 · why, two letters at least")]
STATUSES = {
    "asked": Label("待批准", "waits for approval"), "in_force": Label("有效", "in force"), "refused": Label("已拒绝", "refused"), "ended": Label("已撤销", "taken back"),
}
KINDS = {"setting": Label("匹配规则", "matching"), "merge": Label("合并", "merge"), "split": Label("分开", "keep apart"), "value": Label("指定取值", "state a value"), "link": Label("上下级", "link")}
SHOWN = 50


@masters.command("pairs")
def list_pairs(entity: Kind, home: Home = HERE, limit: Annotated[int, typer.Option(min=1, max=1000, help="最多几对 · at most so many")] = SHOWN) -> None:
    """可能是同一对象的黄金记录,最像的在前 · Golden records that may be one, the likeliest first."""
    with steward_desk(home) as (given, actor):
        declared = master_named(given.registry, entity)
        rows = GoldenPairs(given, actor, declared).query("select * from ({}) order by score desc, id limit ?", [limit])
    for row in rows:
        against = f"  ! {row['against']}" if row["against"] else ""
        console.print(f"{row['score']:>6.1f}  {row['one']}  {row['one_name']}  ~  {row['other']}  {row['other_name']}{against}", markup=False, soft_wrap=True)
        said = [f"{part['about'][_tongue()]} {part['weight']:+g}" for part in waterfall(declared, row["parts"]) if part["weight"]]
        console.print(f"        {', '.join(said)}", markup=False, soft_wrap=True)
    say(f"{len(rows)} 对", f"{len(rows)} pairs")


@masters.command("decide")
def decide(
    entity: Kind, kind: Annotated[Literal["merge", "split", "value"], typer.Argument(help="合并、分开、指定取值 · merge, keep apart, state values")],
    golden: Annotated[list[str], typer.Argument(metavar="GOLDEN", help="黄金编号 · golden ids")], reason: Reason, home: Home = HERE,
    apart: Annotated[list[str] | None, typer.Option(help="一条黄金记录中另一对象的记录,如 erp|V2 · of one golden record the records that are another thing")] = None,
    until: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="指定的取值到哪天为止(不含) · the first day on which stated values no longer stand")] = None,
    set_: Annotated[list[str] | None, typer.Option("--set", metavar="FIELD=VALUE", help="指定的取值;等号后留空即留空 · a value; nothing after the sign leaves it empty")] = None,
) -> None:
    """作出决定,随下一次运行生效 · Decide; it takes effect with the next run."""
    _decide(home, entity, Said(kind=kind, golden=golden, apart=[apart] if apart else [], values=dict(map(_value, set_ or [])), until=until.date() if until else None), reason=reason)


def _decide(home: Home, entity: str, said: Said, *, reason: str) -> None:
    with steward_desk(home) as (given, actor):
        declared = master_named(given.registry, entity)
        wanted, records = wanted_of(given, actor, declared, said, reason=reason)
        act = partial(decided, given=given, entity=declared, wanted=wanted, records=records, by=actor.name)
        id_, status, impact = handle(given.store, by=actor.name, action="master.decide", object_=f"{entity}/{min(said.golden)}", act=act)
    say(f"决定 {id_}:{STATUSES[status].zh};{impact.references} 行引用它们", f"decision {id_}: {STATUSES[status].en}; {impact.references} rows refer to them")


@masters.command("link")
def link(
    entity: Kind, golden: Annotated[str, typer.Argument(metavar="GOLDEN", help="下级的黄金编号 · golden id of the lower one")],
    kind: Annotated[str, typer.Option(help="关系,如 branch、group · the way, such as branch, group")], reason: Reason, home: Home = HERE,
    under: Annotated[str | None, typer.Option(metavar="GOLDEN", help="上级的黄金编号;不写即没有上级 · golden id of the upper one; without it there is none")] = None,
    since: Annotated[datetime | None, typer.Option("--from", formats=["%Y-%m-%d"], help="自哪天起 · the first day")] = None,
    until: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="到哪天为止(不含) · the first day on which it no longer holds")] = None,
) -> None:
    """说明一条黄金记录属于哪个上级,随下一次运行生效 · Say what a golden record belongs under; it takes effect with the next run."""
    link = Link.model_validate({"kind": kind, "parent": under, "from": since.date() if since else None, "until": until.date() if until else None})
    _decide(home, entity, Said(kind="link", golden=[golden], link=link), reason=reason)


@masters.command("links")
def list_links(
    entity: Kind, home: Home = HERE, golden: Annotated[str | None, typer.Argument(metavar="GOLDEN", help="只看这一条的上下级 · what stands above and below this one")] = None,
    q: Annotated[str, typer.Option("--search", help="名称含有 · whose name contains")] = "",
) -> None:
    """待确认的上下级关系,或一条黄金记录的上下级 · Links that names suggest, or what stands above and below one golden record."""
    with steward_desk(home) as (given, actor):
        declared = master_named(given.registry, entity)
        found = GoldenLinks(given, actor, declared)
        if golden is None:
            items, total = (told := found.suggested(q=q.strip(), limit=1000))["items"], told["total"]
        else:
            around = found.around(golden, on=today_in(given.workflow.calendar.zone))
    if golden is not None:
        _show_tree(declared, around)
        return
    for row in items:
        console.print(f"{row['child']}  {row['child_name']}  →  {row['parent']}  {row['parent_name']}  [{row['kind']}]", markup=False, soft_wrap=True)
    say(f"{total} 条待确认", f"{total} wait for a word")


def _show_tree(entity: type[Entity], around: Mapping[str, list[dict[str, Any]]]) -> None:
    called = {k.name: k for k in kinds_of(entity)}
    for way, sign in (("up", "↑"), ("down", "↓")):
        for row in around[way]:
            kind = called.get(row["kind"])
            what = (kind.parent if way == "up" else kind.child).in_(language()) if kind else row["kind"]
            console.print(f"{sign}{'  ' * row['depth']}{what}  {row['golden_id']}  {row['name']}", markup=False, soft_wrap=True)
    say(f"上级 {len(around['up'])},下级 {len(around['down'])},待确认 {len(around['suggested'])}", f"{len(around['up'])} above, {len(around['down'])} below, {len(around['suggested'])} suggested")


@masters.command("decisions")
def list_decisions(home: Home = HERE, status: Annotated[Literal["asked", "in_force", "refused", "ended"] | None, typer.Option(help="只列这种状态 · of this status only")] = None) -> None:
    """列出决定,最新的在前 · Decisions, newest first."""
    with steward_desk(home) as (given, actor):
        with given.store.transaction() as tx:
            found = decisions(tx, entities=[e.name for e in matched_masters(given.registry)], status=status)
        told = told_decisions(given, actor, found)
    for each in told:
        _tell(each)
    say(f"{len(told)} 项决定", f"{len(told)} decisions")


@masters.command("approve")
def approve_one(number: Number, reason: Reason, home: Home = HERE, refuse: Annotated[bool, typer.Option("--refuse", help="拒绝 · refuse it")] = False) -> None:
    """批准他人提出的决定,或拒绝 · Approve what another person asked for, or refuse it."""
    with open_installation(home) as installation:
        act = partial(approve, by=operator_name(), id_=number, grant=not refuse, reason=reason)
        handle(installation.store, by=operator_name(), action="master.approve", object_=f"match_decision/{number}", act=act)
    if refuse:
        say("已拒绝", "Refused")
    else:
        say("已批准,随下一次运行生效", "Approved; it takes effect with the next run")


@masters.command("end")
def end_one(number: Number, reason: Reason, home: Home = HERE) -> None:
    """撤销决定:下一次运行起重新按规则匹配 · Take a decision back: from the next run on the rules decide again."""
    with open_installation(home) as installation:
        act = partial(end, by=operator_name(), id_=number, approves=True, reason=reason)
        handle(installation.store, by=operator_name(), action="master.end", object_=f"match_decision/{number}", act=act)
    say("已撤销,随下一次运行生效", "Taken back; it takes effect with the next run")


@masters.command("changes")
def list_changes(
    entity: Kind, home: Home = HERE, after: Annotated[int, typer.Option(min=0, help="这个编号之后的 · those after this number")] = 0,
    limit: Annotated[int, typer.Option(min=1, max=5000, help="最多几条 · at most so many")] = 500,
) -> None:
    """主数据的变更,每行一条 JSON,按编号 · What became of masters, one JSON object a line, by number."""
    with steward_desk(home) as (given, actor):
        found = GoldenChanges(given, actor, master_named(given.registry, entity)).after(after, limit=limit)
    for row in found:
        typer.echo(json.dumps(row, ensure_ascii=False, default=str))


@masters.command("matching")
def matching(
    entity: Kind, home: Home = HERE,
    set_: Annotated[list[str] | None, typer.Option("--set", metavar="NUMBER=VALUE", help="试算这个数值,如 auto=40 · try this number, such as auto=40")] = None,
    reason: Annotated[str | None, typer.Option(help="写明原因即提出变更 · with a reason it is asked for")] = None,
) -> None:
    """匹配的分值与分界线;试算改动的影响,或提出 · The weights and lines of matching; what others would do, or ask for them."""
    wanted = dict(map(_number, set_ or []))
    with steward_desk(home) as (given, actor):
        declared = master_named(given.registry, entity)
        if not wanted:
            with given.store.transaction() as tx:
                _show_numbers(declared, weighed_now(tx, declared).numbers)
            return
        with given.store.transaction() as tx:
            fresh, effect = simulate(tx, given.reader.current(), declared, wanted)
        _show_numbers(declared, fresh)
        told = effect.told()
        say(f"黄金记录 {told['golden'][0]} → {told['golden'][1]};合并 {effect.merged},拆分 {effect.parted},移动 {effect.moved} 条记录;待看 {told['pairs'][0]} → {told['pairs'][1]}",
            f"golden records {told['golden'][0]} → {told['golden'][1]}; merges {effect.merged}, parts {effect.parted}, moves {effect.moved} records; to be looked at {told['pairs'][0]} → {told['pairs'][1]}")
        if reason is not None:
            act = partial(ask_for_setting, given=given, entity=declared, values=wanted, reason=reason, by=actor.name)
            id_, status = handle(given.store, by=actor.name, action="master.decide", object_=f"{entity}/matching", act=act)
            say(f"决定 {id_}:{STATUSES[status].zh}", f"decision {id_}: {STATUSES[status].en}")


def _show_numbers(entity: type[Entity], numbers: Mapping[str, float]) -> None:
    for name, value in numbers.items():
        console.print(f"{name:>12} = {value:<6g} {told_number(entity, name)['label'][_tongue()]}", markup=False, soft_wrap=True)


def _number(said: str) -> tuple[str, float]:
    name, _, value = said.partition("=")
    try:
        return name.strip(), float(value)
    except ValueError as error:
        raise InvalidError(f"{said!r} states no number", hint="write NUMBER=VALUE, such as auto=40") from error


def _tell(each: dict[str, Any]) -> None:
    names = " + ".join(f"{g} {each['names'].get(g, '')}".strip() for g in each["golden"])
    stated = "".join(f"  {v['field']} = {v['value']}" for v in each["stated"])
    head = f"#{each['id']}  {STATUSES[each['status']].in_(language())}  {KINDS[each['kind']].in_(language())}  {each['entity']}  {names}{stated}"
    console.print(head, markup=False, soft_wrap=True)
    for who, why in ((each["asked_by"], each["reason"]), (each["decided_by"], each["decision"]), (each["ended_by"], each["ended_why"])):
        if who and why:
            console.print(f"    {who}: {why}", markup=False, soft_wrap=True)


def _value(said: str) -> tuple[str, str | None]:
    name, sign, value = said.partition("=")
    if not sign:
        raise InvalidError(f"{said!r} states no value", hint="write FIELD=VALUE")
    return name.strip(), value.strip() or None


def _tongue() -> str:
    return "en" if language() == "en" else "zh"
