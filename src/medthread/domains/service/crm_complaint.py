from datetime import datetime
from typing import Annotated

from medthread.domains.service.codes import HARMS
from medthread.model import (
    About,
    Classification,
    Dimension,
    Entity,
    F,
    Gate,
    Label,
    LegalBasis,
    Mask,
    Purpose,
    Ref,
    Retention,
    Rule,
)

SCANNED_UDI = Rule(
    name="check_digit",
    about=Label("扫描的 UDI 中 GTIN 校验位必须正确", "the GTIN inside the scanned UDI must have a right check digit"),
    broken="udi_gtin({column}) is not null and not is_gtin(udi_gtin({column}))",
    dimension=Dimension.VALIDITY,
)
UNKNOWN_CARRIER = Rule(
    name="carrier_unknown",
    about=Label("认不出的 UDI 载体:原文保留,待人工辨认", "an unknown UDI carrier: its text is kept for a person to look at"),
    broken="udi_gtin({column}) is null and not regexp_matches({column}, '^[*]?[+]|^MA[.]|^[=&]')",
    dimension=Dimension.VALIDITY,
    gate=Gate.WARN,
)

HEARD = Purpose("处理投诉并回复投诉人", "to handle the complaint and answer who made it", basis=LegalBasis.DUTY)


class CrmComplaint(Entity):
    """A report that a device fell short (ISO 13485:2016, 8.2.2), as the customer system told it."""

    about = About(
        "投诉(CRM)",
        "Complaint (CRM)",
        domain="service",
        group="sales",
        owner="service",
        title="complaint_no",
        meaning=Label("对已上市器械质量的反映", "A report that a device fell short"),
        retain=Retention(years=15, anchor="close", basis="ISO 13485:2016 8.2.2"),
        synonyms=("客诉",),
    )
    complaint_no: Annotated[str, F("投诉号", "Complaint no.", key=True, search=True)]
    customer: Annotated[str | None, F("客户", "Customer", ref=Ref("customer"), search=True)]
    item: Annotated[str | None, F("物料", "Item", ref=Ref("item"), search=True)]
    udi: Annotated[str | None, F("UDI", "UDI as scanned", search=True, rules=(SCANNED_UDI, UNKNOWN_CARRIER))]
    lot_no: Annotated[str | None, F("批号", "Lot no.", search=True)]
    serial_no: Annotated[str | None, F("序列号", "Serial no.", search=True)]
    problem_code: Annotated[str | None, F("问题编码", "Problem code", standard="IMDRF AET")]
    harm: Annotated[str | None, F("伤害", "Harm", codes=HARMS)]
    description: Annotated[str, F("描述", "Description", in_list=False)]
    complainant: Annotated[
        str | None, F("投诉人", "Complainant", classification=Classification.PERSONAL, mask=Mask.PARTIAL, in_list=False, purpose=HEARD)
    ]
    phone: Annotated[
        str | None, F("电话", "Phone", classification=Classification.PERSONAL, mask=Mask.PARTIAL, in_list=False, purpose=HEARD)
    ]
    received_at: Annotated[datetime | None, F("收到时间", "Received at")]
