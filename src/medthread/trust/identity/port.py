"""The port: who says who somebody is. Adapters for 企业微信, 钉钉 or 飞书 stand beside the one for OpenID Connect."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Protocol

from medthread.model.errors import MedthreadError, UnauthenticatedError


class IdentityError(UnauthenticatedError):
    """What came back from the provider does not let anybody in; `reason` says which check failed."""

    code = "identity"


class UnreachableError(MedthreadError):
    """The provider does not answer, or not as it must."""

    code = "identity-unreachable"
    status: ClassVar[int] = 502


@dataclass(frozen=True)
class Begun:
    """Where to send the browser, and what to keep until it comes back."""

    address: str
    kept: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Claims:
    """What a provider says of somebody: `subject` is theirs for ever at this issuer; names and groups may change."""

    issuer: str
    subject: str
    account: str | None
    printed_name: str | None
    groups: frozenset[str]
    authenticated_at: int | None = None  # seconds since 1970, where the provider says when


class Provider(Protocol):
    """One place that people sign in at. Its `issuer` is its name for ever; subjects are unique within it."""

    @property
    def issuer(self) -> str:
        """Who vouches."""

    def begin(self, *, state: str, redirect_to: str, afresh: bool) -> Begun:
        """The address to sign in at; `afresh` asks for a proof now, even of somebody who is signed in there."""

    def complete(self, *, answer: Mapping[str, str], kept: Mapping[str, str], redirect_to: str) -> Claims:
        """What the provider says, from the parameters that the browser brought back; raises `IdentityError`."""


class Kind(Protocol):
    """Makes a provider from its section of the settings; refuses a section that cannot be meant."""

    def __call__(self, name: str, section: Mapping[str, Any]) -> Provider:
        """The provider."""
