"""What a triaged complaint sets going: an assessment for each jurisdiction, and a look at the rate."""

from datetime import timedelta
from typing import Any

from medthread.domains.service.codes import JURISDICTIONS
from medthread.domains.service.complaint_rate import Group, judge, sold
from medthread.model import Event, Mode, Work, reaction
from medthread.model.events import Row

SEVERITY = {"death": "death", "serious": "serious"}  # any other harm that may have to be reported might have become serious
COUNTED_OUT = {"received", "not_complaint"}
QUIET = timedelta(days=30)  # a signal is not raised again so soon after it was assessed


@reaction("complaint.triaged", domain="service", mode=Mode.AUTO, zh="按法域开立不良事件评估", en="Open an assessment for each jurisdiction")
def assess_by_jurisdiction(event: Event, work: Work) -> None:
    """Where it happened and wherever the model is authorised; clocks count from when any employee knew."""
    complaint = work.get("complaint", event.record)
    if complaint["reportability"] == "no":
        return
    for jurisdiction in sorted({complaint["occurred_in"], *_markets(complaint, work)}):
        if not work.find("adverse_event", complaint=complaint["complaint_no"], jurisdiction=jurisdiction):
            place = "domestic" if jurisdiction == complaint["occurred_in"] else "abroad"
            work.create("adverse_event", {
                "complaint": complaint["complaint_no"], "jurisdiction": jurisdiction, "place": place,
                "severity": SEVERITY.get(complaint["harm"], "potential"), "aware_at": complaint["aware_at"], "occurred_on": complaint["event_on"],
                "device_model": complaint["device_model"], "item": complaint["item"], "lot_no": complaint["lot_no"], "serial_no": complaint["serial_no"],
            })


def _markets(complaint: Row, work: Work) -> set[str]:
    """Jurisdictions in which the model is or was authorised: vigilance outlives the certificate."""
    found = {line["jurisdiction"] for line in work.find("certificate_scope", device_model=complaint["device_model"])}
    return {j if j in JURISDICTIONS else "other" for j in found}


@reaction("complaint.triaged", domain="service", mode=Mode.AUTO, zh="判断投诉率趋势", en="Judge the complaint rate")
def judge_complaint_rate(event: Event, work: Work) -> None:
    """By model and problem over time, and for the lot against the other lots; above the limit a signal is raised."""
    complaint = work.get("complaint", event.record)
    model, problem, lot_no = (complaint[n] for n in ("device_model", "problem_code", "lot_no"))
    same = [c for c in work.find("complaint", device_model=model, problem_code=problem) if c["_state"] not in COUNTED_OUT]
    sales = sold(work, model)
    known = [Group(c["aware_at"].date(), c["lot_no"]) for c in same]
    for signal in judge(known, sales, today=work.now.date(), lot_no=lot_no):
        if not _raised_lately(work, model, problem, signal.lot_no):
            _raise(complaint, signal.values(), signal.chart, work)


def _raised_lately(work: Work, model: str, problem: str, lot_no: str | None) -> bool:
    earlier = work.find("complaint_trend", device_model=model, problem_code=problem, lot_no=lot_no)
    return any(t["_state"] != "assessed" or t["raised_at"] > work.now - QUIET for t in earlier)


def _raise(complaint: Row, values: Row, chart: list[dict[str, Any]], work: Work) -> None:
    """The signal with its chart, and the event that others hear."""
    body = {"device_model": complaint["device_model"], "problem_code": complaint["problem_code"], "complaint": complaint["complaint_no"], **values}
    id_ = work.create("complaint_trend", {**body, "raised_at": work.now})
    trend_no = work.get("complaint_trend", id_)["trend_no"]
    for point in chart:
        work.create("complaint_trend_point", {"complaint_trend": trend_no, **point})
    work.emit("complaint.trend_exceeded", entity="complaint_trend", record=id_, body={**body, "trend_no": trend_no, "item": complaint["item"], "chart": chart})


@reaction("complaint.trend_exceeded", domain="service", mode=Mode.PROPOSE, zh="评估是否提交趋势报告", en="Assess whether a trend report is due", role="pms")
def take_up_trend(event: Event, work: Work) -> None:
    """MDR Art. 88: somebody answers for the assessment."""
    work.act("complaint_trend", event.record, "take_up", reason="the signal is taken up · 开始评估")
