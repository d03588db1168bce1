"""What follows from work at customers', from goods that come back and from disputes; what others' events mean to customers."""

from medthread.masters.task import assign
from medthread.model import Event, Mode, Reaction, Work, reaction

LAPSED = Reaction(
    name="lapsed_authorisation_stops_selling", on="certificate.expired", domain="service", mode=Mode.BLOCK, guard="market_authorised",
    zh="该市场的销售订单行被拒绝", en="Sales order lines into that market are refused",
)
PROMISED = """
    select l.so_no, l.line_no, l.quantity, l.promised_on from golden.sales_order_line as l left join golden.item as i on i.id = l.item
    where coalesce(i.code, l.item, l.item__code) = $item and coalesce(l.status, 'confirmed') in ('reviewed', 'confirmed', 'partly_shipped')
    order by l.promised_on nulls last, l.so_no limit 50"""


@reaction("service.completed", domain="service", mode=Mode.AUTO, zh="构成投诉的服务单开立投诉", en="A service order that is a complaint opens one")
def complain_from_service(event: Event, work: Work) -> None:
    """Awareness counts from when the fault was reported (21 CFR 820.35(b): service that is a complaint is handled as one)."""
    order = work.get("service_order", event.record)
    if order["is_complaint"] != "yes" or order["complaint"] or work.find("complaint", service_order=order["service_no"]):
        return
    work.create("complaint", {
        "received_at": work.now, "aware_at": order["reported_at"], "channel": "service", "customer": order["customer"], "description": order["symptom"],
        "device_model": order["device_model"], "item": order["item"], "udi": order["udi"], "lot_no": order["lot_no"], "serial_no": order["serial_no"],
        "problem_code": order["problem_code"], "service_order": order["service_no"],
    })


@reaction("service.completed", domain="service", mode=Mode.AUTO, zh="更新装机档案", en="Bring the installed unit up to date")
def maintain_installed_unit(event: Event, work: Work) -> None:
    """As maintained: the last service, the software; a first installation opens the file."""
    order = work.get("service_order", event.record)
    if not order["item"] or not order["serial_no"]:
        return
    found = work.find("installed_unit", item=order["item"], serial_no=order["serial_no"])
    changed = {"serviced_on": order["serviced_on"]}
    if order["software_version"]:
        changed["software_version"] = order["software_version"]
    if order["kind"] == "install":
        changed |= {"status": "installed", "installed_on": order["serviced_on"], "acceptance_no": order["service_no"], "customer": order["customer"]}
    if found:
        work.change("installed_unit", found[0]["id"], changed)
    elif order["kind"] == "install":
        same = {n: order[n] for n in ("item", "serial_no", "device_model", "lot_no", "udi")}
        work.create("installed_unit", {**same, **changed})


@reaction("return.received", domain="service", mode=Mode.AUTO, zh="反映质量不足的退货开立投诉", en="A return that says the device falls short opens a complaint")
def complain_from_return(event: Event, work: Work) -> None:
    """Every return is asked; those that say the device falls short, or do not say, are complaints until triage says otherwise."""
    back = work.get("return_authorisation", event.record)
    if back["alleges_deficiency"] == "no" or back["complaint"] or work.find("complaint", rma=back["rma_no"]):
        return
    work.create("complaint", {
        "received_at": work.now, "aware_at": back["received_at"], "channel": "return", "customer": back["customer"],
        "description": back["description"] or back["reason"], "item": back["item"], "lot_no": back["lot_no"], "serial_no": back["serial_no"],
        "sample_returned": "yes", "rma": back["rma_no"],
    })


@reaction("batch.market_released", domain="service", mode=Mode.AUTO, zh="确认待交订单", en="Confirm orders that were promised")
def confirm_promised_orders(event: Event, work: Work) -> None:
    """Whoever promised may now say when; the ERP's orders are its own, so a person tells it."""
    batch = work.get("batch_record", event.record)
    waiting = work.released(PROMISED, {"item": batch["item"]})
    if waiting:
        lines = "; ".join(f"{o['so_no']}/{o['line_no']} x {o['quantity']:f} {o['promised_on'] or ''}".strip() for o in waiting)
        assign(work, event, role="svc", subject=f"确认待交订单 / confirm promised orders: {batch['item']} {batch['lot_no']}", detail=lines, days=2)


@reaction("calibration.oot", domain="service", mode=Mode.PROPOSE, role="pms", zh="评估已交付批次的风险", en="Evaluate the risk of delivered lots")
def evaluate_delivered_lots(event: Event, work: Work) -> None:
    """Lots that were judged with the gauge and are with customers: within 48 hours somebody says what that means for them."""
    found = work.get("calibration_record", event.record)
    lines = work.find("calibration_lookback", calibration=found["cal_no"], delivered=True)
    lots = sorted({f"{line['item']} {line['lot_no']}" for line in lines})
    if lots:
        assign(work, event, role="pms", subject=f"评估已交付批次 / delivered lots at risk: {found['cal_no']}", detail=", ".join(lots), days=2)


@reaction("dispute.preserved", domain="compliance", mode=Mode.AT_ONCE, zh="保全纠纷记录", en="Hold the records of the dispute")
def hold_dispute_records(event: Event, work: Work) -> None:
    """From the act itself on: what the dispute touches is kept whatever its retention says."""
    dispute = work.get("dispute", event.record)
    if dispute["legal_hold"] != "yes":
        return
    touched = ", ".join(f"{r['entity']}/{r['record']}" for r in work.find("dispute_record", dispute=dispute["dispute_no"]))
    work.create("legal_hold", {"matter": dispute["dispute_no"], "cause_entity": "dispute", "cause_no": dispute["dispute_no"], "scope": touched})


@reaction("dispute.closed", domain="compliance", mode=Mode.AUTO, zh="决定是否解除保全", en="Decide whether the hold is lifted")
def ask_to_lift_hold(event: Event, work: Work) -> None:
    """It is lifted by two persons with their basis, never by itself."""
    no = work.get("dispute", event.record)["dispute_no"]
    for hold in work.find("legal_hold", cause_entity="dispute", cause_no=no, _state="standing"):
        assign(work, event, role="qa_mgr", subject=f"解除保全 / lift the legal hold {hold['hold_no']}", detail=no)
