"""Texts of files in both languages."""

from pydantic import Field

from medthread.model.labels import Label
from medthread.model.mapping import Strict


class Bilingual(Strict):
    """The same in Chinese and English."""

    zh: str = Field(min_length=1)
    en: str = Field(min_length=1)

    @property
    def label(self) -> Label:
        """As a label."""
        return Label(self.zh, self.en)
