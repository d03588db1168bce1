from datetime import date
from typing import Annotated

from medthread.domains.compliance.document_release import DOCUMENT_RELEASE
from medthread.model import About, Entity, F, Home, Label, Ref, Retention, pattern

KINDS = {
    "manual": Label("质量手册", "Manual"),
    "procedure": Label("程序文件", "Procedure"),
    "work_instruction": Label("作业指导书", "Work instruction"),
    "spec": Label("规范", "Specification"),
    "drawing": Label("图纸", "Drawing"),
    "form": Label("表单", "Form"),
    "record_template": Label("记录模板", "Record template"),
    "protocol": Label("方案", "Protocol"),
    "report": Label("报告", "Report"),
    "agreement": Label("质量协议", "Quality agreement"),
    "label": Label("标签", "Label"),
    "ifu": Label("说明书", "Instructions for use"),
    "external": Label("外来文件", "External document"),
}
LANGUAGES = {"zh": Label("中文", "Chinese"), "en": Label("英文", "English"), "zh_en": Label("中英文", "Chinese and English"), "other": Label("其他", "Other")}
FUNCTIONS = {
    "eng": Label("研发/工艺", "Engineering"),
    "ra": Label("法规", "Regulatory affairs"),
    "qa": Label("质量保证", "Quality assurance"),
    "qc_mgr": Label("检验", "Inspection"),
    "prod_mgr": Label("生产", "Production"),
    "purch": Label("采购", "Purchasing"),
    "svc": Label("售后", "Service"),
}
SHA256 = pattern(r"[0-9a-f]{64}", Label("64 位小写十六进制的 SHA-256", "a SHA-256 in 64 lower-case hexadecimal digits"), name="sha256_form")
KEPT = Retention(years=10, anchor="close", basis="ISO 13485:2016 4.2.4; GMP 2025 文件和数据管理")


class Document(Entity):
    """One revision of a controlled document (ISO 13485:2016, 4.2.4). Its signatures are bound to the hash of its content.

    Other records name a document by its number: the effective revision is meant.
    """

    about = About(
        "受控文件",
        "Controlled document",
        domain="compliance",
        group="compliance",
        owner="quality",
        home=Home.NATIVE,
        title="title",
        meaning=Label("受控文件的一个版本", "One revision of a controlled document"),
        retain=KEPT,
        process=DOCUMENT_RELEASE,
        synonyms=("体系文件", "SOP", "作业指导书"),
    )
    doc_no: Annotated[str, F("文件号", "Document no.", key=True, search=True, example="SOP-07-03")]
    doc_rev: Annotated[str, F("版本", "Revision", key=True, example="B")]
    title: Annotated[str, F("名称", "Title", search=True)]
    kind: Annotated[str, F("类型", "Kind", codes=KINDS)]
    language: Annotated[str, F("语言", "Language", codes=LANGUAGES, default="zh")]
    owner: Annotated[str, F("归口人", "Owner", default="me")]
    function: Annotated[str, F("审核职能", "Reviewing function", codes=FUNCTIONS, about=Label("审核本版本的职能", "The function that reviews this revision"))]
    function_reason: Annotated[
        str | None, F("审核职能变更理由", "Why another function reviews", in_list=False, about=Label("与上一版不同时说明其对等", "Why it is equal to the last revision's"))
    ]
    file_name: Annotated[str | None, F("文件名", "File", in_list=False)]
    sha256: Annotated[str | None, F("内容哈希", "Content hash", in_list=False, rules=(SHA256,), standard="FIPS 180-4")]
    change_order: Annotated[str | None, F("变更单", "Change order", search=True, about=Label("随该变更一同生效", "Takes effect with that change"))]
    supersedes: Annotated[str | None, F("取代版本", "Supersedes revision")]
    no_training_reason: Annotated[str | None, F("无需培训的理由", "Why no training is needed", long=True, in_list=False)]
    effective_on: Annotated[date | None, F("生效日期", "Effective on")]
    review_due: Annotated[date | None, F("复审日期", "Review due")]
    retention_class: Annotated[str | None, F("保留类别", "Retention class", in_list=False)]
    change_notice_clause: Annotated[bool | None, F("含变更通知条款", "Has a change-notice clause", in_list=False, about=Label("仅质量协议", "Quality agreements only"))]


class DocumentDistribution(Entity):
    """Who or where holds a copy of a revision, and when it was recalled."""

    about = About(
        "文件发放",
        "Document distribution",
        domain="compliance",
        group="compliance",
        owner="quality",
        home=Home.NATIVE,
        title="holder",
        meaning=Label("某版本文件的一份发放及其收回", "A copy of a revision: who holds it, and its recall"),
        retain=KEPT,
        part_of="doc_rev",
        synonyms=("发放回收记录",),
    )
    doc_no: Annotated[str, F("文件号", "Document no.", key=True, search=True)]
    doc_rev: Annotated[str, F("版本", "Revision", key=True, ref=Ref("document", along=(("doc_no", "doc_no"),)))]
    holder: Annotated[str, F("持有岗位或地点", "Held by", key=True, search=True)]
    copies: Annotated[int, F("份数", "Copies")]
    issued_on: Annotated[date | None, F("发放日期", "Issued on")]
    recalled_on: Annotated[date | None, F("收回日期", "Recalled on")]
