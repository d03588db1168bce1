from datetime import date
from decimal import Decimal
from typing import Annotated

from medthread.domains.service.codes import YES_NO
from medthread.domains.service.dispute_process import DISPUTE
from medthread.model import (
    NOT_NEGATIVE,
    About,
    Classification,
    Entity,
    F,
    Home,
    Label,
    LegalBasis,
    Mask,
    Purpose,
    Ref,
    Retention,
)

KINDS = {
    "liability": Label("产品责任", "Product liability"),
    "contract": Label("合同", "Contract"),
    "supply": Label("供货质量", "Quality of supply"),
    "warranty": Label("保修", "Warranty"),
    "other": Label("其他", "Other"),
}
PARTY = Purpose("主张或抗辩权利", "to pursue or defend a claim", basis=LegalBasis.CONTRACT)
KEPT = Retention(years=10, anchor="close", basis="《民法典》第一百八十八条")


class Dispute(Entity):
    """A claim against the company or by it. While it lasts, the records it touches are kept whatever their retention says."""

    about = About(
        "纠纷",
        "Dispute",
        domain="service",
        group="sales",
        owner="legal",
        home=Home.NATIVE,
        title="dispute_no",
        meaning=Label("与客户、患者或供方的争议;存续期间相关记录保全", "A claim by or against the company; what it touches is preserved while it lasts"),
        retain=KEPT,
        synonyms=("诉讼", "索赔", "claim"),
        process=DISPUTE,
    )
    dispute_no: Annotated[str, F("纠纷号", "Dispute no.", key=True, search=True, series="DP")]
    kind: Annotated[str, F("类型", "Kind", codes=KINDS)]
    counterparty: Annotated[str, F("对方", "Counterparty", classification=Classification.PERSONAL, mask=Mask.PARTIAL, purpose=PARTY)]
    complaint: Annotated[str | None, F("投诉", "Complaint", ref=Ref("complaint"), search=True)]
    claim: Annotated[str, F("诉求", "Claim", in_list=False, long=True, classification=Classification.CONFIDENTIAL)]
    amount: Annotated[Decimal | None, F("金额", "Amount", unit="CNY", rules=(NOT_NEGATIVE,), classification=Classification.CONFIDENTIAL)]
    opened_on: Annotated[date, F("提出日期", "Raised on", default="today")]
    legal_owner: Annotated[str, F("法务负责人", "Legal owner", default="me")]
    insurer: Annotated[str | None, F("保险公司", "Insurer", in_list=False)]
    insurer_told_on: Annotated[date | None, F("通知保险日期", "Insurer told on", in_list=False)]
    legal_hold: Annotated[str, F("记录保全", "Legal hold", codes=YES_NO, default="yes")]
    outcome: Annotated[str | None, F("结果", "Outcome", in_list=False, long=True, classification=Classification.CONFIDENTIAL)]
    settled_on: Annotated[date | None, F("结案日期", "Settled on")]


class DisputeRecord(Entity):
    """A record that the dispute touches: it is not destroyed while the hold stands."""

    about = About(
        "保全记录",
        "Record under legal hold",
        domain="service",
        group="sales",
        owner="legal",
        home=Home.NATIVE,
        title="record",
        meaning=Label("因纠纷而保全、不得销毁的记录", "A record that the dispute touches and nobody may destroy"),
        retain=KEPT,
        part_of="dispute",
    )
    dispute: Annotated[str, F("纠纷", "Dispute", key=True, ref=Ref("dispute"))]
    entity: Annotated[str, F("对象类型", "Kind of record", key=True, search=True, example="complaint")]
    record: Annotated[str, F("记录号", "Record", key=True, search=True)]
    relevance: Annotated[str | None, F("关联说明", "Why it matters", in_list=False)]
