"""What may differ between two contracts of one thing, and whom it breaks.

Readers take what is given out: what they were promised must still be so. Suppliers give what is taken in: what they may give
must still be taken. What can no longer be decided by reading is *not judged*, and never passes for compatible.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from medthread.model.labels import Label


class Side(StrEnum):
    """Whose contract it is."""

    READER = "reader"
    SUPPLIER = "supplier"


READERS = frozenset({Side.READER})
BOTH = frozenset(Side)


class Verdict(StrEnum):
    """The gravest first."""

    BREAKING = "breaking"
    NOT_JUDGED = "not-judged"
    COMPATIBLE = "compatible"
    DESCRIPTION = "description"


@dataclass(frozen=True)
class Kind:
    """A kind of difference: what it is and why it has its verdict, on either side."""

    label: Label
    reader: Verdict
    supplier: Verdict

    def verdict(self, sides: frozenset[Side]) -> Verdict:
        """The gravest on these sides."""
        return worst([v for side, v in ((Side.READER, self.reader), (Side.SUPPLIER, self.supplier)) if side in sides])


@dataclass(frozen=True)
class Difference:
    """One difference. `at` leads to it: `schema.lot.lot_no.enum`."""

    kind: str
    at: str
    verdict: Verdict
    before: Any = None
    after: Any = None

    @property
    def label(self) -> Label:
        """What differs and why it has its verdict, in both languages."""
        return KINDS[self.kind].label

    @property
    def field(self) -> str | None:
        """The field that it is of, where it is of one."""
        parts = self.at.split(".")
        return parts[2] if parts[0] == "schema" and len(parts) > 2 and not parts[2].startswith("[") else None  # noqa: PLR2004 - section, object, field


def worst(verdicts: Iterable[Verdict]) -> Verdict:
    """The gravest of several; of none, that at most words differ."""
    order = list(Verdict)
    return min(verdicts, key=order.index, default=Verdict.DESCRIPTION)


def _kind(zh: str, en: str, reader: Verdict, supplier: Verdict | None = None) -> Kind:
    return Kind(Label(zh, en), reader, reader if supplier is None else supplier)


B, N, C, D = Verdict.BREAKING, Verdict.NOT_JUDGED, Verdict.COMPATIBLE, Verdict.DESCRIPTION
KINDS: dict[str, Kind] = {
    # the contract as a whole
    "words": _kind("仅说明文字改变", "other words alone", D),
    "owner.changed": _kind("责任方改变", "others answer for it", D),
    "identity.changed": _kind("契约编号不同", "the contract has another id", D),
    "status.retired": _kind("契约已停用:不再有人保证", "the contract is retired: nobody vouches for it any more", B),
    "status.deprecated": _kind("契约标为弃用,仍然有效", "the contract is deprecated, and still holds", C),
    "status.changed": _kind("契约状态改变", "the contract stands otherwise", D),
    "server.removed": _kind("取数地址取消:原地址取不到数据", "a place is gone: nothing is found there any more", B),
    "server.added": _kind("新增取数地址", "a further place", C),
    "server.changed": _kind("取数地址改变:按原地址取不到数据", "a place is elsewhere: nothing is found at the old one", B),
    "role.removed": _kind("取消了一个角色的访问", "a role has no access any more", B),
    "role.added": _kind("新增可访问的角色", "a further role has access", C),
    "role.changed": _kind("角色的访问方式改变,需人工判断", "a role has another access; a person must look", N),
    "price.changed": _kind("价格条款改变,需人工判断", "other prices; a person must look", N),
    # what is promised of it
    "promise.removed": _kind("服务承诺取消", "a promised level of service is gone", B, C),
    "promise.added": _kind("新增服务承诺", "a further level of service is promised", C, B),
    "promise.loosened": _kind("服务承诺放宽:保证的比以前少", "a level of service is looser: less is promised than before", B, C),
    "promise.tightened": _kind("服务承诺收紧:保证的比以前多", "a level of service is tighter: more is promised than before", C, B),
    "promise.changed": _kind("服务承诺改变,无法判断松紧", "another level of service; whether it is looser cannot be told", N),
    "rule.removed": _kind("质量规则取消:以前保证的不再保证", "a rule of quality is gone: what was assured is not any more", B, C),
    "rule.removed.warning": _kind("取消只作提示的质量规则", "a rule of quality that only warned is gone", C),
    "rule.added": _kind("新增质量规则:供数方多一项要求", "a further rule of quality: suppliers must meet it too", C, B),
    "rule.added.warning": _kind("新增只作提示的质量规则", "a further rule of quality that only warns", C),
    "rule.loosened": _kind("质量规则放宽", "a rule of quality is looser", B, C),
    "rule.tightened": _kind("质量规则收紧", "a rule of quality is tighter", C, B),
    "rule.changed": _kind("质量规则改变,无法判断松紧", "another rule of quality; whether it is looser cannot be told", N),
    # tables
    "object.removed": _kind("表删除:读它的人再也得不到它", "a table is gone: whoever reads it gets nothing", B),
    "object.added": _kind("新增表", "a further table", C),
    "object.renamed": _kind("表改名:按原名找不到", "a table is called otherwise: it is not found by its old name", B),
    "place.changed": _kind("物理名称改变:按原名读不到", "another physical name: it is not read by the old one", B),
    "table.kind": _kind("由另一种对象提供,读法不变", "another kind of object gives it; it is read alike", C),
    "grain.changed": _kind("粒度改变:一行所指不同,合计会不同", "another grain: a row is something else, and sums differ", B),
    "key.changed": _kind("主键改变:按原主键不再唯一", "another key: rows are not named by the old one any more", B),
    "home.changed": _kind("数据产生与保存的地方改变", "its rows are born and kept elsewhere", B),
    "reference.removed": _kind("取消引用关系:不再保证能找到对方", "a reference is gone: that the other side is there is not assured any more", B, C),
    "reference.added": _kind("新增引用关系:供数方须引用已有对象", "a further reference: suppliers must name what is there", C, B),
    # fields
    "field.removed": _kind("字段删除:读它的人再也得不到它", "a field is gone: whoever reads it gets nothing", B),
    "field.added": _kind("新增可选字段", "a further field, which may be empty", C),
    "field.added.required": _kind("新增必填字段:供数方必须提供", "a further field that must be filled: suppliers must give it", C, B),
    "field.renamed": _kind("字段改名:按原名找不到", "a field is called otherwise: it is not found by its old name", B),
    "type.narrowed": _kind("类型变窄:原来能装的值装不下", "a narrower type: not every value of before fits", B),
    "type.widened": _kind("类型变宽:会出现读者没见过的值", "a wider type: values come that readers have not met", B, C),
    "type.changed": _kind("类型改变", "another type", B),
    "storage.wider": _kind("存储类型变宽,逻辑类型不变", "a wider type is stored, of the same logical type", C),
    "storage.narrower": _kind("存储类型变窄:原来能装的值装不下", "a narrower type is stored: not every value of before fits", B),
    "storage.changed": _kind("存储类型改变,无法判断是否相容", "another type is stored; whether it fits cannot be told", N),
    "storage.layout": _kind("分区等存放方式改变,读法不变", "it is laid out otherwise, and read alike", C),
    "required.on": _kind("改为必填:供数方必须提供", "it must be filled now: suppliers must give it", C, B),
    "required.off": _kind("改为可空:读者会遇到空值", "it may be empty now: readers meet nulls", B, C),
    "unique.on": _kind("改为唯一:供数方不得重复", "it must be unique now: suppliers must not repeat it", C, B),
    "unique.off": _kind("不再唯一:按它关联会变多行", "it may repeat now: joins by it multiply rows", B, C),
    "code.removed": _kind("代码删除:按它筛选的人得不到数据", "a code is gone: whoever asks for it gets nothing", B),
    "code.added": _kind("代码新增:读者会遇到不认识的值", "a further code: readers meet a value that they do not know", B, C),
    "codes.closed": _kind("改为只允许列出的值", "only listed values, where any were", C, B),
    "codes.opened": _kind("不再限于列出的值:读者会遇到不认识的值", "any value, where only listed ones were: readers meet unknown ones", B, C),
    "pattern.added": _kind("新增格式要求:供数方须符合", "a pattern is asked: suppliers must meet it", C, B),
    "pattern.removed": _kind("取消格式要求:读者会遇到其他写法", "no pattern any more: readers meet other forms", B, C),
    "pattern.tightened": _kind("格式收紧:原来的写法可能被拒", "a tighter pattern: a form of before may be refused", C, B),
    "pattern.loosened": _kind("格式放宽:读者会遇到其他写法", "a looser pattern: readers meet other forms", B, C),
    "pattern.changed": _kind("格式表达式改变,无法判断松紧", "another pattern; whether it is looser cannot be told", N),
    "bound.tightened": _kind("取值界限收紧:原来的值可能被拒", "a tighter bound: a value of before may be refused", C, B),
    "bound.loosened": _kind("取值界限放宽:读者会遇到界外的值", "a looser bound: readers meet values beyond the old one", B, C),
    "format.changed": _kind("书写格式或时区改变:原来的读法会读错", "another format or zone: read as before, values come out wrong", B),
    "option.changed": _kind("类型的其他约束改变,无法判断", "another option of the type; what it does cannot be told", N),
    "unit.changed": _kind("计量单位改变:同一个数不再是同一个量", "another unit: the same number is another quantity", B),
    "unit.removed": _kind("不再说明计量单位", "the unit is not said any more", B),
    "unit.added": _kind("补充说明计量单位", "the unit is said for the first time", C),
    "class.raised": _kind("分级提高:有的读者将只能看到掩码", "a higher classification: some readers see a mask from now on", B, C),
    "class.lowered": _kind("分级降低:更多人看得到", "a lower classification: more people see it", C),
    "class.changed": _kind("分级改变,无法判断高低", "another classification; whether it is higher cannot be told", N),
    "mask.changed": _kind("脱敏方式改变:无权的读者看到的不同", "another mask: readers without clearance see something else", B, C),
    "deprecated": _kind("标为弃用,仍可读取", "deprecated, and still there", C),
    "reinstated": _kind("取消弃用", "no longer deprecated", C),
    "critical": _kind("是否关键数据元改变", "whether it is a critical data element", D),
    "role_of_field": _kind("字段在模型中的角色改变,需人工判断", "another role in the model; a person must look", N),
    "meaning.told": _kind("值所指改变(编码解析为主数据)", "what stands there names something else", B),
    "values.changed": _kind("算法改变:形状不变,取值可能不同", "it is made otherwise: of the same shape, with other values perhaps", C),
    "offer.changed": _kind("录入方式改变(编号、默认值)", "how it is entered (numbering, default)", C),
    # what is expected, held against what is promised
    "expected.field.removed": _kind("期望的字段我方没有", "a field that is expected is not there", B),
    "expected.type.changed": _kind("类型与期望不同", "of another type than expected", B),
    "expected.type.widened": _kind("类型比期望宽:会出现期望之外的值", "of a wider type than expected: values come that are not", B),
    "expected.required.off": _kind("期望必有值,我方可为空", "a value is expected always, and may be missing", B),
    "expected.unique.off": _kind("期望唯一,我方不保证", "expected to be unique, which is not promised", B),
    "expected.code.added": _kind("我方有期望之外的代码", "a code beyond those that are expected", B),
    "expected.codes.opened": _kind("期望限定取值,我方不限定", "listed values are expected, and any may come", B),
    "expected.bound.loosened": _kind("期望的取值界限我方不保证", "a bound is expected that is not promised", B),
    "expected.pattern.removed": _kind("期望的格式我方不保证", "a pattern is expected that is not promised", B),
    "expected.promise.removed": _kind("期望的服务承诺我方没有", "a level of service is expected that is not promised", B),
    "expected.promise.loosened": _kind("我方的服务承诺不及期望", "a lower level of service is promised than expected", B),
    "expected.class.raised": _kind("我方分级更高:对方可能只看到掩码", "of a higher classification than expected: they may see a mask", B),
    "expected.key.changed": _kind("主键与期望不同", "another key than expected", B),
    "expected.unit.changed": _kind("计量单位与期望不同", "another unit than expected", B),
    "expected.rule.changed": _kind("期望的质量规则契约中没有,须由数据说明", "a rule of quality is expected that the contract does not say: the data must tell", N),
    # what nobody here knows
    "reach.changed": _kind("谁看得到哪些行改变,需人工判断", "who sees which rows; a person must look", N),
    "unknown": _kind("此处不认识的内容改变,需人工判断", "something that is not known here; a person must look", N),
}
