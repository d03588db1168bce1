-- about: 供应商来料质量 | Supplier quality
-- meaning: 每个供应商一行:收货、批次、不合格 | One row per supplier: receipts, lots, nonconformances
-- owner: purchasing
-- grain: id
-- column: id = 供应商标识 | Id of the supplier
-- column: name = 供应商名称 | Supplier's name
-- column: city = 所在城市 | City
-- column: receipts = 收货笔数 | Receipts
-- column: lots = 收到的批次数,按物料与批号计 | Lots received, by item and lot number
-- column: quantity = 收货总数量 | Quantity received in all
-- column: nonconformances = 所供批次的不合格品记录数 | Nonconformance records of lots that it delivered
-- column: last_received_at = 最近收货时间 | When goods were received last
-- test: id in (select id from golden.supplier)
-- test: receipts >= 0 and lots <= receipts
with delivered as (
    select
        supplier, count(distinct id) as receipts, count(distinct item || '|' || lot_no) as lots, sum(quantity) as quantity,
        max(received_at) as last_received_at
    from golden.receipt
    group by supplier
),

failed as (
    select r.supplier, count(distinct n.id) as nonconformances
    from golden.receipt as r
    join golden.qms_nonconformance as n on n.item = r.item and n.lot_no = r.lot_no
    group by r.supplier
)

select
    s.id,
    s.name,
    s.city,
    coalesce(d.receipts, 0) as receipts,
    coalesce(d.lots, 0) as lots,
    d.quantity,
    coalesce(f.nonconformances, 0) as nonconformances,
    d.last_received_at
from golden.supplier as s
left join delivered as d on d.supplier = s.id
left join failed as f on f.supplier = s.id
