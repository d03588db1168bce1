"""What a recall sets going: shipping stops with the act itself, consignees come from the trace, a drill leaves nothing behind."""

from medthread.domains.service.recall_trace import Line, Traced, affected, trace
from medthread.model import Event, Mode, Reaction, Work, reaction
from medthread.model.events import Row

STOP_SHIP = Reaction(
    name="stop_ship_refuses_shipping", on="recall.evaluating", domain="supply", mode=Mode.BLOCK, guard="no_stop_ship",
    zh="范围批次的发货被拒绝", en="Shipping of the lots in scope is refused",
)


@reaction("ae.evaluated", domain="service", mode=Mode.PROPOSE, zh="开立召回信号", en="Open a recall signal", role="qa")
def open_recall_signal(event: Event, work: Work) -> None:
    """From an event whose evaluation found a cause; its lot is the first in scope."""
    found = work.get("adverse_event", event.record)
    model = found["device_model"] or found["item"] or ""
    recall = work.create("recall", {
        "purpose": "actual", "title": f"{model} {found['ae_no']}".strip(), "adverse_event": found["ae_no"],
        "cause": found["risk_benefit"] or found["decision_reason"] or found["ae_no"],
    })
    if found["item"] and found["lot_no"]:
        no = work.get("recall", recall)["recall_no"]
        work.create("recall_scope_lot", {"recall": no, "item": found["item"], "lot_no": found["lot_no"], "origin": "named"})


@reaction("recall.evaluating", domain="supply", mode=Mode.AT_ONCE, zh="范围批次立即停发", en="Shipping of the lots in scope stops at once")
def stop_shipping(event: Event, work: Work) -> None:
    """A hold on every lot that was named and every lot that tracing meets, before anybody's next act."""
    recall = work.get("recall", event.record)
    traced = trace(work, _named(recall, work))
    _extend_scope(recall, traced, work)
    work.change("recall", event.record, {
        "stopped_at": work.now, "scoped_at": work.now, "lots_stopped": len(traced.lots), "release": work.release(),
        "units_shipped": sum(line.shipped for line in traced.lines), "consignees": len({line.consignee for line in traced.lines}),
    })


@reaction("recall.decided", domain="service", mode=Mode.AUTO, zh="由追溯列出收货单位与断点", en="List consignees and unresolved ends from the trace")
def list_consignees(event: Event, work: Work) -> None:
    """Traced again, for the release may be newer than when shipping was stopped; what is new in scope is stopped too."""
    recall = work.get("recall", event.record)
    traced = trace(work, _named(recall, work))
    _extend_scope(recall, traced, work)
    work.create_many("recall_line", (_line_values(recall, line) for line in traced.lines))
    work.create_many("recall_unresolved_end", ({"recall": recall["recall_no"], **end} for end in traced.unresolved))
    work.change("recall", event.record, {
        "scoped_at": work.now, "release": work.release(), "lots_stopped": len(traced.lots),
        "units_shipped": sum(line.shipped for line in traced.lines), "consignees": len({line.consignee for line in traced.lines}),
    })
    if recall["purpose"] == "actual":
        _flag_installed(recall, traced, work)


@reaction("recall.no_action", domain="supply", mode=Mode.AUTO, zh="解除停发", en="Lift the stop-ship")
def free_after_no_action(event: Event, work: Work) -> None:
    """No recall is needed: the lots may be shipped again."""
    _lift(event, work, why="no recall is needed · 决定不召回")


@reaction("recall.mock_done", domain="supply", mode=Mode.AUTO, zh="演练结束,解除停发", en="The drill is over: lift the stop-ship")
def free_after_drill(event: Event, work: Work) -> None:
    """The drill is over: the lots may be shipped again."""
    _lift(event, work, why="the drill is over · 演练结束")


def _named(recall: Row, work: Work) -> list[tuple[str, str]]:
    """The lots that people named: those that tracing met are in scope only so far as they came from these."""
    return [(lot["item"], lot["lot_no"]) for lot in work.find("recall_scope_lot", recall=recall["recall_no"], origin="named")]


def _extend_scope(recall: Row, traced: Traced, work: Work) -> None:
    """Lots that tracing met come into scope; each lot in scope is put on hold once."""
    no = recall["recall_no"]
    known = {(lot["item"], lot["lot_no"]) for lot in work.find("recall_scope_lot", recall=no)}
    held = {(h["item"], h["lot_no"]) for h in work.find("hold", cause_entity="recall", cause_no=no, _state="standing")}
    words = "模拟召回停发 · stop-ship, drill" if recall["purpose"] == "mock" else "召回停发 · stop-ship"
    fresh = [lot for lot in traced.lots if lot not in known]
    work.create_many("recall_scope_lot", ({"recall": no, "item": item, "lot_no": lot_no, "origin": "traced"} for item, lot_no in fresh))
    for item, lot_no in traced.lots:
        if (item, lot_no) not in held:
            work.create("hold", {
                "item": item, "lot_no": lot_no, "reason": "recall", "cause_entity": "recall", "cause_no": no, "statement": f"{words} {no}",
            })


def _line_values(recall: Row, line: Line) -> Row:
    values = {
        "recall": recall["recall_no"], "consignee": line.consignee, "consignee_name": line.consignee_name, "item": line.item, "lot_no": line.lot_no,
        "quantity_shipped": line.shipped, "quantity_returned": line.returned, "quantity_used": line.used, "quantity_destroyed": line.destroyed,
    }
    return values | ({"method": "none"} if recall["purpose"] == "mock" else {})


def _flag_installed(recall: Row, traced: Traced, work: Work) -> None:
    known = {(u["item"], u["serial_no"]): u["id"] for item, lot_no in traced.lots for u in work.find("installed_unit", item=item, lot_no=lot_no)}
    for unit in affected(work, _named(recall, work), known) if known else ():
        work.change("installed_unit", known[unit], {"status": "recalled", "recall": recall["recall_no"]})


def _lift(event: Event, work: Work, *, why: str) -> None:
    no = work.get("recall", event.record)["recall_no"]
    for hold in work.find("hold", cause_entity="recall", cause_no=no, _state="standing"):
        work.act("hold", hold["id"], "lift", reason=why, values={"lifted_reason": why})
