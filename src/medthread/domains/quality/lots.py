"""What the release knows of lots: how much there is of one, whether anything of it was delivered."""

from decimal import Decimal

from medthread.model import Work
from medthread.model.events import Row

QUANTITY = """
    select l.quantity, i.base_uom as uom from golden.lot as l left join golden.item as i on i.id = l.item
    where (coalesce(i.code, l.item__code) = $item or l.item = $item) and l.lot_no = $lot_no limit 1"""
DELIVERED = """
    with family as (select unnest(cast($roots as bigint[])) as root, unnest(cast($lots as varchar[])) as lot),
    edge as (
        select e.*, coalesce(i.code, e.parent_item, e.parent_item__code) || '|' || e.parent_no as parent
        from golden.genealogy_edge as e left join golden.item as i on i.id = e.parent_item),
    from_lot as (select f.root, e.child_kind, e.child_no, e.child_item from family as f join edge as e on e.parent_kind = 'lot' and e.parent = f.lot),
    from_unit as (
        select f.root, e.child_kind, e.child_no from from_lot as f
        join edge as e on e.parent_kind = 'unit' and e.parent_no = f.child_no and e.parent_item is not distinct from f.child_item where f.child_kind = 'unit'),
    package as (
        select root, child_no as no from from_lot where child_kind = 'package' union select root, child_no from from_unit where child_kind = 'package')
    select root from from_lot where child_kind = 'shipment'
    union select p.root from edge as e join package as p on p.no = e.parent_no where e.parent_kind = 'package' and e.child_kind = 'shipment'
    union select f.root from family as f
        join (select coalesce(i.code, s.item__code) || '|' || s.lot_no as lot from golden.shipment as s left join golden.item as i on i.id = s.item) as s
            on s.lot = f.lot"""


def quantity_of(work: Work, item: str, lot_no: str) -> Row:
    """Quantity and unit of a lot as the release has them; zero of nothing where it has none."""
    found = work.released(QUANTITY, {"item": item, "lot_no": lot_no})
    return {"quantity": found[0]["quantity"] or Decimal(0), "uom": found[0]["uom"]} if found else {"quantity": Decimal(0), "uom": None}


def delivered(work: Work, lots: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Those of the lots that left the house, themselves or by what was made of them."""
    family = [(root, f"{i}|{n}") for root, lot in enumerate(lots) for i, n in work.walk(*lot, direction="down")]
    if not family:
        return []
    roots, members = zip(*family, strict=True)
    return [lots[r["root"]] for r in work.released(DELIVERED, {"roots": list(roots), "lots": list(members)})]


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
