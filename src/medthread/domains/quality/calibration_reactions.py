"""What a gauge sets going: found out of tolerance, everything read with it since it was last known good is looked at."""

from datetime import datetime, time

from medthread.domains.quality.lots import delivered
from medthread.model import Event, EventType, Mode, Reaction, Watch, Work, reaction

EVENTS = (
    EventType("calibration.coming", "校准将到期", "Calibration coming up", "quality", source="daily clock"),
    EventType("validation.lapsed", "确认已到期", "Validation lapsed", "quality", source="daily clock"),
    EventType("concession.lapsed", "让步已到期", "Concession lapsed", "quality", source="daily clock"),
)
WATCHES = (
    Watch(
        name="gauges_due_for_calibration", zh="30 天内校准到期的设备", en="Equipment due for calibration within 30 days", event="calibration.coming",
        finds="""
            select 'equipment' as entity, e.id as record, e.calibration_due::text as due, e.asset_no
            from native.equipment as e
            where e.calibration_due <= cast(:today as date) + 30 and not exists (
                select 1 from native.calibration_record as k
                join medthread.process_case as c on c.entity = 'calibration_record' and c.record = k.id and c.closed_at is null
                where k.equipment = e.asset_no)""",
    ),
    Watch(
        name="validations_that_lapsed", zh="过了再确认期的确认", en="Validations past their last day", event="validation.lapsed",
        finds="""
            select 'process_validation' as entity, v.id as record, v.valid_to::text as due, v.validation_no
            from native.process_validation as v
            join medthread.process_case as c on c.entity = 'process_validation' and c.record = v.id and c.state = 'valid'
            where v.valid_to < cast(:today as date)""",
    ),
    Watch(
        name="concessions_that_lapsed", zh="过了有效期的让步", en="Concessions past their last day", event="concession.lapsed",
        finds="""
            select 'concession' as entity, k.id as record, k.valid_to::text as due, k.concession_no
            from native.concession as k
            join medthread.process_case as c on c.entity = 'concession' and c.record = k.id and c.state = 'approved'
            where k.valid_to < cast(:today as date)""",
    ),
)
LAST_GOOD = """
        select max(k.performed_on) as last_good from native.calibration_record as k
        join medthread.process_case as c on c.entity = 'calibration_record' and c.record = k.id and c.state in ('passed', 'limited', 'closed')
        where k.equipment = :equipment and k.cal_no <> :cal_no"""
_READINGS = """
        from native.inspection_result as r join native.inspection as i on i.inspection_no = r.inspection
        where r.gauge = :equipment and (cast(:since as date) is null or r.measured_at >= cast(:since as date))"""
LOTS_SINCE = f"select distinct i.item, i.lot_no {_READINGS}"
READ_SINCE = f"""
        select row_number() over (order by not delivered, item, lot_no, inspection, characteristic, sample_no, reading_no) as line_no, *
        from (
            select cast(:cal_no as text) as calibration, r.inspection, r.characteristic, r.sample_no, r.reading_no, r.value, r.measured_at, i.item, i.lot_no,
                i.item || '|' || i.lot_no = any(cast(:delivered as text[])) as delivered {_READINGS}) as reading
        order by 1"""
BLOCKS = (
    Reaction(
        name="gauge_out_of_tolerance_is_not_used", on="calibration.oot", domain="manufacturing", mode=Mode.BLOCK, guard="equipment_calibrated",
        zh="失准的量具及其工位停用", en="The gauge and its work centre are blocked",
    ),
    Reaction(
        name="overdue_equipment_is_not_used", on="equipment.blocked", domain="manufacturing", mode=Mode.BLOCK, guard="equipment_calibrated",
        zh="超期设备不得开工", en="Operations do not start on overdue equipment",
    ),
    Reaction(
        name="limited_gauge_keeps_to_its_range", on="calibration.limited", domain="quality", mode=Mode.BLOCK, guard="gauges_within_usable_range",
        zh="限用量具不得超范围使用", en="A limited gauge is not used outside its range",
    ),
)


@reaction("calibration.coming", domain="quality", mode=Mode.AUTO, zh="开立校准记录", en="Open a calibration record")
def open_calibration(event: Event, work: Work) -> None:
    """Thirty days before it is due; the day itself blocks the gauge."""
    gauge = work.get("equipment", event.record)
    due = datetime.combine(gauge["calibration_due"], time(23, 59, 59), tzinfo=work.now.tzinfo)
    work.create("calibration_record", {"equipment": gauge["asset_no"], "kind": "external", "due_at": due})


@reaction("calibration.oot", domain="quality", mode=Mode.AUTO, zh="列出上次合格校准以来的读数与批次", en="List the readings and lots since the last good calibration")
def look_back(event: Event, work: Work) -> None:
    """Every reading, those of delivered lots first. What a gauge never calibrated before has read is all of it."""
    record = work.get("calibration_record", event.record)
    (last,) = work.records(LAST_GOOD, {"equipment": record["equipment"], "cal_no": record["cal_no"]})
    asked = {"equipment": record["equipment"], "since": last["last_good"]}
    lots = [(r["item"], r["lot_no"]) for r in work.records(LOTS_SINCE, asked)]
    gone = [f"{item}|{lot_no}" for item, lot_no in delivered(work, lots)]
    count = work.create_from("calibration_lookback", READ_SINCE, {**asked, "cal_no": record["cal_no"], "delivered": gone})
    work.change("calibration_record", event.record, {"lookback_from": last["last_good"], "lookback_readings": count, "delivered": bool(gone)})


@reaction("calibration.lookback_closed", domain="quality", mode=Mode.AT_ONCE, zh="设备校准到期日更新", en="Bring the gauge's due day up to date")
def renew_after_lookback(event: Event, work: Work) -> None:
    """As left it is good again."""
    _renew(event, work)


@reaction("equipment.available", domain="quality", mode=Mode.AT_ONCE, zh="设备校准到期日更新", en="Bring the gauge's due day up to date")
def renew_after_calibration(event: Event, work: Work) -> None:
    """Where it was a calibration that gave the gauge back."""
    if event.entity == "calibration_record":
        _renew(event, work)


def _renew(event: Event, work: Work) -> None:
    record = work.get("calibration_record", event.record)
    for gauge in work.find("equipment", asset_no=record["equipment"]):
        work.change("equipment", gauge["id"], {"calibration_due": record["next_due"]})


@reaction("validation.lapsed", domain="quality", mode=Mode.AUTO, zh="确认失效", en="Let the validation expire")
def expire_validation(event: Event, work: Work) -> None:
    """The day came; special processes stop until it is done again."""
    work.act("process_validation", event.record, "expire", reason="过了再确认期 / past its last day")


@reaction("concession.lapsed", domain="quality", mode=Mode.AUTO, zh="让步失效", en="Let the concession expire")
def expire_concession(event: Event, work: Work) -> None:
    """The day came; nothing more is used under it."""
    work.act("concession", event.record, "expire", reason="过了有效期 / past its last day")


@reaction("equipment.requalification_needed", domain="quality", mode=Mode.AT_ONCE, zh="开立再确认", en="Open a requalification")
def open_requalification(event: Event, work: Work) -> None:
    """While it is open, special processes do not start on the machine."""
    order = work.get("maintenance_order", event.record)
    work.create("process_validation", {
        "kind": "oq", "subject": f"{order['equipment']} {order['mo_no']}", "equipment": order["equipment"], "cause_no": order["mo_no"],
        "revalidation_triggers": order["work_done"],
    })


REQUALIFICATION = Reaction(
    name="special_process_waits_for_requalification", on="equipment.requalification_needed", domain="quality", mode=Mode.BLOCK,
    guard="special_process_validated", zh="再确认有效前特殊过程停用", en="Special processes stop until the requalification is in force",
)
