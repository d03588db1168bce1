from datetime import date, datetime
from typing import Annotated

from medthread.domains.compliance.evidence_process import EVIDENCE
from medthread.model import About, Entity, F, Home, Label, Ref, Retention, pattern

STATUS = {
    "draft": Label("草稿", "Draft"),
    "in_force": Label("有效", "In force"),
    "superseded": Label("已被替代", "Superseded"),
    "repealed": Label("已废止", "Repealed"),
}
GAPS = {
    "met": Label("符合", "Met"),
    "partial": Label("部分符合", "Partly met"),
    "gap": Label("差距", "Gap"),
    "na": Label("不适用", "Not applicable"),
}
CONFIDENCE = {
    "high": Label("已核对原文", "Compared with the text"),
    "medium": Label("待核对", "To be compared"),
    "low": Label("仅凭记忆", "From memory"),
}
KEPT = Retention(forever=True, basis="ISO 13485:2016 4.1.1")


class Requirement(Entity):
    """A clause of a law or standard in one edition, in our own words: which edition holds is decided by the event's date."""

    about = About(
        "法规标准条款",
        "Regulatory requirement",
        domain="compliance",
        group="compliance",
        owner="regulatory",
        home=Home.NATIVE,
        written_by="ra|regulatory|qa|qa_mgr",
        title="clause",
        meaning=Label("法规或标准某版本的一条要求", "One requirement of a law or standard, in one edition"),
        retain=KEPT,
        synonyms=("条款", "法规映射"),
    )
    source: Annotated[str, F("法规或标准", "Source", key=True, search=True, example="ISO 13485")]
    edition: Annotated[str, F("版本", "Edition", key=True, example="2016")]
    clause: Annotated[str, F("条款", "Clause", key=True, search=True, example="7.4.1")]
    summary: Annotated[str, F("要求摘要", "Summary", long=True)]
    applies_to: Annotated[str | None, F("适用对象", "Applies to")]
    effective_on: Annotated[date, F("生效日期", "In force from")]
    ends_on: Annotated[date | None, F("失效日期", "In force until")]
    controls: Annotated[str | None, F("对应控制", "Controls", long=True, in_list=False, about=Label("流程、规则或报表的名称", "Names of processes, rules or reports"))]
    owner: Annotated[str | None, F("责任人", "Owner")]
    gap: Annotated[str | None, F("符合状态", "Whether met", codes=GAPS)]
    assessed_on: Annotated[date | None, F("评估日期", "Assessed on")]
    confidence: Annotated[str | None, F("可信度", "Confidence", codes=CONFIDENCE, in_list=False)]
    status: Annotated[str, F("状态", "Status", codes=STATUS, default="draft")]


class EvidenceLink(Entity):
    """A record that shows a requirement is met, by its hash as of a moment."""

    about = About(
        "合规证据",
        "Evidence link",
        domain="compliance",
        group="compliance",
        owner="quality",
        home=Home.NATIVE,
        title="record_ref",
        meaning=Label("证明某条款得到满足的一条记录", "A record that shows a requirement is met"),
        retain=KEPT,
        process=EVIDENCE,
        synonyms=("证据链",),
    )
    source: Annotated[str, F("法规或标准", "Source", key=True, search=True)]
    edition: Annotated[str, F("版本", "Edition", key=True)]
    clause: Annotated[
        str, F("条款", "Clause", key=True, ref=Ref("requirement", along=(("source", "source"), ("edition", "edition"))), search=True)
    ]
    record_ref: Annotated[str, F("记录", "Record", key=True, search=True, example="document/SOP-07-03/B")]
    as_of: Annotated[datetime, F("时点", "As of", key=True, default="now")]
    record_hash: Annotated[
        str | None,
        F("记录哈希", "Record's hash", in_list=False,
          rules=(pattern(r"(sha256:)?[0-9a-f]{64}", Label("64 位小写十六进制的 SHA-256", "a SHA-256 in 64 lower-case hexadecimal digits"), name="sha256_form"),)),
    ]
    collected_by: Annotated[str, F("采集者", "Collected by", default="me")]
    valid_to: Annotated[date | None, F("有效期至", "Valid until")]
    note: Annotated[str | None, F("说明", "Note", in_list=False)]
