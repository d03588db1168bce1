-- about: 库存结存与 ERP 对账 | Stock position compared with the ERP
-- meaning: 每个物料、批次、库位一行:按出入库推算的结存,与 ERP 的结存之差
--   | One row per item, lot and location: the balance computed from movements, and how far the ERP's differs
-- owner: warehouse
-- grain: id
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
