"""HIBCC carriers (ANSI/HIBC 2.6): primary, secondary and concatenated strings with their modulo-43 check sign."""

import re
from dataclasses import dataclass

from medthread.methods.udi.days import century, day_of, yyjjj, yymmdd
from medthread.methods.udi.judgement import Element, Finding, Issuer, Judgement, Production, verdict_of
from medthread.model.labels import Label

SIGNS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-. $/+%"
PRIMARY = re.compile(r"(?P<labeler>[A-Z][A-Z0-9]{3})(?P<product>[A-Z0-9]{1,18})(?P<unit>[0-9])")
QUANTITY = re.compile(r"8(?P<two>\d{2})|9(?P<five>\d{5})")
# The sign after `$$` and the quantity tells how the date is written; without one it is MMYY.
DATES: dict[str, int] = {"2": 6, "3": 6, "4": 8, "5": 5, "6": 7, "7": 0}
SUPPLEMENTS = {
    "14D": Label("失效日期", "expiry date"), "16D": Label("生产日期", "production date"),
    "S": Label("序列号", "serial number"), "Q": Label("数量", "quantity"),
}


@dataclass
class Reading:
    """What has been read so far."""

    elements: list[Element]
    findings: list[Finding]
    di: str | None = None
    lot: str | None = None
    serial: str | None = None
    made_on: str | None = None
    expires_on: str | None = None

    def tell(self, ai: str, zh: str, en: str, value: str) -> None:
        """An element, where there is one."""
        if value:
            self.elements.append(Element(ai=ai, label=Label(zh, en), value=value))

    def wrong(self, rule: str, zh: str, en: str, at: int = -1) -> None:
        """A broken rule."""
        self.findings.append(Finding(rule=f"hibcc.{rule}", label=Label(zh, en), position=at))


def check_sign(text: str) -> str:
    """The sign that closes the text: the sum of all places modulo 43. Every sign must be in the set."""
    return SIGNS[sum(SIGNS.index(sign) for sign in text) % 43]


def is_hibcc(text: str) -> bool:
    """Whether the text begins as HIBC strings do."""
    return text.strip("*\r\n\t").startswith("+")


def judge_hibcc(text: str) -> Judgement:
    """One string. A secondary alone says which lot, never which device: it waits for its primary."""
    body = text.strip("\r\n\t").strip("*")
    reading = Reading([], [])
    if any(sign not in SIGNS for sign in body):
        at = next(i for i, sign in enumerate(text) if sign not in SIGNS + "*\r\n\t")
        reading.wrong("sign", "含有 HIBC 字符集之外的字符", "a sign outside the HIBC set", at)
        return told(text, reading)
    if len(body) < 3 or check_sign(body[:-1]) != body[-1]:  # noqa: PLR2004 - "+", one sign, its check
        reading.wrong("check_digit", "模 43 校验字符不正确", "the modulo-43 check sign is wrong", len(text) - 1)
    content = body[1:-1]
    if content[:1].isalpha():
        first, _, rest = content.partition("/")
        read_primary(first, reading)
        read_secondaries(rest, reading)
    else:
        # On its own a secondary ends with the link sign, the check of its primary.
        reading.wrong("primary_missing", "只有次级数据,没有器械标识", "secondary data only: no device identifier")
        read_secondaries(content[:-1], reading)
    return told(text, reading)


def told(text: str, reading: Reading) -> Judgement:
    """The judgement of what was read."""
    findings = tuple(reading.findings)
    return Judgement(
        text=text, issuer=Issuer.HIBCC, verdict=verdict_of(findings), di=reading.di, findings=findings,
        elements=tuple(reading.elements),
        pi=Production(
            lot=reading.lot, serial=reading.serial, made_on=reading.made_on, expires_on=reading.expires_on
        ),
    )


def read_primary(text: str, reading: Reading) -> None:
    """Labeler, product and unit of measure."""
    match = PRIMARY.fullmatch(text)
    if match is None:
        reading.wrong(
            "primary", "主标识应为企业代码 4 位、产品代码 1-18 位、包装级 1 位",
            "the primary must be a labeler code of 4, a product code of 1-18 and a unit of measure of 1 sign", 1,
        )
        return
    reading.di = text
    reading.tell("LIC", "企业代码", "labeler code", match["labeler"])
    reading.tell("PCN", "产品代码", "product code", match["product"])
    reading.tell("U/M", "包装级", "unit of measure", match["unit"])


def read_secondaries(text: str, reading: Reading) -> None:
    """The first secondary, then supplements."""
    for number, part in enumerate(text.split("/") if text else []):
        if number == 0:
            read_secondary(part, reading)
        else:
            read_supplement(part, reading)


def read_secondary(part: str, reading: Reading) -> None:
    """`$LOT`, `$+SERIAL`, `$$…`, or a day of the year followed by the lot; else a supplement."""
    if part.startswith("$$"):
        serial = part.startswith("$$+")
        read_dated(part[3:] if serial else part[2:], reading, serial=serial)
    elif part.startswith("$+"):
        reading.serial = part[2:]
        reading.tell("$+", "序列号", "serial number", part[2:])
    elif part.startswith("$"):
        reading.lot = part[1:]
        reading.tell("$", "批号", "lot number", part[1:])
    elif re.match(r"\d{5}", part):
        take_expiry(part[:5], yyjjj(part[:5]), reading)
        reading.lot = part[5:] or None
        reading.tell("lot", "批号", "lot number", part[5:])
    elif part:
        read_supplement(part, reading)


def read_dated(text: str, reading: Reading, *, serial: bool) -> None:
    """The content of `$$`: quantity, date, then lot or serial."""
    quantity = QUANTITY.match(text)
    if quantity:
        reading.tell("Q", "数量", "quantity", quantity["two"] or quantity["five"])
        text = text[quantity.end():]
    text = read_date(text, reading)
    if serial:
        reading.serial = text or None
        reading.tell("$$+", "序列号", "serial number", text)
    else:
        reading.lot = text or None
        reading.tell("$$", "批号", "lot number", text)


def read_date(text: str, reading: Reading) -> str:
    """Takes the date off the front; what follows it."""
    if not text:
        return ""
    if text[0] in "01":
        take_expiry(text[:4], month_end(text[:4]), reading)
        return text[4:]
    if text[0] not in DATES:
        reading.wrong("date_form", "日期格式标志应为 2-7", "the date flag must be 2-7")
        return text
    flag, size = text[0], DATES[text[0]]
    if size == 0:
        return text[1:]
    written = text[1:1 + size]
    if flag == "2":
        day = yymmdd(written[4:] + written[:4]) if len(written) == size else None
    else:
        day = yymmdd(written[:6]) if flag in "34" else yyjjj(written[:5])
    take_expiry(written, day if len(written) == size else None, reading)
    return text[1 + size:]


def take_expiry(written: str, day: str | None, reading: Reading) -> None:
    """The expiry as it was written, and as a day."""
    reading.tell("expiry", "失效日期", "expiry date", written)
    reading.expires_on = day
    if day is None:
        reading.wrong("date", "失效日期不是日历上的日期", "the expiry date is not a day of the calendar")


def month_end(mmyy: str) -> str | None:
    """The last day of `MMYY`."""
    if not re.fullmatch(r"\d{4}", mmyy):
        return None
    return day_of(century(int(mmyy[2:])), int(mmyy[:2]), 0)


def read_supplement(part: str, reading: Reading) -> None:
    """`14D` and `16D` with YYYYMMDD, `S` serial, `Q` quantity."""
    name = next((n for n in SUPPLEMENTS if part.startswith(n)), None)
    if name is None:
        reading.wrong("supplement", f"不认识的补充数据:{part}", f"unknown supplemental data: {part}")
        return
    value = part[len(name):]
    reading.elements.append(Element(ai=name, label=SUPPLEMENTS[name], value=value))
    if name == "S":
        reading.serial = value
    elif name in ("14D", "16D"):
        day = day_of(int(value[:4]), int(value[4:6]), int(value[6:])) if re.fullmatch(r"\d{8}", value) else None
        if day is None:
            reading.wrong("date", f"{name} 不是日历上的日期", f"{name} is not a day of the calendar")
        elif name == "14D":
            reading.expires_on = day
        else:
            reading.made_on = day
