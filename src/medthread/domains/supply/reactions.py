"""What follows in supply: sources held and freed, renewals asked for, stock and orders brought in line with a change."""

from datetime import timedelta

from medthread.masters.task import assign
from medthread.model import Event, Mode, Work, reaction
from medthread.model.events import Row

OPEN_LINES = """
    select l.po_no, l.line_no, l.quantity from golden.purchase_order_line as l
    where (l.supplier = $supplier or l.supplier__code = $supplier) and (l.item = $item or l.item__code = $item) and l.ordered_on >= $since
    order by l.po_no, l.line_no limit 50"""
ORDERS_OF_ITEM = """
    select l.po_no, l.line_no, l.quantity from golden.purchase_order_line as l
    where (l.item = $item or l.item__code = $item) and l.ordered_on >= $since order by l.po_no, l.line_no limit 50"""
RECENT = timedelta(days=365)  # an order line older than a year is taken as delivered; the ERP does not always close it


@reaction("supplier.certificate_expiring", domain="supply", mode=Mode.AUTO, zh="提醒采购办理证照续期", en="Ask purchasing for the renewal")
def ask_for_renewal(event: Event, work: Work) -> None:
    """Once per stage; a task that still waits is not repeated."""
    held = event.body
    assign(work, event, role="purch", subject=f"证照续期 / renew certificate {held['cert_no']}", days=int(held["days"]),
           detail=f"{held['supplier']} {held['kind']} {held['cert_no']}: {held['expires_on']}")


@reaction("supplier.certificate_expired", domain="supply", mode=Mode.AUTO, zh="冻结该供应商的合格供方条目", en="Hold the supplier's entries")
def hold_for_certificate(event: Event, work: Work) -> None:
    """Every source that delivers under the certificate: all of the supplier, or the items it names."""
    held = event.body
    scope = {s["item"] for s in work.find("supplier_certificate_scope", supplier=held["supplier"], kind=held["kind"], cert_no=held["cert_no"])}
    for source in _delivering(work, supplier=held["supplier"]):
        if not scope or source["item"] in scope:
            _hold(work, source, held_for="certificate", because=f"{held['kind']} {held['cert_no']}", why=f"certificate ended on {held['expires_on']} · 证照过期")


@reaction("supplier.evaluated", domain="supply", mode=Mode.AT_ONCE, zh="D 级冻结;记录再评价时间", en="Grade D holds; the evaluation is noted on every entry")
def follow_evaluation(event: Event, work: Work) -> None:
    """The re-evaluation clock of every entry starts anew (ISO 13485:2016, 7.4.1)."""
    for source in _delivering(work, supplier=str(event.body["supplier"])):
        work.change("supplier_qualification", source["id"], {"evaluated_at": work.now})
        if event.body["grade"] == "D":
            _hold(work, source, held_for="grade", because=f"{event.body['supplier']} {event.body['period']}", why="graded D · 评价为 D 级")


@reaction("supplier.audit_overdue", domain="supply", mode=Mode.AUTO, zh="审核逾期冻结", en="An overdue audit holds the source")
def hold_for_audit(event: Event, work: Work) -> None:
    """Until an audit was held and the next is due later."""
    source = work.get("supplier_qualification", event.record)
    if source["_state"] in ("approved", "conditional"):
        _hold(work, source, held_for="audit", because=str(event.body["audit_due"]), why="its audit is overdue · 审核逾期")


@reaction("supplier.approved", domain="supply", mode=Mode.AT_ONCE, zh="认可级别为完全,冻结原因清除", en="Fully approved; what it was held for is cleared")
def note_approval(event: Event, work: Work) -> None:
    """The entry says what it now is; the first approval begins the time to its re-evaluation."""
    _admitted(work, event.record, level="full")


@reaction("supplier.conditional", domain="supply", mode=Mode.AT_ONCE, zh="认可级别为有条件", en="Approved conditionally")
def note_condition(event: Event, work: Work) -> None:
    """The entry says what it now is."""
    _admitted(work, event.record, level="conditional")


@reaction("supplier.held", domain="supply", mode=Mode.AUTO, zh="列出在途采购订单行", en="List the open order lines")
def flag_open_orders(event: Event, work: Work) -> None:
    """Purchasing decides about each: wait, cancel, or another source."""
    values = {"supplier": event.body["supplier"], "item": event.body["item"], "since": (work.now - RECENT).date()}
    lines = work.released(OPEN_LINES, values)
    if lines:
        assign(work, event, role="purch", subject="供方冻结:处理在途订单 / source on hold: open orders", detail=_listed(lines))


@reaction("supplier.proposed", domain="supply", mode=Mode.AUTO, zh="检索主数据中的相同供应商", en="Look for the same supplier in the master")
def look_for_twins(event: Event, work: Work) -> None:
    """Another golden record with the same credit code or name is for supplier quality to look at."""
    sql = """
        select o.id, o.name from golden.supplier as s join golden.supplier as o on o.id <> s.id and (o.uscc = s.uscc or o.name = s.name)
        where s.id = $supplier or s.code = $supplier limit 20"""
    twins = work.released(sql, {"supplier": event.body["supplier"]})
    if twins:
        assign(work, event, role="sqe", subject="疑似重复供应商 / may be a duplicate supplier", detail="; ".join(f"{t['id']} {t['name']}" for t in twins))


@reaction("change.accepted", domain="supply", mode=Mode.AUTO, zh="采购可见物料上的待定变更", en="Buyers see the change that is coming")
def tell_buyers(event: Event, work: Work) -> None:
    """For every item that the change touches."""
    items = _items(work, event)
    if items:
        assign(work, event, role="purch", subject=f"物料有待定变更 / change coming: {event.body['eco_no']}", detail=", ".join(i["object_no"] for i in items))


@reaction("change.effective", domain="supply", mode=Mode.PROPOSE, role="purch", zh="处置旧版本库存,修订采购订单", en="Dispose of old stock, revise orders")
def follow_change(event: Event, work: Work) -> None:
    """The warehouse carries out what the change decided; purchasing revises orders of the old revision."""
    for line in _items(work, event):
        if line["disposition"] not in (None, "none"):
            assign(work, event, role="whs", subject=f"旧版本库存处置 / old stock: {line['object_no']} {line['disposition']}", detail=f"{line['old_rev']} -> {line['new_rev']}")
        orders = work.released(ORDERS_OF_ITEM, {"item": line["item"] or line["object_no"], "since": (work.now - RECENT).date()})
        if orders:
            assign(work, event, role="purch", subject=f"修订采购订单版本 / revise orders: {line['object_no']}", detail=_listed(orders))


@reaction("lot.expiring", domain="supply", mode=Mode.AUTO, zh="先到期先出", en="First to expire goes first")
def put_first(event: Event, work: Work) -> None:
    """The warehouse gives it precedence while its shelf life still suffices."""
    lot = event.body
    assign(work, event, role="whs", subject=f"优先出库 / first to go: {lot['lot_no']}", days=int(lot["days"]), detail=f"{lot['item']} {lot['lot_no']}: {lot['expires_on']}, {lot['on_hand']}")


@reaction("return.received", domain="supply", mode=Mode.AUTO, zh="退货进入退货隔离区", en="Returned units go to returned quarantine")
def quarantine_return(event: Event, work: Work) -> None:
    """Apart from sound stock until it is inspected."""
    back = event.body
    assign(work, event, role="whs", subject=f"退货隔离 / returned quarantine: {back['rma_no']}", days=1, detail=f"{back['item']} {back['lot_no']} x {back['quantity']}")


def _delivering(work: Work, *, supplier: str) -> list[Row]:
    return [q for q in work.find("supplier_qualification", supplier=supplier) if q["_state"] in ("approved", "conditional")]


def _hold(work: Work, source: Row, *, held_for: str, because: str, why: str) -> None:
    work.act("supplier_qualification", source["id"], "hold", reason=why, values={"held_for": held_for, "held_because": because})


def _admitted(work: Work, record: str, *, level: str) -> None:
    source = work.get("supplier_qualification", record)
    work.change("supplier_qualification", record, {
        "level": level, "held_for": None, "held_because": None, "evaluated_at": source["evaluated_at"] or work.now})


def _items(work: Work, event: Event) -> list[Row]:
    return work.find("change_affected", change_order=event.body["eco_no"], kind="item")


def _listed(lines: list[Row]) -> str:
    return "; ".join(f"{o['po_no']}/{o['line_no']} x {o['quantity']}" for o in lines)
