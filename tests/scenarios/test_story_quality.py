"""The story of quality: a resin fails, its family stops, a board decides; a gauge was wrong; a batch goes out in two steps; a CAPA proves itself.

Each test is a chapter, told in the words of the process. The company is in `house`.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select, update

from medthread.model.errors import ConflictError, ForbiddenError, RefusedError
from medthread.model.events import Row
from medthread.stores.postgres.tables import audit_event, proposal, signature
from medthread.workflow.guarding import objections
from medthread.workflow.watching import look
from medthread.workflow.worker import sweep_deadlines
from tests.conftest import Opening
from tests.scenarios.house import CERTIFICATE, DI, HOUSING, MODEL, PUMP, RESIN, House, open_house

FAMILY = [(HOUSING, "H-1"), (HOUSING, "H-2"), (PUMP, "P-1"), (PUMP, "P-2"), (RESIN, "R-1")]
SAMPLE = 13  # level II, AQL 1.0, lots of up to 90 that lead to letter E


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory, open_beside: Opening) -> Iterator[House]:
    with open_house(tmp_path_factory.mktemp("story") / "company", open_beside) as opened:
        yield opened


def may(house: House, decision: str, **about: Any) -> list[str]:
    """The records that stand in the way of a yes, as an ERP is told them."""
    with house.store.transaction() as tx:
        return [o.record for o in objections(tx, house.context, house.context.rulebook.decisions[decision].guards, about)]


def gauge(house: House, asset_no: str, *, due: date | None = None) -> str:
    house.create("chu", "equipment", asset_no=asset_no, name="拉力机", kind="gauge", calibration_due=due)
    return asset_no


def plan(house: House, item: str, stage: str, *, registered: bool = False) -> str:
    """A plan in force: two characteristics, one of them in the registered technical requirement when asked so."""
    opened = house.opened("gao", "inspection_plan", item=item, stage=stage, document="WI-QC-012", aql="1.0")
    no, id_ = opened["plan_no"], opened["id"]
    house.create("gao", "inspection_characteristic", plan=no, characteristic="抗拉强度", grade="major", lower_limit="50", uom="MPa",
                 requirement_clause="2.3.1" if registered else None)
    house.create("gao", "inspection_characteristic", plan=no, characteristic="外观", grade="minor")
    house.act("gao", "inspection_plan", id_, "submit")
    with pytest.raises(ForbiddenError, match="different persons"):
        house.act("gao", "inspection_plan", id_, "approve")
    house.act("zhou", "inspection_plan", id_, "approve")
    return str(no)


def inspection(house: House, item: str, lot_no: str, plan_no: str, gauge_no: str, strengths: list[str], *, stage: str = "incoming") -> Row:
    """Begun, and read: a strength a sample, all good to look at."""
    opened = house.opened("lin", "inspection", plan=plan_no, stage=stage, item=item, lot_no=lot_no, lot_quantity="50", sample_quantity=len(strengths),
                          accept_no=0, reject_no=1)
    house.act("lin", "inspection", opened["id"], "start")
    for sample, strength in enumerate(strengths, start=1):
        no = opened["inspection_no"]
        house.create("lin", "inspection_result", inspection=no, characteristic="抗拉强度", sample_no=sample, value=strength, gauge=gauge_no)
        house.create("lin", "inspection_result", inspection=no, characteristic="外观", sample_no=sample, value_code="conforming")
    return opened


def held(house: House) -> list[tuple[str, str]]:
    return sorted((h["item"], h["lot_no"]) for h in house.find("hold") if h["state"] == "standing")


def test_a_resin_that_fails_stops_everything_that_was_made_of_it(house: House) -> None:
    tester = gauge(house, "TS-01")
    incoming = plan(house, RESIN, "incoming", registered=True)
    bad = inspection(house, RESIN, "R-1", incoming, tester, ["55", "41.5", *["56"] * (SAMPLE - 2)])

    # The readings decide: nobody can judge it passed, and before it is judged nothing is held but nothing may be used either.
    with pytest.raises(RefusedError, match="nonconforming samples 1 > Ac 0"):
        house.act("lin", "inspection", bad["id"], "judge_passed")
    assert held(house) == []
    assert may(house, "may_consume", item=RESIN, lot_no="R-1") == [f"inspection/{bad['inspection_no']}"]

    # Judged failed, the lot and its family are on hold before anybody's next command, and a nonconformance is open with the reading.
    house.act("lin", "inspection", bad["id"], "judge_failed", defect_code="strength")
    assert held(house) == FAMILY
    (ncr,) = house.find("nonconformance")
    assert (ncr["source"], ncr["defect_code"], ncr["inspection"], ncr["state"]) == ("incoming", "strength", bad["inspection_no"], "opened")
    (reading,) = house.find("nonconformance_reading", nonconformance=ncr["ncr_no"])
    assert (reading["sample_no"], reading["value"], reading["requirement_clause"], reading["gauge"]) == (2, Decimal("41.5"), "2.3.1", "TS-01")
    assert [r for r in may(house, "may_consume", item=HOUSING, lot_no="H-2") if r.startswith("hold/")] != []
    assert may(house, "may_consume", item=HOUSING, lot_no="H-9") == []  # made of another resin
    assert len([r for r in may(house, "may_ship", item=PUMP, lot_no="P-2") if r.startswith("hold/")]) == 3  # itself, its housing, its resin

    # A judgement is reviewed by a second person, and stays failed.
    with pytest.raises(ForbiddenError, match="it takes qc_mgr"):
        house.act("lin", "inspection", bad["id"], "review")
    house.act("gao", "inspection", bad["id"], "review")
    assert house.state("inspection", bad["id"]) == "rejected"



def test_a_concession_is_refused_because_the_registration_is_not_met(house: House) -> None:
    (ncr,) = house.find("nonconformance", source="incoming")
    no, id_ = ncr["ncr_no"], ncr["id"]
    # Containment; the board of three functions, three persons; use as is asks for a concession.
    house.act("chen", "nonconformance", id_, "contain", containment="移至不合格区,贴红牌")
    house.act("qian", "nonconformance", id_, "investigate", severity="major", delivered=True)
    with pytest.raises(RefusedError, match="the board decides"):
        house.act("qian", "nonconformance", id_, "dispose_simply")
    house.act("qian", "nonconformance", id_, "convene", facts_and_risk="强度低于注册的产品技术要求")
    lines = {(line["item"], line["lot_no"]): line["quantity"] for line in house.find("nonconformance_lot", nonconformance=no)}
    assert lines == {(RESIN, "R-1"): 50, (HOUSING, "H-1"): 60, (HOUSING, "H-2"): 40, (PUMP, "P-1"): 20, (PUMP, "P-2"): 15}
    for line, ((item, lot), quantity) in enumerate(sorted(lines.items()), start=1):
        kind = "use_as_is" if lot == "H-1" else "scrap"
        house.create("qian", "nonconformance_disposition", nonconformance=no, line_no=line, item=item, lot_no=lot, disposition=kind, quantity=quantity)
    with pytest.raises(RefusedError, match="no approved concession over 60"):
        house.act("wu", "nonconformance", id_, "decide", mrb_minutes="原样使用 H-1")

    # The concession is refused: what the reading broke is the registered technical requirement, whatever somebody ticked.
    asked = house.opened("qian", "concession", nonconformance=no, item=HOUSING, lot_no="H-1", justification="强度余量足够", regulatory_ok=True,
                         risk_assessment="RA-2026-014", max_quantity="60", valid_to="2030-01-01")
    house.act("qian", "concession", asked["id"], "submit")
    with pytest.raises(RefusedError, match=r"technical requirement 2\.3\.1: 41\.5 \[50, -\]"):
        house.act("wu", "concession", asked["id"], "approve")
    house.act("zhou", "concession", asked["id"], "refuse", reason="产品技术要求不满足")



def test_three_persons_decide_to_scrap_and_the_quantities_balance(house: House) -> None:
    (ncr,) = house.find("nonconformance", source="incoming")
    no, id_ = ncr["ncr_no"], ncr["id"]
    (as_is,) = house.find("nonconformance_disposition", nonconformance=no, lot_no="H-1")
    house.mend("qian", "nonconformance_disposition", as_is["id"], disposition="scrap")
    assert house.act("wu", "nonconformance", id_, "decide", mrb_minutes="全部报废").awaiting == ("qa_mgr", "prod_mgr")
    assert house.act("zhou", "nonconformance", id_, "decide", mrb_minutes="全部报废").awaiting == ("prod_mgr",)
    assert house.act("zheng", "nonconformance", id_, "decide", mrb_minutes="全部报废").state == "disposition_approved"
    with house.store.transaction() as tx:
        signers = tx.execute(select(signature.c.signer).where(signature.c.record == id_, signature.c.action == "decide")).scalars().all()
    assert sorted(signers) == ["wu", "zheng", "zhou"]

    # Carried out and counted: it does not close while a piece is missing.
    house.act("chen", "nonconformance", id_, "execute")
    scrapped = house.find("nonconformance_disposition", nonconformance=no)
    for line in scrapped[1:]:
        house.mend("chen", "nonconformance_disposition", line["id"], executed_on="2026-03-01", witness="孙质")
    with pytest.raises(RefusedError, match="is not carried out"):
        house.act("lin", "nonconformance", id_, "verify_again")
    house.mend("chen", "nonconformance_disposition", scrapped[0]["id"], executed_on="2026-03-01", quantity=str(scrapped[0]["quantity"] - 1))
    house.act("lin", "nonconformance", id_, "verify_again")
    with pytest.raises(RefusedError, match=r"nonconforming 60, .*carried out 59"):
        house.act("qian", "nonconformance", id_, "close", capa_decision="not_needed", capa_reason="单一来料批")
    house.mend("chen", "nonconformance_disposition", scrapped[0]["id"], quantity=str(scrapped[0]["quantity"]))
    house.act("qian", "nonconformance", id_, "close", capa_decision="not_needed", capa_reason="单一来料批")

    # Closed, its holds go; what was scrapped still may not be used.
    house.settle()
    assert held(house) == []
    assert may(house, "may_consume", item=HOUSING, lot_no="H-2") == [f"nonconformance/{no}"]
    with pytest.raises(ConflictError, match="closed"):
        house.mend("qian", "nonconformance", id_, description="另一种说法")


def test_a_lot_with_two_holds_is_free_only_when_both_are_lifted(house: House) -> None:
    for reason in ("supplier", "other"):
        house.create("qian", "hold", item=RESIN, lot_no="R-2", reason=reason)
    one, other = house.find("hold", lot_no="R-2")
    house.act("qian", "hold", one["id"], "lift", lifted_reason="证书已更新")
    assert may(house, "may_consume", item=HOUSING, lot_no="H-9") == [f"hold/{other['hold_no']}"]
    house.act("zhou", "hold", other["id"], "lift", lifted_reason="核实无误")
    assert may(house, "may_consume", item=HOUSING, lot_no="H-9") == []
    # A hold that a record caused stays while that record is open.
    ncr = house.opened("lin", "nonconformance", source="stock", item=RESIN, lot_no="R-2", defect_code="packaging", description="破袋")
    with pytest.raises(RefusedError, match="no lot is listed"):
        house.act("chen", "nonconformance", ncr["id"], "contain", containment="隔离")
    house.act("qian", "nonconformance", ncr["id"], "hold_lots")
    assert held(house) == [(HOUSING, "H-9"), (PUMP, "P-9"), (RESIN, "R-2")]
    standing = [h for h in house.find("hold", lot_no="R-2") if h["state"] == "standing"]
    with pytest.raises(RefusedError, match="not closed: opened"):
        house.act("qian", "hold", standing[0]["id"], "lift", lifted_reason="急用")
    house.act("qian", "nonconformance", ncr["id"], "void", reason="并非不合格")
    for hold in [h for h in house.find("hold", cause_no=ncr["ncr_no"]) if h["state"] == "standing"]:
        house.act("qian", "hold", hold["id"], "lift", lifted_reason="作废")
    assert held(house) == []


def test_a_gauge_found_out_of_tolerance_is_looked_back_delivered_lots_first(house: House) -> None:
    due = datetime.now(UTC).date() + timedelta(days=10)
    caliper = gauge(house, "CA-01", due=due)

    # Ten days before it is due a calibration is open; the good one before it was in January.
    look(house.store, house.context)
    house.settle()
    (first,) = house.find("calibration_record", equipment=caliper)
    calibrate(house, first, as_found="10.01", performed_on="2026-01-10")
    house.act("chu", "calibration_record", first["id"], "accept")
    house.act("chu", "calibration_record", first["id"], "return_to_use", next_due=str(due))
    assert house.find("equipment", asset_no=caliper)[0]["calibration_due"] == due

    # Three lots are read with it: a pump that was shipped, one that was not, and a housing none of which left.
    final = plan(house, PUMP, "final")
    in_process = plan(house, HOUSING, "in_process")
    inspection(house, HOUSING, "H-9", in_process, caliper, ["60", "61"], stage="in_process")
    inspection(house, PUMP, "P-9", final, caliper, ["62"], stage="final")
    inspection(house, PUMP, "P-1", final, caliper, ["63"], stage="final")

    second = house.opened("chu", "calibration_record", equipment=caliper, kind="external", due_at=datetime.now(UTC) + timedelta(days=20))
    calibrate(house, second, as_found="10.3", performed_on="2026-10-01")
    with pytest.raises(RefusedError, match=r"as found 10\.3, 10 ± 0\.05"):
        house.act("chu", "calibration_record", second["id"], "accept")
    house.act("chu", "calibration_record", second["id"], "find_out_of_tolerance")

    # At once nothing may be judged by it. The look-back lists every reading since January; what was delivered stands first.
    assert may(house, "may_release", item=PUMP, lot_no="P-9")[0].startswith("inspection/")
    house.settle()
    lines = sorted(house.find("calibration_lookback", calibration=second["cal_no"]), key=lambda r: r["line_no"])
    assert [(r["item"], r["lot_no"], r["delivered"]) for r in lines] == [
        (PUMP, "P-1", True), (HOUSING, "H-9", False), (HOUSING, "H-9", False), (PUMP, "P-9", False)]
    record = house.row("calibration_record", second["id"])
    assert (record["lookback_from"], record["lookback_readings"], record["delivered"]) == (date(2026, 1, 10), 4, True)

    # Each lot is decided, by others than those who calibrated; a nonconformance for each is proposed to quality.
    house.act("qian", "calibration_record", second["id"], "start_lookback")
    house.settle()
    with pytest.raises(RefusedError, match="已交付"):
        house.act("zhou", "calibration_record", second["id"], "conclude", conclusion="偏差不影响判定", next_due="2027-10-01")
    with house.store.transaction() as tx:
        (waits,) = tx.execute(select(proposal.c.id).where(proposal.c.reaction == "open_nonconformance_of_lookback")).scalars().all()
    house.accept("qian", waits)
    opened = house.find("nonconformance", source="calibration")
    assert [(n["item"], n["lot_no"]) for n in opened] == [(PUMP, "P-1"), (HOUSING, "H-9"), (PUMP, "P-9")]
    for line in lines:
        house.mend("qian", "calibration_lookback", line["id"], decision="release", decision_reason="复测在限")
    house.act("zhou", "calibration_record", second["id"], "conclude", conclusion="偏差不影响判定", next_due="2027-10-01")
    assert house.find("equipment", asset_no=caliper)[0]["calibration_due"] == date(2027, 10, 1)
    for ncr in opened:
        house.act("qian", "nonconformance", ncr["id"], "void", reason="复测在限,并非不合格")
        for hold in [h for h in house.find("hold", cause_no=ncr["ncr_no"]) if h["state"] == "standing"]:
            house.act("qian", "hold", hold["id"], "lift", lifted_reason="复测在限")


def calibrate(house: House, record: Row, *, as_found: str, performed_on: str) -> None:
    house.act("chu", "calibration_record", record["id"], "send", lab="CNAS L0001")
    house.create("chu", "calibration_point", calibration=record["cal_no"], point_no=1, nominal="10", as_found=as_found, as_left="10.00", tolerance="0.05", uom="mm")
    house.act("chu", "calibration_record", record["id"], "enter_certificate", performed_on=performed_on, certificate="J-2026-1", standards="量块 1 等")


def test_an_overdue_gauge_is_blocked_by_its_clock(house: House) -> None:
    old = gauge(house, "OLD-1")
    record = house.opened("chu", "calibration_record", equipment=old, kind="internal", due_at=datetime.now(UTC) + timedelta(days=1))
    sweep_deadlines(house.store, house.context, at=datetime.now(UTC) + timedelta(days=2))
    assert house.state("calibration_record", record["id"]) == "blocked"
    with house.store.transaction() as tx:
        told = [o.record for o in objections(tx, house.context, ["equipment_calibrated"], {"equipment": old})]
    assert told == [f"calibration_record/{record['cal_no']}"]


def batch(house: House) -> Row:
    """A batch of pumps with one operation in force, its step done and verified, materials and labels reconciled."""
    tester = gauge(house, "TS-02")
    operation = house.opened("shen", "routing_operation", item=PUMP, routing_rev="A", operation_no=10, name="装配", instruction="WI-0231", instruction_rev="B")
    house.act("shen", "routing_operation", operation["id"], "submit")
    house.act("wu", "routing_operation", operation["id"], "approve")
    opened = house.opened("zheng", "batch_record", item=PUMP, lot_no="P-9", model_no=MODEL, routing_rev="A", template="MBR-104/C")
    with pytest.raises(RefusedError, match="has no step"):
        house.act("zheng", "batch_record", opened["id"], "complete", quantity_made="30")
    step = step_of(house, attempt=1, value="3.4")
    house.act("wang", "batch_record_step", step["id"], "start", person="wang", started_at="2026-03-01T07:00:00+08:00")
    with pytest.raises(RefusedError, match=r"3\.4 \[2, 3\]"):
        house.act("wang", "batch_record_step", step["id"], "perform", ended_at="2026-03-01T07:30:00+08:00")
    house.act("wang", "batch_record_step", step["id"], "fail", reason="扭矩超限,重装")
    step = step_of(house, attempt=2, value="2.5")  # a repeat is another row
    with pytest.raises(RefusedError, match="is not who acts"):
        house.act("feng", "batch_record_step", step["id"], "start", person="wang", started_at="2026-03-01T08:00:00+08:00")
    house.act("wang", "batch_record_step", step["id"], "start", person="wang", started_at="2026-03-01T08:00:00+08:00")
    house.act("wang", "batch_record_step", step["id"], "perform", ended_at="2026-03-01T09:00:00+08:00")
    with pytest.raises(ForbiddenError, match="different persons"):
        house.act("wang", "batch_record_step", step["id"], "verify")
    house.act("feng", "batch_record_step", step["id"], "verify")
    house.create("wang", "batch_reconciliation", item=PUMP, lot_no="P-9", line_no=1, kind="material", what=HOUSING, what_lot="H-9", issued="31", used="30", destroyed="1")
    labels = house.opened("wang", "batch_reconciliation", item=PUMP, lot_no="P-9", line_no=2, kind="label", what="标签", issued="35", used="30", destroyed="4")
    with pytest.raises(RefusedError, match="标签: 35 <> 34"):
        house.act("zheng", "batch_record", opened["id"], "complete", quantity_made="30")
    house.mend("wang", "batch_reconciliation", labels["id"], returned="1")
    for read in [i for i in house.find("inspection", lot_no="P-9") if i["state"] == "measuring"]:  # the chapter before left it open
        finish(house, read)
    final = next(p["plan_no"] for p in house.find("inspection_plan", item=PUMP, stage="final") if p["state"] == "effective")
    finish(house, inspection(house, PUMP, "P-9", final, tester, ["62"], stage="final"))
    for read in [i for i in house.find("inspection", lot_no="H-9") if i["state"] == "measuring"]:
        finish(house, read)
    return opened


def step_of(house: House, *, attempt: int, value: str) -> Row:
    return house.opened("wang", "batch_record_step", item=PUMP, lot_no="P-9", operation_no=10, operation="装配", step_no=1, attempt=attempt, instruction="WI-0231",
                        instruction_rev="B", value=value, lower_limit="2", upper_limit="3")


def finish(house: House, read: Row) -> None:
    house.act("lin", "inspection", read["id"], "judge_passed")
    house.act("gao", "inspection", read["id"], "review")


def test_a_batch_goes_out_in_two_steps_and_the_second_looks_at_the_market(house: House) -> None:
    record = batch(house)
    id_ = record["id"]
    house.act("zheng", "batch_record", id_, "complete", quantity_made="30")
    assert [(x["kind"], x["detail"].split(",")[0]) for x in house.find("batch_exception")] == [("out_of_limits", "3.4"), ("repeated", "第 2 次 / attempt 2")]
    with pytest.raises(RefusedError, match="the exceptions computed are explained"):
        house.act("zheng", "batch_record", id_, "review_production")
    house.act("zheng", "batch_record", id_, "review_production", exceptions_explained="首次扭矩超限,重装后合格")
    house.act("gao", "batch_record", id_, "complete_tests", test_report="FQC-2026-9")

    # The first step: nothing open on the lot, nothing held upstream.
    upstream = house.opened("qian", "hold", item=RESIN, lot_no="R-2", reason="supplier")
    assert may(house, "may_release", item=PUMP, lot_no="P-9") == [f"hold/{upstream['hold_no']}"]
    with pytest.raises(RefusedError, match=upstream["hold_no"]):
        house.act("wei", "batch_record", id_, "release_production")
    house.act("zhou", "hold", upstream["id"], "lift", lifted_reason="核实无误")
    house.act("wei", "batch_record", id_, "release_production")
    assert house.state("batch_record", id_) == "market_review"  # handed to the registrant with the same act
    assert may(house, "may_ship", item=PUMP, lot_no="P-9") == [f"batch_record/{PUMP}|P-9"]

    # The second: refused while the authorisation has lapsed, and while the label says another DI than the one published.
    wanted = {"jurisdiction": "CN", "certificate_no": CERTIFICATE, "expires_on": "2030-12-31", "release_certificate": "FX-9"}
    certificate = house.create("zhu", "registration_certificate", jurisdiction="CN", certificate_no=CERTIFICATE, product="输注泵", approved_on="2020-01-01",
                               expires_on="2025-01-01", status="approved")
    with pytest.raises(RefusedError, match="expires 2025-01-01"):
        house.act("jiang", "batch_record", id_, "release_to_market", printed_di=DI, **wanted)
    with house.store.transaction() as tx:  # the renewal, as the register of certificates tells it
        table = house.context.tables["registration_certificate"]
        tx.execute(update(table).where(table.c.id == certificate).values(expires_on=date(2031, 1, 1)))
        house.meddled.add(f"registration_certificate/{certificate}")
    with pytest.raises(RefusedError, match="printed 06912345678910"):
        house.act("jiang", "batch_record", id_, "release_to_market", printed_di="06912345678910", **wanted)
    with pytest.raises(ForbiddenError, match="it takes market_release"):
        house.act("wei", "batch_record", id_, "release_to_market", printed_di=DI, **wanted)
    house.act("jiang", "batch_record", id_, "release_to_market", printed_di=DI, **wanted)
    assert may(house, "may_ship", item=PUMP, lot_no="P-9") == []
    with house.store.transaction() as tx:
        refused = tx.execute(select(audit_event.c.action).where(audit_event.c.object == f"batch_record/{id_}", audit_event.c.outcome == "refused")).scalars().all()
    assert refused.count("batch_record.release_to_market") == 2


def capa_plan(house: House, id_: str, no: str) -> None:
    house.act("qian", "capa", id_, "screen", risk_class="high", duplicate_search="无重复")
    house.act("zhou", "capa", id_, "assign", responsible="E-1", due_on="2030-01-01")
    house.create("shen", "capa_action", capa=no, action_no=1, kind="corrective", what="供方增加拉力试验", responsible="E-1", due_on="2030-01-01")
    house.act("shen", "capa", id_, "propose_plan", root_cause_method="five_why", cause_code="supplier", root_cause="供方未做拉力试验", metric="ncr_rate",
              metric_item=RESIN, metric_code="strength", target="1", window_days=30, least_sample=2, no_adverse_check="无不利影响,不涉及注册")


def test_a_capa_fixes_its_metric_before_and_data_judge_it_after(house: House) -> None:
    deviation = house.opened("wang", "deviation", kind="unplanned", source="production", place="装配", expected="强度合格", actual="强度不足")
    house.act("qian", "deviation", deviation["id"], "classify", immediate_action="停线", grade="major")
    house.act("zheng", "deviation", deviation["id"], "investigate")
    house.act("qian", "deviation", deviation["id"], "decide_impact", root_cause="来料", cause_code="supplier", impact="一批", product_affected=True)
    with pytest.raises(RefusedError, match="it goes to a CAPA"):
        house.act("zhou", "deviation", deviation["id"], "close")
    house.act("qian", "deviation", deviation["id"], "open_capa")
    (capa,) = house.find("capa")
    id_, no = capa["id"], capa["capa_no"]
    assert house.row("deviation", deviation["id"])["capa"] == no
    assert [(s["source_entity"], s["source_no"]) for s in house.find("capa_source", capa=no)] == [("deviation", deviation["deviation_no"])]

    # Metric, target and window are fixed when the plan is approved: a change afterwards is found by the signature.
    capa_plan(house, id_, no)
    house.act("zhou", "capa", id_, "approve_plan")
    (action,) = house.find("capa_action", capa=no)
    house.mend("shen", "capa_action", action["id"], done_on="2026-03-01", evidence="协议 V2")
    house.mend("shen", "capa", id_, target="50")
    with pytest.raises(RefusedError, match="changed after it was approved: target 1 -> 50"):
        house.act("shen", "capa", id_, "complete")
    house.mend("shen", "capa", id_, target="1")
    house.act("shen", "capa", id_, "complete")
    house.mend("qian", "capa_action", action["id"], verified_by="E-1")
    with pytest.raises(RefusedError, match="verified by who was responsible"):
        house.act("qian", "capa", id_, "verify", verification="到位")
    house.mend("qian", "capa_action", action["id"], verified_by="E-2")
    house.act("qian", "capa", id_, "verify", verification="到位")
    begun = house.row("capa", id_)
    assert begun["window_to"] - begun["window_from"] == timedelta(days=30)

    # The window is moved back to where this story's inspections lie, as if it were over; nobody types the figure in.
    with house.store.transaction() as tx:
        table = house.context.tables["capa"]
        moved = {"window_from": datetime.now(UTC) - timedelta(days=1), "window_to": datetime.now(UTC) + timedelta(hours=1)}
        tx.execute(update(table).where(table.c.id == id_).values(**moved))
        house.meddled.add(f"capa/{id_}")
    house.act("qian", "capa", id_, "measure")
    (measured,) = house.find("capa_measurement", capa=no)
    assert (measured["events"], measured["exposure"], measured["value"]) == (1, 1, 100)  # one strength failure, of the one resin inspected
    with pytest.raises(RefusedError) as refused:
        house.act("zhou", "capa", id_, "close_effective")
    assert {o["guard"] for o in refused.value.attributes["because"]} == {"effectiveness_window_over", "effectiveness_met_ncr_rate"}
    assert "the sample is too small: 1" in str([o["detail"] for o in refused.value.attributes["because"]])

    # Two good receipts later the window holds enough, begins after the failure, and is over.
    incoming = next(p["plan_no"] for p in house.find("inspection_plan", item=RESIN) if p["state"] == "effective")
    began = datetime.now(UTC)
    for _ in range(2):
        finish(house, inspection(house, RESIN, "R-2", incoming, "TS-01", ["55"]))
    with house.store.transaction() as tx:
        tx.execute(update(table).where(table.c.id == id_).values(window_from=began, window_to=datetime.now(UTC)))
    with pytest.raises(RefusedError, match="it was not measured"):
        house.act("zhou", "capa", id_, "close_effective")
    house.act("qian", "capa", id_, "measure")
    assert house.act("zhou", "capa", id_, "close_effective").state == "closed_effective"
    house.act("zhou", "deviation", deviation["id"], "close")
