"""What can be said about a scanned device identifier."""

from dataclasses import dataclass, field
from enum import StrEnum

from medthread.model.labels import Label


class Issuer(StrEnum):
    """Agencies whose carriers are told apart."""

    GS1 = "GS1"
    HIBCC = "HIBCC"
    MA = "MA"
    ICCBBA = "ICCBBA"
    UNKNOWN = "unknown"


class Verdict(StrEnum):
    """`unknown` is not a fault: the text waits for a person."""

    VALID = "valid"
    INVALID = "invalid"
    UNKNOWN = "unknown"


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One rule that the text breaks. `position` counts characters from 0 in the text as given; -1 is the whole."""

    rule: str
    label: Label
    position: int = -1
    # A warning leaves the verdict as it is: the rule itself has no official text to stand on.
    warning: bool = False


@dataclass(frozen=True, kw_only=True)
class Element:
    """One data element of the carrier."""

    ai: str
    label: Label
    value: str


@dataclass(frozen=True, kw_only=True)
class Production:
    """The production identifier. Days are ISO 8601; a month without a day ends on its last."""

    lot: str | None = None
    serial: str | None = None
    made_on: str | None = None
    expires_on: str | None = None


@dataclass(frozen=True, kw_only=True)
class Judgement:
    """The text as it came, what it says, and every rule it breaks."""

    text: str
    issuer: Issuer
    verdict: Verdict
    di: str | None = None
    pi: Production = field(default_factory=Production)
    elements: tuple[Element, ...] = ()
    findings: tuple[Finding, ...] = ()


def verdict_of(findings: tuple[Finding, ...]) -> Verdict:
    """Valid unless a rule that is not a mere warning is broken."""
    return Verdict.INVALID if any(not finding.warning for finding in findings) else Verdict.VALID
