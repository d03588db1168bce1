"""What the release knows of lots: how much there is of one, whether anything of it was delivered."""

from decimal import Decimal

from medthread.model import Work
from medthread.model.events import Row

QUANTITY = """
    select l.quantity, i.base_uom as uom from golden.lot as l left join golden.item as i on i.id = l.item
    where (coalesce(i.code, l.item__code) = $item or l.item = $item) and l.lot_no = $lot_no limit 1"""
DELIVERED = """
    with edge as (
        select e.*, coalesce(i.code, e.parent_item, e.parent_item__code) as code
        from golden.genealogy_edge as e left join golden.item as i on i.id = e.parent_item),
    from_lot as (select * from edge where parent_kind = 'lot' and code || '|' || parent_no in (select unnest(cast($lots as varchar[])))),
    from_unit as (
        select e.* from from_lot as f
        join edge as e on e.parent_kind = 'unit' and e.parent_no = f.child_no and e.parent_item is not distinct from f.child_item where f.child_kind = 'unit'),
    package as (select child_no as no from from_lot where child_kind = 'package' union select child_no from from_unit where child_kind = 'package')
    select 1 as delivered from from_lot where child_kind = 'shipment'
    union all select 1 from edge join package on package.no = edge.parent_no where edge.parent_kind = 'package' and edge.child_kind = 'shipment'
    union all select 1 from golden.shipment as s left join golden.item as i on i.id = s.item
        where coalesce(i.code, s.item__code) || '|' || s.lot_no in (select unnest(cast($lots as varchar[])))
    limit 1"""


def quantity_of(work: Work, item: str, lot_no: str) -> Row:
    """Quantity and unit of a lot as the release has them; zero of nothing where it has none."""
    found = work.released(QUANTITY, {"item": item, "lot_no": lot_no})
    return {"quantity": found[0]["quantity"] or Decimal(0), "uom": found[0]["uom"]} if found else {"quantity": Decimal(0), "uom": None}


def delivered(work: Work, item: str, lot_no: str) -> bool:
    """Whether the lot, or anything made of it, left the house."""
    family = [f"{i}|{n}" for i, n in work.walk(item, lot_no, direction="down")]
    return bool(work.released(DELIVERED, {"lots": family}))


def hold_lots(work: Work, lots: list[tuple[str, str]], *, reason: str, cause: tuple[str, str], origin: tuple[str, str], statement: str) -> int:
    """One hold a lot for a cause; lots that it holds already are left alone. Gives how many were placed."""
    entity, no = cause
    held = {(h["item"], h["lot_no"]) for h in work.find("hold", cause_entity=entity, cause_no=no, _state="standing")}
    fresh = [lot for lot in lots if lot not in held]
    for item, lot_no in fresh:
        work.create("hold", {
            "item": item, "lot_no": lot_no, "reason": reason, "cause_entity": entity, "cause_no": no,
            "origin_item": origin[0], "origin_lot": origin[1], "statement": statement,
        })
    return len(fresh)


def lift_holds(work: Work, *, cause: tuple[str, str], why: str) -> None:
    """Every hold of a cause that is over."""
    for hold in work.find("hold", cause_entity=cause[0], cause_no=cause[1], _state="standing"):
        work.act("hold", hold["id"], "lift", reason=why, values={"lifted_reason": why})
