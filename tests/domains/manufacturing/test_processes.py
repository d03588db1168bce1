"""The processes of manufacturing: their duties, limits and decisions are those typed here."""

import pytest

from tests.registry import rulebook

BOOK = rulebook()
DUTIES = {
    "maintenance_order": {("start", "accept_handover", "person"), ("finish", "requalify", "person")},
    "batch_record": {
        ("complete", "release_production", "person"), ("review_production", "release_production", "person"), ("complete_tests", "release_production", "person"),
        ("complete", "release_to_market", "person"), ("release_production", "release_to_market", "organisation"),
    },
    "batch_record_step": {("perform", "verify", "person")},
    "line_clearance": {("perform", "verify", "person")},
    "sterilisation_load": {("review_parameters", "accept", "person"), ("start", "accept", "person")},
    "routing_operation": {("submit", "approve", "person")},
    "environment_round": {("find_excursion", "close", "person")},
}
LIMITS = {
    "maintenance_order": {("grace", "due", "7 d"), ("breakdown_accept", "reported", "2 h")},
    "batch_record": {("review", "production_review", "5 d")},
}
LOT_IS_CLEAN = {
    "no_held_ancestor", "lot_not_disposed_of", "no_open_nonconformance", "no_open_deviation", "lot_not_rejected_by_deviation", "no_open_inspection",
    "lot_read_by_sound_gauges",
}


@pytest.mark.parametrize("name", DUTIES)
def test_its_duties(name: str) -> None:
    assert {(d.one, d.other, d.apart) for d in BOOK.processes[name].duties} == DUTIES[name]


@pytest.mark.parametrize("name", LIMITS)
def test_its_limits(name: str) -> None:
    assert {(c.name, c.since, c.span) for c in BOOK.processes[name].clocks} == LIMITS[name]


def test_the_organisations_differ_only_under_contract_manufacture() -> None:
    (apart,) = [d for d in BOOK.processes["batch_record"].duties if d.apart == "organisation"]
    assert apart.when == "contract_manufacture"


def test_both_releases_look_at_the_lot_and_the_second_at_the_market() -> None:
    process = BOOK.processes["batch_record"]
    production, market = process.transition("release_production", state="qa_review"), process.transition("release_to_market", state="market_review")
    assert production is not None
    assert market is not None
    assert set(production.guards) >= LOT_IS_CLEAN
    assert set(market.guards) >= LOT_IS_CLEAN
    assert {"steps_complete", "materials_reconciled", "final_inspection_accepted", "sterilisation_accepted", "special_processes_validated"} <= set(production.guards)
    assert {"authorisation_valid", "authorisation_covers_model", "udi_as_published", "shelf_life_left", "no_change_awaits_authority"} <= set(market.guards)
    assert (production.by, market.by) == ("release", "market_release")


def test_an_erp_is_answered_by_the_same_guards() -> None:
    production = BOOK.processes["batch_record"].transition("release_production", state="qa_review")
    assert production is not None
    assert BOOK.decisions["may_release"].guards == production.guards
    assert "lot_market_released" in BOOK.decisions["may_ship"].guards
    for name in ("may_consume", "may_ship", "may_release"):
        assert BOOK.decisions[name].guards[0] == "no_held_ancestor"
        assert BOOK.guards["no_held_ancestor"].walk == "up"


def test_a_breakdown_begins_as_reported_and_a_plan_as_due() -> None:
    process = BOOK.processes["maintenance_order"]
    assert (process.begins({"kind": "corrective"}), process.begins({"kind": "preventive"}), process.begins({})) == ("reported", "due", "due")
