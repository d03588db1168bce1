"""Why personal data are held: purpose and legal basis of each field (PIPL art. 6, 13; GDPR art. 5, 6)."""

from dataclasses import dataclass, field
from enum import StrEnum

from medthread.model.labels import Label


class LegalBasis(StrEnum):
    """The bases of PIPL art. 13, in its order."""

    CONSENT = "consent"
    CONTRACT = "contract"
    EMPLOYMENT = "employment"
    DUTY = "duty"
    EMERGENCY = "emergency"
    PUBLIC_INTEREST = "public_interest"
    DISCLOSED = "disclosed"


BASES: dict[LegalBasis, Label] = {
    LegalBasis.CONSENT: Label("个人同意", "consent of the person"),
    LegalBasis.CONTRACT: Label("订立、履行合同所必需", "needed for a contract with the person"),
    LegalBasis.EMPLOYMENT: Label("人力资源管理所必需", "needed for managing employment"),
    LegalBasis.DUTY: Label("履行法定职责或义务所必需", "needed for a statutory duty"),
    LegalBasis.EMERGENCY: Label("应对突发公共卫生事件或紧急情况", "public health or an emergency"),
    LegalBasis.PUBLIC_INTEREST: Label("公共利益的新闻报道、舆论监督", "reporting in the public interest"),
    LegalBasis.DISCLOSED: Label("已合法公开的个人信息", "lawfully disclosed already"),
}


@dataclass(frozen=True)
class Purpose:
    """What a personal field is held for, and on which basis. What rests on consent goes when consent is withdrawn (PIPL art. 15, 47)."""

    zh: str
    en: str
    basis: LegalBasis = field(kw_only=True)

    @property
    def label(self) -> Label:
        """The purpose in both languages."""
        return Label(self.zh, self.en)
