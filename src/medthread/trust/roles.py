"""Roles as data: what each is called, how much it is cleared for, whether it looks at data. What it may do, policies say."""

from dataclasses import dataclass

from medthread.model import Classification, Label
from medthread.model.process import ORIGINATOR, SYSTEM

READER = "reader"  # the role that those who look at data have beside their own
ACTOR = "actor"  # the role of those who act in processes
PUBLIC, INTERNAL, CONFIDENTIAL, PERSONAL, SENSITIVE = Classification


@dataclass(frozen=True)
class Role:
    """A role. `acts`: has its part in processes, so it may open records and do what a transition's roles allow."""

    name: str
    label: Label
    clearance: Classification
    reads: bool = True
    acts: bool = False

    @property
    def is_business(self) -> bool:
        """Whether it looks at data or has a part in processes; administrators do neither."""
        return self.reads or self.acts


def _acting(name: str, zh: str, en: str, clearance: Classification = CONFIDENTIAL) -> Role:
    return Role(name, Label(zh, en), clearance, acts=True)


ROLES: dict[str, Role] = {
    role.name: role
    for role in (
        Role("data_engineer", Label("数据工程师", "Data engineer"), INTERNAL),
        Role("steward", Label("数据管家", "Data steward"), PERSONAL),
        Role("quality", Label("质量工程师", "Quality engineer"), CONFIDENTIAL),
        Role("regulatory", Label("法规专员", "Regulatory affairs"), CONFIDENTIAL),
        Role("buyer", Label("采购员", "Buyer"), CONFIDENTIAL),
        Role("manager", Label("厂长", "Plant manager"), INTERNAL),
        Role("auditor", Label("审计员", "Auditor"), INTERNAL),
        Role("privacy_officer", Label("个人信息保护负责人", "Privacy officer"), SENSITIVE),
        Role("system_admin", Label("系统管理员", "System administrator"), PUBLIC, reads=False),
        Role("security_admin", Label("安全管理员", "Security administrator"), PUBLIC, reads=False),
        Role("audit_admin", Label("审计管理员", "Audit administrator"), PUBLIC, reads=False),
        _acting("eng", "研发/工艺工程师", "R&D or process engineer"),
        _acting("eng_mgr", "研发负责人", "Head of R&D"),
        _acting("ra", "法规注册", "Regulatory affairs officer"),
        _acting("qa", "质量保证", "Quality assurance"),
        _acting("qa_mgr", "质量负责人", "Head of quality"),
        _acting("mr", "管理者代表", "Management representative"),
        _acting("qc", "检验员", "Inspector", INTERNAL),
        _acting("qc_mgr", "检验负责人", "Head of inspection"),
        _acting("prod", "生产操作", "Production operator", INTERNAL),
        _acting("prod_mgr", "生产负责人", "Head of production"),
        _acting("release", "生产放行授权人", "Production release authority"),
        _acting("market_release", "上市放行授权人", "Market release authority (registrant)"),
        _acting("purch", "采购", "Purchasing"),
        _acting("purch_mgr", "采购负责人", "Head of purchasing"),
        _acting("sqe", "供方质量", "Supplier quality"),
        _acting("doc", "文控", "Document control", INTERNAL),
        _acting("maint", "设备", "Maintenance", INTERNAL),
        _acting("metro", "计量", "Metrology", INTERNAL),
        _acting("user_dept", "使用部门", "User department", INTERNAL),
        _acting("svc", "售后", "Service", PERSONAL),
        _acting("pms", "不良事件监测", "Post-market surveillance", SENSITIVE),
        _acting("recall_board", "召回委员会", "Recall board"),
        _acting("exec", "企业负责人", "Head of the company"),
        _acting("whs", "仓库", "Warehouse", INTERNAL),
    )
}

# Whom a transition may name that is no role: whoever opened the record, and nobody.
OTHERS = {ORIGINATOR: Label("开启人", "whoever opened it"), SYSTEM: Label("系统", "the system")}


def role_label(name: str) -> Label:
    """What a role is called, as transitions name it."""
    role = ROLES.get(name)
    return role.label if role else OTHERS.get(name, Label(name, name))
