from datetime import datetime
from decimal import Decimal
from typing import Annotated

from medthread.model import NOT_NEGATIVE, About, Entity, F, Label, Ref, Retention

SEVERITIES = {"critical": Label("致命", "Critical"), "major": Label("严重", "Major"), "minor": Label("轻微", "Minor")}
DISPOSITIONS = {
    "rework": Label("返工", "Rework"),
    "scrap": Label("报废", "Scrap"),
    "return": Label("退货", "Return"),
    "use_as_is": Label("让步接收", "Use as is"),
    "regrade": Label("降级", "Regrade"),
}


class QmsNonconformance(Entity):
    """Product that did not meet its requirement (ISO 13485:2016, 8.3), as the quality system told it."""

    about = About(
        "不合格品(QMS)",
        "Nonconformance (QMS)",
        domain="quality",
        group="production",
        owner="quality",
        title="ncr_no",
        meaning=Label("不符合要求的产品", "Product that does not meet its requirement"),
        retain=Retention(years=10, anchor="close", basis="ISO 13485:2016 8.3"),
        synonyms=("NCR", "不良"),
    )
    ncr_no: Annotated[str, F("不合格单号", "NCR no.", key=True, search=True)]
    item: Annotated[str, F("物料", "Item", ref=Ref("item"), search=True)]
    lot_no: Annotated[str, F("批号", "Lot no.", search=True)]
    defect_code: Annotated[str | None, F("缺陷代码", "Defect code", search=True)]
    severity: Annotated[str | None, F("严重度", "Severity", codes=SEVERITIES)]
    quantity: Annotated[Decimal | None, F("数量", "Quantity", rules=(NOT_NEGATIVE,))]
    disposition: Annotated[str | None, F("处置", "Disposition", codes=DISPOSITIONS)]
    found_at: Annotated[datetime | None, F("发现时间", "Found at")]
