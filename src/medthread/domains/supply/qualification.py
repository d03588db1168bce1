from datetime import date, datetime
from typing import Annotated

from medthread.domains.supply.qualification_process import QUALIFICATION
from medthread.model import About, Entity, F, Home, Label, Ref, Retention, between

ITEM_CLASSES = {
    "A": Label("A 类(影响安全或性能)", "A (affects safety or performance)"),
    "B": Label("B 类", "B"),
    "C": Label("C 类", "C"),
}
LEVELS = {"conditional": Label("有条件", "Conditional"), "full": Label("完全", "Full")}
HELD_FOR = {
    "certificate": Label("证照过期", "Certificate expired"),
    "grade": Label("评价 D 级", "Graded D"),
    "nonconformance": Label("致命不合格", "Critical nonconformance"),
    "audit": Label("审核逾期", "Audit overdue"),
    "other": Label("其他", "Other"),
}
TRIALS = {"sample": Label("样品", "Sample"), "trial_lot": Label("试用批", "Trial lot")}
RESULTS = {"accepted": Label("合格", "Accepted"), "rejected": Label("不合格", "Rejected")}
KEPT = Retention(years=10, anchor="close", basis="ISO 13485:2016 7.4.1")


class SupplierQualification(Entity):
    """That a supplier may deliver an item from a site, and how that was found out (ISO 13485:2016, 7.4.1).

    It has a number of its own, so that a source that was given up or refused can be proposed again; at any time one
    entry at most is open for a supplier, item and site.
    """

    about = About(
        "合格供方",
        "Approved-supplier entry",
        domain="supply",
        group="supply",
        owner="quality",
        home=Home.NATIVE,
        title="qualification_no",
        meaning=Label("某供应商自某产地供应某物料的认可", "That a supplier may deliver an item from a site"),
        retain=KEPT,
        process=QUALIFICATION,
        synonyms=("合格供方名录", "AVL", "ASL"),
    )
    qualification_no: Annotated[str, F("准入号", "Qualification no.", key=True, search=True, series="SQ")]
    supplier: Annotated[str, F("供应商", "Supplier", ref=Ref("supplier"), search=True)]
    item: Annotated[str, F("物料", "Item", ref=Ref("item"), search=True)]
    site: Annotated[str, F("生产场地", "Site", search=True)]
    item_class: Annotated[str, F("物料分级", "Item class", codes=ITEM_CLASSES)]
    outsourced: Annotated[bool, F("外包过程", "Outsourced process", default="false", about=Label("如灭菌、委托加工", "Such as sterilisation or contract work"))]
    new_site: Annotated[bool, F("新场地", "New site", default="false")]
    need: Annotated[str, F("需求说明", "Need", long=True, in_list=False)]
    survey: Annotated[str | None, F("调查表结论", "What the survey showed", long=True, in_list=False)]
    low_risk_reason: Annotated[str | None, F("低风险理由", "Why it is of low risk", long=True, in_list=False)]
    trial_lots_required: Annotated[int, F("试用批数", "Trial lots required", default="3", in_list=False, rules=(between(1, 50, Label("1 到 50", "1 to 50")),))]
    agreement: Annotated[str | None, F("质量协议", "Quality agreement", search=True, about=Label("文件号", "A document number"))]
    level: Annotated[str | None, F("认可级别", "Level", codes=LEVELS)]
    valid_to: Annotated[date | None, F("有效期至", "Valid until")]
    audit_due: Annotated[date | None, F("下次审核日", "Next audit due")]
    evaluated_at: Annotated[datetime | None, F("最近评价时间", "Last evaluated at", in_list=False)]
    skip_lot: Annotated[bool, F("免检或减检", "Skip-lot inspection", default="false", in_list=False)]
    held_for: Annotated[str | None, F("冻结原因", "Held for", codes=HELD_FOR)]
    held_because: Annotated[str | None, F("冻结依据", "Held because of", about=Label("证照、评价或不合格的编号", "The certificate, evaluation or nonconformance"))]
    lift_evidence: Annotated[str | None, F("解除依据", "Evidence for lifting", long=True, in_list=False)]
    alternative_source: Annotated[str | None, F("替代来源", "Alternative source", in_list=False)]
    last_lot: Annotated[str | None, F("最后一批的处理", "What covers the last lot", in_list=False)]


class SupplierTrial(Entity):
    """A sample or trial lot of a source, and how it was judged."""

    about = About(
        "供方样品与试用批",
        "Sample or trial lot of a source",
        domain="supply",
        group="supply",
        owner="quality",
        home=Home.NATIVE,
        title="lot_no",
        meaning=Label("准入过程中的一份样品或一个试用批及其结论", "A sample or trial lot during qualification, and its result"),
        retain=KEPT,
        part_of="qualification",
    )
    qualification: Annotated[str, F("准入", "Qualification", key=True, ref=Ref("supplier_qualification"), search=True)]
    kind: Annotated[str, F("类别", "Kind", key=True, codes=TRIALS)]
    lot_no: Annotated[str, F("批号", "Lot no.", key=True, search=True)]
    inspection: Annotated[str, F("检验单", "Inspection", search=True)]
    result: Annotated[str, F("结论", "Result", codes=RESULTS)]
    judged_on: Annotated[date, F("判定日期", "Judged on", default="today")]
