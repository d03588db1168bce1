from datetime import date
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
    Retention,
    State,
    Transition,
)

ANCHORS = {
    "creation": Label("创建", "Creation"),
    "release": Label("放行", "Release"),
    "expiry": Label("失效", "Expiry"),
    "last_ship": Label("最后发货", "Last shipment"),
    "close": Label("关闭", "Closure"),
}
EVENTS = (EventType("retention.in_force", "保留规则已生效", "Retention rule in force", "compliance"),)
RETENTION_RULE = Process(
    name="retention_rule",
    zh="保留规则批准",
    en="Approval of a retention rule",
    states=(
        State("draft", "草稿", "Draft"),
        State("proposed", "待批准", "Proposed"),
        State("in_force", "有效", "In force"),
        State("retired", "停用", "Retired"),
    ),
    initial=("draft",),
    terminal=("retired",),
    rest=("in_force",),
    transitions=(
        Transition(action="propose", zh="提交批准", en="Propose", from_=("draft",), to="proposed", by="orig|doc|qa", meaning=Meaning.AUTHORED),
        Transition(action="send_back", zh="退回", en="Send back", from_=("proposed",), to="draft", by="qa_mgr|mr", meaning=Meaning.REJECTED, reason=True),
        Transition(
            action="approve", zh="批准", en="Approve", from_=("proposed",), to="in_force", by="qa_mgr|mr", meaning=Meaning.APPROVED, emits="retention.in_force",
            evidence=Label("不短于法定期限", "Not shorter than the law asks"),
        ),
        Transition(action="retire", zh="停用", en="Retire", from_=("in_force",), to="retired", by="qa_mgr|mr", meaning=Meaning.APPROVED, reason=True),
    ),
    duties=(Duty("propose", "approve"),),
    clauses=("ISO 13485:2016 4.2.5", "GMP 2025 art. 45"),
)


class RetentionRule(Entity):
    """How long records of a class are kept in a jurisdiction, from which moment, and who approves their destruction."""

    about = About(
        "保留规则",
        "Retention rule",
        domain="compliance",
        group="compliance",
        owner="quality",
        home=Home.NATIVE,
        title="class_code",
        meaning=Label("某类记录在某法域的保留期限", "How long records of a class are kept in a jurisdiction"),
        retain=Retention(forever=True, basis="ISO 13485:2016 4.2.5"),
        process=RETENTION_RULE,
        synonyms=("保存期限",),
    )
    class_code: Annotated[str, F("类别", "Class", key=True, search=True, example="device_history")]
    jurisdiction: Annotated[str, F("法域", "Jurisdiction", key=True, example="CN")]
    version_no: Annotated[int, F("版本", "Version", key=True, default="1")]
    basis: Annotated[str, F("依据", "Basis", example="GMP 2025 art. 45")]
    anchor: Annotated[str, F("起算点", "Counted from", codes=ANCHORS)]
    years: Annotated[Decimal | None, F("年限", "Years", unit="a", rules=(NOT_NEGATIVE,), about=Label("永久保留时留空", "Left empty when kept for ever"))]
    at_least: Annotated[Decimal | None, F("至少", "At least", unit="a", rules=(NOT_NEGATIVE,))]
    with_device_life: Annotated[bool | None, F("加上产品使用期限", "Plus the device's life")]
    destroy_method: Annotated[str | None, F("销毁方式", "How destroyed", in_list=False)]
    approver_role: Annotated[str, F("销毁批准角色", "Who approves destruction", default="qa_mgr")]
    reviewed_on: Annotated[date | None, F("复核日期", "Reviewed on")]
