"""What leads to a deviation, and what one stops while it is open."""

from medthread.domains.quality.lots import hold_lots
from medthread.model import Event, Mode, Reaction, Work, reaction
from medthread.model.events import Row

RELEASE_BLOCKED = Reaction(
    name="open_deviation_stops_release", on="deviation.classified", domain="manufacturing", mode=Mode.BLOCK, guard="no_open_deviation",
    zh="偏差未关闭,所涉批次不得放行", en="Lots of an open deviation are not released",
)
LIMITS_WIDENED = Reaction(
    name="planned_deviation_accounts_for_values", on="deviation.planned_active", domain="manufacturing", mode=Mode.BLOCK, guard="step_in_limits",
    zh="超限数值只对计划偏差列明的批次放行", en="A value outside limits is accepted for the lots listed only",
)
IN_THE_ROOM = """
        select distinct s.item, s.lot_no from native.batch_record_step as s
        where s.area = :area and s.started_at is not null and s.started_at <= cast(:ended_at as timestamptz)
            and coalesce(s.ended_at, cast(:ended_at as timestamptz)) >= cast(:began_at as timestamptz) order by 1, 2"""
OUTSIDE = """
        select p.parameter, p.uom, p.storage, r.value, p.action_low, p.action_high from native.environment_reading as r
        join native.monitoring_point as p on p.point_no = r.point
        where r.round_no = :round_no and (r.value < p.action_low or r.value > p.action_high) order by r.line_no"""
STOCK_THERE = """
    select coalesce(i.code, m.item__code) as item, m.lot_no,
        sum(case when m.to_location = $area then m.quantity else 0 end) - sum(case when m.from_location = $area then m.quantity else 0 end) as quantity
    from golden.stock_movement as m left join golden.item as i on i.id = m.item
    where m.lot_no is not null and (m.to_location = $area or m.from_location = $area)
    group by all having quantity > 0 order by 1, 2"""


@reaction("environment.excursion", domain="quality", mode=Mode.AUTO, zh="就环境超限开偏差,列出当时在场批次", en="Open a deviation with the lots that were in the room")
def open_deviation_of_excursion(event: Event, work: Work) -> None:
    """Lots whose steps ran in the area while it was outside its limits."""
    found = work.get("environment_round", event.record)
    bad = work.records(OUTSIDE, {"round_no": found["round_no"]})
    actual = "; ".join(f"{r['parameter']} {r['value']:f} {r['uom']}" for r in bad)
    expected = "; ".join(f"{r['parameter']} [{_limit(r['action_low'])}, {_limit(r['action_high'])}] {r['uom']}" for r in bad)
    no = _open(work, {
        "source": "environment", "source_no": found["round_no"], "place": found["area"], "expected": expected, "actual": actual, "detected_at": work.now,
    })
    for lot in work.records(IN_THE_ROOM, {n: found[n] for n in ("area", "began_at", "ended_at")}):
        work.create("deviation_lot", {"deviation": no, **lot})


def _limit(value: object) -> str:
    return "-" if value is None else f"{value:f}"


def _open(work: Work, values: Row) -> str:
    return str(work.get("deviation", work.create("deviation", {"kind": "unplanned", **values}))["deviation_no"])


@reaction("environment.excursion", domain="quality", mode=Mode.AT_ONCE, zh="冻结贮存区内的库存", en="Hold the stock in a storage area")
def hold_stock_of_excursion(event: Event, work: Work) -> None:
    """Where the area is one that goods are stored in: what the release says lies there."""
    found = work.get("environment_round", event.record)
    if not any(r["storage"] for r in work.records(OUTSIDE, {"round_no": found["round_no"]})):
        return
    lots = [(r["item"], r["lot_no"]) for r in work.released(STOCK_THERE, {"area": found["area"]}) if r["item"]]
    if lots:
        hold_lots(work, lots, reason="storage", cause=("environment_round", found["round_no"]), origin=lots[0], statement=f"{found['round_no']}: {found['area']}")


@reaction("equipment.down", domain="quality", mode=Mode.AUTO, zh="为在制批次起草偏差", en="Draft a deviation for the lot being made")
def open_deviation_of_breakdown(event: Event, work: Work) -> None:
    """When a machine stops under a lot."""
    order = work.get("maintenance_order", event.record)
    if not (order["item"] and order["lot_no"]):
        return
    no = _open(work, {
        "source": "equipment", "source_no": order["mo_no"], "place": order["equipment"], "expected": "设备正常运行 / the machine runs",
        "actual": order["description"], "detected_at": order["down_from"] or work.now, "late_reason": "随报修自动开立 / opened by the breakdown",
    })
    work.create("deviation_lot", {"deviation": no, "item": order["item"], "lot_no": order["lot_no"]})
