-- about: 库存结存与 ERP 对账 | Stock position compared with the ERP
-- meaning: 每个物料、批次、库位一行:按出入库推算的结存,与 ERP 的结存之差
--   | One row per item, lot and location: the balance computed from movements, and how far the ERP's differs
-- owner: warehouse
-- grain: id
-- column: id = 行标识,由物料、批次、库位得出 | Id of the row, from item, lot and location
-- column: item = 物料标识 | Id of the item
-- column: lot_no = 批号;不按批管理的无 | Lot number; none where lots are not kept
-- column: location = 库位标识 | Id of the location
-- column: computed = 按出入库推算的结存;无出入库时为空 | Balance computed from movements; empty without any
-- column: erp_on_hand = ERP 结存;ERP 无此行时为空 | Balance in the ERP; empty where it has no such row
-- column: difference = ERP 结存减推算结存 | Balance in the ERP less the computed one
-- column: last_moved_at = 最近一次出入库的时间 | When it was moved last
-- column: last_movement = 最近一次出入库的单号 | Number of the last movement
-- test: item is not null
-- warn: difference = 0
with moved as (
    select m.item, m.lot_no, m.to_location as location, m.quantity, m.posted_at, m.movement_no
    from golden.stock_movement as m where m.to_location is not null
    union all
    select m.item, m.lot_no, m.from_location, -m.quantity, m.posted_at, m.movement_no
    from golden.stock_movement as m where m.from_location is not null
),
summed as (
    select item, lot_no, location, sum(quantity) as computed, max(posted_at) as last_moved_at, arg_max(movement_no, posted_at) as last_movement
    from moved group by all
)
select
    md5(concat_ws('|', coalesce(s.item, b.item), coalesce(s.lot_no, b.lot_no), coalesce(s.location, b.location))) as id,
    coalesce(s.item, b.item) as item,
    coalesce(s.lot_no, b.lot_no) as lot_no,
    coalesce(s.location, b.location) as location,
    s.computed,
    b.on_hand as erp_on_hand,
    b.on_hand - coalesce(s.computed, 0) as difference,
    s.last_moved_at,
    s.last_movement
from summed as s
full join golden.stock_balance as b on b.item = s.item and b.lot_no is not distinct from s.lot_no and b.location = s.location
