"""MA codes (IDcode, the Chinese issuing agency registered in ISO/IEC 15459)."""

import re

from medthread.methods.udi.days import day_of, yymmdd
from medthread.methods.udi.judgement import Element, Finding, Issuer, Judgement, Production, verdict_of
from medthread.model.labels import Label

DEVICE = re.compile(r"MA\.(?P<country>\d{3})\.(?P<industry>[A-Z]\d)\.(?P<firm>\d{6})\.(?P<item>[0-9A-Za-z]{8,12})")
PART = re.compile(r"\.(?P<name>[SLMDVEC])(?P<value>[^.]*)")
LABELS = {
    "S": Label("序列号", "serial number"), "L": Label("批号", "lot number"),
    "M": Label("生产日期", "production date"), "D": Label("灭菌批号", "sterilisation lot"),
    "V": Label("有效期至", "valid until"), "E": Label("失效日期", "expiry date"), "C": Label("校验", "check"),
}
MARKS = "-.@$,*+%/#!^~"


def place(sign: str) -> int:
    """The value of a sign. The lower-case letters skip 43 and 44: with the gap all public vectors hold."""
    if sign.isdecimal():
        return int(sign)
    if "A" <= sign <= "Z":
        return ord(sign) - ord("A") + 10
    if "a" <= sign <= "g":
        return ord(sign) - ord("a") + 36
    if "h" <= sign <= "z":
        return ord(sign) - ord("h") + 45
    return MARKS.index(sign) + 64


def check_digit(text: str) -> str:
    """Places written out as decimals; every second digit from the right doubled; the ten's complement of the sum."""
    digits = "".join(str(place(sign)) for sign in text)
    total = 0
    for number, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if number % 2 else 1)
        total += value // 10 + value % 10
    return str(-total % 10)


def is_ma(text: str) -> bool:
    """Whether the text begins as MA codes do."""
    return text.strip().startswith("MA.")


def day(text: str) -> str | None:
    """Six or eight digits."""
    if re.fullmatch(r"\d{8}", text):
        return day_of(int(text[:4]), int(text[4:6]), int(text[6:]))
    return yymmdd(text) if re.fullmatch(r"\d{6}", text) else None


def judge_ma(text: str) -> Judgement:
    """The device part by its form, the production part by its dates, both check digits as warnings."""
    body = text.strip()
    device = DEVICE.match(body)
    if device is None:
        finding = Finding(rule="ma.form", position=0, label=Label(
            "应为 MA.国家.行业.企业.包装级+产品+校验位", "must read MA.country.industry.firm.level+item+check"))
        return Judgement(text=text, issuer=Issuer.MA, verdict=verdict_of((finding,)), findings=(finding,))
    findings: list[Finding] = []
    if not holds(device[0]):
        findings.append(unverified("di", device.end() - 1))
    rest = body[device.end():]
    parts = {m["name"]: m["value"] for m in PART.finditer(rest)}
    if "".join(m[0] for m in PART.finditer(rest)) != rest:
        findings.append(Finding(rule="ma.production", position=device.end(), label=Label(
            "生产标识中有不认识的部分", "the production identifier has a part nobody knows")))
    findings += [
        Finding(rule="ma.date", label=Label(f".{name} 不是日历上的日期", f".{name} is not a day of the calendar"))
        for name in "MVE" if name in parts and day(parts[name]) is None
    ]
    if "C" in parts and not holds(rest[: rest.rindex(".C")] + parts["C"]):
        findings.append(unverified("pi", len(body) - 1))
    return Judgement(
        text=text, issuer=Issuer.MA, verdict=verdict_of(tuple(findings)), di=device[0], findings=tuple(findings),
        elements=(
            Element(ai="MA", label=Label("器械标识", "device identifier"), value=device[0]),
            *(Element(ai=name, label=LABELS[name], value=value) for name, value in parts.items()),
        ),
        pi=Production(
            lot=parts.get("L"), serial=parts.get("S"), made_on=day(parts.get("M", "")),
            expires_on=day(parts.get("E", "")) or day(parts.get("V", "")),
        ),
    )


def holds(text: str) -> bool:
    """Whether the last sign is the check of those before it."""
    known = all(sign.isascii() and (sign.isalnum() or sign in MARKS) for sign in text[:-1])
    return known and check_digit(text[:-1]) == text[-1]


def unverified(part: str, at: int) -> Finding:
    """A warning: the agency has published no text of the algorithm, so a failure proves nothing by itself."""
    return Finding(rule=f"ma.check_{part}", position=at, warning=True, label=Label(
        "校验位不符(算法无官方文本,仅警告)", "the check digit differs (no official text of the algorithm: a warning)"))
