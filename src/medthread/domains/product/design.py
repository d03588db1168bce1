from datetime import date
from typing import Annotated

from medthread.domains.product.design_control import DESIGN_ELEMENT, DESIGN_PROJECT
from medthread.model import About, Entity, F, Home, Label, Ref, Retention

KINDS = {
    "user_need": Label("用户需求", "User need"),
    "input": Label("设计输入", "Design input"),
    "output": Label("设计输出", "Design output"),
    "verification": Label("设计验证", "Design verification"),
    "validation": Label("设计确认", "Design validation"),
    "review": Label("设计评审", "Design review"),
    "transfer": Label("设计转换", "Design transfer"),
}
RESULTS = {
    "pass": Label("通过", "Pass"),
    "fail": Label("未通过", "Fail"),
    "conditional": Label("有条件通过", "Conditional"),
}
KEPT = Retention(years=15, anchor="last_ship", basis="ISO 13485:2016 7.3.10")


class DesignProject(Entity):
    """A design and development project; what hangs on it is the design and development file (ISO 13485:2016, 7.3.10)."""

    about = About(
        "设计开发项目",
        "Design project",
        domain="product",
        group="product",
        owner="engineering",
        home=Home.NATIVE,
        title="name",
        meaning=Label("一个设计开发项目及其设计开发文档", "A design and development project with its file"),
        retain=KEPT,
        process=DESIGN_PROJECT,
        synonyms=("DHF", "设计历史文档"),
    )
    project_no: Annotated[str, F("项目号", "Project no.", key=True, search=True, series="DP")]
    name: Annotated[str, F("名称", "Name", search=True)]
    device_model: Annotated[str | None, F("目标型号", "Device model", ref=Ref("device_model"), search=True)]
    plan: Annotated[str | None, F("设计开发计划", "Plan", in_list=False, about=Label("文件号(7.3.2)", "A document number (7.3.2)"))]
    risk_plan: Annotated[str | None, F("风险管理计划", "Risk management plan", in_list=False)]
    lead: Annotated[str, F("项目负责人", "Lead", default="me")]
    independent_reviewer: Annotated[
        str | None,
        F("独立评审人", "Independent reviewer", about=Label("与被评审阶段无直接责任", "Has no direct responsibility for the stage reviewed")),
    ]
    markets: Annotated[str | None, F("目标法域", "Target jurisdictions", example="CN, EU")]
    transfer_report: Annotated[str | None, F("转换报告", "Transfer report", in_list=False)]


class DesignElement(Entity):
    """A need, input, output, verification, validation, review or transfer of a project, in one version (7.3.3 to 7.3.8)."""

    about = About(
        "设计元素",
        "Design element",
        domain="product",
        group="product",
        owner="engineering",
        home=Home.NATIVE,
        title="element_no",
        meaning=Label("设计开发文档中的一条需求、输入、输出、验证、确认或评审", "A need, input, output, verification, validation or review in the design file"),
        retain=KEPT,
        process=DESIGN_ELEMENT,
        synonyms=("设计输入", "DV", "DR", "验证确认"),
    )
    element_no: Annotated[str, F("编号", "Element no.", key=True, search=True)]
    element_rev: Annotated[int, F("版本", "Version", key=True)]
    project: Annotated[str, F("项目", "Project", ref=Ref("design_project"), search=True)]
    kind: Annotated[str, F("类型", "Kind", codes=KINDS)]
    text: Annotated[str, F("内容", "Text", long=True)]
    acceptance: Annotated[str | None, F("接受准则", "Acceptance criteria", long=True, in_list=False)]
    sample_rationale: Annotated[str | None, F("样本量依据", "Sample size rationale", long=True, in_list=False, standard="ISO 13485:2016 7.3.6")]
    result: Annotated[str | None, F("结论", "Result", codes=RESULTS)]
    evidence: Annotated[str | None, F("证据文件", "Evidence", in_list=False, about=Label("文件号", "A document number"))]
    performed_on: Annotated[date | None, F("完成日期", "Performed on", in_list=False)]
    software_item: Annotated[str | None, F("软件项", "Software item", in_list=False, standard="IEC 62304")]


class DesignTrace(Entity):
    """That an element follows from another: an output from its input, a verification from what it verifies."""

    about = About(
        "设计追溯",
        "Design trace",
        domain="product",
        group="product",
        owner="engineering",
        home=Home.NATIVE,
        title="traces_to",
        meaning=Label("设计元素之间的追溯关系", "That one design element follows from another"),
        retain=KEPT,
        part_of="element_rev",
        synonyms=("追溯矩阵",),
    )
    element_no: Annotated[str, F("编号", "Element no.", key=True, search=True)]
    element_rev: Annotated[
        int, F("版本", "Version", key=True, ref=Ref("design_element", along=(("element_no", "element_no"),)))
    ]
    traces_to: Annotated[str, F("追溯到", "Traces to", key=True, search=True, about=Label("设计元素编号,以其最新版本为准", "An element's number; its latest version counts"))]
