"""Where the affected goods went, asked of the release: the SQL behind a recall's lines.

A unit is affected when it was produced from a lot in scope or a lot in scope was put into it; it belongs to the lot
that produced it. It is with the customer of its latest delivery. Goods tracked by lot go by the quantities on their edges.
"""

from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal

from medthread.model import Work
from medthread.model.events import Row

_EDGES = """
    edge as (
        select e.*, coalesce(i.code, e.parent_item, e.parent_item__code) as code, coalesce(e."at", timestamp '1900-01-01') as moment
        from golden.genealogy_edge as e left join golden.item as i on i.id = e.parent_item),
    from_lot as (
        select *, code || '|' || parent_no as lot from edge
        where parent_kind in ('lot', 'supplier_lot') and code || '|' || parent_no in (select unnest(cast($lots as varchar[])))),
    unit as (
        select f.child_item as item, f.child_no as serial_no, coalesce(i.code, f.child_item, max(f.child_item__code)) as code,
            coalesce(max(s.lot_no), max(f.parent_no) filter (where f.activity_kind = 'produce')) as lot_no
        from from_lot as f left join golden.item as i on i.id = f.child_item
        left join golden.serial_unit as s on s.item = f.child_item and s.serial_no = f.child_no
        where f.child_kind = 'unit' and f.child_no is not null group by f.child_item, f.child_no, i.code),
    of_unit as (select u.*, e.child_kind, e.child_no, e.activity_kind, e.moment from unit as u
        join edge as e on e.parent_kind = 'unit' and e.parent_item is not distinct from u.item and e.parent_no = u.serial_no),
    packed as (select item, serial_no, arg_max(child_no, moment) as package from of_unit where child_kind = 'package' group by all),
    sent as (select parent_no as package, arg_max(child_no, moment) as line from edge
        where parent_kind = 'package' and child_kind = 'shipment' group by all),
    given as (select parent_no as line, arg_max(coalesce(party, party__code, child_no), moment) as party from edge
        where parent_kind = 'shipment' and child_kind = 'customer' group by all)"""
_UNITS = f"""
    with {_EDGES},
    ended as (
        select item, serial_no, bool_or(child_kind = 'return') as returned, bool_or(activity_kind = 'use') as used,
            bool_or(activity_kind = 'destroy') as destroyed
        from of_unit group by all),
    placed as (
        select u.code, coalesce(u.lot_no, '?') as lot_no, g.party, coalesce(e.returned, false) as returned,
            coalesce(e.used and not e.returned, false) as used, coalesce(e.destroyed and not e.used and not e.returned, false) as destroyed
        from unit as u
        left join packed as p on p.item is not distinct from u.item and p.serial_no = u.serial_no
        left join sent as s on s.package = p.package
        left join given as g on g.line = s.line
        left join ended as e on e.item is not distinct from u.item and e.serial_no = u.serial_no)
    select p.code as item, p.lot_no, coalesce(c.code, p.party) as consignee, any_value(c.name) as consignee_name, count(*) as units,
        count(*) filter (where returned) as returned, count(*) filter (where used) as used, count(*) filter (where destroyed) as destroyed
    from placed as p left join golden.customer as c on c.id = p.party
    group by 1, 2, 3 order by 1, 2, 3"""
_AMONG = f"""
    with {_EDGES}
    select code as item, serial_no from unit where code || '|' || serial_no in (select unnest(cast($serials as varchar[])))"""
_LOOSE = f"""
    with {_EDGES},
    moved as (
        select f.code, f.parent_no, s.line, f.quantity from from_lot as f join sent as s on s.package = f.child_no where f.child_kind = 'package'
        union all select code, parent_no, child_no, quantity from from_lot where child_kind = 'shipment')
    select m.code as item, m.parent_no as lot_no, coalesce(c.code, g.party) as consignee, any_value(c.name) as consignee_name, sum(m.quantity) as quantity
    from moved as m join given as g on g.line = m.line left join golden.customer as c on c.id = g.party
    group by 1, 2, 3 order by 1, 2, 3"""
_BROKEN = f"""
    with {_EDGES},
    below as (
        select 'lot ' || code || ' ' || parent_no as after, * from from_lot
        union all select 'unit ' || u.serial_no, e.*, null from unit as u
            join edge as e on e.parent_kind = 'unit' and e.parent_item is not distinct from u.item and e.parent_no = u.serial_no
        union all select 'package ' || p.package, e.*, null from (select distinct package from packed) as p
            join edge as e on e.parent_kind = 'package' and e.parent_no = p.package
        union all select 'shipment ' || e.parent_no, e.*, null from edge as e where e.parent_kind = 'shipment' and e.parent_no in (
            select s.line from sent as s where s.package in (select package from packed)
            union all select f.child_no from from_lot as f where f.child_kind = 'shipment'
            union all select s.line from sent as s join from_lot as f on f.child_kind = 'package' and f.child_no = s.package))
    select distinct _load || '#' || _row as end_no, after, activity, quantity from below where child_no is null order by 1"""


@dataclass
class Line:
    """What one consignee received of one lot; where it ended is none for goods that are tracked by lot only."""

    item: str
    lot_no: str
    consignee: str
    consignee_name: str | None
    shipped: Decimal = Decimal(0)
    returned: Decimal | None = None
    used: Decimal | None = None
    destroyed: Decimal | None = None


@dataclass(frozen=True)
class Traced:
    """The scope of a recall over one release: lots, how many units, what each consignee received, where tracing breaks off."""

    lots: tuple[tuple[str, str], ...]
    units: int
    lines: tuple[Line, ...]
    unresolved: tuple[Row, ...]


def trace(work: Work, named: Collection[tuple[str, str]]) -> Traced:
    """Follow lots (item, lot number) down to consignees. Lots of affected units are in scope themselves."""
    met = _met(work, named)
    asked = {"lots": _joined(met)}
    counted = work.released(_UNITS, asked)
    lines: dict[tuple[str, str, str], Line] = {}
    for row in (r for r in counted if r["consignee"] is not None):
        line = _line(lines, row)
        line.shipped += row["units"]
        line.returned, line.used, line.destroyed = (Decimal(row[n]) for n in ("returned", "used", "destroyed"))
    for row in work.released(_LOOSE, asked):
        _line(lines, row).shipped += row["quantity"] or Decimal(0)
    own = {(r["item"], r["lot_no"]) for r in counted if r["lot_no"] != "?"}
    found = tuple(lines[k] for k in sorted(lines))
    return Traced(tuple(sorted(met | own)), sum(r["units"] for r in counted), found, tuple(work.released(_BROKEN, asked)))


def affected(work: Work, named: Collection[tuple[str, str]], units: Collection[tuple[str, str]]) -> set[tuple[str, str]]:
    """Those of some units (item, serial number) that a recall of the lots reaches."""
    rows = work.released(_AMONG, {"lots": _joined(_met(work, named)), "serials": _joined(units)})
    return {(r["item"], r["serial_no"]) for r in rows}


def _met(work: Work, named: Collection[tuple[str, str]]) -> set[tuple[str, str]]:
    return set(work.walk(*named, direction="down"))


def _joined(pairs: Collection[tuple[str, str]]) -> list[str]:
    return sorted(f"{item}|{number}" for item, number in pairs)


def _line(lines: dict[tuple[str, str, str], Line], row: Row) -> Line:
    return lines.setdefault((row["consignee"], row["item"], row["lot_no"]), Line(row["item"], row["lot_no"], row["consignee"], row["consignee_name"]))
