"""What a failed inspection and a nonconformance set going. Holds stand before anybody's next act."""

from decimal import Decimal

from medthread.domains.quality.inspection_process import OUT_OF_LIMITS, READINGS
from medthread.domains.quality.lots import hold_lots, lift_holds, quantity_of
from medthread.model import Event, Mode, Reaction, Work, reaction
from medthread.model.events import Row

SOURCE = {"incoming": "incoming", "in_process": "in_process", "final": "final", "release": "final", "periodic": "stock"}
BAD_READINGS = f"""
        select r.characteristic, r.sample_no, r.value, r.value_code, k.lower_limit, k.upper_limit, k.requirement_clause, r.gauge
        {READINGS} and {OUT_OF_LIMITS} order by r.characteristic, r.sample_no, r.reading_no"""
SAME_DEFECT = """
        select n.ncr_no from native.nonconformance as n
        join medthread.process_case as c on c.entity = 'nonconformance' and c.record = n.id and c.state <> 'void'
        where n.item = :item and n.defect_code = :defect_code and n.found_at > cast(:now as timestamptz) - interval '90 days' order by n.ncr_no"""
ANSWERED = """
        select 1 from native.capa as k
        join medthread.process_case as c on c.entity = 'capa' and c.record = k.id and c.closed_at is null
        where k.metric_item = :item and k.metric_code = :defect_code
        union all
        select 1 from medthread.outbox as o
        where o.type = 'nc.trend_exceeded' and o.body ->> 'item' = :item and o.body ->> 'defect_code' = :defect_code
            and o.at > cast(:now as timestamptz) - interval '30 days'"""
TREND = 3  # nonconformances of one defect and item within 90 days
PHASE_ONE = Reaction(
    name="no_retest_before_phase_one", on="inspection.out_of_spec", domain="quality", mode=Mode.BLOCK, guard="out_of_spec_investigated",
    zh="一阶段调查前不得作废读数或复测", en="No reading is made invalid before the phase-1 investigation",
)
TIGHTENED = Reaction(
    name="conditional_source_tightens_inspection", on="supplier.conditional", domain="quality", mode=Mode.BLOCK, guard="conditional_source_is_tightened",
    zh="有条件认可期间来料加严检验", en="Receipts of a conditional source are inspected tightened",
)
MATERIAL_BLOCKED = Reaction(
    name="held_lots_are_not_used", on="nc.contained", domain="manufacturing", mode=Mode.BLOCK, guard="no_held_ancestor",
    zh="含冻结批次的工单不得投料", en="Work orders that hold the lot may not use it",
)


@reaction("inspection.failed", domain="quality", mode=Mode.AT_ONCE, zh="开不合格品,冻结该批及其下游批次", en="Open a nonconformance; hold the lot and all that was made of it")
def open_nonconformance(event: Event, work: Work) -> None:
    """With the readings that were outside their limits. The holds stand when the next command looks."""
    inspection = work.get("inspection", event.record)
    bad = work.records(BAD_READINGS, {"inspection_no": inspection["inspection_no"]})
    no = _open(work, {
        "source": SOURCE[inspection["stage"]], "item": inspection["item"], "lot_no": inspection["lot_no"], "defect_code": inspection["defect_code"],
        "description": _words(inspection, bad), "inspection": inspection["inspection_no"], "supplier": inspection["supplier"],
    }, found_on=inspection["lot_quantity"])
    work.create_many("nonconformance_reading", (
        {"nonconformance": no, "line_no": line, "inspection": inspection["inspection_no"], **reading} for line, reading in enumerate(bad, start=1)))


def _words(inspection: Row, bad: list[Row]) -> str:
    names = "、".join(dict.fromkeys(r["characteristic"] for r in bad))
    return f"{inspection['inspection_no']}: {names} 超出限值 / outside limits ({len(bad)})"


def _open(work: Work, values: Row, *, found_on: Decimal) -> str:
    """A nonconformance over a lot and all that was made of it, everything on hold; gives its number."""
    no = str(work.get("nonconformance", work.create("nonconformance", values))["ncr_no"])
    _hold_family(work, no, (values["item"], values["lot_no"]), found_on=found_on)
    return no


def _hold_family(work: Work, no: str, lot: tuple[str, str], *, found_on: Decimal | None = None) -> None:
    """The lot and its descendants listed on the nonconformance, each on hold for it."""
    family = work.walk(lot, direction="down")
    listed = {(line["item"], line["lot_no"]) for line in work.find("nonconformance_lot", nonconformance=no)}
    for item, lot_no in family:
        if (item, lot_no) not in listed:
            known = quantity_of(work, item, lot_no)
            quantity = found_on if (item, lot_no) == lot and found_on is not None else known["quantity"]
            work.create("nonconformance_lot", {"nonconformance": no, "item": item, "lot_no": lot_no, "quantity": quantity, "uom": known["uom"]})
    hold_lots(work, family, reason="nonconformance", cause=("nonconformance", no), origin=lot, statement=f"{no}: {lot[0]} / {lot[1]}")


@reaction("nc.held", domain="quality", mode=Mode.AT_ONCE, zh="冻结所列批次及其下游批次", en="Hold the lots listed and all that was made of them")
def hold_listed_lots(event: Event, work: Work) -> None:
    """For a nonconformance that a person opened."""
    found = work.get("nonconformance", event.record)
    lots = [(line["item"], line["lot_no"]) for line in work.find("nonconformance_lot", nonconformance=found["ncr_no"])]
    for lot in dict.fromkeys([(found["item"], found["lot_no"]), *lots]):
        _hold_family(work, found["ncr_no"], lot)


@reaction("nc.closed", domain="quality", mode=Mode.AUTO, zh="解除本单冻结;另有冻结的批次仍不可用", en="Lift the holds of this nonconformance; a lot with another hold stays held")
def lift_holds_of_nonconformance(event: Event, work: Work) -> None:
    """One lot may carry several holds: only those of this cause go."""
    no = work.get("nonconformance", event.record)["ncr_no"]
    lift_holds(work, cause=("nonconformance", no), why=f"{no} 已关闭 / closed")


@reaction("nc.investigating", domain="quality", mode=Mode.AUTO, zh="判断不合格趋势", en="Judge the trend of nonconformances")
def judge_trend(event: Event, work: Work) -> None:
    """Three of one defect and item within 90 days; not where a CAPA answers it, nor so soon after it was last said."""
    found = work.get("nonconformance", event.record)
    about = {"item": found["item"], "defect_code": found["defect_code"]}
    same = [r["ncr_no"] for r in work.records(SAME_DEFECT, {**about, "now": work.now})]
    if len(same) >= TREND and not work.records(ANSWERED, {**about, "now": work.now}):
        work.emit("nc.trend_exceeded", entity="nonconformance", record=event.record, body={**about, "records": same, "count": len(same)})


@reaction("nc.proposed", domain="quality", mode=Mode.PROPOSE, zh="为追溯到的每个批次开不合格品", en="Open a nonconformance for each lot of the look-back", role="qa")
def open_nonconformance_of_lookback(event: Event, work: Work) -> None:
    """Each lot of a look-back once, delivered ones first."""
    calibration = work.get("calibration_record", event.record)
    lines = work.find("calibration_lookback", calibration=calibration["cal_no"])
    for item, lot_no in dict.fromkeys((line["item"], line["lot_no"]) for line in sorted(lines, key=lambda r: r["line_no"])):
        _open(work, {
            "source": "calibration", "item": item, "lot_no": lot_no, "defect_code": "measurement",
            "description": f"{calibration['cal_no']}: {calibration['equipment']} 失准 / out of tolerance",
        }, found_on=quantity_of(work, item, lot_no)["quantity"])


@reaction("sterilisation.rejected", domain="quality", mode=Mode.AT_ONCE, zh="为灭菌批的全部批次开不合格品", en="Open a nonconformance over all lots of the load")
def open_nonconformance_of_load(event: Event, work: Work) -> None:
    """No lot of a rejected load goes on before it is decided."""
    load = work.get("sterilisation_load", event.record)
    for line in work.find("sterilisation_load_lot", steriliser=load["steriliser"], load_no=load["load_no"]):
        _open(work, {
            "source": "sterilisation", "item": line["item"], "lot_no": line["lot_no"], "defect_code": "sterility",
            "description": f"灭菌批被拒 / load rejected: {load['steriliser']} {load['load_no']}",
        }, found_on=line["quantity"])


@reaction("udi.mismatch", domain="quality", mode=Mode.PROPOSE, zh="就贴标批次开不合格品", en="Open a nonconformance on the lots labelled", role="qa")
def open_nonconformance_of_labels(event: Event, work: Work) -> None:
    """Batches of the model that are not released to the market yet."""
    for batch in work.find("batch_record", model_no=event.body.get("model_no")):
        if batch["_state"] not in ("market_released", "rejected"):
            _open(work, {
                "source": "label", "item": batch["item"], "lot_no": batch["lot_no"], "defect_code": "label",
                "description": f"UDI: {event.body.get('udi_di')} <> {event.body.get('other')}",
            }, found_on=batch["quantity_made"] or Decimal(0))


@reaction("ae.reportable", domain="quality", mode=Mode.PROPOSE, zh="冻结事件涉及批次待评估", en="Hold the lot of the event until it is evaluated", role="qa")
def hold_lot_of_adverse_event(event: Event, work: Work) -> None:
    """The lot named in the report, and all that was made of it."""
    found = work.get("adverse_event", event.record)
    if found["item"] and found["lot_no"]:
        lot = (found["item"], found["lot_no"])
        family = work.walk(lot, direction="down")
        hold_lots(work, family, reason="complaint", cause=("adverse_event", found["ae_no"]), origin=lot, statement=str(found["ae_no"]))
