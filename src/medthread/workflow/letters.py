"""Notices as letters: one to a person for all that waits to be told, in their language, with the way to each record."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from medthread.model import Label
from medthread.stores.messengers import Letter
from medthread.workflow.context import Context
from medthread.workflow.notices import Why

MOST_LINES = 50
REASONS = {
    Why.NEAR: Label("时限将到:{what},{due} 到期", "a limit is near: {what}, due {due}"),
    Why.PASSED: Label("时限已过:{what},{due} 到期", "a limit has passed: {what}, was due {due}"),
    Why.PROPOSED: Label("等您决定:{what}", "waits for your decision: {what}"),
    Why.UNREVIEWED: Label("{what} 条隔离行已过处理期限", "{what} held rows wait past their time"),
    Why.REQUESTED: Label("有新建申请等您决定", "a request for a new one waits for your decision"),
    Why.UNDECIDED: Label("{what} 对疑似重复已过处理期限", "{what} pairs that may be one wait past their time"),
    Why.SAMPLED: Label("抽取了 {what} 对记录,等您判断匹配质量", "{what} pairs were drawn: judge the quality of matching"),
}
PLACES = {  # where there is no record to look at
    Why.UNREVIEWED: "quarantine?source={record}", Why.REQUESTED: "masters/{entity}/requests/{record}", Why.UNDECIDED: "masters/{entity}/pairs?sort=due",
    Why.SAMPLED: "masters/{entity}/samples/{record}",
}
COUNTED = (Why.UNREVIEWED, Why.UNDECIDED, Why.SAMPLED)  # these say how many
KINDS = {"source": Label("来源", "Source")}  # of what is no entity
SUBJECT = Label("医脉:{first}", "Medthread: {first}")
SUBJECT_MORE = Label("医脉:{first}等 {count} 件", "Medthread: {first} and {more} more")
MORE = Label("另有 {more} 件,见收件箱。", "{more} more are in the inbox.")
FOOT = Label(
    "{inbox}\n\n这封邮件不含记录的内容,也不是签名或决定;请登录后处理。不想再收到,在“我的账号”里删去地址。",
    "{inbox}\n\nThis mail holds nothing of the records and decides nothing: sign in to act. To stop it, take the address out under My account.",
)


@dataclass(frozen=True)
class Told:
    """What one person is told now."""

    account: str
    address: str
    language: str
    notices: Sequence[Any]  # rows of `notice`

    @property
    def ids(self) -> list[str]:
        """The notices."""
        return [n.id for n in self.notices]


def letter(context: Context, told: Told, titles: Mapping[tuple[str, str], str], *, address: str) -> Letter:
    """One letter. `address` is where the console is found, without an ending slash."""
    lines = [f"{_head(context, n, titles, told.language)}\n  {_reason(context, n, told.language)}\n  {address}/#/{_place(n)}"
             for n in told.notices[:MOST_LINES]]
    count = len(told.notices)
    first = _head(context, told.notices[0], titles, told.language)
    subject = (SUBJECT if count == 1 else SUBJECT_MORE).in_(told.language).format(first=first, count=count, more=count - 1)
    if count > MOST_LINES:
        lines.append(MORE.in_(told.language).format(more=count - MOST_LINES))
    lines.append(FOOT.in_(told.language).format(inbox=f"{address}/#/inbox"))
    return Letter(hashlib.sha256("".join(sorted(told.ids)).encode()).hexdigest(), told.address, " ".join(subject.split()), "\n\n".join(lines) + "\n")


def _place(notice: Any) -> str:
    return PLACES.get(Why(notice.reason), "entities/{entity}/{record}").format(entity=notice.entity, record=notice.record)


def _head(context: Context, notice: Any, titles: Mapping[tuple[str, str], str], language: str) -> str:
    declared = context.registry.get(notice.entity)
    label = declared.about.label if declared else KINDS.get(notice.entity)
    kind = label.in_(language) if label else notice.entity
    return f"{kind} {titles.get((notice.entity, notice.record), notice.record)}"


def _reason(context: Context, notice: Any, language: str) -> str:
    why, about = Why(notice.reason), notice.about
    if why is Why.PROPOSED:
        reaction = context.rulebook.reactions.get(about["reaction"])
        return REASONS[why].in_(language).format(what=reaction.label.in_(language) if reaction else about["reaction"])
    if why is Why.REQUESTED:
        return REASONS[why].in_(language)
    if why in COUNTED:
        return REASONS[why].in_(language).format(what=about["rows"])
    process = context.rulebook.processes.get(notice.entity)
    clock = next((c.label.in_(language) for c in process.clocks if c.name == about["clock"]), about["clock"]) if process else about["clock"]
    due = datetime.fromisoformat(about["due_at"]).astimezone(ZoneInfo(context.calendar.zone))
    return REASONS[why].in_(language).format(what=clock, due=f"{due:%Y-%m-%d %H:%M %Z}")
