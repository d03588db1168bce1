from datetime import date
from typing import Annotated

from medthread.model import (
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

DIRECTIONS = {"inbound": Label("来料", "Inbound"), "outbound": Label("出厂", "Outbound")}
KINDS = {
    "coc": Label("合格证明(COC)", "Certificate of conformity"),
    "coa": Label("分析报告(COA)", "Certificate of analysis"),
    "sterility": Label("无菌报告", "Sterility report"),
    "irradiation": Label("辐照证明", "Irradiation certificate"),
    "test_report": Label("检测报告", "Test report"),
}
EVENTS = (EventType("conformity.mismatched", "合格证明不符", "Certificate does not match", "supply"),)
NOT_THE_FILER = Guard(
    name="conformity_checked_by_other",
    zh="核对人不是登记人",
    en="whoever files a certificate does not verify it",
    takes=("cert_no", "filed_by", "actor"),
    blocks="""
        select 'conformity_certificate/' || cast(:cert_no as text) as record, '由 ' || cast(:filed_by as text) || ' 登记 / was filed by them' as detail
        where cast(:filed_by as text) = cast(:actor as text)""",
)
CONFORMITY = Process(
    name="conformity_certificate",
    zh="合格证明核对",
    en="Verification of a certificate",
    states=(
        State("received", "已收到", "Received"),
        State("verified", "已核对", "Verified"),
        State("mismatched", "不符", "Does not match"),
        State("issued", "已出具", "Issued"),
    ),
    initial=("received",),
    terminal=("issued",),
    rest=("verified", "mismatched"),
    transitions=(
        Transition(
            action="verify", zh="核对", en="Verify", from_=("received", "mismatched"), to="verified", by="qc|sqe|qa", meaning=Meaning.VERIFIED, asks=("values_compared",),
            guards=(NOT_THE_FILER.name,), evidence=Label("指标值与本公司限值逐项比对", "Each value compared with our own limits"),
        ),
        Transition(
            action="mismatch", zh="判为不符", en="Does not match", from_=("received", "verified"), to="mismatched", by="qc|sqe|qa", meaning=Meaning.REJECTED, reason=True,
            emits="conformity.mismatched",
        ),
        Transition(action="issue", zh="出具", en="Issue", from_=("verified",), to="issued", by="qa|release", meaning=Meaning.RELEASED),
    ),
    duties=(Duty("verify", "issue"),),
    clauses=("ISO 13485:2016 7.4.3", "ISO 13485:2016 8.2.6", "GMP 2025 art. 104"),
)


class ConformityCertificate(Entity):
    """A certificate of conformity or analysis for a lot: its values are compared, not only filed."""

    about = About(
        "合格证明",
        "Conformity certificate",
        domain="supply",
        group="supply",
        owner="quality",
        home=Home.NATIVE,
        title="cert_no",
        meaning=Label("随批次提供的合格证明或检测报告", "A certificate or test report that comes with a lot"),
        retain=Retention(years=10, anchor="last_ship", basis="GMP 2025 art. 45"),
        process=CONFORMITY,
        synonyms=("合格证", "COC", "COA"),
    )
    issuer: Annotated[str, F("出具方", "Issuer", key=True, search=True, about=Label("来料为供应商的统一编号", "Of inbound ones, the supplier's golden id"))]
    cert_no: Annotated[str, F("证书号", "Certificate no.", key=True, search=True)]
    lot_no: Annotated[str, F("批号", "Lot no.", key=True, search=True, about=Label("来料为供方批号", "Of inbound ones, the supplier's lot"))]
    item: Annotated[str, F("物料", "Item", ref=Ref("item"), search=True)]
    direction: Annotated[str, F("方向", "Direction", codes=DIRECTIONS, default="inbound")]
    kind: Annotated[str, F("类型", "Kind", codes=KINDS)]
    spec_ref: Annotated[str | None, F("规格文件", "Specification", in_list=False)]
    spec_rev: Annotated[str | None, F("规格版本", "Specification revision", in_list=False)]
    issued_on: Annotated[date | None, F("出具日期", "Issued on")]
    values_compared: Annotated[str | None, F("指标比对", "Values compared", long=True, in_list=False)]
    filed_by: Annotated[str, F("登记人", "Filed by", default="me", in_list=False)]
