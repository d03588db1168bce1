"""GS1 element strings and their bracketed (human readable) form.

Parsing takes the application identifiers and their formats from `biip`; the judge is `gs1_rules`, because a parser
that is right to accept a message still lets pass pairings the GS1 syntax dictionary forbids.
"""

import re
from functools import cache

from biip import ParseError
from biip.gs1_application_identifiers import GS1ApplicationIdentifier

from medthread.methods.udi.days import yymmdd
from medthread.methods.udi.gs1_rules import RULES
from medthread.methods.udi.judgement import Element, Finding, Issuer, Judgement, Production, verdict_of
from medthread.model.labels import Label

SEPARATOR = "\x1d"
SYMBOLOGIES = ("]C1", "]e0", "]d2", "]Q3", "]J1")
BRACKETED = re.compile(r"\((\d{2,4})\)((?:(?!\(\d{2,4}\)).)*)", re.DOTALL)
# GS1 General Specifications 7.11, character set 82.
SET_82 = r"[!-\"%-/0-9:-?A-Z_a-z]"
TYPES = {"N": r"\d", "X": SET_82, "Y": r"[#\-/0-9A-Z]", "Z": r"[0-9A-Za-z_=\-]"}
GMN_SIGNS = "!\"%&'()*+,-./0123456789:;<=>?ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz"
GMN_CHECK = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
GMN_PRIMES = (2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83)


def is_gs1(text: str) -> bool:
    """Whether the text looks like an element string; what is in it may still be wrong."""
    if text.startswith(SYMBOLOGIES) or BRACKETED.match(text):
        return True
    bare = text.lstrip(SEPARATOR)
    return bool(re.match(r"(00|01|02)\d{14}", bare)) or (SEPARATOR in text and identifier(bare) is not None)


def identifier(text: str) -> GS1ApplicationIdentifier | None:
    """The application identifier the text begins with."""
    try:
        return GS1ApplicationIdentifier.extract(text)
    except ParseError:
        return None


@cache
def shape_of(form: str) -> tuple[re.Pattern[str], int]:
    """A format such as `N3+N13[+X..17]` as a pattern of the value and its greatest length."""
    pattern, longest = "", 0
    for kind, variable, size in re.findall(r"([NXYZ])(\.\.)?(\d+)", form.split("+", 1)[1]):
        pattern += TYPES[kind] + (f"{{0,{size}}}" if variable else f"{{{size}}}")
        longest += int(size)
    return re.compile(pattern), longest


def bracketed(text: str) -> tuple[list[tuple[str, str, int]], list[Finding]]:
    """`(01)…(10)…` as identifier, value, position."""
    parts = [(m[1], m[2].removesuffix(SEPARATOR).strip(), m.start(2)) for m in BRACKETED.finditer(text)]
    lead = BRACKETED.search(text)
    rest = [] if lead and not text[: lead.start()].strip() else [unreadable(0)]
    return parts, rest


def plain(text: str) -> tuple[list[tuple[str, str, int]], list[Finding]]:
    """A scanned string: pre-defined lengths run on, the others end at the separator."""
    at = next((len(s) for s in SYMBOLOGIES if text.startswith(s)), 0)
    parts: list[tuple[str, str, int]] = []
    while at < len(text):
        if text[at] == SEPARATOR:
            at += 1
            continue
        ai = identifier(text[at:])
        if ai is None:
            return parts, [unreadable(at)]
        start = at + len(ai.ai)
        end = text.find(SEPARATOR, start)
        end = len(text) if end < 0 else end
        if not ai.separator_required:
            end = min(end, start + shape_of(ai.format)[1])
        parts.append((ai.ai, text[start:end], start))
        at = end
    return parts, []


def judge_gs1(text: str) -> Judgement:
    """Every element with every rule it breaks."""
    spaced = text.strip(" \r\n\t")
    offset = len(text) - len(text.lstrip(" \r\n\t"))
    parts, findings = bracketed(spaced) if BRACKETED.match(spaced) else plain(spaced)
    found = {ai: value for ai, value, _ in reversed(parts)}
    for ai, value, at in parts:
        findings += value_findings(ai, value, at)
    findings += pair_findings(parts)
    if "01" not in found and "8006" not in found:
        findings.append(Finding(rule="gs1.di_missing", label=Label("没有器械标识(AI 01)", "no device identifier (AI 01)")))
    placed = tuple(
        Finding(rule=f.rule, label=f.label, position=f.position + offset if f.position >= 0 else -1) for f in findings
    )
    return Judgement(
        text=text, issuer=Issuer.GS1, verdict=verdict_of(placed), di=found.get("01"), findings=placed,
        elements=tuple(Element(ai=ai, label=label_of(ai), value=value) for ai, value, _ in parts),
        pi=Production(
            lot=found.get("10"), serial=found.get("21"),
            made_on=yymmdd(found.get("11", "")), expires_on=yymmdd(found.get("17", "")),
        ),
    )


def label_of(ai: str) -> Label:
    """The identifier's name; those that no device label carries have the GS1 data title only."""
    if ai in RULES:
        return RULES[ai].label
    known = identifier(ai)
    title = known.data_title if known else ai
    return Label(title, title)


def value_findings(ai: str, value: str, at: int) -> list[Finding]:
    """What is wrong with one value by itself."""
    known = identifier(ai)
    if known is None or known.ai != ai:
        return [Finding(rule="gs1.ai_unknown", position=at, label=Label(
            f"没有应用标识符 ({ai})", f"there is no application identifier ({ai})"))]
    if not value or not shape_of(known.format)[0].fullmatch(value):
        return [Finding(rule="gs1.format", position=at, label=Label(
            f"({ai}) 的值应为 {known.format}", f"the value of ({ai}) must be {known.format}"))]
    checked = RULES[ai].checked if ai in RULES else ""
    return [] if checked == "" or CHECKS[checked](value) else [Finding(
        rule=f"gs1.{WRONG[checked][0]}", position=at, label=WRONG[checked][1])]


def pair_findings(parts: list[tuple[str, str, int]]) -> list[Finding]:
    """What the elements ask of one another."""
    present = {ai for ai, _, _ in parts}
    findings: list[Finding] = []
    seen: dict[str, str] = {}
    for ai, value, at in parts:
        if seen.setdefault(ai, value) != value:
            findings.append(Finding(rule="gs1.repeated", position=at, label=Label(
                f"({ai}) 出现两次且值不同", f"({ai}) is there twice with different values")))
        if ai not in RULES:
            continue
        needs = RULES[ai].requires
        if needs and not any(present.issuperset(group) for group in needs):
            either = "、".join("+".join(group) for group in needs)
            findings.append(Finding(rule="gs1.required_ai", position=at, label=Label(
                f"({ai}) 须与以下之一同时出现:{either}", f"({ai}) needs one of: {either}")))
        findings += [
            Finding(rule="gs1.excluded_ai", position=at, label=Label(
                f"({ai}) 不得与 ({other}) 同时出现", f"({ai}) must not be together with ({other})"))
            for other in RULES[ai].excludes if other in present
        ]
    return findings


def mod10(digits: str) -> bool:
    """General Specifications 7.9: weights 3 and 1 from the right, a sum divisible by ten."""
    return sum(int(d) * (3 if i % 2 else 1) for i, d in enumerate(reversed(digits))) % 10 == 0


def gmn(value: str) -> bool:
    """General Specifications 7.9.5: prime weights modulo 1021, written as two signs."""
    body, check = value[:-2], value[-2:]
    weighted = zip(reversed(body), GMN_PRIMES, strict=False)
    total = sum(GMN_SIGNS.index(sign) * prime for sign, prime in weighted) % 1021
    return check == GMN_CHECK[total // 32] + GMN_CHECK[total % 32]


def hour(value: str) -> bool:
    """`YYMMDDhhmm`."""
    return yymmdd(value[:6]) is not None and int(value[6:8]) < 24 and int(value[8:10]) < 60  # noqa: PLR2004


def unreadable(at: int) -> Finding:
    """Text where an identifier should stand."""
    return Finding(rule="gs1.unreadable", position=at, label=Label(
        "此处读不出应用标识符", "no application identifier can be read here"))


CHECKS = {"mod10": mod10, "day": lambda value: yymmdd(value) is not None, "hour": hour, "gmn": gmn}
WRONG = {
    "mod10": ("check_digit", Label("校验位不正确", "the check digit is wrong")),
    "day": ("date", Label("不是日历上的日期", "there is no such day")),
    "hour": ("date", Label("不是日历上的时刻", "there is no such day and time")),
    "gmn": ("check_pair", Label("GMN 校验字符对不正确", "the check pair of the GMN is wrong")),
}
