"""Duties and clocks of the service domain are those typed here from the regulations."""

import pytest

from medthread.model import Rulebook
from tests.registry import registry

BOOK = Rulebook.declared(registry())
DUTIES = {
    "complaint": {("investigate", "close"), ("triage", "waive")},
    "adverse_event": {("decide_yes", "close"), ("submit", "close")},
    "recall": {("notify", "terminate"), ("all_lines_actioned", "terminate")},
    "service_order": {("test", "close")},
    "return_authorisation": {("authorise", "dispose"), ("receive", "dispose")},
}
# jurisdiction, severity, place (None: wherever it happened), first report within
FIRST_REPORTS = {
    ("CN", "death", "domestic", "7 d"), ("CN", "serious", "domestic", "20 d"), ("CN", "potential", "domestic", "20 d"),
    ("CN", "group", "domestic", "12 h"), ("CN", "threat", "domestic", "12 h"),
    ("CN", "death", "abroad", "30 d"), ("CN", "serious", "abroad", "30 d"), ("CN", "potential", "abroad", "30 d"),
    ("EU", "threat", None, "2 d"), ("EU", "death", None, "10 d"), ("EU", "serious", None, "15 d"), ("EU", "potential", None, "15 d"),
    ("EU", "group", None, "15 d"),
    ("US", "death", None, "30 d"), ("US", "serious", None, "30 d"), ("US", "potential", None, "30 d"), ("US", "group", None, "30 d"),
    ("US", "threat", None, "5 wd"),
}
CHINESE_RECALL = {"1": "1 d", "2": "3 d", "3": "7 d"}


@pytest.mark.parametrize("name", DUTIES)
def test_its_duties(name: str) -> None:
    assert {(d.one, d.other) for d in BOOK.processes[name].duties} == DUTIES[name]


def test_first_reports_count_from_the_moment_anybody_knew() -> None:
    clocks = [c for c in BOOK.processes["adverse_event"].clocks if c.statutory and {"reported", "not_reportable"} <= set(c.until)]
    found = {(w["jurisdiction"], w["severity"], w.get("place"), c.span) for c in clocks if (w := dict(c.when))}
    assert found == FIRST_REPORTS
    assert {c.since for c in clocks} == {"aware_at"}
    assert all(c.basis for c in clocks)


def test_no_severity_is_without_a_limit_in_china_europe_and_america() -> None:
    severities = set(registry()["adverse_event"].fields["severity"].mark.codes or ()) - {"other"}
    reached = {(j, s) for j, s, _, _ in FIRST_REPORTS}
    assert {(j, s) for j in ("CN", "EU", "US") for s in severities} == reached


def test_a_recall_in_china_is_told_by_its_class_and_a_drill_runs_no_statutory_clock() -> None:
    clocks = {c.name: c for c in BOOK.processes["recall"].clocks}
    assert {level: clocks[f"cn_class{level}_notice"].span for level in CHINESE_RECALL} == CHINESE_RECALL
    assert {(n, clocks[n].span, clocks[n].since) for n in ("cn_plan", "cn_summary", "us_report", "stop_ship")} == {
        ("cn_plan", "5 wd", "decided"), ("cn_summary", "10 wd", "effectiveness"), ("us_report", "10 wd", "decided"), ("stop_ship", "5 min", "opened")}
    assert all(("purpose", "actual") in c.when for c in clocks.values() if c.statutory)


def test_the_complaint_is_triaged_in_a_day_from_when_it_was_known() -> None:
    clocks = {c.name: (c.since, c.span) for c in BOOK.processes["complaint"].clocks}
    assert clocks == {"triage": ("aware_at", "24 h"), "investigation": ("triaged", "30 d"), "closure": ("opened", "60 d")}


def test_whether_nobody_reports_is_signed_by_two() -> None:
    decide_no = BOOK.processes["adverse_event"].transition("decide_no", state="assessing")
    assert decide_no is not None
    assert decide_no.needs_all
    assert set(decide_no.roles) == {"pms", "qa_mgr"}


def test_the_people_of_a_complaint_and_the_patient_are_sealed() -> None:
    assert {f.name for f in registry()["complaint"].fields.values() if f.is_personal} == {"complainant", "phone", "address"}
    event = registry()["adverse_event"].fields
    assert {n: f.mark.classification.name for n, f in event.items() if f.is_personal} == {"patient": "PERSONAL_SENSITIVE", "outcome": "PERSONAL_SENSITIVE"}
