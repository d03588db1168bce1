-- about: 批次总览 | Lot overview
-- owner: production
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
