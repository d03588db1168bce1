"""What a group of routes is about, and who answers for it: declared where its router is made."""

from dataclasses import dataclass, field

from fastapi import APIRouter

from medthread.model import Label
from medthread.model.declared import Declared


@dataclass(frozen=True)
class Subject(Declared):
    """One subject of the interface. `internal` serves the console alone, and changes with it."""

    name: str
    zh: str
    en: str
    owner: str = field(kw_only=True)
    internal: bool = field(default=False, kw_only=True)

    @property
    def label(self) -> Label:
        """Both names."""
        return Label(self.zh, self.en)

    def router(self) -> APIRouter:
        """The router of its routes."""
        return APIRouter(tags=[self.name])
