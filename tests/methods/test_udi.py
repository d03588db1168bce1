"""Device identifiers: read as their agencies say, judged by their rules, never refused."""

import csv
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from medthread.methods.udi import Issuer, Verdict, judge
from medthread.methods.udi.gs1 import mod10
from medthread.methods.udi.gs1_rules import RULES
from medthread.methods.udi.hibcc import SIGNS, check_sign
from medthread.methods.udi.ma import check_digit
from tests.conftest import DATA

GS = "\x1d"
GOOD = "04012345678901"


def rules(text: str) -> set[str]:
    return {f.rule for f in judge(text).findings}


@pytest.mark.parametrize("text", [
    f"01{GOOD}17261231" + "10AB-1", f"]d201{GOOD}10AB{GS}21S/1", f"(01){GOOD}(17)261231(10)AB-1", f"(01) {GOOD} (21) 77",
    f"01{GOOD}11250101" + "17270100" + f"10L{GS}21S", "+A123BJC5D6E71G", "+A99912345/$$52001510X33",
])
def test_what_agencies_print_is_valid(text: str) -> None:
    said = judge(text)
    assert said.verdict is Verdict.VALID, said.findings
    assert said.text == text
    assert said.di


def test_production_identifiers_are_read() -> None:
    said = judge(f"01{GOOD}11250115" + "17270200" + f"10L-7{GS}21S9")
    assert (said.pi.lot, said.pi.serial, said.pi.made_on, said.pi.expires_on) == ("L-7", "S9", "2025-01-15", "2027-02-28")
    assert [e.ai for e in said.elements] == ["01", "11", "17", "10", "21"]


@pytest.mark.parametrize(("text", "rule", "position"), [
    ("(01)04012345678902", "gs1.check_digit", 4), (f"01{GOOD}17261331", "gs1.date", 18), ("(17)261231(10)A", "gs1.required_ai", 4),
    (f"(01){GOOD}(02){GOOD}(37)5", "gs1.excluded_ai", 22), (f"(01){GOOD}(10)A(10)B", "gs1.repeated", 27), (f"(01){GOOD}(9999)x", "gs1.ai_unknown", 24),
    (f"01{GOOD}17AB1231", "gs1.format", 18), (f"(01){GOOD}(21)é", "gs1.format", 22), ("(01)0401234567890", "gs1.format", 4),
    (f"(21)1(235)2(01){GOOD}", "gs1.excluded_ai", 4), (f"01{GOOD}10A{GS}zz", "gs1.unreadable", 20), ("(10)A", "gs1.di_missing", -1),
    (f"(8013)1987654Ad4X4bL5ttr2310c2L(01){GOOD}", "gs1.check_pair", 6),
])
def test_a_broken_rule_is_named_with_its_place(text: str, rule: str, position: int) -> None:
    said = judge(text)
    assert said.verdict is Verdict.INVALID
    assert (rule, position) in {(f.rule, f.position) for f in said.findings}


def test_the_example_of_the_general_specifications_has_its_check_pair() -> None:
    assert "gs1.check_pair" not in rules(f"(8013)1987654Ad4X4bL5ttr2310c2K(01){GOOD}")


@pytest.mark.parametrize(("text", "issuer"), [
    ("hello", Issuer.UNKNOWN), ("", Issuer.UNKNOWN), ("=/A9999XYZ100T0944=,000025", Issuer.ICCBBA), ("12345", Issuer.UNKNOWN),
])
def test_an_unknown_carrier_is_kept_for_a_person(text: str, issuer: Issuer) -> None:
    said = judge(text)
    assert (said.issuer, said.verdict, said.text) == (issuer, Verdict.UNKNOWN, text)
    assert said.findings


@given(st.text(max_size=60))
def test_no_text_is_too_strange(text: str) -> None:
    said = judge(text)
    assert said.text == text
    assert said.verdict in Verdict


@given(st.text(alphabet="()0123456789+/$.MAS" + GS, max_size=60))
def test_nor_any_that_looks_like_an_identifier(text: str) -> None:
    assert judge(text).text == text


@given(st.text(alphabet="0123456789", min_size=13, max_size=13), st.integers(0, 12), st.integers(1, 9))
def test_one_wrong_digit_of_a_gtin_is_always_found(body: str, place: int, by: int) -> None:
    digit = next(d for d in "0123456789" if mod10(body + d))
    wrong = body[:place] + str((int(body[place]) + by) % 10) + body[place + 1:]
    assert not mod10(wrong + digit)


@given(st.text(alphabet="ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", min_size=1, max_size=18), st.integers(0, 60), st.sampled_from(SIGNS))
def test_one_wrong_sign_of_a_hibc_string_is_always_found(product: str, place: int, sign: str) -> None:
    body = f"+A123{product}1"
    text = body + check_sign(body)
    assert judge(text).verdict is Verdict.VALID
    at = place % len(body)
    wrong = text[:at] + sign + text[at + 1:]
    if wrong != text and wrong.startswith("+"):
        assert "hibcc.check_digit" in rules(wrong)


def test_a_hibc_secondary_alone_waits_for_its_primary() -> None:
    body = "+$$09053C001L"
    said = judge(body + check_sign(body))
    assert {f.rule for f in said.findings} == {"hibcc.primary_missing"}
    assert said.pi.lot == "3C001"


@pytest.mark.data
def test_public_vectors() -> None:
    if not DATA.exists():
        pytest.skip("the public data are not beside the project")
    with (DATA / "udi_vectors" / "ma_idcode.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            assert (check_digit(row["code"]) == row["expected_check"]) is (row["check_ok_with_algorithm"] == "yes"), row
    texts = (DATA / "udi_vectors" / "hibc_strings.txt").read_text(encoding="utf-8").splitlines()
    lots = {judge(t).pi.lot or judge(t).pi.serial for t in texts if "3C001" in t}
    assert lots == {"3C001"}


@pytest.mark.data
def test_the_table_agrees_with_the_dictionary_of_the_standard() -> None:
    path = DATA / "gs1_syntax" / "gs1-syntax-dictionary.txt"
    if not path.exists():
        pytest.skip("the public data are not beside the project")
    told: dict[str, dict[str, str]] = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        match = re.match(r"(\d{2,4})(?:-\d+)?\s+[*?\s]*(.*)", line)
        if match and not line.startswith("#"):
            told[match[1]] = dict(p.split("=", 1) for p in match[2].partition("#")[0].split() if "=" in p)
    for ai, rule in RULES.items():
        wanted = {tuple(g.split("+")) for g in told[ai].get("req", "").split(",") if g}
        assert set(rule.requires) == wanted, (ai, told[ai])
        assert set(rule.excludes) == {e for e in told[ai].get("ex", "").split(",") if e}, (ai, told[ai])
