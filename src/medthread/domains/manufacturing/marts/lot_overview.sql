-- about: 批次总览 | Lot overview
-- meaning: 每个批次一行:物料、供应商、效期、不合格与不合格检验的件数
--   | One row per lot: item, supplier, expiry, how many nonconformances and failed inspections
-- owner: production
-- grain: id
-- column: id = 批次标识 | Id of the lot
-- column: item = 物料标识 | Id of the item
-- column: item_code = 物料编码 | Item code
-- column: item_name = 物料名称 | Item name
-- column: lot_no = 批号 | Lot number
-- column: kind = 批类型:来料、生产、灭菌或返工 | Kind of lot: received, production, sterilisation or rework
-- column: supplier_name = 供应商名称;自制批无 | Supplier's name; none for lots made here
-- column: supplier_lot = 供应商批号 | Supplier's lot number
-- column: made_on = 生产日期 | Date of manufacture
-- column: expires_on = 有效期至 | Expiry date
-- column: quantity = 批量 | Lot size
-- column: nonconformances = 该批的不合格品记录数 | Nonconformance records of the lot
-- column: inspections_failed = 该批检验结论为不合格的次数 | Inspections of the lot that failed
-- column: _plant = 批次所在工厂,决定谁能看到 | Plant of the lot, which decides who sees it
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
