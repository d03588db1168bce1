"""The duties and clocks of documents, training and audits, against those typed here."""

import pytest

from medthread.model import Rulebook
from tests.registry import registry

BOOK = Rulebook.declared(registry())
DUTIES = {
    "document": {("submit", "approve"), ("approve", "make_effective"), ("submit", "review")},
    "training_record": {("acknowledge", "pass")},
    "audit_finding": {("respond", "verify"), ("respond", "close")},
    "retention_rule": {("propose", "approve")},
}
CLOCKS = {"review": "10 d", "training": "14 d", "periodic_review": "36 mo"}
WAYS = {
    ("draft", "in_review", "orig"), ("in_review", "draft", "qa"), ("in_review", "approved", "qa_mgr"), ("approved", "training", "doc"),
    ("approved", "effective", "doc|system"), ("training", "effective", "doc|system"), ("effective", "superseded", "system"),
    ("superseded", "obsolete", "doc"), ("effective", "obsolete", "qa_mgr"), ("draft", "withdrawn", "orig"),
    ("in_review", "in_review", "eng|ra|qa|qc_mgr|prod_mgr|purch|svc"), ("effective", "effective", "qa|doc"),
}


@pytest.mark.parametrize("entity", DUTIES)
def test_duties(entity: str) -> None:
    assert {(d.one, d.other) for d in BOOK.processes[entity].duties} == DUTIES[entity]


def test_a_document_goes_the_ways_it_may_and_no_other() -> None:
    process = BOOK.processes["document"]
    assert {(f, t.to, t.by) for t in process.transitions for f in t.from_} == WAYS
    assert {c.name: c.span for c in process.clocks} == CLOCKS


def test_no_way_leads_into_effect_past_the_training_gate() -> None:
    process = BOOK.processes["document"]
    gates = {"approved": "document_needs_no_training", "training": "document_training_complete"}
    assert {f: next(iter(set(t.guards) & set(gates.values()))) for t in process.transitions if t.to == "effective" and "effective" not in t.from_ for f in t.from_} == gates


def test_a_form_483_is_answered_in_fifteen_working_days() -> None:
    clock = next(c for c in BOOK.processes["audit"].clocks if c.statutory)
    assert (clock.span, dict(clock.when), bool(clock.basis)) == ("15 wd", {"kind": "fda"}, True)
