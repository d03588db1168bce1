from datetime import date
from decimal import Decimal
from typing import Annotated

from medthread.domains.quality.concession_process import CONCESSION
from medthread.masters.lot import THE_LOT
from medthread.model import NOT_NEGATIVE, About, Entity, F, Home, Label, Ref, Retention


class Concession(Entity):
    """Leave to use product that does not meet its requirement, within a quantity and until a day (ISO 13485:2016, 8.3.2)."""

    about = About(
        "让步接收",
        "Concession",
        domain="quality",
        group="production",
        owner="quality",
        home=Home.NATIVE,
        title="concession_no",
        meaning=Label("在限量与期限内使用不符合要求的产品的许可", "Leave to use nonconforming product, within a quantity and until a day"),
        retain=Retention(years=10, anchor="close", basis="ISO 13485:2016 8.3.2"),
        synonyms=("让步", "特采", "waiver"),
        process=CONCESSION,
    )
    concession_no: Annotated[str, F("让步单号", "Concession no.", key=True, series="CON", search=True)]
    nonconformance: Annotated[str, F("不合格单", "Nonconformance", ref=Ref("nonconformance"), search=True)]
    item: Annotated[str, F("物料", "Item", ref=Ref("item"), search=True)]
    lot_no: Annotated[str, F("批号", "Lot no.", ref=THE_LOT, search=True)]
    justification: Annotated[str, F("理由", "Justification", long=True, in_list=False)]
    regulatory_ok: Annotated[bool, F("法规符合", "Regulatory requirements met", standard="ISO 13485:2016 8.3.2")]
    risk_assessment: Annotated[str, F("风险评估文件", "Risk assessment", in_list=False, example="RA-2026-014")]
    max_quantity: Annotated[Decimal, F("限量", "Quantity limit", rules=(NOT_NEGATIVE,))]
    valid_to: Annotated[date, F("有效期至", "Valid to")]
    conditions: Annotated[str | None, F("条件", "Conditions", long=True, in_list=False)]
    customer_ok: Annotated[bool | None, F("客户同意", "Customer agrees")]
