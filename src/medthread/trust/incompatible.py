"""Roles that one person never holds together: refused when they are given, and again at every decision.

Each pair says why. The three administrators (三员分立) are apart from each other and from all business: who makes
accounts gives no rights, who gives rights makes no accounts, who reads the log does neither, and none of them looks
at data (GB/T 22239-2019, 8.1.3-8.1.5; 等保 2.0 安全管理中心).
"""

from collections.abc import Iterable
from dataclasses import dataclass

from medthread.model import Label
from medthread.model.errors import InvalidError, RefusedError
from medthread.trust.roles import ROLES

ADMINISTRATORS = ("system_admin", "security_admin", "audit_admin")
BUSINESS = "business"  # the group of all roles that look at data or act in processes


@dataclass(frozen=True)
class Incompatible:
    """Two roles, or a role and a group, that one person never holds together, and why."""

    one: str
    other: str
    because: Label

    @property
    def id(self) -> str:
        """The name of its policy."""
        return f"incompatible.{self.one}.{self.other}"

    def holds(self, roles: frozenset[str]) -> bool:
        """Whether the roles have both."""
        return self.one in roles and (any(_is_business(r) for r in roles) if self.other == BUSINESS else self.other in roles)


THREE = Label("三员分立:账号、权限与审计分属三人", "three administrators: accounts, rights and audit are in three persons' hands")
BLIND = Label("三员分立:管理员不接触业务数据", "three administrators: none of them looks at business data")
HEADS = Label("生产负责人与质量负责人不得兼任(GMP 2025 第十四条)", "heads of production and of quality are two persons (GMP 2025 art. 14)")
OWN_WORK = Label("不得检验、放行自己生产的产品", "nobody inspects or releases what they made")
OWN_SUPPLIER = Label("不得批准自己采购的供方", "nobody qualifies the suppliers that they buy from")
OWN_ORDER = Label("不得自购自收", "nobody receives what they ordered")

INCOMPATIBLE: tuple[Incompatible, ...] = (
    *(Incompatible(a, b, THREE) for n, a in enumerate(ADMINISTRATORS) for b in ADMINISTRATORS[n + 1 :]),
    *(Incompatible(a, BUSINESS, BLIND) for a in ADMINISTRATORS),
    Incompatible("prod_mgr", "qa_mgr", HEADS),
    Incompatible("prod", "qa", OWN_WORK),
    Incompatible("prod", "qc", OWN_WORK),
    Incompatible("prod", "release", OWN_WORK),
    Incompatible("prod_mgr", "release", OWN_WORK),
    Incompatible("purch", "sqe", OWN_SUPPLIER),
    Incompatible("purch_mgr", "sqe", OWN_SUPPLIER),
    Incompatible("buyer", "sqe", OWN_SUPPLIER),
    Incompatible("purch", "whs", OWN_ORDER),
)


def _is_business(role: str) -> bool:
    return role in ROLES and ROLES[role].is_business


def groups_of(roles: Iterable[str]) -> list[str]:
    """The group that the roles put somebody into, for policies."""
    return [BUSINESS] if any(_is_business(r) for r in roles) else []


def found_in(roles: Iterable[str]) -> list[Incompatible]:
    """The pairs that somebody with these roles would hold."""
    held = frozenset(roles)
    return [p for p in INCOMPATIBLE if p.holds(held)]


def check_roles(roles: Iterable[str]) -> None:
    """Refuse roles that there are not, and those that one person may not hold together; says why."""
    roles = tuple(roles)
    strangers = [r for r in roles if r not in ROLES]
    if strangers:
        raise InvalidError(f"no role {strangers[0]!r}", hint=f"there are: {', '.join(ROLES)}")
    found = found_in(roles)
    if found:
        because = [{"guard": p.id, "zh": p.because.zh, "en": p.because.en, "record": f"{p.one} + {p.other}", "detail": ""} for p in found]
        raise RefusedError(
            f"one person does not hold {found[0].one} and {found[0].other}: {found[0].because.en}",
            hint="give one of them to somebody else", labels=[found[0].because], because=because)


def policies() -> str:
    """The pairs as Cedar: a forbid each, which stands above every permit."""
    return "\n".join(
        f'@id("{p.id}") forbid (principal, action, resource) when {{ principal in Role::"{p.one}" && principal in Role::"{p.other}" }};'
        for p in INCOMPATIBLE
    )
