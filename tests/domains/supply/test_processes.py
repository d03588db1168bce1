"""The duties and clocks of supplier qualification, against those typed here."""

from medthread.model import Rulebook
from tests.registry import registry

BOOK = Rulebook.declared(registry())
QUALIFICATION = BOOK.processes["supplier_qualification"]
WAYS = {
    ("proposed", "survey", "purch"), ("survey", "audit", "sqe"), ("survey", "sample", "sqe"), ("survey", "approved", "sqe"), ("audit", "sample", "sqe"),
    ("audit", "disqualified", "qa_mgr"), ("sample", "trial", "qc"), ("sample", "disqualified", "sqe"), ("trial", "conditional", "qa"),
    ("trial", "approved", "qa_mgr"), ("conditional", "approved", "qa_mgr"), ("approved", "on_hold", "qa|system"), ("conditional", "on_hold", "qa|system"),
    ("on_hold", "approved", "qa_mgr"), ("on_hold", "conditional", "qa_mgr"), ("on_hold", "disqualified", "qa_mgr+purch_mgr"),
    ("approved", "exited", "purch_mgr"), ("on_hold", "exited", "purch_mgr"),
}


def test_a_source_goes_the_ways_it_may_and_no_other() -> None:
    assert {(f, t.to, t.by) for t in QUALIFICATION.transitions for f in t.from_} == WAYS


def test_who_proposes_approves_nothing_and_lifts_no_hold() -> None:
    bound = {d.other for d in QUALIFICATION.duties if d.one == "propose"}
    assert bound == {"approve", "approve_low_risk", "lift_hold", "resume_conditional"}
    assert ("accept_trial_lots", "approve") in {(d.one, d.other) for d in QUALIFICATION.duties}


def test_clocks() -> None:
    assert {c.name: (c.span, c.since) for c in QUALIFICATION.clocks} == {"re_evaluation": ("12 mo", "evaluated_at"), "class_a_audit": ("24 mo", "approved")}
    answer = BOOK.processes["supplier_corrective_action"].clocks[0]
    assert (answer.name, answer.span, answer.since) == ("answer", "15 d", "issued")


def test_whatever_lets_a_source_deliver_looks_at_its_certificates() -> None:
    admitting = [t for t in QUALIFICATION.transitions if t.to in ("approved", "conditional")]
    assert [t.action for t in admitting if "supplier_certificates_valid" not in t.guards] == []
