"""Where the affected goods went, asked of the release: the SQL behind a recall's lines.

A unit is affected when it was produced from a lot in scope or a lot in scope was put into it; it belongs to the lot
that produced it. It is with the customer of its latest delivery. Goods tracked by lot go by the quantities on their edges.
"""

from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from medthread.model import Work

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
    with {_EDGES}
    select u.code as item, u.serial_no, u.lot_no, coalesce(c.code, g.party) as consignee, c.name as consignee_name,
        coalesce(bool_or(o.child_kind = 'return'), false) as returned, coalesce(bool_or(o.activity_kind = 'use'), false) as used,
        coalesce(bool_or(o.activity_kind = 'destroy'), false) as destroyed
    from unit as u
    left join packed as p on p.item is not distinct from u.item and p.serial_no = u.serial_no
    left join sent as s on s.package = p.package
    left join given as g on g.line = s.line
    left join golden.customer as c on c.id = g.party
    left join of_unit as o on o.item is not distinct from u.item and o.serial_no = u.serial_no
    group by all order by 1, 2"""
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
    """What one consignee received of one lot; the counts are none where goods are tracked by lot only."""

    item: str
    lot_no: str
    consignee: str
    consignee_name: str | None
    shipped: Decimal = Decimal(0)
    returned: Decimal | None = None
    used: Decimal | None = None
    destroyed: Decimal | None = None

    def count(self, unit: dict[str, Any]) -> None:
        """Add a unit; one that came back counts as returned whatever happened before."""
        ends = {"returned": unit["returned"], "used": unit["used"], "destroyed": unit["destroyed"]}
        end = next((name for name, holds in ends.items() if holds), None)
        self.shipped += 1
        for name in ends:
            setattr(self, name, (getattr(self, name) or Decimal(0)) + (name == end))


@dataclass(frozen=True)
class Traced:
    """The scope of a recall over one release."""

    lots: tuple[tuple[str, str], ...]
    serials: frozenset[tuple[str, str]]
    lines: tuple[Line, ...]
    unresolved: tuple[dict[str, Any], ...]


def trace(work: Work, named: Collection[tuple[str, str]]) -> Traced:
    """Follow lots (item, lot number) down to consignees. Lots of affected units are in scope themselves."""
    met = {lot for item, lot_no in named for lot in work.walk(item, lot_no, direction="down")}
    asked = {"lots": sorted(f"{item}|{lot_no}" for item, lot_no in met)}
    units = work.released(_UNITS, asked)
    lines: dict[tuple[str, str, str], Line] = {}
    for unit in units:
        if unit["consignee"] is not None:
            _line(lines, unit).count(unit)
    for row in work.released(_LOOSE, asked):
        _line(lines, row).shipped += row["quantity"] or Decimal(0)
    own = {(u["item"], u["lot_no"]) for u in units if u["lot_no"] is not None}
    serials = frozenset((u["item"], u["serial_no"]) for u in units)
    return Traced(tuple(sorted(met | own)), serials, tuple(lines[k] for k in sorted(lines)), tuple(work.released(_BROKEN, asked)))


def _line(lines: dict[tuple[str, str, str], Line], row: dict[str, Any]) -> Line:
    lot_no = row["lot_no"] or "?"
    return lines.setdefault((row["consignee"], row["item"], lot_no), Line(row["item"], lot_no, row["consignee"], row["consignee_name"]))
