"""What may change between two descriptions of one interface, and whom it breaks.

What clients send may be taken more widely, never more narrowly (contravariance); what they receive may be narrower,
never wider (covariance). Conventions beyond that: clients ignore fields that they do not know and treat every status
of 4xx and 5xx as a refusal; what can no longer be decided by reading is *not judged*, and never passes for compatible.
"""

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from medthread.model.labels import Label


class Direction(StrEnum):
    """Who reads what is described: the server what clients send, clients what they receive."""

    REQUEST = "request"
    RESPONSE = "response"


class Verdict(StrEnum):
    """Whether clients written for the old description work with the new one."""

    COMPATIBLE = "compatible"
    NOT_JUDGED = "not-judged"
    BREAKING = "breaking"


@dataclass(frozen=True)
class Rule:
    """A kind of change, with its verdict in each direction."""

    label: Label
    request: Verdict
    response: Verdict

    def verdict(self, direction: Direction) -> Verdict:
        """The verdict where the change is met."""
        return self.request if direction is Direction.REQUEST else self.response


@dataclass(frozen=True)
class Change:
    """One difference. `at` leads to it from the outside in, such as `GET /lots · 200 · application/json · items[].state`."""

    rule: str
    at: str
    verdict: Verdict
    before: Any = None
    after: Any = None

    @property
    def label(self) -> Label:
        """What changed, in both languages."""
        return RULES[self.rule].label

    def within(self, place: str) -> "Change":
        """The same change seen from further out."""
        joint = "" if not self.at or self.at[0] in ".[" else " · "
        return replace(self, at=f"{place}{joint}{self.at}")


def _narrower(zh: str, en: str) -> Rule:
    return Rule(Label(zh, en), Verdict.BREAKING, Verdict.COMPATIBLE)


def _wider(zh: str, en: str) -> Rule:
    return Rule(Label(zh, en), Verdict.COMPATIBLE, Verdict.BREAKING)


def _breaking(zh: str, en: str) -> Rule:
    return Rule(Label(zh, en), Verdict.BREAKING, Verdict.BREAKING)


def _compatible(zh: str, en: str) -> Rule:
    return Rule(Label(zh, en), Verdict.COMPATIBLE, Verdict.COMPATIBLE)


def _not_judged(zh: str, en: str) -> Rule:
    return Rule(Label(zh, en), Verdict.NOT_JUDGED, Verdict.NOT_JUDGED)


RULES: dict[str, Rule] = {
    # values
    "type.removed": _narrower("不再允许的类型", "a type is no longer allowed"),
    "type.added": _wider("新允许的类型", "a type is newly allowed"),
    "alternative.removed": _narrower("少了一种形态", "an alternative is gone"),
    "alternative.added": _wider("多了一种形态", "an alternative came"),
    "alternatives.exclusive": _narrower("由任一改为只一", "one of, where any of was"),
    "alternatives.inclusive": _wider("由只一改为任一", "any of, where one of was"),
    "enum.value.removed": _narrower("枚举值删除", "a listed value is gone"),
    "enum.value.added": _wider("枚举值新增", "a listed value came"),
    "enum.closed": _narrower("改为只允许列出的值", "only listed values, where any were"),
    "enum.opened": _wider("不再限于列出的值", "any value, where only listed ones were"),
    "bound.tightened": _narrower("界限收紧", "a bound is tighter"),
    "bound.loosened": _wider("界限放宽", "a bound is looser"),
    "pattern.added": _narrower("新增格式要求", "a pattern came"),
    "pattern.removed": _wider("取消格式要求", "a pattern is gone"),
    "pattern.changed": _not_judged("格式表达式改变", "a pattern changed"),
    "format.added": _narrower("新增格式", "a format came"),
    "format.removed": _wider("取消格式", "a format is gone"),
    "format.narrowed": _narrower("格式变窄", "a format is narrower"),
    "format.widened": _wider("格式变宽", "a format is wider"),
    "format.changed": _breaking("格式改变", "another format"),
    "multiple.tightened": _narrower("倍数要求收紧", "fewer multiples"),
    "multiple.loosened": _wider("倍数要求放宽", "more multiples"),
    "multiple.changed": _breaking("倍数要求改变", "other multiples"),
    "unique.required": _narrower("元素须唯一", "elements must differ"),
    "unique.released": _wider("元素可重复", "elements may repeat"),
    "property.removed": _breaking("字段删除", "a field is gone"),
    "property.added": _compatible("新增可选字段", "an optional field came"),
    "property.added.required": _narrower("新增必填字段", "a required field came"),
    "property.required": _narrower("改为必填", "a field became required"),
    "property.optional": _wider("改为可选", "a field became optional"),
    "object.closed": _narrower("不再接受其他字段", "other fields are refused"),
    "object.opened": _compatible("允许其他字段", "other fields are allowed"),
    "default.changed": Rule(Label("默认值改变", "another default"), Verdict.BREAKING, Verdict.COMPATIBLE),
    "default.added": Rule(Label("新增默认值", "a default came"), Verdict.NOT_JUDGED, Verdict.COMPATIBLE),
    "default.removed": Rule(Label("取消默认值", "a default is gone"), Verdict.BREAKING, Verdict.COMPATIBLE),
    "keyword.changed": _not_judged("无法判断的关键字改变", "a keyword changed that is not understood here"),
    "wording.changed": _compatible("说明文字改变", "the wording changed"),
    # operations
    "operation.added": _compatible("新增操作", "an operation came"),
    "operation.removed": _breaking("操作删除", "an operation is gone"),
    "operation.withdrawn": _compatible("已公告停用并到期的操作删除", "an operation is gone after its announced sunset"),
    "operation.renamed": _compatible("操作标识改变(线上不变)", "another operation id; nothing else on the wire"),
    "operation.deprecated": _compatible("标为弃用", "deprecated"),
    "operation.reinstated": _compatible("取消弃用", "no longer deprecated"),
    "parameter.removed": _breaking("参数删除", "a parameter is gone"),
    "parameter.added": _compatible("新增可选参数", "an optional parameter came"),
    "parameter.added.required": _breaking("新增必填参数", "a required parameter came"),
    "parameter.required": _breaking("参数改为必填", "a parameter became required"),
    "parameter.optional": _compatible("参数改为可选", "a parameter became optional"),
    "parameter.written": _breaking("参数写法改变", "a parameter is written otherwise"),
    "body.removed": _breaking("请求体删除", "the request body is gone"),
    "body.added": _compatible("新增可选请求体", "an optional request body came"),
    "body.added.required": _breaking("新增必填请求体", "a required request body came"),
    "media.removed": _breaking("媒体类型删除", "a media type is gone"),
    "media.added": _compatible("新增媒体类型", "a media type came"),
    "status.removed": _breaking("成功状态删除", "a status of success is gone"),
    "status.added": _breaking("新增成功状态", "a status of success came"),
    "refusal.removed": _compatible("拒绝状态删除", "a status of refusal is gone"),
    "refusal.added": _compatible("新增拒绝状态", "a status of refusal came"),
    "header.removed": _breaking("响应头删除", "a response header is gone"),
    "header.added": _compatible("新增响应头", "a response header came"),
    "security.tightened": _breaking("认证要求收紧", "a way to be let in is gone or asks for more"),
    "security.loosened": _compatible("认证要求放宽", "another way to be let in"),
    "server.removed": _breaking("服务器地址删除", "a server is gone"),
    "server.added": _compatible("新增服务器地址", "a server came"),
    # messages
    "channel.removed": _breaking("通道删除", "a channel is gone"),
    "channel.added": _compatible("新增通道", "a channel came"),
    "channel.moved": _breaking("通道地址改变", "another address"),
    "message.removed": _breaking("消息删除", "a message is gone"),
    "message.added": _wider("新增消息", "a message came"),
}


def change(rule: str, direction: Direction, at: str = "", *, before: Any = None, after: Any = None) -> Change:
    """A difference with the verdict that its rule has in this direction."""
    return Change(rule, at, RULES[rule].verdict(direction), before, after)
