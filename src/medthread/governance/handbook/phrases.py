"""The words that the handbook is printed with, in both languages, and how its parts are said alike in HTML and PDF."""

from typing import Any

from medthread.governance.handbook.issue import DRAFT, IN_FORCE, SUPERSEDED, WHOLE, WITHDRAWN, Issue
from medthread.governance.handbook.setting import TITLE
from medthread.model import Label
from medthread.model.process import MEANINGS, Meaning
from medthread.trust.roles import role_label

PHRASES: dict[str, Label] = {
    "title": TITLE, "contents": Label("目录", "Contents"), "number": Label("文件编号", "Document no."), "version": Label("版本", "Version"),
    "state": Label("状态", "State"), "as_of": Label("口径日期", "As of"), "release": Label("数据发布", "Release of the data"), "hash": Label("内容哈希", "Hash of the content"),
    "prepared": Label("编制", "Prepared by"), "company": Label("企业", "Company"), "signatures": Label("签署页", "Signatures"), "chapter": Label("章", "Chapter"),
    "signer": Label("签署人", "Signed by"), "role": Label("身份", "As"), "meaning_of": Label("含义", "Meaning"), "when": Label("时间", "When"), "stands": Label("签名有效", "Signature stands"),
    "whole": Label("全文", "The whole"), "open": Label("未签署", "not signed yet"), "changes": Label("与上一版相比的变化", "Changes since the last issue"),
    "first": Label("这是第一版,没有可比较的上一版。", "This is the first issue: there is none to compare with."), "none": Label("没有变化。", "Nothing was changed."),
    "name": Label("名称", "Name"), "technical_name": Label("技术名", "Technical name"), "meaning": Label("定义", "Definition"), "synonyms": Label("同义词", "Synonyms"),
    "owner": Label("业务责任", "Business owner"), "steward": Label("数据管家", "Steward"), "technical": Label("技术责任", "Technical owner"), "kind": Label("类型", "Type"),
    "classification": Label("分级", "Classification"), "reference": Label("引用", "Refers to"), "standard": Label("标准", "Standard"), "required": Label("必填", "required"),
    "key": Label("主键", "key"), "unit": Label("单位", "Unit"), "retention": Label("保留期限", "Kept for"), "entities": Label("业务对象", "Business objects"), "models": Label("模型与指标", "Models and metrics"),
    "codes": Label("代码表", "Lists of codes"), "rules": Label("质量规则", "Quality rules"), "terms": Label("业务术语", "Glossary"), "index": Label("数据质量指数的算法", "How the quality index is reckoned"),
    "code": Label("代码", "Code"), "rule": Label("规则", "Rule"), "dimension": Label("维度", "Dimension"), "gate": Label("后果", "Consequence"), "asset": Label("对象", "Asset"),
    "grain": Label("粒度", "Grain"), "reads": Label("读取", "Reads"), "tests": Label("检验", "Tests"), "statement": Label("口径(SQL)", "Definition (SQL)"), "columns": Label("列", "Columns"),
    "status": Label("状态", "Status"), "parent": Label("上位术语", "Broader term"), "bound": Label("对应字段", "Fields"), "see": Label("参见", "See also"), "since": Label("生效日期", "In force since"),
    "declared": Label("产品声明", "As declared"), "no_meaning": Label("未声明含义", "no meaning declared"), "whole_index": Label("当前总指数", "The index now"), "before": Label("原", "before"), "after": Label("现", "after"),
    "gaps": Label("模型的列中尚未声明含义的", "Columns of models without a declared meaning"), "yes": Label("是", "yes"), "no": Label("否", "no"), "label": Label("名称", "Name"),
    "kind.added": Label("新增", "Added"), "kind.removed": Label("取消", "Removed"), "kind.changed": Label("修改", "Changed"),
    f"state.{DRAFT}": Label("草案 — 未生效,不得用作依据", "DRAFT — not in force, not to be relied upon"), f"state.{IN_FORCE}": Label("现行有效", "In force"),
    f"state.{SUPERSEDED}": Label("已被新版取代", "Superseded"), f"state.{WITHDRAWN}": Label("已撤回", "Withdrawn"),
    "status.approved": Label("现行", "approved"), "status.deprecated": Label("停用", "deprecated"), "in_force_at": Label("生效时间", "In force since"),
    "class.public": Label("公开", "public"), "class.internal": Label("内部", "internal"), "class.confidential": Label("机密", "confidential"), "class.personal": Label("个人", "personal"), "class.personal_sensitive": Label("敏感个人", "sensitive"),
    "gate.block": Label("阻断", "block"), "gate.quarantine": Label("隔离", "quarantine"), "gate.warn": Label("提示", "warn"), "gate.correct": Label("更正", "correct"),
}


def phrases(language: str) -> dict[str, str]:
    """All of them in one language."""
    return {n: label.in_(language) for n, label in PHRASES.items()}


def spoken(value: Any, language: str) -> Any:
    """Content with every text that there is in both languages as the text in one."""
    if isinstance(value, dict):
        if set(value) == {"zh", "en"}:
            return Label(value["zh"], value["en"]).in_(language)
        return {n: spoken(v, language) for n, v in value.items()}
    return [spoken(v, language) for v in value] if isinstance(value, list) else value


def printed(issue: Issue, language: str) -> dict[str, Any]:
    """Everything that is printed of an issue in one language."""
    said, row = phrases(language), issue.row
    by = {s["chapter"]: s for s in issue.signatures}
    content = spoken(issue.content, language)
    lines = [*((c["name"], c["label"], c["signs"]) for c in content["chapters"]), (WHOLE, said["whole"], content["issued_by"])]
    return {
        **content, "words": said, "language": "en" if language.startswith("en") else "zh", "id": issue.id, "state": row["state"], "content_hash": row["content_hash"],
        "prepared_by": row["prepared_name"] or row["prepared_by"], "in_force_at": _moment(row["in_force_at"]), "sign_page": [_line(label, signs, by.get(name), language) for name, label, signs in lines],
    }


def _line(label: str, signs: list[dict[str, Any]], signed: Any, language: str) -> dict[str, Any]:
    if signed is None:
        return {"label": label, "signer": "", "role": " / ".join(s["label"] for s in signs), "meaning": "", "at": "", "hash": "", "stands": None}
    return {
        "label": label, "signer": signed["printed_name"], "role": role_label(signed["role"]).in_(language), "meaning": MEANINGS[Meaning(signed["meaning"])].in_(language),
        "at": _moment(signed["signed_at"]), "hash": signed["content_hash"], "stands": signed["stands"],
    }


def _moment(at: Any) -> str:
    return f"{at:%Y-%m-%d %H:%M:%S %Z}" if at else ""
