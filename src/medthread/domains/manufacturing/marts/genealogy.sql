-- about: 谱系(追溯索引的输入) | Genealogy, the input of the trace index
-- meaning: 每次投入产出一行:从哪个节点到哪个节点,数量与时间 | One row per input to output: from which node to which, how much, when
-- owner: production
-- grain: none
-- partition: month = date_trunc('month', "at") of golden.genealogy_edge
-- column: parent = 投入方节点(角色:物料|编号) | Node that goes in (role:item|number)
-- column: child = 产出方节点(角色:物料|编号) | Node that comes out (role:item|number)
-- column: kind = 活动种类:投料、灭菌、发运等 | Kind of activity: consumption, sterilisation, shipment …
-- column: quantity = 投入数量 | Quantity that went in
-- column: at = 活动发生时间 | When the activity took place
-- column: month = 活动所在月份,按月增量计算 | Month of the activity, by which it is computed anew
-- column: activity = 活动编号;无编号时为来源行 | Number of the activity; without one, the row it stood in
-- test: parent is not null and child is not null
-- Node names are role:item|number; an end that could not be read is named after the row it stood in.
with ends as (
    select
        *,
        case parent_kind
            when 'supplier_lot' then 'S' when 'lot' then 'L' when 'unit' then 'U' when 'package' then 'P'
            when 'shipment' then 'D' when 'customer' then 'K' when 'return' then 'R' end as parent_role,
        case child_kind
            when 'supplier_lot' then 'S' when 'lot' then 'L' when 'unit' then 'U' when 'package' then 'P'
            when 'shipment' then 'D' when 'customer' then 'K' when 'return' then 'R' end as child_role
    from golden.genealogy_edge
)

select
    case
        when parent_no is null then '?:' || _load || '#' || _row
        else parent_role || ':' || coalesce(coalesce(parent_item, parent_item__code) || '|', '') || parent_no
    end as parent,
    case
        when child_no is null then '?:' || _load || '#' || _row
        when child_kind = 'customer' then 'K:' || coalesce(party, party__code, child_no)
        else child_role || ':' || coalesce(coalesce(child_item, child_item__code) || '|', '') || child_no
    end as child,
    activity_kind as kind,
    cast(quantity as double) as quantity,
    ends."at",
    date_trunc('month', ends."at") as month,
    coalesce(activity, _load || '#' || _row) as activity
from ends
