"""The persons of the demonstration: one login a role, on this machine's own address only; a real installation makes its own."""

from typing import Any

from medthread.app import Installation
from medthread.cli.accounts import account_names
from medthread.cli.speech import console, language, say
from medthread.trust.accounts import create_alike
from medthread.trust.roles import ROLES

PASSWORD = "medthread-demo"  # noqa: S105 - printed on purpose; it says that it is one
# Login, printed name, role. The first eight work with data, the three next administer, the others act in processes.
ACCOUNTS = (
    ("steward", "管家小林", "steward"), ("engineer", "数据工程师小周", "data_engineer"), ("quality", "质量工程师小吴", "quality"),
    ("regulatory", "法规专员小郑", "regulatory"), ("buyer", "采购员小孙", "buyer"), ("manager", "厂长老赵", "manager"),
    ("auditor", "审计员小钱", "auditor"), ("privacy", "个人信息保护老秦", "privacy_officer"),
    ("sysadmin", "系统管理员小冯", "system_admin"), ("secadmin", "安全管理员小褚", "security_admin"), ("audadmin", "审计管理员小卫", "audit_admin"),
    ("eng", "工艺小蒋", "eng"), ("eng_mgr", "研发老沈", "eng_mgr"), ("ra", "注册小韩", "ra"), ("qa", "质量保证小陈", "qa"),
    ("qa_mgr", "质量负责人老杨", "qa_mgr"), ("mr", "管理者代表老朱", "mr"), ("qc", "检验小秦", "qc"), ("qc_mgr", "检验负责人老尤", "qc_mgr"),
    ("prod", "生产小许", "prod"), ("prod_mgr", "生产负责人老何", "prod_mgr"), ("release", "生产放行小吕", "release"),
    ("market_release", "上市放行老施", "market_release"), ("purch", "采购小张", "purch"), ("purch_mgr", "采购负责人老孔", "purch_mgr"),
    ("sqe", "供方质量小曹", "sqe"), ("doc", "文控小严", "doc"), ("maint", "设备小华", "maint"), ("metro", "计量小金", "metro"),
    ("user_dept", "使用部门小魏", "user_dept"), ("svc", "售后小陶", "svc"), ("pms", "不良事件监测小姜", "pms"),
    ("recall_board", "召回委员会老戚", "recall_board"), ("exec", "企业负责人谢总", "exec"), ("whs", "仓库小邹", "whs"),
)


def make_people(installation: Installation) -> list[dict[str, Any]]:
    """Make those that there are not yet; gives all of them with the password that they share."""
    there = set(account_names(installation))
    if missing := [a for a in ACCOUNTS if a[0] not in there]:
        with installation.store.transaction() as tx:
            create_alike(tx, people=missing, password=PASSWORD, by="demo")
    return [{"username": name, "password": PASSWORD, "role": role, "label": printed} for name, printed, role in ACCOUNTS]


def tell_people(accounts: list[dict[str, Any]]) -> None:
    """The logins, several to a line; the password they share, once."""
    if not accounts:
        return
    passwords = ", ".join(sorted({a["password"] for a in accounts}))
    say(f"可登录的账号(口令均为 {passwords}):", f"Accounts to sign in with (password of each: {passwords}):")
    console.print("  " + " · ".join(f"{a['username']} {ROLES[a['role']].label.in_(language())}" for a in accounts), markup=False)
