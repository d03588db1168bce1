"""What the release knows of lots: how much there is of one, whether anything of it was delivered."""

from decimal import Decimal

from medthread.model import Work
from medthread.model.events import Row

QUANTITY = """
    select l.quantity, i.base_uom as uom from golden.lot as l left join golden.item as i on i.id = l.item
    where (coalesce(i.code, l.item__code) = $item or l.item = $item) and l.lot_no = $lot_no limit 1"""
SHIPPED = """
    select distinct coalesce(i.code, s.item__code) as item, s.lot_no
    from golden.shipment as s left join golden.item as i on i.id = s.item
    where coalesce(i.code, s.item__code) || '|' || s.lot_no in (select unnest(cast($lots as varchar[])))"""


def quantity_of(work: Work, item: str, lot_no: str) -> Row:
    """Quantity and unit of a lot as the release has them; zero of nothing where it has none."""
    found = work.released(QUANTITY, {"item": item, "lot_no": lot_no})
    return {"quantity": found[0]["quantity"] or Decimal(0), "uom": found[0]["uom"]} if found else {"quantity": Decimal(0), "uom": None}


def delivered(work: Work, lots: list[tuple[str, str]]) -> set[tuple[str, str]]:
    """Those of the lots that left the house, themselves or by what was made of them."""
    gone = set(work.leading(lots, to="shipment"))
    rest = [lot for lot in lots if lot not in gone]
    family = [f"{item}|{lot_no}" for item, lot_no in work.walk(*rest, direction="down")]
    shipped = [(r["item"], r["lot_no"]) for r in work.released(SHIPPED, {"lots": family})]  # by a document that the genealogy does not know
    return gone | (set(rest) & set(work.walk(*shipped, direction="up")))


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
