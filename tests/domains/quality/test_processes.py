"""The processes of quality: their duties, limits and events are those typed here."""

import pytest

from medthread.model import Clock
from tests.registry import rulebook

BOOK = rulebook()
DUTIES = {
    "nonconformance": {("contain", "decide"), ("execute", "verify_again"), ("execute", "close"), ("dispose_simply", "verify_again")},
    "deviation": {("request_planned", "approve_planned"), ("investigate", "close")},
    "capa": {("propose_plan", "approve_plan"), ("complete", "verify"), ("complete", "close_effective")},
    "calibration_record": {("enter_certificate", "conclude"), ("find_out_of_tolerance", "conclude")},
    "inspection": {("judge_passed", "review"), ("judge_failed", "review"), ("report_out_of_spec", "investigate")},
    "concession": {("submit", "approve"), ("submit", "refuse")},
    "correction": {("carry_out", "verify")},
    "inspection_plan": {("submit", "approve")},
    "process_validation": {("report", "approve_report"), ("start", "approve_protocol")},
}
# since, span, warnings before
LIMITS = {
    "nonconformance": {"contain": ("opened", "24 h", ("12 h",)), "board": ("mrb", "5 d", ("1 d",)), "delivered": ("investigating", "24 h", ()), "close": ("opened", "30 d", ("7 d",))},
    "deviation": {
        "classify": ("opened", "1 d", ()), "close_minor": ("opened", "15 d", ("3 d",)), "close_major": ("opened", "30 d", ("7 d",)),
        "close_critical": ("opened", "30 d", ("7 d",)), "planned_end": ("planned_until", "1 min", ()),
    },
    "capa": {
        "screen": ("opened", "5 d", ("1 d",)), "plan": ("investigating", "30 d", ("7 d",)), "implement": ("implementing", "90 d", ("14 d", "3 d")),
        "judge": ("window_to", "14 d", ()),
    },
    "calibration_record": {
        "send": ("opened", "30 d", ("7 d",)), "due": ("due_at", "1 min", ()), "lookback": ("out_of_tolerance", "10 d", ("3 d",)),
        "lookback_delivered": ("out_of_tolerance", "48 h", ("12 h",)),
    },
}
# act: who, what the signature means, what it says to others
SIGNED = {
    "nonconformance": {
        "contain": ("qc|whs", "performed", "nc.contained"), "investigate": ("qa", "reviewed", "nc.investigating"), "convene": ("qa", "reviewed", None),
        "dispose_simply": ("qa", "approved", "nc.dispositioned"), "decide": ("eng_mgr+qa_mgr+prod_mgr", "approved", "nc.dispositioned"),
        "execute": ("prod|whs", "performed", None), "verify_again": ("qc", "verified", "nc.verified"), "refuse_result": ("qc", "rejected", None),
        "close": ("qa", "closed", "nc.closed"), "void": ("qa", "rejected", None), "hold_lots": ("qc|qa|whs", None, "nc.held"),
    },
    "capa": {
        "screen": ("qa", "reviewed", "capa.opened"), "reject": ("qa_mgr", "rejected", "capa.rejected"), "assign": ("qa_mgr", "approved", None),
        "propose_plan": ("orig|eng|prod_mgr", "authored", None), "return_plan": ("qa_mgr", "rejected", None), "approve_plan": ("qa_mgr", "approved", "capa.plan_approved"),
        "complete": ("orig|eng|prod_mgr", "performed", "capa.implemented"), "find_incomplete": ("qa", "rejected", None), "verify": ("qa", "verified", "capa.verified"),
        "measure": ("qa|qa_mgr|system", None, "capa.measured"), "close_effective": ("qa_mgr", "closed", "capa.closed"),
        "judge_not_effective": ("qa_mgr", "rejected", "capa.not_effective"), "reopen": ("qa_mgr", "approved", "capa.reopened"),
    },
    "deviation": {
        "classify": ("qa", "reviewed", "deviation.classified"), "request_planned": ("prod_mgr", "authored", "deviation.planned_requested"),
        "approve_planned": ("qa_mgr+eng_mgr", "approved", "deviation.planned_active"), "refuse": ("qa_mgr", "rejected", None),
        "expire_unused": ("system", None, None), "end_planned": ("system", None, None), "investigate": ("qa|prod_mgr", "performed", None),
        "settle_minor": ("qa", "approved", "deviation.assessed"), "decide_impact": ("qa", "approved", "deviation.assessed"),
        "open_capa": ("qa", "reviewed", "capa.proposed"), "close": ("qa_mgr", "closed", "deviation.closed"),
    },
}
# event -> reactions of this domain, with their mode
FOLLOWS = {
    "inspection.failed": {("open_nonconformance", "at_once")}, "inspection.out_of_spec": {("no_retest_before_phase_one", "block")},
    "nc.held": {("hold_listed_lots", "at_once")}, "nc.closed": {("lift_holds_of_nonconformance", "auto")}, "nc.proposed": {("open_nonconformance_of_lookback", "propose")},
    "nc.investigating": {("judge_trend", "auto")}, "nc.trend_exceeded": {("open_capa_of_trend", "propose")}, "capa.proposed": {("open_capa_of_deviation", "at_once")},
    "calibration.oot": {("look_back", "auto")}, "sterilisation.rejected": {("open_nonconformance_of_load", "at_once")},
    "environment.excursion": {("open_deviation_of_excursion", "auto"), ("hold_stock_of_excursion", "at_once")},
    "complaint.trend_exceeded": {("open_capa_of_complaint_trend", "propose")}, "audit.finding_raised": {("open_capa_of_finding", "propose")},
    "udi.mismatch": {("open_nonconformance_of_labels", "propose")}, "ae.reportable": {("hold_lot_of_adverse_event", "propose")}, "equipment.down": {("open_deviation_of_breakdown", "auto")},
    "supplier.conditional": {("conditional_source_tightens_inspection", "block")}, "batch.completed": {("list_exceptions", "at_once")},
}


@pytest.mark.parametrize("name", DUTIES)
def test_its_duties(name: str) -> None:
    assert {(d.one, d.other) for d in BOOK.processes[name].duties} == DUTIES[name]


@pytest.mark.parametrize("name", LIMITS)
def test_its_limits(name: str) -> None:
    def told(clock: Clock) -> tuple[str, str, tuple[str, ...]]:
        return clock.since, clock.span, clock.warn

    assert {c.name: told(c) for c in BOOK.processes[name].clocks} == LIMITS[name]
    assert all(c.basis and not c.statutory for c in BOOK.processes[name].clocks)


@pytest.mark.parametrize("name", SIGNED)
def test_who_does_what_and_what_it_means(name: str) -> None:
    found = {t.action: (t.by, t.meaning.value if t.meaning else None, t.emits) for t in BOOK.processes[name].transitions}
    assert found == SIGNED[name]


@pytest.mark.parametrize("event", FOLLOWS)
def test_what_follows_in_this_domain(event: str) -> None:
    assert {(r.name, r.mode.value) for r in BOOK.reactions_to[event] if r.domain == "quality"} == FOLLOWS[event]


def test_every_metric_has_its_guard_on_the_closing_of_a_capa() -> None:
    close = BOOK.processes["capa"].transition("close_effective", state="effectiveness")
    assert close is not None
    from medthread.domains.quality.effectiveness import METRICS
    assert {f"effectiveness_met_{m}" for m in METRICS} <= set(close.guards)


def test_delivered_product_and_delivered_lots_run_shorter_clocks() -> None:
    assert {c.when for c in BOOK.processes["nonconformance"].clocks if c.name == "delivered"} == {(("delivered", "True"),)}
    assert {c.when for c in BOOK.processes["calibration_record"].clocks if c.name == "lookback_delivered"} == {(("delivered", "True"),)}
