from datetime import date, datetime
from decimal import Decimal
from typing import Annotated

from medthread.domains.manufacturing.batch_release import BATCH_RELEASE
from medthread.domains.manufacturing.batch_step import BATCH_STEP
from medthread.masters.item import UNITS
from medthread.masters.lot import THE_LOT
from medthread.model import NOT_NEGATIVE, About, Entity, F, Home, Label, Ref, Retention, Span, between

RECONCILED = {
    "material": Label("物料", "Material"),
    "label": Label("标签", "Label"),
    "packaging": Label("包装", "Packaging"),
    "ifu": Label("说明书", "Instructions for use"),
}
EXCEPTIONS = {
    "out_of_limits": Label("参数超限", "Value out of limits"),
    "repeated": Label("重复执行", "Repeated step"),
    "not_applicable": Label("不适用", "Not applicable"),
    "deviation": Label("偏差", "Deviation"),
    "nonconformance": Label("不合格", "Nonconformance"),
    "unreconciled": Label("不平衡", "Not reconciled"),
}
KEPT = Retention(
    years=15, anchor="expiry", at_least=(Span(years=2, anchor="close", device_life=True),), implants_forever=True,
    basis="ISO 13485:2016 4.2.5, 7.5.1; GMP 2025 art. 45",
)
WHOLE = Ref("batch_record", along=(("item", "item"),))


class BatchRecord(Entity):
    """Everything that was done to make a lot, and who let it go: to stock, then to the market (ISO 13485:2016, 7.5.1, 8.2.6)."""

    about = About(
        "批记录",
        "Batch record",
        domain="manufacturing",
        group="production",
        owner="production",
        home=Home.NATIVE,
        title="lot_no",
        meaning=Label("一个批次的制造全过程与两步放行", "Everything done to make a lot, and its release in two steps"),
        retain=KEPT,
        synonyms=("eDHR", "批生产记录", "放行单"),
        process=BATCH_RELEASE,
    )
    item: Annotated[str, F("产品", "Item", key=True, ref=Ref("item"), search=True)]
    lot_no: Annotated[str, F("批号", "Lot no.", key=True, ref=THE_LOT, search=True)]
    model_no: Annotated[str | None, F("型号规格", "Model", ref=Ref("device_model"), search=True)]
    work_order: Annotated[str | None, F("工单", "Work order", ref=Ref("work_order"), search=True)]
    routing_rev: Annotated[str, F("工艺版本", "Routing revision")]
    template: Annotated[str, F("主批记录版本", "Master batch record", in_list=False, example="MBR-104/C")]
    quantity_made: Annotated[Decimal | None, F("产出数量", "Quantity made", rules=(NOT_NEGATIVE,))]
    uom: Annotated[str | None, F("单位", "Unit", codes=UNITS)]
    yield_percent: Annotated[Decimal | None, F("收率", "Yield", unit="%", rules=(between(0, 120, Label("0 到 120", "0 to 120")),), in_list=False)]
    expires_on: Annotated[date | None, F("失效日期", "Expires on", standard="GS1 AI 17", kept_from="expiry")]
    sterile: Annotated[bool, F("无菌提供", "Sterile", default="false")]
    contract_manufacture: Annotated[bool, F("委托生产", "Contract manufacture", default="false")]
    exceptions_explained: Annotated[str | None, F("例外说明", "Exceptions explained", long=True, in_list=False)]
    test_report: Annotated[str | None, F("检验报告", "Test report", in_list=False)]
    jurisdiction: Annotated[str | None, F("上市法域", "Market", default="CN", example="CN")]
    certificate_no: Annotated[
        str | None, F("注册证", "Market authorisation", ref=Ref("registration_certificate", along=(("jurisdiction", "jurisdiction"),)), search=True)
    ]
    printed_di: Annotated[str | None, F("标签上的 UDI-DI", "UDI-DI as printed", search=True, standard="GS1 AI 01")]
    printed_udi: Annotated[str | None, F("首末件标签扫码", "Label scanned, first and last", in_list=False)]
    release_certificate: Annotated[str | None, F("放行单号", "Release certificate", in_list=False)]


class BatchRecordStep(Entity):
    """One step as it was done: by whom, on what, with which value. A repeat is another row with the next attempt."""

    about = About(
        "批记录步骤",
        "Batch record step",
        domain="manufacturing",
        group="production",
        owner="production",
        home=Home.NATIVE,
        title="step_no",
        meaning=Label("实际执行的一步;重做另起一行", "One step as it was done; a repeat is another row"),
        retain=KEPT,
        part_of="lot_no",
        process=BATCH_STEP,
    )
    item: Annotated[str, F("产品", "Item", key=True, ref=Ref("item"), search=True)]
    lot_no: Annotated[str, F("批号", "Lot no.", key=True, ref=WHOLE, search=True)]
    operation_no: Annotated[int, F("工序号", "Operation", key=True)]
    step_no: Annotated[int, F("步骤", "Step", key=True)]
    operation: Annotated[str, F("工序名称", "Operation's name", search=True, about=Label("培训要求按此名称", "what training requirements name"))]
    attempt: Annotated[int, F("次数", "Attempt", key=True, default="1")]
    parameter: Annotated[str | None, F("参数", "Parameter")]
    instruction: Annotated[str, F("指令文件", "Instruction", in_list=False)]
    instruction_rev: Annotated[str, F("文件版本", "Revision of the instruction")]
    plant: Annotated[str | None, F("工厂", "Plant", ref=Ref("organisation"), in_list=False)]
    area: Annotated[str | None, F("区域", "Area", search=True)]
    equipment: Annotated[str | None, F("设备", "Equipment", ref=Ref("equipment"), search=True)]
    person: Annotated[str | None, F("操作人账号", "Operator (account)", search=True)]
    value: Annotated[Decimal | None, F("数值", "Value")]
    value_text: Annotated[str | None, F("文字结果", "Result in words", in_list=False)]
    lower_limit: Annotated[Decimal | None, F("下限", "Lower limit", in_list=False)]
    upper_limit: Annotated[Decimal | None, F("上限", "Upper limit", in_list=False)]
    deviation: Annotated[str | None, F("偏差", "Deviation", ref=Ref("deviation"))]
    started_at: Annotated[datetime | None, F("开始", "Started at")]
    ended_at: Annotated[datetime | None, F("结束", "Ended at")]
    instrument: Annotated[str | None, F("采集来源", "Where the value came from", in_list=False)]


class BatchReconciliation(Entity):
    """Materials or labels of a batch: what was issued is used, returned, sampled or destroyed (ISO 13485:2016, 7.5.1; 21 CFR 820.45)."""

    about = About(
        "批平衡",
        "Reconciliation",
        domain="manufacturing",
        group="production",
        owner="production",
        home=Home.NATIVE,
        title="what",
        meaning=Label("物料与标签的收支平衡", "What was issued is used, returned, sampled or destroyed"),
        retain=KEPT,
        part_of="lot_no",
        synonyms=("物料平衡", "标签平衡"),
    )
    item: Annotated[str, F("产品", "Item", key=True, ref=Ref("item"), search=True)]
    lot_no: Annotated[str, F("批号", "Lot no.", key=True, ref=WHOLE, search=True)]
    line_no: Annotated[int, F("行号", "Line", key=True)]
    kind: Annotated[str, F("类别", "Kind", codes=RECONCILED)]
    what: Annotated[str, F("物料或标签", "What", search=True)]
    what_lot: Annotated[str | None, F("其批号", "Its lot", mentions=Ref("lot"), search=True)]
    issued: Annotated[Decimal, F("发出", "Issued", rules=(NOT_NEGATIVE,))]
    used: Annotated[Decimal, F("使用", "Used", rules=(NOT_NEGATIVE,))]
    returned: Annotated[Decimal, F("退回", "Returned", rules=(NOT_NEGATIVE,), default="0")]
    sampled: Annotated[Decimal, F("取样", "Sampled", rules=(NOT_NEGATIVE,), default="0")]
    destroyed: Annotated[Decimal, F("销毁", "Destroyed", rules=(NOT_NEGATIVE,), default="0")]


class BatchException(Entity):
    """What a reviewer must look at: computed from the record when it is completed, so that review is by exception."""

    about = About(
        "批记录例外",
        "Batch exception",
        domain="manufacturing",
        group="production",
        owner="production",
        home=Home.NATIVE,
        title="kind",
        meaning=Label("审核时必须看的例外,由记录算出", "What a reviewer must look at, computed from the record"),
        retain=KEPT,
        part_of="lot_no",
    )
    item: Annotated[str, F("产品", "Item", key=True, ref=Ref("item"), search=True)]
    lot_no: Annotated[str, F("批号", "Lot no.", key=True, ref=WHOLE, search=True)]
    line_no: Annotated[int, F("行号", "Line", key=True)]
    kind: Annotated[str, F("类别", "Kind", codes=EXCEPTIONS)]
    record: Annotated[str, F("记录", "Record")]
    detail: Annotated[str, F("内容", "Detail")]
