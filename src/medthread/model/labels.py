"""Words in both languages: Chinese first, English equally good."""

from typing import NamedTuple


class Label(NamedTuple):
    """A name or sentence in Chinese and English."""

    zh: str
    en: str

    def in_(self, language: str) -> str:
        """The text for a BCP 47 tag: Chinese for any `zh…`, else English."""
        return self.zh if language.lower().startswith("zh") else self.en
