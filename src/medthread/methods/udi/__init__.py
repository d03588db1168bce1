"""Unique device identification: which agency issued a carrier, what it says, and every rule it breaks.

Sources: GS1 General Specifications and syntax dictionary, ANSI/HIBC 2.6, public MA (IDcode) material.
"""

from medthread.methods.udi.gs1 import is_gs1, judge_gs1
from medthread.methods.udi.hibcc import is_hibcc, judge_hibcc
from medthread.methods.udi.judgement import Element, Finding, Issuer, Judgement, Production, Verdict
from medthread.methods.udi.ma import is_ma, judge_ma
from medthread.model.labels import Label

__all__ = ["Element", "Finding", "Issuer", "Judgement", "Production", "Verdict", "judge"]

UNKNOWN = Finding(rule="carrier.unknown", label=Label(
    "不认识的载体:原文保留,待人工辨认", "an unknown carrier: the text is kept for a person to look at"))
ISSUED_ELSEWHERE = Finding(rule="iccbba.not_judged", label=Label(
    "ISBT 128(ICCBBA)载体:只识别,不判定", "an ISBT 128 carrier (ICCBBA): recognised, not judged"))


def judge(text: str) -> Judgement:
    """The verdict on one carrier. Never raises; the text is returned as it came."""
    bare = text.strip(" \t\r\n")
    if is_ma(bare):
        return judge_ma(text)
    if is_gs1(bare):
        return judge_gs1(text)
    if is_hibcc(text):
        return judge_hibcc(text)
    known = bare.startswith(("=", "&"))
    return Judgement(
        text=text, issuer=Issuer.ICCBBA if known else Issuer.UNKNOWN, verdict=Verdict.UNKNOWN,
        findings=(ISSUED_ELSEWHERE if known else UNKNOWN,),
    )
