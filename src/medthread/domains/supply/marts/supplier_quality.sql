-- about: 供应商来料质量 | Supplier quality
-- owner: purchasing
select
    s.id,
    s.name,
    s.city,
    count(distinct r.id) as receipts,
    count(distinct r.item || '|' || r.lot_no) as lots,
    sum(r.quantity) as quantity,
    count(distinct n.id) as nonconformances,
    max(r.received_at) as last_received_at
from golden.supplier as s
left join golden.receipt as r on r.supplier = s.id
left join golden.qms_nonconformance as n on n.item = r.item and n.lot_no = r.lot_no
group by all
