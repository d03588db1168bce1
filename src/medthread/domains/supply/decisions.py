"""May this be bought, may this be received: asked by people's acts and by the ERP alike, answered with rule and record."""

from medthread.model import Decision, Guard, Mode, Reaction

SOURCE_APPROVED = Guard(
    name="source_approved",
    zh="该供应商、物料、产地有有效的认可",
    en="the source is approved for the item and site, and the approval has not lapsed",
    takes=("supplier", "item", "site"),
    blocks="""
        with entry as (
            select q.*, c.state from native.supplier_qualification as q
            join medthread.process_case as c on c.entity = 'supplier_qualification' and c.record = q.id
            where q.supplier = cast(:supplier as text) and q.item = cast(:item as text)
                and (cast(:site as text) is null or q.site = cast(:site as text)))
        select 'supplier_qualification/' || e.qualification_no as record, '认可已于 ' || e.valid_to || ' 到期 / lapsed on ' || e.valid_to as detail
        from entry as e where e.state in ('approved', 'conditional') and e.valid_to < :today
            and not exists (select 1 from entry as other where other.state in ('approved', 'conditional') and other.valid_to >= :today)
        union all
        select 'supplier/' || cast(:supplier as text), '不在合格供方名录中 / is no approved source of ' || cast(:item as text)
        where not exists (select 1 from entry as e where e.state in ('approved', 'conditional', 'on_hold'))""",
    clause="ISO 13485:2016 7.4.1",
)
SOURCE_NOT_HELD = Guard(
    name="source_not_held",
    zh="该供方认可没有被冻结",
    en="the source is not on hold",
    takes=("supplier", "item", "site"),
    blocks="""
        with entry as (
            select q.*, c.state from native.supplier_qualification as q
            join medthread.process_case as c on c.entity = 'supplier_qualification' and c.record = q.id
            where q.supplier = cast(:supplier as text) and q.item = cast(:item as text)
                and (cast(:site as text) is null or q.site = cast(:site as text)))
        select 'supplier_qualification/' || e.qualification_no as record,
            '已冻结:' || coalesce(e.held_for, '?') || coalesce(' ' || e.held_because, '') || ' / on hold; receipts go to quarantine with full inspection' as detail
        from entry as e where e.state = 'on_hold'
            and not exists (select 1 from entry as other where other.state in ('approved', 'conditional') and other.valid_to >= :today)""",
    clause="ISO 13485:2016 7.4.1",
)
SUPPLIER_OPEN = Guard(
    name="supplier_open_in_erp",
    zh="供应商主数据未停用或暂停",
    en="the supplier master is neither on hold nor blocked",
    takes=("supplier",),
    over="release",
    blocks="""
        select 'supplier/' || s.id as record, s.name || ' ' || s.status as detail
        from golden.supplier as s where (s.id = :supplier or s.code = :supplier) and s.status in ('on_hold', 'blocked')""",
)
PAPERS_MATCH = Guard(
    name="conformity_certificate_matches",
    zh="A 类物料的供方批次有已核对的合格证明,且无不符",
    en="a class A lot comes with a verified certificate of conformity, and none that does not match",
    takes=("supplier", "item", "supplier_lot"),
    blocks="""
        with paper as (
            select k.*, c.state from native.conformity_certificate as k
            join medthread.process_case as c on c.entity = 'conformity_certificate' and c.record = k.id
            where k.direction = 'inbound' and k.issuer = cast(:supplier as text) and k.item = cast(:item as text) and k.lot_no = cast(:supplier_lot as text))
        select 'conformity_certificate/' || p.cert_no as record, '与限值不符 / does not match our limits' as detail
        from paper as p where p.state = 'mismatched'
        union all
        select 'lot/' || cast(:supplier_lot as text), '没有已核对的合格证明 / no verified certificate'
        where cast(:supplier_lot as text) is not null
            and not exists (select 1 from paper as p where p.state in ('verified', 'issued'))
            and exists (
                select 1 from native.supplier_qualification as q
                where q.supplier = cast(:supplier as text) and q.item = cast(:item as text) and q.item_class = 'A')""",
    clause="ISO 13485:2016 7.4.3",
)
MAY_BUY = Decision(
    name="may_buy",
    zh="可以向该供应商采购该物料吗",
    en="May this item be bought from this supplier?",
    takes=("supplier", "item", "site"),
    optional=("site",),
    guards=("supplier_certificates_valid", SOURCE_APPROVED.name, SOURCE_NOT_HELD.name, SUPPLIER_OPEN.name),
)
MAY_RECEIVE = Decision(
    name="may_receive",
    zh="可以接收该供应商的该物料吗",
    en="May this item be received from this supplier?",
    takes=("supplier", "item", "site", "supplier_lot"),
    optional=("site", "supplier_lot"),
    guards=("supplier_certificates_valid", SOURCE_APPROVED.name, SOURCE_NOT_HELD.name, PAPERS_MATCH.name),
)
BLOCKS = (
    Reaction(
        name="expired_certificate_stops_buying", on="supplier.certificate_expired", domain="supply", mode=Mode.BLOCK, guard="supplier_certificates_valid",
        zh="拒绝新的采购订单行", en="New order lines are refused",
    ),
    Reaction(
        name="held_source_stops_buying", on="supplier.held", domain="supply", mode=Mode.BLOCK, guard=SOURCE_NOT_HELD.name,
        zh="拒绝采购,到货进待检区并全检", en="Buying is refused; receipts go to quarantine with full inspection",
    ),
)
