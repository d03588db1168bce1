"""How the handbook is called, who signs which chapter, and with what it is typeset: `[handbook]` of `medthread.toml`.

    [handbook]
    number = "QP-DATA-01"
    owners = { supply = ["purch_mgr"], common = ["steward", "mr"] }
    issued_by = ["mr"]
    fonts = "fonts"            # a folder with a Chinese font, where the system has none

One who holds one of the roles signs for a chapter; another person, in one of `issued_by`, puts the whole in force.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from medthread.model import Label
from medthread.model.errors import ConfigurationError
from medthread.trust.roles import ROLES

COMMON = "common"
EXAMPLE = '[handbook]\nnumber = "QP-DATA-01"\nowners = { supply = ["purch_mgr"] }\nissued_by = ["mr"]'
_WORDS = frozenset({"number", "owners", "issued_by", "fonts"})
OWNERS: dict[str, tuple[str, ...]] = {
    COMMON: ("steward",), "product": ("eng_mgr",), "supply": ("purch_mgr",), "manufacturing": ("prod_mgr",), "quality": ("qa_mgr",),
    "service": ("pms", "svc"), "compliance": ("ra", "mr"),
}
TITLE = Label("数据口径手册", "Data definition handbook")


@dataclass(frozen=True)
class HandbookSetting:
    """Its number, the roles that sign, and a folder of fonts."""

    number: str = "DDH-01"
    owners: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: OWNERS)
    issued_by: tuple[str, ...] = ("mr", "qa_mgr")
    fonts: Path | None = None

    @classmethod
    def read(cls, settings: Mapping[str, object], *, home: Path) -> "HandbookSetting":
        """What a workspace says. Raises `ConfigurationError` for a word or a role that there is not."""
        said = settings.get("handbook", {})
        if not isinstance(said, Mapping) or set(said) - _WORDS or not isinstance(said.get("owners", {}), Mapping):
            raise ConfigurationError(f"[handbook] = {said!r}", hint=EXAMPLE)
        owners = {**OWNERS, **{str(d): _roles(r) for d, r in said.get("owners", {}).items()}}
        fonts = said.get("fonts")
        return cls(str(said.get("number", cls.number)), owners, _roles(said.get("issued_by", list(cls.issued_by))), home / str(fonts) if fonts else None)

    def signs(self, chapter: str) -> tuple[str, ...]:
        """The roles that answer for a chapter; for one that nobody is named for, those who answer for what is common."""
        return self.owners.get(chapter, self.owners[COMMON])


def _roles(said: object) -> tuple[str, ...]:
    named = tuple(map(str, said)) if isinstance(said, list) else (str(said),)
    strange = [r for r in named if r not in ROLES]
    if strange or not named:
        raise ConfigurationError(f"[handbook] names the role {strange[0] if strange else ''!r}, which there is not", hint=f"roles: {', '.join(ROLES)}")
    return named
