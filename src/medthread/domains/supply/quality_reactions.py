"""What a failed inspection, a nonconformance and a released or rejected batch set going in supply."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from medthread.masters.task import assign
from medthread.model import Event, Mode, Work, reaction
from medthread.model.events import Row

RECEIVED = """
    select r.item, r.lot_no, min(r.item__code) as item_code, sum(r.quantity) as quantity from golden.receipt as r
    where (r.supplier = $supplier or r.supplier__code = $supplier) and r.received_at >= $since and r.received_at < $until group by all"""
REJECTED = """
    select i.item, i.lot_no from native.inspection as i
    join medthread.process_case as c on c.entity = 'inspection' and c.record = i.id
    where i.stage = 'incoming' and c.state in ('failed', 'rejected')"""
DELIVERED_BY = """
    select r.supplier from golden.receipt as r
    where (r.item = $item or r.item__code = $item) and r.lot_no = $lot_no and r.supplier is not null limit 1"""
RESERVED = """
    select b.location, b.reserved from golden.stock_balance as b
    where (b.item = $item or b.item__code = $item) and b.lot_no = $lot_no and b.reserved > 0 order by b.location"""


@reaction("inspection.failed", domain="supply", mode=Mode.AUTO, zh="批次移入待处置区,占用解除", en="The lot goes to quarantine, its reservations are broken")
def quarantine_lot(event: Event, work: Work) -> None:
    """The hold stands already; the warehouse moves it to a place that may hold such lots and frees what was promised of it."""
    lot = event.body
    promised = work.released(RESERVED, {"item": lot["item"], "lot_no": lot["lot_no"]})
    detail = "; ".join(f"{r['location']}: {r['reserved']}" for r in promised)
    assign(work, event, role="whs", subject=f"移入待处置区 / to quarantine: {lot['item']} {lot['lot_no']}", days=1, detail=detail)


@reaction("inspection.failed", domain="supply", mode=Mode.AUTO, zh="供方批次计数与 PPM", en="Count the supplier's lots")
def count_supplier_lots(event: Event, work: Work) -> None:
    """The evaluation of this quarter, computed anew from receipts and inspections for as long as nobody has reviewed it."""
    supplier = event.body["supplier"] or _supplier_of(work, event.body)
    if event.body["stage"] != "incoming" or supplier is None:
        return
    period, since, until = _quarter(work.now.date())
    counted = _counted(work, str(supplier), since, until)
    found = work.find("supplier_evaluation", supplier=supplier, period=period)
    if not found:
        work.create("supplier_evaluation", {"supplier": supplier, "period": period, **counted})
    elif found[0]["_state"] == "computed":
        work.change("supplier_evaluation", found[0]["id"], counted)


@reaction("nc.investigating", domain="supply", mode=Mode.AUTO, zh="致命不合格冻结供方", en="A critical nonconformance holds the source")
def hold_for_nonconformance(event: Event, work: Work) -> None:
    """The source of that item, wherever the supplier makes it."""
    supplier = _blamed(work, event)
    if event.body["severity"] != "critical" or supplier is None:
        return
    for source in work.find("supplier_qualification", supplier=supplier, item=event.body["item"]):
        if source["_state"] in ("approved", "conditional"):
            values = {"held_for": "nonconformance", "held_because": event.body["ncr_no"]}
            work.act("supplier_qualification", source["id"], "hold", reason=f"{event.body['ncr_no']}: critical · 致命不合格", values=values)


@reaction("nc.investigating", domain="supply", mode=Mode.PROPOSE, role="purch", zh="请供方提供资料", en="Ask the supplier for what it knows")
def ask_supplier(event: Event, work: Work) -> None:
    """Its records of the lot, its own readings, who else got it."""
    assign(work, event, role="purch", subject=f"向供方索取资料 / ask the supplier: {event.body['ncr_no']}", days=3,
           detail=f"{_blamed(work, event) or '?'} {event.body['item']} {event.body['lot_no']}")


@reaction("nc.dispositioned", domain="supply", mode=Mode.PROPOSE, role="sqe", zh="退货并要求供方整改", en="Return it and ask for corrective action")
def ask_for_corrective_action(event: Event, work: Work) -> None:
    """One corrective action a nonconformance; purchasing sends back what was decided to go back."""
    found = event.body
    supplier = _blamed(work, event)
    if supplier is not None and not work.find("supplier_corrective_action", origin=found["ncr_no"]):
        work.create("supplier_corrective_action", {
            "supplier": supplier, "item": found["item"], "lot_no": found["lot_no"], "origin": found["ncr_no"], "problem": found["description"]})
    back = work.find("nonconformance_disposition", nonconformance=found["ncr_no"], disposition="return")
    if back:
        detail = "; ".join(f"{d['item']} {d['lot_no']} x {d['quantity']}" for d in back)
        assign(work, event, role="purch", subject=f"退供方 / return to the supplier: {found['ncr_no']}", days=5, detail=detail)


@reaction("batch.market_released", domain="supply", mode=Mode.AUTO, zh="批次转为可用", en="The lot becomes available")
def make_available(event: Event, work: Work) -> None:
    """Whether it may be shipped is asked of its record; the warehouse moves it to accepted stock."""
    assign(work, event, role="whs", subject=f"移入合格区 / to accepted stock: {event.body['item']} {event.body['lot_no']}", days=1)


@reaction("batch.rejected", domain="supply", mode=Mode.AUTO, zh="批次移入不合格区", en="The lot goes to the rejected area")
def set_apart(event: Event, work: Work) -> None:
    """Out of reach until it is disposed of."""
    assign(work, event, role="whs", subject=f"移入不合格区 / to the rejected area: {event.body['item']} {event.body['lot_no']}", days=1)


def _supplier_of(work: Work, lot: Mapping[str, Any]) -> str | None:
    found = work.released(DELIVERED_BY, {"item": lot["item"], "lot_no": lot["lot_no"]})
    return str(found[0]["supplier"]) if found else None


def _blamed(work: Work, event: Event) -> str | None:
    named = event.body["supplier"]
    return str(named) if named else _supplier_of(work, event.body)


def _counted(work: Work, supplier: str, since: date, until: date) -> Row:
    lots = work.released(RECEIVED, {"supplier": supplier, "since": since, "until": until})
    refused = {(r["item"], r["lot_no"]) for r in work.records(REJECTED)}
    bad = [r for r in lots if {(r["item"], r["lot_no"]), (r["item_code"], r["lot_no"])} & refused]
    received = sum((Decimal(r["quantity"] or 0) for r in lots), Decimal(0))
    rejected = sum((Decimal(r["quantity"] or 0) for r in bad), Decimal(0))
    ppm = round(rejected / received * 1_000_000) if received else None
    return {"lots_received": len(lots), "lots_rejected": len(bad), "ppm": ppm}


def _quarter(day: date) -> tuple[str, date, date]:
    number = (day.month - 1) // 3
    ends = date(day.year + 1, 1, 1) if number == 3 else date(day.year, 3 * number + 4, 1)  # noqa: PLR2004 - the last quarter
    return f"{day.year}-Q{number + 1}", date(day.year, 3 * number + 1, 1), ends
