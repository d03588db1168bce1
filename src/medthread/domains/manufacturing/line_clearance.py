from decimal import Decimal
from typing import Annotated

from medthread.model import (
    NOT_NEGATIVE,
    About,
    Duty,
    Entity,
    EventType,
    F,
    Guard,
    Home,
    Label,
    Meaning,
    Process,
    Ref,
    Retention,
    State,
    Transition,
)

EVENTS = (EventType("clearance.cleared", "已清场", "Line cleared", "manufacturing"),)
NOTHING_LEFT = Guard(
    name="nothing_left_on_the_line",
    zh="清场五项都已确认",
    en="product, labels, documents, waste and equipment are confirmed",
    takes=("clearance_no", "product_removed", "labels_removed", "documents_removed", "waste_removed", "equipment_clean"),
    blocks="""
        select 'line_clearance/' || cast(:clearance_no as text) as record, c.zh || ' / ' || c.en as detail
        from (values
            ('产品', 'product', cast(:product_removed as text)), ('标签', 'labels', cast(:labels_removed as text)),
            ('文件', 'documents', cast(:documents_removed as text)), ('废物', 'waste', cast(:waste_removed as text)),
            ('设备状态', 'equipment', cast(:equipment_clean as text))
        ) as c (zh, en, given)
        where not coalesce(cast(c.given as boolean), false)""",
    clause="GMP 2025 生产管理; 21 CFR 820.45",
)
CLEARANCE = Process(
    name="line_clearance",
    zh="清场",
    en="Line clearance",
    states=(
        State("open", "待清场", "Open"),
        State("performed", "已清场待复核", "Performed"),
        State("cleared", "已清场", "Cleared"),
        State("ended", "已结束", "Ended"),
        State("failed", "未通过", "Failed"),
    ),
    initial=("open",),
    terminal=("ended", "failed"),
    rest=("cleared",),
    transitions=(
        Transition(
            action="perform", zh="清场", en="Perform", from_=("open",), to="performed", by="prod", meaning=Meaning.PERFORMED,
            asks=("product_removed", "labels_removed", "documents_removed", "waste_removed", "equipment_clean"), guards=("nothing_left_on_the_line",),
        ),
        Transition(action="verify", zh="复核", en="Verify", from_=("performed",), to="cleared", by="qa|qc", meaning=Meaning.VERIFIED, emits="clearance.cleared"),
        Transition(action="fail", zh="不通过", en="Fail", from_=("performed",), to="failed", by="qa|qc", meaning=Meaning.REJECTED, reason=True),
        Transition(action="end", zh="结束", en="End", from_=("cleared",), to="ended", by="prod|prod_mgr"),
    ),
    duties=(Duty("perform", "verify"),),
    clauses=("ISO 13485:2016 7.5.1", "21 CFR 820.45", "GMP 2025 生产管理"),
)


class LineClearance(Entity):
    """A line emptied of the lot before, so that nothing of it can end up in the next."""

    about = About(
        "清场记录",
        "Line clearance",
        domain="manufacturing",
        group="production",
        owner="production",
        home=Home.NATIVE,
        title="clearance_no",
        meaning=Label("上一批清出,避免混入下一批", "A line emptied of the lot before, so that nothing of it ends up in the next"),
        retain=Retention(years=10, basis="GMP 2025 生产管理"),
        process=CLEARANCE,
    )
    clearance_no: Annotated[str, F("清场号", "Clearance no.", key=True, series="CLR", search=True)]
    area: Annotated[str, F("区域或产线", "Area or line", search=True)]
    previous_item: Annotated[str | None, F("上一产品", "Item before", ref=Ref("item"), in_list=False)]
    previous_lot: Annotated[str | None, F("上一批", "Lot before", ref=Ref("lot", along=(("item", "previous_item"),)), search=True)]
    next_item: Annotated[str, F("下一产品", "Item next", ref=Ref("item"))]
    next_lot: Annotated[str, F("下一批", "Lot next", ref=Ref("lot", along=(("item", "next_item"),)), search=True)]
    product_removed: Annotated[bool | None, F("产品已清出", "Product removed", in_list=False)]
    labels_removed: Annotated[bool | None, F("标签已清出", "Labels removed", in_list=False)]
    label_count: Annotated[int | None, F("清出标签数", "Labels taken out", rules=(NOT_NEGATIVE,), in_list=False)]
    documents_removed: Annotated[bool | None, F("文件已清出", "Documents removed", in_list=False)]
    waste_removed: Annotated[bool | None, F("废物已清出", "Waste removed", in_list=False)]
    equipment_clean: Annotated[bool | None, F("设备状态正常", "Equipment in order", in_list=False)]
    valid_hours: Annotated[Decimal, F("有效时长", "Valid for", unit="h", rules=(NOT_NEGATIVE,), default="24")]
