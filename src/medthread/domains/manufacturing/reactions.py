"""What batches and machines set going, and what stops them while it stands elsewhere."""

from datetime import timedelta

from medthread.model import Event, EventType, Mode, Reaction, Watch, Work, reaction
from medthread.model.events import Row

EVENTS = (EventType("maintenance.plan_due", "保养计划到期", "Maintenance plan due", "manufacturing", source="daily clock"),)
PLANS_DUE = Watch(
    name="maintenance_plans_due", zh="到期的保养计划", en="Maintenance plans that are due", event="maintenance.plan_due",
    finds="""
        select 'maintenance_plan' as entity, p.id as record, p.next_due::text as due, p.plan_no
        from native.maintenance_plan as p where p.active and p.next_due <= cast(:today as date)""",
)
BLOCKS = (
    Reaction(
        name="untrained_does_not_start_a_step", on="training.overdue", domain="manufacturing", mode=Mode.BLOCK, guard="operator_trained",
        zh="未培训者不得开始或签署步骤", en="The untrained do not start or sign a step",
    ),
    Reaction(
        name="change_before_approval_is_not_marketed", on="change.regulatory_submitted", domain="manufacturing", mode=Mode.BLOCK, guard="no_change_awaits_authority",
        zh="待批变更的新批可生产,不得上市放行", en="Lots of a change that waits may be built, not released to the market",
    ),
    Reaction(
        name="recalled_lots_are_not_used", on="recall.decided", domain="manufacturing", mode=Mode.BLOCK, guard="no_held_ancestor",
        zh="使用召回范围批次的工单停止", en="Orders that use lots in the scope stop",
    ),
    Reaction(
        name="old_revision_is_not_used_for_new_lots", on="document.effective", domain="manufacturing", mode=Mode.BLOCK, guard="instruction_in_force",
        zh="新批使用现行版本的作业文件", en="New lots use the revision in force",
    ),
)
AT_THE_MARKET = (
    Reaction(
        name="expired_authorisation_stops_market_release", on="certificate.expired", domain="manufacturing", mode=Mode.BLOCK, guard="authorisation_valid",
        zh="注册证过期,新批不得上市放行", en="New lots are not released to a market whose authorisation ended",
    ),
    Reaction(
        name="wrong_label_stops_market_release", on="udi.mismatch", domain="manufacturing", mode=Mode.BLOCK, guard="udi_as_published",
        zh="UDI 不一致,停止上市放行", en="Market release stops while the printed UDI is not the one published",
    ),
)
STEPS = """
        select s.operation_no, s.step_no, s.attempt, s.value, s.lower_limit, s.upper_limit, s.deviation, c.state
        from native.batch_record_step as s
        join medthread.process_case as c on c.entity = 'batch_record_step' and c.record = s.id
        where s.item = :item and s.lot_no = :lot_no order by s.operation_no, s.step_no, s.attempt"""
OPEN_RECORDS = """
        select 'deviation' as kind, d.deviation_no as no, d.actual as detail from native.deviation as d
        join native.deviation_lot as l on l.deviation = d.deviation_no where l.item = :item and l.lot_no = :lot_no
        union all
        select 'nonconformance', n.ncr_no, n.description from native.nonconformance as n
        join medthread.process_case as c on c.entity = 'nonconformance' and c.record = n.id and c.state <> 'void'
        join native.nonconformance_lot as l on l.nonconformance = n.ncr_no where l.item = :item and l.lot_no = :lot_no
        order by 1, 2"""
TO_MAKE_AGAIN = ("rework", "repair")


@reaction("batch.completed", domain="quality", mode=Mode.AT_ONCE, zh="计算审核例外清单", en="Compute the list of exceptions for review")
def list_exceptions(event: Event, work: Work) -> None:
    """Computed anew each time the batch is completed: lines that stand are numbered on, a later list adds to them."""
    batch = work.get("batch_record", event.record)
    lot = {"item": batch["item"], "lot_no": batch["lot_no"]}
    found = [x for step in work.records(STEPS, lot) for x in _of_step(step)]
    found += [{"kind": r["kind"], "record": f"{r['kind']}/{r['no']}", "detail": r["detail"]} for r in work.records(OPEN_RECORDS, lot)]
    known = {(x["kind"], x["record"]) for x in work.find("batch_exception", **lot)}
    for line, values in enumerate((x for x in found if (x["kind"], x["record"]) not in known), start=len(known) + 1):
        work.create("batch_exception", {**lot, "line_no": line, **values})


def _of_step(step: Row) -> list[Row]:
    """What is unusual about a step."""
    at = f"step {step['operation_no']}-{step['step_no']} #{step['attempt']}"
    low, high, value = step["lower_limit"], step["upper_limit"], step["value"]
    found = []
    if value is not None and ((low is not None and value < low) or (high is not None and value > high)):
        found.append({"kind": "out_of_limits", "record": at, "detail": f"{value.normalize():f}, {step['deviation'] or '-'}"})
    if step["attempt"] > 1:
        found.append({"kind": "repeated", "record": at, "detail": f"第 {step['attempt']} 次 / attempt {step['attempt']}"})
    if step["state"] == "not_applicable":
        found.append({"kind": "not_applicable", "record": at, "detail": "不适用 / not applicable"})
    return found


@reaction("batch.production_released", domain="manufacturing", mode=Mode.AT_ONCE, zh="移交注册人上市审核", en="Hand the record to the registrant")
def hand_over(event: Event, work: Work) -> None:
    """What was released goes on to whoever answers for the market."""
    work.act("batch_record", event.record, "hand_to_registrant", reason="生产放行 / released from production")


@reaction("batch.rejected", domain="manufacturing", mode=Mode.PROPOSE, zh="补产", en="Make a replacement", role="prod_mgr")
def request_replacement(event: Event, work: Work) -> None:
    """As many as the rejected batch was made."""
    batch = work.get("batch_record", event.record)
    work.create("production_request", {
        "kind": "replacement", "item": batch["item"], "lot_no": batch["lot_no"], "quantity": batch["quantity_made"] or 0, "cause_no": batch["lot_no"],
    })


@reaction("nc.dispositioned", domain="manufacturing", mode=Mode.PROPOSE, zh="按处置下达返工", en="Request the rework that was decided", role="prod_mgr")
def request_rework(event: Event, work: Work) -> None:
    """One request a line that is reworked or repaired, each for a lot of its own."""
    no = work.get("nonconformance", event.record)["ncr_no"]
    for line in work.find("nonconformance_disposition", nonconformance=no):
        if line["disposition"] in TO_MAKE_AGAIN:
            work.create("production_request", {
                "kind": "rework", "item": line["item"], "lot_no": line["lot_no"], "quantity": line["quantity"],
                "instruction": line["rework_instruction"], "cause_no": no,
            })


@reaction("maintenance.plan_due", domain="manufacturing", mode=Mode.AUTO, zh="由计划开维护工单", en="Open an order from the plan")
def open_planned_order(event: Event, work: Work) -> None:
    """Unless one of this plan is open."""
    plan = work.get("maintenance_plan", event.record)
    if any(o["_state"] not in ("closed", "cancelled") for o in work.find("maintenance_order", plan=plan["plan_no"])):
        return
    work.create("maintenance_order", {
        "equipment": plan["equipment"], "plan": plan["plan_no"], "kind": "preventive", "symptom": "due", "description": plan["tasks"],
    })


@reaction("equipment.available", domain="manufacturing", mode=Mode.AT_ONCE, zh="保养计划顺延", en="Move the plan on to its next day")
def move_plan_on(event: Event, work: Work) -> None:
    """Counted from the day on which the work was accepted."""
    if event.entity != "maintenance_order":
        return
    for plan in work.find("maintenance_plan", plan_no=work.get("maintenance_order", event.record)["plan"]):
        if plan["interval_days"]:
            work.change("maintenance_plan", plan["id"], {"next_due": work.now.date() + timedelta(days=plan["interval_days"])})


@reaction("equipment.failure_predicted", domain="manufacturing", mode=Mode.PROPOSE, zh="开预测性维护工单", en="Open a predictive order", role="maint")
def open_predicted_order(event: Event, work: Work) -> None:
    """With what the model said."""
    gauge = work.get("equipment", event.record)
    work.create("maintenance_order", {
        "equipment": gauge["asset_no"], "kind": "predictive", "symptom": "predicted", "description": str(event.body.get("detail") or "失效预测 / failure predicted"),
    })
