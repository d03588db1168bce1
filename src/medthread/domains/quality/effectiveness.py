"""Whether a CAPA worked: figures computed from what happened in its window, never typed in.

Each metric is one SELECT of two figures, events and exposure. The guard that lets a CAPA be closed as effective and
the measurement that is kept beside it are made of the same SELECT.
"""

from dataclasses import dataclass
from typing import Literal

from medthread.model import Guard, Label


@dataclass(frozen=True)
class Metric:
    """A figure of effectiveness: `events` per `per` of `exposure`. `needs` are the CAPA's fields that say of what."""

    label: Label
    per: int
    needs: tuple[str, ...]
    figures: str
    over: Literal["records", "release"]


# Parameters of every metric: the CAPA's own fields.
TAKES = ("metric_item", "metric_code", "metric_supplier", "window_from", "window_to")
NCR_RATE = """
    select
        (select count(*) from native.nonconformance as n
         join medthread.process_case as c on c.entity = 'nonconformance' and c.record = n.id and c.state <> 'void'
         where n.item = cast(:metric_item as text) and n.defect_code = cast(:metric_code as text)
            and n.found_at >= cast(:window_from as timestamptz) and n.found_at < cast(:window_to as timestamptz)) as events,
        (select count(distinct i.id) from native.inspection as i
         join medthread.process_step as s on s.entity = 'inspection' and s.record = i.id and s.to_state in ('passed', 'failed') and not s.void
         where i.item = cast(:metric_item as text)
            and s.at >= cast(:window_from as timestamptz) and s.at < cast(:window_to as timestamptz)) as exposure"""
LOT_REJECT_RATE = """
    select count(distinct i.id) filter (where s.to_state = 'failed') as events, count(distinct i.id) as exposure
    from native.inspection as i
    join medthread.process_step as s on s.entity = 'inspection' and s.record = i.id and s.to_state in ('passed', 'failed') and not s.void
    where i.item = cast(:metric_item as text) and s.at >= cast(:window_from as timestamptz) and s.at < cast(:window_to as timestamptz)"""
COMPLAINT_RATE = """
    with code as (select id, code from golden.item)
    select
        (select count(*) from golden.crm_complaint as k left join code on code.id = k.item
         where coalesce(code.code, k.item__code) = :metric_item and k.problem_code = :metric_code
            and epoch_us(k.received_at) >= epoch_us(cast(:window_from as timestamptz)) and epoch_us(k.received_at) < epoch_us(cast(:window_to as timestamptz))) as events,
        (select coalesce(sum(s.quantity), 0) from golden.shipment as s left join code on code.id = s.item
         where coalesce(code.code, s.item__code) = :metric_item
            and epoch_us(s.shipped_at) >= epoch_us(cast(:window_from as timestamptz)) and epoch_us(s.shipped_at) < epoch_us(cast(:window_to as timestamptz))) as exposure"""
SUPPLIER_REJECT_PPM = """
    with received as (
        select coalesce(i.code, r.item__code) as item, r.lot_no, sum(r.quantity) as quantity
        from golden.receipt as r
        left join golden.item as i on i.id = r.item
        left join golden.supplier as f on f.id = r.supplier
        where coalesce(i.code, r.item__code) = :metric_item and (r.supplier = :metric_supplier or coalesce(f.code, r.supplier__code) = :metric_supplier)
            and epoch_us(r.received_at) >= epoch_us(cast(:window_from as timestamptz)) and epoch_us(r.received_at) < epoch_us(cast(:window_to as timestamptz))
        group by all
    ), refused as (
        select distinct coalesce(i.code, q.item__code) as item, q.lot_no
        from golden.qms_inspection as q left join golden.item as i on i.id = q.item where q.result = 'fail'
    )
    select coalesce(sum(r.quantity) filter (where f.lot_no is not null), 0) as events, coalesce(sum(r.quantity), 0) as exposure
    from received as r left join refused as f on f.item = r.item and f.lot_no = r.lot_no"""
MEASURES = {
    "ncr_rate": Metric(
        Label("每百批检验的某缺陷不合格单数", "Nonconformances of a defect per 100 lots inspected"), 100, ("metric_item", "metric_code"), NCR_RATE, "records",
    ),
    "lot_reject_rate": Metric(
        Label("某物料检验批拒收率(%)", "Lots of an item rejected, per cent"), 100, ("metric_item",), LOT_REJECT_RATE, "records",
    ),
    "complaint_rate": Metric(
        Label("某产品某问题每千台投诉数", "Complaints of a product and problem per 1,000 shipped"), 1000, ("metric_item", "metric_code"),
        COMPLAINT_RATE, "release",
    ),
    "supplier_reject_ppm": Metric(
        Label("某供方某物料拒收 PPM", "Rejected parts per million of a supplier's item"), 1_000_000, ("metric_item", "metric_supplier"),
        SUPPLIER_REJECT_PPM, "release",
    ),
}
METRICS = {name: m.label for name, m in MEASURES.items()}


def _guard(name: str, metric: Metric) -> Guard:
    """No objection when the figures meet the target, or when the CAPA is measured by another metric."""
    value = f"cast(m.events as float8) * {metric.per} / nullif(m.exposure, 0)"
    least = "greatest(coalesce(cast(:least_sample as bigint), 1), 1)"
    return Guard(
        name=f"effectiveness_met_{name}",
        zh=f"有效性达到目标:{metric.label.zh}",
        en=f"the target is met: {metric.label.en}",
        takes=("capa_no", "metric", "target", "least_sample", *TAKES),
        over=metric.over,
        blocks=f"""
            select 'capa/' || cast(:capa_no as text) as record,
                case when m.exposure < {least} then '样本不足 / the sample is too small: ' || cast(m.exposure as text)
                else '数值 / figure ' || cast(cast({value} as decimal(24, 6)) as text) || ' > ' || cast(cast(:target as decimal(24, 6)) as text) end as detail
            from ({metric.figures}) as m
            where cast(:metric as text) = '{name}'
                and (m.exposure < {least} or {value} > cast(:target as decimal(24, 6)))""",
        clause="ISO 13485:2016 8.5.2 f), 8.4",
    )


EFFECTIVENESS_MET = tuple(_guard(name, metric) for name, metric in MEASURES.items())
WINDOW_OVER = Guard(
    name="effectiveness_window_over",
    zh="观察窗口已结束",
    en="the window is over",
    takes=("capa_no", "window_to"),
    blocks="""
        select 'capa/' || cast(:capa_no as text) as record, '窗口到 / the window ends ' || coalesce(cast(:window_to as timestamptz)::text, '?') as detail
        where coalesce(cast(:window_to as timestamptz) > cast(:now as timestamptz), true)""",
    clause="ISO 13485:2016 8.5.2 f)",
)
MEASURED = Guard(
    name="effectiveness_measured",
    zh="已测量,且测量在窗口开始之后",
    en="it was measured after its window began",
    takes=("capa_no", "window_from"),
    blocks="""
        select 'capa/' || cast(:capa_no as text) as record, '尚未测量 / it was not measured' as detail
        where not exists (
            select 1 from native.capa_measurement
            where capa = cast(:capa_no as text) and measured_at >= cast(:window_from as timestamptz))""",
    clause="ISO 13485:2016 8.5.2 f)",
)
