from medthread.domains.service.recall_guards import STOPPED
from medthread.model import Duty, EventType, Guard, Label, Meaning, Process, State, Transition

RECEIVED = EventType("return.received", "退货已收到", "Return received", "service", source="a return is received")
WITHIN_SHIPPED = Guard(
    name="return_within_shipped",
    zh="授权数量不超过发给该客户的该批数量",
    en="no more of a lot is allowed back than was shipped to the customer",
    takes=("rma_no", "customer", "item", "lot_no", "quantity"),
    over="release",
    blocks="""
        with known as (select count(*) as shipments from golden.shipment),
        sent as (
            select coalesce(sum(s.quantity), 0) as quantity from golden.shipment as s
            left join golden.package as p on p.sscc = s.package
            join golden.item as i on i.id = coalesce(s.item, p.item)
            join golden.customer as c on c.id = s.customer
            where i.code = :item and c.code = :customer and (coalesce(s.lot_no, p.lot_no) = :lot_no or exists (
                select 1 from golden.genealogy_edge as e join golden.serial_unit as u on u.item = e.parent_item and u.serial_no = e.parent_no
                where e.parent_kind = 'unit' and e.child_kind = 'package' and e.child_no = s.package and u.lot_no = :lot_no)))
        select 'return_authorisation/' || :rma_no as record, '已发 / shipped ' || cast(sent.quantity as double) as detail
        from sent, known where known.shipments > 0 and sent.quantity < :quantity""",
    clause="ISO 13485:2016 7.5.9.2",
)
SERIAL_IS_ONE = Guard(
    name="serial_return_is_one",
    zh="写明序列号的退货数量为 1",
    en="a return with a serial number is of one",
    takes=("rma_no", "serial_no", "quantity"),
    blocks="""
        select 'return_authorisation/' || cast(:rma_no as text) as record, '数量 / quantity ' || cast(cast(:quantity as numeric) as text) as detail
        where cast(:serial_no as text) is not null and cast(:quantity as numeric) <> 1""",
)
RESTOCK_SAFE = Guard(
    name="restock_not_deficient",
    zh="反映质量不足、未消毒或被召回停发的退货不得回库",
    en="what is said to fall short, is not decontaminated or under stop-ship does not go back to stock",
    takes=("rma_no", "disposition", "alleges_deficiency", "decontaminated", "item", "lot_no"),
    blocks=f"""
        select record, detail from (
            select 'return_authorisation/' || cast(:rma_no as text) as record,
                '反映不足或未消毒 / said to fall short, or not decontaminated' as detail
            where coalesce(cast(:alleges_deficiency as text), 'yes') = 'yes' or coalesce(cast(:decontaminated as text), 'no') = 'no'
            union all
            select 'hold/' || h.no, '召回停发 / stop-ship of recall ' || h.recall from ({STOPPED}) as h
            where h.item = cast(:item as text) and h.lot_no = cast(:lot_no as text)
        ) as against where cast(:disposition as text) = 'restock'""",
    clause="ISO 13485:2016 8.3.3",
)

RETURN = Process(
    name="return_authorisation",
    zh="退货",
    en="Return",
    states=(
        State("requested", "已申请", "Requested"),
        State("authorised", "已授权", "Authorised"),
        State("received", "已收到", "Received"),
        State("inspected", "已检验", "Inspected"),
        State("dispositioned", "已处置", "Disposed of"),
        State("closed", "已关闭", "Closed"),
        State("refused", "已拒绝", "Refused"),
    ),
    initial=("requested",),
    terminal=("closed", "refused"),
    transitions=(
        Transition(
            action="authorise", zh="授权", en="Authorise", from_=("requested",), to="authorised", by="svc", guards=(WITHIN_SHIPPED.name, SERIAL_IS_ONE.name),
        ),
        Transition(action="refuse", zh="拒绝", en="Refuse", from_=("requested", "authorised"), to="refused", by="svc", reason=True),
        Transition(
            action="receive", zh="接收", en="Receive", from_=("authorised",), to="received", by="whs|svc", meaning=Meaning.PERFORMED,
            asks=("received_at", "decontaminated", "alleges_deficiency"), emits=RECEIVED.name,
            evidence=Label("消毒证明;是否反映质量不足", "The decontamination certificate; whether the device is said to fall short"),
        ),
        Transition(action="inspect", zh="检验", en="Inspect", from_=("received",), to="inspected", by="qc|qa", meaning=Meaning.REVIEWED, asks=("findings",)),
        Transition(
            action="dispose", zh="处置", en="Dispose", from_=("inspected",), to="dispositioned", by="qa", meaning=Meaning.APPROVED, asks=("disposition",),
            guards=(RESTOCK_SAFE.name,), evidence=Label("处置及其依据", "The disposition and what it rests on"),
        ),
        Transition(action="close", zh="关闭", en="Close", from_=("dispositioned",), to="closed", by="svc|qa", meaning=Meaning.CLOSED),
    ),
    duties=(Duty("authorise", "dispose"), Duty("receive", "dispose")),
    clauses=("ISO 13485:2016 8.3.3", "ISO 13485:2016 7.5.9.2", "GMP 2025 销售和售后服务"),
)
