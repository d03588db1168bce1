"""The catalogue: each English message and its Chinese, and the finding of one in the other."""

from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import NamedTuple

import yaml

from medthread.model.labels import Label
from medthread.model.wording.template import Template

LETTERS = 3  # of a message's beginning or end: they choose the templates that are tried
LOOSE = 8  # letters of a template that many texts fit, such as `{id} is {status}`: what is in parts a message is told in parts first
DEEPEST = 3  # messages within messages
LONGEST, MOST_PIECES = 1_000, 20  # of what stands in a hole; beyond, it is somebody's data and no message of ours
NO_WORDS: Mapping[str, str] = MappingProxyType({})


class Entry(NamedTuple):
    """A message in both languages."""

    en: Template
    zh: Template


class Catalogue:
    """Messages by their English: whole ones at once, those with holes by their beginning or end, the one that says most first."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        self.entries = [Entry(Template.read(en), Template.read(zh)) for en, zh in texts.items()]
        self.whole = {e.en.literals[0]: e.zh.literals[0] for e in self.entries if not e.en.holes}
        self._begun, self._ended, self._free = dict[str, list[Entry]](), dict[str, list[Entry]](), list[Entry]()
        for entry in sorted((e for e in self.entries if e.en.holes), key=lambda e: -e.en.weight):
            first, *_, last = entry.en.literals
            if len(first) >= LETTERS:
                self._begun.setdefault(first[:LETTERS], []).append(entry)
            elif len(last) >= LETTERS:
                self._ended.setdefault(last[-LETTERS:], []).append(entry)
            else:
                self._free.append(entry)

    def chinese(self, text: str, words: Mapping[str, str] = NO_WORDS, *, depth: int = DEEPEST) -> str | None:
        """The Chinese of a message, or nothing where none is known; `words` are names that it was made with, by their English.

        What is no message as a whole may be several of them one after another, or one after a name and a colon.
        """
        whole = self.whole.get(text) or words.get(text)
        if whole is not None:
            return whole
        found = self.find(text)
        if found is not None and found[0].en.weight >= LOOSE:
            return self._said(*found, words, depth)
        parts = self._parts(text, words, depth - 1) if depth and len(text) <= LONGEST else None
        return parts or (self._said(*found, words, depth) if found else None)

    def find(self, text: str) -> tuple[Entry, dict[str, str]] | None:
        """The message with holes that a text is, and what stands in them; the one that says most where several fit."""
        found: tuple[Entry, tuple[str, ...]] | None = None
        for fitting in (self._begun.get(text[:LETTERS], ()), self._ended.get(text[-LETTERS:], ()), self._free):
            for entry in fitting:
                if found is not None and entry.en.weight <= found[0].en.weight:
                    break
                fillings = entry.en.fillings(text)
                if fillings is not None:
                    found = entry, fillings
                    break
        return (found[0], dict(zip(found[0].en.holes, found[1], strict=True))) if found else None

    def _said(self, entry: Entry, given: dict[str, str], words: Mapping[str, str], depth: int) -> str:
        told = [h for h, t in zip(entry.zh.holes, entry.zh.told, strict=True) if t and depth]
        return entry.zh.filled(given | {h: self.chinese(given[h], words, depth=depth - 1) or given[h] for h in told})

    def _parts(self, text: str, words: Mapping[str, str], depth: int) -> str | None:
        def several(separator: str, mark: str) -> str | None:
            if not 0 < text.count(separator) < MOST_PIECES:
                return None
            pieces = [(self.chinese(p, words, depth=depth), p) for p in text.split(separator)]
            return mark.join(zh or p for zh, p in pieces) if any(zh for zh, _ in pieces) else None

        def after_a_name() -> str | None:
            name, colon, rest = text.partition(": ")
            said = self.chinese(rest, words, depth=depth) if colon else None
            return f"{words.get(name, name)}：{said or rest}" if said or (colon and name in words) else None

        return several("; ", "；") or after_a_name() or several(", ", "、")


def texts() -> Iterator[tuple[str, str, str]]:
    """File, English and Chinese of everything that is translated."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    for file in sorted(files("medthread.model.wording").joinpath("zh").iterdir(), key=lambda f: f.name):
        for en, zh in yaml.load(file.read_text(encoding="utf-8"), Loader=loader).items():  # noqa: S506 - a safe loader, in C where there is one
            yield file.name, en, zh


@cache
def shipped() -> Catalogue:
    """The catalogue that ships; read when the first Chinese reader meets a message."""
    return Catalogue({en: zh for _, en, zh in texts()})


def worded(text: str, language: str, *, labels: Iterable[Label] = ()) -> str:
    """A message in the reader's language: as it is for English, and where its Chinese is not known. `labels` are names it was made with."""
    if not text or not language.lower().startswith("zh"):
        return text
    return shipped().chinese(text, {label.en: label.zh for label in labels}) or text
