"""What leads to a CAPA, and what a CAPA does by itself: the window set, the metric measured, its sources told."""

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal

from medthread.domains.quality.effectiveness import MEASURES, TAKES
from medthread.model import Event, Mode, Work, reaction
from medthread.model.events import Row

REJECTED_BECAUSE = """
        select s.reason from medthread.process_step as s where s.entity = 'capa' and s.record = :record and s.action = 'reject' order by s.id desc limit 1"""
NUMBER = {"nonconformance": "ncr_no", "deviation": "deviation_no"}


def open_capa(work: Work, *, problem: str, sources: Sequence[tuple[str, str]], **values: object) -> str:
    """A CAPA with the records it came from; gives its number."""
    no = str(work.get("capa", work.create("capa", {"kind": "corrective", "problem": problem, **values}))["capa_no"])
    for line, (entity, source) in enumerate(sources, start=1):
        work.create("capa_source", {"capa": no, "line_no": line, "source_entity": entity, "source_no": source})
    return no


@reaction("capa.proposed", domain="quality", mode=Mode.AT_ONCE, zh="由偏差开立 CAPA", en="Open a CAPA from the deviation")
def open_capa_of_deviation(event: Event, work: Work) -> None:
    """The deviation names it, and waits until it is screened."""
    found = work.get("deviation", event.record)
    no = open_capa(work, problem=found["actual"], sources=[("deviation", found["deviation_no"])], cause_code=found["cause_code"])
    work.change("deviation", event.record, {"capa": no})


@reaction("nc.trend_exceeded", domain="quality", mode=Mode.PROPOSE, zh="就不合格趋势开 CAPA", en="Open a CAPA on the trend of nonconformances", role="qa")
def open_capa_of_trend(event: Event, work: Work) -> None:
    """With every record of the trend, and the metric that the trend suggests."""
    item, code, records = (event.body[n] for n in ("item", "defect_code", "records"))
    problem = f"{item} {code}: 90 天内 {len(records)} 件不合格 / nonconformances within 90 days"
    open_capa(work, problem=problem, sources=[("nonconformance", n) for n in records], metric="ncr_rate", metric_item=item, metric_code=code)


@reaction("complaint.trend_exceeded", domain="quality", mode=Mode.PROPOSE, zh="就投诉趋势开 CAPA", en="Open a CAPA on the complaint rate", role="qa")
def open_capa_of_complaint_trend(event: Event, work: Work) -> None:
    """The signal, with its chart, is the source."""
    trend = work.get("complaint_trend", event.record)
    problem = f"{trend['device_model']} {trend['problem_code']}: {trend['observed']} / {trend['units']} 超过上限 / above the limit {trend['upper_limit']}"
    open_capa(
        work, problem=problem, sources=[("trend", trend["trend_no"]), ("complaint", trend["complaint"])],
        metric="complaint_rate", metric_item=event.body.get("item"), metric_code=trend["problem_code"],
    )


@reaction("audit.finding_raised", domain="quality", mode=Mode.PROPOSE, zh="就审核发现开 CAPA", en="Open a CAPA on the audit finding", role="qa")
def open_capa_of_finding(event: Event, work: Work) -> None:
    """Major and critical findings; for a minor one a person says no, or yes."""
    finding = work.get("audit_finding", event.record)
    no = open_capa(work, problem=finding["statement"], sources=[("audit_finding", f"{finding['audit']}#{finding['finding_no']}")])
    work.change("audit_finding", event.record, {"capa": no})


@reaction("capa.opened", domain="quality", mode=Mode.AUTO, zh="来源记录关联 CAPA", en="Link the source records")
def link_sources(event: Event, work: Work) -> None:
    """Sources that are still open name their CAPA."""
    no = work.get("capa", event.record)["capa_no"]
    for entity in ("nonconformance", "deviation"):
        for found in _open_sources(work, no, entity):
            work.change(entity, found["id"], {"capa": no})


@reaction("capa.rejected", domain="quality", mode=Mode.AUTO, zh="未立项的理由告知来源", en="Give the justification back to the source")
def tell_sources_why_not(event: Event, work: Work) -> None:
    """The reason that was signed stands with the nonconformance that asked."""
    why = (work.records(REJECTED_BECAUSE, {"record": event.record}) or [{"reason": ""}])[0]["reason"]
    no = work.get("capa", event.record)["capa_no"]
    for found in _open_sources(work, no, "nonconformance"):
        work.change("nonconformance", found["id"], {"capa_reason": f"{no} 未立项 / rejected: {why}"})


def _open_sources(work: Work, no: str, entity: str) -> list[Row]:
    named = [s["source_no"] for s in work.find("capa_source", capa=no) if s["source_entity"] == entity]
    return [r for n in named for r in work.find(entity, **{NUMBER[entity]: n}) if r["_state"] not in ("closed", "void", "rejected", "expired")]


@reaction("capa.verified", domain="quality", mode=Mode.AT_ONCE, zh="有效性窗口开始", en="Begin the window of effectiveness")
def begin_window(event: Event, work: Work) -> None:
    """From now, for as long as the plan said when it was approved."""
    days = work.get("capa", event.record)["window_days"]
    work.change("capa", event.record, {"window_from": work.now, "window_to": work.now + timedelta(days=days)})


@reaction("capa.measured", domain="quality", mode=Mode.AT_ONCE, zh="由数据计算指标", en="Compute the metric from data")
def measure(event: Event, work: Work) -> None:
    """The same figures as the guard's, kept beside the CAPA for whoever signs."""
    capa = work.get("capa", event.record)
    metric = MEASURES[capa["metric"]]
    given = {n: capa[n] for n in TAKES if f":{n}" in metric.figures}
    rows = work.records(metric.figures, given) if metric.over == "records" else work.released(_named(metric.figures, given), given)
    events, exposure = (Decimal(str(rows[0][n])) for n in ("events", "exposure")) if rows else (Decimal(0), Decimal(0))
    work.create("capa_measurement", {
        "capa": capa["capa_no"], "measured_at": work.now, "metric": capa["metric"], "events": events, "exposure": exposure, "target": capa["target"],
        "value": round(events * metric.per / exposure, 6) if exposure else None,
    })


def _named(sql: str, given: Row) -> str:
    """Parameters as a release's queries write them."""
    for name in given:
        sql = sql.replace(f":{name}", f"${name}")
    return sql
