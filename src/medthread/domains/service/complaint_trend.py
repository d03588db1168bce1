from datetime import date, datetime
from decimal import Decimal
from typing import Annotated

from medthread.domains.service.codes import PROBLEMS, YES_NO
from medthread.domains.service.complaint_trend_process import COMPLAINT_TREND
from medthread.model import About, Entity, F, Home, Label, Ref, Retention

KEPT = Retention(years=15, anchor="close", basis="Regulation (EU) 2017/745 Art. 88; ISO 13485:2016 8.4")


class ComplaintTrend(Entity):
    """A rate of complaints above what chance allows, with the chart that shows it (MDR Art. 88; ISO 13485:2016, 8.4)."""

    about = About(
        "投诉趋势信号",
        "Complaint trend",
        domain="service",
        group="sales",
        owner="post_market",
        home=Home.NATIVE,
        title="trend_no",
        meaning=Label("某型号某问题的投诉率超出控制上限", "Complaints about a model and problem, per unit sold, above the upper limit"),
        retain=KEPT,
        synonyms=("信号检测", "trend report", "趋势报告"),
        process=COMPLAINT_TREND,
    )
    trend_no: Annotated[str, F("趋势号", "Trend no.", key=True, search=True, series="TR")]
    device_model: Annotated[str, F("型号", "Device model", ref=Ref("device_model"), search=True)]
    problem_code: Annotated[str, F("问题编码", "Problem code", codes=PROBLEMS)]
    lot_no: Annotated[str | None, F("批号", "Lot no.", search=True, about=Label("只涉及一个批次时填写", "Where it is of one lot alone"))]
    complaint: Annotated[str, F("触发的投诉", "Complaint that raised it", ref=Ref("complaint"))]
    raised_at: Annotated[datetime, F("发现时间", "Raised at", default="now")]
    observed: Annotated[int, F("投诉数", "Complaints")]
    units: Annotated[Decimal, F("销售数量", "Units sold")]
    centre: Annotated[Decimal, F("基线投诉率", "Rate of the baseline", about=Label("每千台", "Per thousand units"))]
    upper_limit: Annotated[int, F("上限", "Upper limit", about=Label("该销售数量下的投诉数上限", "The most complaints that chance allows at these sales"))]
    risk_probability_exceeded: Annotated[str | None, F("高于风险文件假定的概率", "Above the probability that the risk file assumes", codes=YES_NO, in_list=False)]
    to_be_reported: Annotated[str | None, F("需提交趋势报告", "Trend report to be sent", codes=YES_NO)]
    assessment: Annotated[str | None, F("评估", "Assessment", in_list=False, long=True)]


class ComplaintTrendPoint(Entity):
    """One point of the chart: complaints and units of a period, with its limits."""

    about = About(
        "投诉趋势图点",
        "Point of a complaint trend",
        domain="service",
        group="sales",
        owner="post_market",
        home=Home.NATIVE,
        title="period_end",
        meaning=Label("控制图上的一个点:一个期间的投诉数、销售数与上限", "One point of the chart: a period's complaints, units sold and limit"),
        retain=KEPT,
        part_of="complaint_trend",
    )
    complaint_trend: Annotated[str, F("趋势", "Trend", key=True, ref=Ref("complaint_trend"))]
    period_end: Annotated[date, F("期末", "End of the period", key=True)]
    complaints: Annotated[int, F("投诉数", "Complaints")]
    units: Annotated[Decimal, F("销售数量", "Units sold")]
    rate: Annotated[Decimal | None, F("投诉率", "Rate", about=Label("每千台", "Per thousand units"))]
    upper_rate: Annotated[Decimal | None, F("控制上限", "Upper control limit", about=Label("每千台", "Per thousand units"))]
