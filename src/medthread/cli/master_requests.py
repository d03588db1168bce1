"""`medthread master request`: masters asked for before they are made, and what is decided about them."""

from collections.abc import Callable
from typing import Annotated, Any, Literal

import typer
from sqlalchemy import Connection

from medthread.api.master_requests import Requests
from medthread.cli.desk import steward_desk
from medthread.cli.options import HERE, Home
from medthread.cli.speech import console, language, say
from medthread.governance.masters.approving import Answer, approve
from medthread.governance.masters.requests import Wish, draft, refuse, withdraw
from medthread.model import Label
from medthread.model.errors import InvalidError
from medthread.workflow import handle

requests = typer.Typer(no_args_is_help=True, help="主数据申请 · Requests for masters: asked for, looked for among what is there, decided.")
Kind = Annotated[str, typer.Argument(metavar="ENTITY", help="主数据种类,如 supplier · the kind of master, such as supplier")]
Number = Annotated[int, typer.Argument(metavar="REQUEST", help="申请的编号 · the request's number")]
Reason = Annotated[str, typer.Option(help="原因,至少两个字 · why, two letters at least")]
Status = Literal["draft", "submitted", "approved", "refused", "withdrawn", "existing"]
STATUSES = {
    "draft": Label("草稿", "draft"), "submitted": Label("待批准", "waits for approval"), "approved": Label("已批准", "approved"), "taken_over": Label("已生成", "made"),
    "refused": Label("已拒绝", "refused"), "withdrawn": Label("已撤回", "withdrawn"), "existing": Label("改用已有记录", "existing one used"),
}


@requests.command("list")
def list_requests(entity: Kind, home: Home = HERE, status: Annotated[Status | None, typer.Option(help="只列这种状态 · of this status only")] = None) -> None:
    """列出申请,最新的在前 · Requests, newest first."""
    with steward_desk(home) as (given, actor):
        found = Requests.of(given, actor, entity)
        with given.store.transaction() as tx:
            items = found.listed(tx, statuses=[status] if status else ())
    for each in items:
        came = f"  {each['code'] or ''} {each['golden_id'] or ''}".rstrip()
        console.print(f"#{each['id']}  {STATUSES[each['status']].in_(language())}  {each['name'] or ''}{came}  {each['asked_by']}: {each['reason']}", markup=False, soft_wrap=True)
    say(f"{len(items)} 项申请", f"{len(items)} requests")


@requests.command("alike")
def list_alike(entity: Kind, number: Number, home: Home = HERE) -> None:
    """与申请相似的黄金记录与其他申请 · Golden records and other requests that are like a request."""
    with steward_desk(home) as (given, actor):
        found = Requests.of(given, actor, entity)
        with given.store.transaction() as tx:
            found.one(tx, number)
            told = found.check_of(tx, number)
    for like in told["golden"]:
        console.print(f"{like['score']:>6.1f}  {like['golden_id']}  {like['name']}  {like['codes']}", markup=False, soft_wrap=True)
    for like in told["beside"]:
        console.print(f"{like['score']:>6.1f}  #{like['request']}  {STATUSES[like['status']].in_(language())}  {like['code'] or ''}", markup=False, soft_wrap=True)
    say(f"{len(told['golden']) + len(told['beside'])} 项相似", f"{len(told['golden']) + len(told['beside'])} are like it")


@requests.command("new")
def new(
    entity: Kind, reason: Reason, home: Home = HERE,
    set_: Annotated[list[str] | None, typer.Option("--set", metavar="FIELD=VALUE", help="字段的取值 · the value of a field")] = None,
) -> None:
    """申请并提交 · Ask for one and hand it over."""
    values = dict(map(_value, set_ or []))

    def act(tx: Connection, found: Requests) -> int:
        number = draft(tx, found.given.workflow, found.entity, Wish(values=values, reason=reason), by=found.actor.name)
        found.submit(tx, number)
        return number

    number = _done(home, entity, action="master.request", about=entity, act=act)
    say(f"申请 {number} 已提交,由他人批准", f"Request {number} is handed over; another person decides")


@requests.command("approve")
def approve_one(
    entity: Kind, number: Number, reason: Reason, home: Home = HERE,
    other: Annotated[list[str] | None, typer.Option("--other", metavar="ID=WHY", help="相似的黄金记录(或 #申请)是另一对象,因为… · a golden record, or #request, that is alike is another, because")] = None,
    same: Annotated[str | None, typer.Option("--same", metavar="ID", help="就是这一条:申请以它结束 · this one is it: the request ends in its favour")] = None,
) -> None:
    """批准他人的申请:逐项回答相似项,给出编码 · Approve what another person asked for: an answer for each that is alike, then a code."""
    answers = [*(_answer(*_value(said)) for said in other or []), *([_answer(same, None)] if same else [])]

    def act(tx: Connection, found: Requests) -> dict[str, Any]:
        return approve(tx, found.approver(), found.entity, id_=number, reason=reason, answers=answers)

    told = _done(home, entity, action="master.grant", about=str(number), act=act)
    if told["status"] == "existing":
        say("申请结束,使用已有记录", "The request ends; the existing one is used")
    else:
        say(f"已批准,编码 {told['code']};下一次运行生成黄金记录", f"Approved as {told['code']}; the next run makes the golden record")


@requests.command("refuse")
def refuse_one(entity: Kind, number: Number, reason: Reason, home: Home = HERE) -> None:
    """拒绝他人的申请 · Refuse what another person asked for."""
    _done(home, entity, action="master.refuse", about=str(number), act=lambda tx, found: refuse(tx, by=found.actor.name, id_=number, reason=reason))
    say("已拒绝", "Refused")


@requests.command("withdraw")
def withdraw_one(entity: Kind, number: Number, reason: Reason, home: Home = HERE) -> None:
    """撤回自己的申请 · Withdraw one of one's own."""
    _done(home, entity, action="master.withdraw", about=str(number), act=lambda tx, found: withdraw(tx, by=found.actor.name, id_=number, reason=reason))
    say("已撤回", "Withdrawn")


def _done(home: Home, entity: str, *, action: str, about: str, act: Callable[[Connection, Requests], Any]) -> Any:
    with steward_desk(home) as (given, actor):
        found = Requests.of(given, actor, entity)
        return handle(given.store, by=actor.name, action=action, object_=f"master_request/{about}", act=lambda tx: act(tx, found))


def _answer(of: str, why: str | None) -> Answer:
    number = of.removeprefix("#")
    request = int(number) if of.startswith("#") and number.isdigit() else None
    return Answer(golden_id=None if request is not None else of, request=request, same=why is None, reason=why or "")


def _value(said: str) -> tuple[str, str]:
    name, sign, value = said.partition("=")
    if not sign or not value.strip():
        raise InvalidError(f"{said!r} states no value", hint="write FIELD=VALUE")
    return name.strip(), value.strip()
