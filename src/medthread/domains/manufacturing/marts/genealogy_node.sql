-- about: 谱系节点(追溯结果的名称) | Genealogy nodes, the names in a trace answer
-- meaning: 谱系中每个节点一行:物料、编号、往来方 | One row per node of the genealogy: item, number, party
-- owner: production
-- grain: node
-- column: node = 谱系节点(角色:物料|编号) | Node of the genealogy (role:item|number)
-- column: role = 角色:S 供方批、L 批次、U 序列号单件、P 包装、D 发运、K 客户、R 退货 | Role: S supplier's lot, L lot, U serial unit, P package, D shipment, K customer, R return
-- column: item = 物料标识;发运与客户无 | Id of the item; none for shipments and customers
-- column: item_code = 物料编码;查无此物料时为原编码 | Item code; the code as it came where no such item is known
-- column: item_name = 物料名称 | Item name
-- column: number = 批号、序列号或单据号;客户为其编码 | Lot, serial or document number; of a customer the code
-- column: party = 往来方:客户名称,或供方批的供应商名称 | Party: the customer's name, or the supplier's of a supplier lot
with node as (
    select parent as node from marts.genealogy
    union
    select child from marts.genealogy
),

parts as (
    select
        node,
        left(node, 1) as role,
        case when left(node, 1) in ('S', 'L', 'U') and contains(node, '|') then split_part(substr(node, 3), '|', 1) end as item,
        case
            when left(node, 1) in ('S', 'L', 'U') and contains(node, '|') then substr(node, instr(node, '|') + 1)
            else substr(node, 3) end as number
    from node
),

supplied as (
    select coalesce(item, item__code) as item, supplier_lot, min(coalesce(supplier, supplier__code)) as supplier
    from golden.receipt
    where supplier_lot is not null
    group by all
)

select
    p.node,
    p.role,
    p.item,
    coalesce(i.code, p.item) as item_code,
    i.name as item_name,
    case when p.role = 'K' then coalesce(c.code, p.number) else p.number end as number,
    coalesce(c.name, s.name) as party
from parts as p
left join golden.item as i on i.id = p.item
left join golden.customer as c on p.role = 'K' and c.id = p.number
left join supplied as g on p.role = 'S' and g.item = p.item and g.supplier_lot = p.number
left join golden.supplier as s on s.id = g.supplier
order by 2, 4, 6
