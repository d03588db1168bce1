"""What the judge asks of GS1 element strings: pairings and check digits.

The pairings are facts of the GS1 barcode syntax dictionary (attributes `req` and `ex`); a test compares this table
with the dictionary. Parsing knows every application identifier; this table holds those a device's label may carry.
"""

from dataclasses import dataclass

from medthread.model.labels import Label


@dataclass(frozen=True)
class Rule:
    """One application identifier: `requires` any one of its groups, every member of a group together."""

    label: Label
    requires: tuple[tuple[str, ...], ...] = ()
    excludes: tuple[str, ...] = ()
    checked: str = ""


def any_of(text: str) -> tuple[tuple[str, ...], ...]:
    """`01,03+21` as groups of identifiers that must be there together."""
    return tuple(tuple(group.split("+")) for group in text.split(",") if group)


def rule(zh: str, en: str, *, requires: str = "", excludes: str = "", checked: str = "") -> Rule:
    """One line of the table; groups are written as the dictionary writes them."""
    return Rule(Label(zh, en), any_of(requires), tuple(e for e in excludes.split(",") if e), checked)


ARTICLE = "01,02,03,8006,8026"

RULES: dict[str, Rule] = {
    "00": rule("物流单元代码 SSCC", "serial shipping container code", checked="mod10"),
    "01": rule("器械标识 GTIN", "device identifier (GTIN)", excludes="255,37", checked="mod10"),
    "02": rule("所含商品 GTIN", "content (GTIN)", requires="37", excludes="01,03", checked="mod10"),
    "03": rule("定制商品 GTIN", "made-to-order GTIN", excludes="01,02,37,235", checked="mod10"),
    "10": rule("批号", "lot number", requires=ARTICLE),
    "11": rule("生产日期", "production date", requires=ARTICLE, checked="day"),
    "12": rule("付款日期", "due date", requires="8020", checked="day"),
    "13": rule("包装日期", "packaging date", requires=ARTICLE, checked="day"),
    "15": rule("保质期", "best before", requires=ARTICLE, checked="day"),
    "16": rule("销售截止日期", "sell by", requires=ARTICLE, checked="day"),
    "17": rule("失效日期", "expiry date", requires="01,02,03,255,8006,8026", checked="day"),
    "20": rule("产品变体", "variant", requires=ARTICLE),
    "21": rule("序列号", "serial number", requires="01,03,8006", excludes="235"),
    "22": rule("消费品变体", "consumer product variant", requires="01"),
    "235": rule("第三方序列号", "third-party serial", requires="01"),
    "240": rule("附加产品标识", "additional product id", requires=ARTICLE),
    "241": rule("客户件号", "customer part number", requires=ARTICLE),
    "250": rule("二级序列号", "secondary serial", requires="01+21,03+21,8006+21"),
    "30": rule("可变数量", "variable count", requires="01,02"),
    "37": rule("所含数量", "count of content", requires="00+02,00+8026"),
    "7003": rule("失效日期和时间", "expiry date and time", requires="01,02,03", checked="hour"),
    "710": rule("德国药品编码", "German reimbursement number", requires="01"),
    "711": rule("法国药品编码", "French reimbursement number", requires="01"),
    "8012": rule("软件版本", "software version", requires="01,03,8006"),
    "8013": rule("全球型号代码 GMN", "global model number", excludes="", checked="gmn"),
    "8026": rule("分组商品 ITIP 内容", "ITIP of content", requires="37", excludes="02,03,8006"),
}
