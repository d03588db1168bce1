-- about: 批次总览 | Lot overview
-- meaning: 每个批次一行:物料、供应商、效期、不合格与不合格检验的件数
--   | One row per lot: item, supplier, expiry, how many nonconformances and failed inspections
-- owner: production
-- grain: id
-- test: lot_no is not null
-- test: id in (select id from golden.lot)
-- warn: expires_on is null or made_on is null or expires_on >= made_on
select
    l.id,
    l.item,
    i.code as item_code,
    i.name as item_name,
    l.lot_no,
    l.kind,
    s.name as supplier_name,
    l.supplier_lot,
    l.made_on,
    l.expires_on,
    l.quantity,
    count(distinct n.id) as nonconformances,
    count(distinct q.id) filter (where q.result = 'fail') as inspections_failed,
    l._plant
from golden.lot as l
left join golden.item as i on i.id = l.item
left join golden.supplier as s on s.id = l.supplier
left join golden.qms_nonconformance as n on n.item = l.item and n.lot_no = l.lot_no
left join golden.qms_inspection as q on q.item = l.item and q.lot_no = l.lot_no
group by all
