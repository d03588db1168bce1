from datetime import date
from typing import Annotated

from medthread.model import (
    About,
    Clock,
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
)

KINDS = {
    "material": Label("材料", "Material"),
    "process": Label("工艺", "Process"),
    "site": Label("产地", "Site"),
    "subsupplier": Label("分供方", "Sub-supplier"),
    "specification": Label("规格", "Specification"),
    "discontinuation": Label("停产", "Discontinuation"),
    "ownership": Label("股权或名称", "Ownership or name"),
    "other": Label("其他", "Other"),
}
EVENTS = (EventType("supplier.change_notice", "收到供方变更通知", "Change notice from a supplier", "supply"),)
NOTICE = Process(
    name="supplier_change_notice",
    zh="供方变更通知",
    en="Supplier change notice",
    states=(
        State("received", "已收到", "Received"),
        State("forwarded", "已转变更评估", "Forwarded to change control"),
        State("closed", "已关闭", "Closed"),
    ),
    initial=("received",),
    terminal=("closed",),
    transitions=(
        Transition(
            action="forward", zh="转变更评估", en="Forward", from_=("received",), to="forwarded", by="sqe|purch", meaning=Meaning.REVIEWED,
            emits="supplier.change_notice", evidence=Label("可能影响产品", "It may affect the product"),
        ),
        Transition(
            action="set_aside", zh="无影响关闭", en="Set aside as without effect", from_=("received",), to="closed", by="sqe", meaning=Meaning.APPROVED,
            asks=("conclusion",), reason=True,
        ),
        Transition(action="close", zh="关闭", en="Close", from_=("forwarded",), to="closed", by="sqe", meaning=Meaning.CLOSED, asks=("conclusion",)),
    ),
    clocks=(Clock(name="screening", zh="筛查时限", en="Screening", span="5 wd", since="opened", until=("forwarded", "closed"), warn=("1 d",), escalate="sqe"),),
    clauses=("ISO 13485:2016 7.4.2", "GMP 2025 采购与原材料管理"),
)


class SupplierChangeNotice(Entity):
    """What a supplier announces that it will change (ISO 13485:2016, 7.4.2)."""

    about = About(
        "供方变更通知",
        "Supplier change notice",
        domain="supply",
        group="supply",
        owner="purchasing",
        home=Home.NATIVE,
        title="notice_no",
        meaning=Label("供应商告知其材料、工艺、产地等的变更", "What a supplier announces that it will change"),
        retain=Retention(years=10, anchor="close", basis="ISO 13485:2016 7.4.2"),
        process=NOTICE,
        synonyms=("PCN",),
    )
    notice_no: Annotated[str, F("通知号", "Notice no.", key=True, search=True, series="PCN")]
    supplier: Annotated[str, F("供应商", "Supplier", ref=Ref("supplier"), search=True)]
    item: Annotated[str | None, F("物料", "Item", ref=Ref("item"), search=True)]
    kind: Annotated[str, F("变更类别", "Kind", codes=KINDS)]
    description: Annotated[str, F("变更内容", "What changes", long=True)]
    received_on: Annotated[date, F("收到日期", "Received on", default="today")]
    takes_effect_on: Annotated[date | None, F("供方实施日期", "Takes effect on")]
    last_order_on: Annotated[date | None, F("最后订货日期", "Last order on", in_list=False)]
    conclusion: Annotated[str | None, F("结论", "Conclusion", long=True, in_list=False)]
