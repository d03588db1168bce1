from decimal import Decimal
from typing import Annotated

from medthread.model import (
    NOT_NEGATIVE,
    About,
    Duty,
    Entity,
    EventType,
    F,
    Home,
    Label,
    Meaning,
    Process,
    Ref,
    Retention,
    State,
    Transition,
    between,
    pattern,
)

GRADES = {"A": Label("A 优秀", "A, excellent"), "B": Label("B 合格", "B, good"), "C": Label("C 需改进", "C, to improve"), "D": Label("D 不合格", "D, not acceptable")}
ACTIONS = {
    "none": Label("无", "None"),
    "improve": Label("改进", "Improve"),
    "restrict": Label("限制采购", "Restrict"),
    "exit": Label("退出", "Give up"),
}
PERCENT = between(0, 100, Label("0 到 100", "0 to 100"))
EVENTS = (EventType("supplier.evaluated", "供方评价已公布", "Evaluation published", "supply"),)
EVALUATION = Process(
    name="supplier_evaluation",
    zh="供应商评价",
    en="Supplier evaluation",
    states=(
        State("computed", "已计算", "Computed"),
        State("reviewed", "已复核", "Reviewed"),
        State("published", "已公布", "Published"),
        State("disputed", "有异议", "Disputed"),
    ),
    initial=("computed",),
    terminal=(),
    rest=("published",),
    transitions=(
        Transition(
            action="review", zh="复核", en="Review", from_=("computed", "disputed"), to="reviewed", by="sqe|qa", meaning=Meaning.REVIEWED, asks=("score", "grade"),
        ),
        Transition(
            action="publish", zh="公布", en="Publish", from_=("reviewed",), to="published", by="purch_mgr", meaning=Meaning.APPROVED, asks=("action",),
            emits="supplier.evaluated",
        ),
        Transition(
            action="dispute", zh="提出异议", en="Dispute", from_=("reviewed", "published"), to="disputed", by="purch|purch_mgr", meaning=Meaning.REJECTED, reason=True,
        ),
    ),
    duties=(Duty("review", "publish"),),
    clauses=("ISO 13485:2016 7.4.1",),
)


class SupplierEvaluation(Entity):
    """How a supplier did in a period. The figures come from receipts and inspections; people grade and publish."""

    about = About(
        "供应商评价",
        "Supplier evaluation",
        domain="supply",
        group="supply",
        owner="purchasing",
        home=Home.NATIVE,
        title="period",
        meaning=Label("供应商在一个期间的表现与等级", "How a supplier did in a period, and its grade"),
        retain=Retention(years=10, basis="ISO 13485:2016 7.4.1"),
        process=EVALUATION,
        synonyms=("供方绩效", "scorecard"),
    )
    supplier: Annotated[str, F("供应商", "Supplier", key=True, ref=Ref("supplier"), search=True)]
    period: Annotated[
        str,
        F("期间", "Period", key=True, search=True, example="2026-Q3",
          rules=(pattern(r"[0-9]{4}(-(Q[1-4]|H[12]|[01][0-9]))?", Label("形如 2026、2026-Q3、2026-H1、2026-09", "such as 2026, 2026-Q3, 2026-H1, 2026-09"), name="period_form"),)),
    ]
    lots_received: Annotated[int, F("来料批数", "Lots received", rules=(NOT_NEGATIVE,))]
    lots_rejected: Annotated[int, F("拒收批数", "Lots rejected", rules=(NOT_NEGATIVE,))]
    ppm: Annotated[Decimal | None, F("PPM", "PPM", rules=(NOT_NEGATIVE,))]
    on_time: Annotated[Decimal | None, F("准时率", "On time", unit="%", rules=(PERCENT,))]
    scar_response_days: Annotated[Decimal | None, F("整改响应天数", "Days to answer corrective actions", in_list=False, rules=(NOT_NEGATIVE,))]
    papers_complete: Annotated[Decimal | None, F("资料完整率", "Papers complete", unit="%", in_list=False, rules=(PERCENT,))]
    score: Annotated[Decimal | None, F("得分", "Score", rules=(PERCENT,))]
    grade: Annotated[str | None, F("等级", "Grade", codes=GRADES)]
    action: Annotated[str | None, F("措施", "Action", codes=ACTIONS)]
