"""The duties and clocks of change control and design, against those typed here."""

import pytest

from medthread.model import Rulebook
from tests.registry import registry

BOOK = Rulebook.declared(registry())
DUTIES = {
    "change_order": {("submit", "approve"), ("assess", "approve"), ("start_verification", "close"), ("submit", "endorse")},
    "design_element": {("review", "approve")},
    "risk_item": {("control", "accept_residual")},
}
CHANGE_CLOCKS = {"assessment": "10 d", "emergency_approval": "24 h", "emergency_record": "3 d", "open": "90 d"}
# From, to, who: the whole of change control, typed a second time.
CHANGE = {
    ("ecr_draft", "ecr_submitted", "orig"), ("ecr_submitted", "ecr_rejected", "eng_mgr|qa"), ("ecr_submitted", "impact_assessment", "qa"),
    ("impact_assessment", "eco_review", "eng|ra|qa|prod_mgr|purch"), ("eco_review", "approved", "eng_mgr+qa_mgr"), ("eco_review", "eco_review", "mr"),
    ("eco_review", "impact_assessment", "qa_mgr"), ("approved", "verification", "eng"), ("approved", "implementing", "qa"),
    ("verification", "eco_review", "qa"), ("verification", "regulatory_wait", "ra"), ("verification", "implementing", "qa"),
    ("regulatory_wait", "implementing", "ra"), ("implementing", "effective", "doc|qa"), ("effective", "closed", "qa_mgr"),
    ("ecr_draft", "cancelled", "orig"), ("eco_review", "cancelled", "qa_mgr"),
}


@pytest.mark.parametrize("entity", DUTIES)
def test_duties(entity: str) -> None:
    assert {(d.one, d.other) for d in BOOK.processes[entity].duties} == DUTIES[entity]


def test_change_control_goes_the_ways_it_may_and_no_other() -> None:
    assert {(f, t.to, t.by) for t in BOOK.processes["change_order"].transitions for f in t.from_} == CHANGE


def test_the_clocks_of_a_change() -> None:
    assert {c.name: c.span for c in BOOK.processes["change_order"].clocks} == CHANGE_CLOCKS


def test_each_impact_line_is_answered_by_the_function_it_names() -> None:
    answer = BOOK.processes["change_impact"].transition("answer", state="open")
    assert answer is not None
    assert answer.role_in == "function"
    assert set(answer.roles) == {"eng", "ra", "qa", "purch", "prod_mgr"}
