"""The head of a model's file: comment lines of the form `-- word: text`, continued by lines indented under them.

    -- about: 批次总览 | Lot overview
    -- meaning: 每个批次一行 | One row per lot
    -- owner: production
    -- grain: id
    -- test: quantity >= 0
    -- warn: count(*) > 0
    -- column: quantity = 数量 | Quantity

Text in two languages stands as `中文 | English`. Prose without a word before it is a comment like any other.
"""

import re
from collections.abc import Iterator

from medthread.model import Label
from medthread.model.errors import DeclarationError

ENTRY = re.compile(r"^--\s?(\w+):\s*(\S.*)$")
MORE = re.compile(r"^--\s{2,}(\S.*)$")
ONCE = ("about", "meaning", "owner", "grain", "partition")
OFTEN = ("test", "warn", "column")


class Head:
    """What the head of one file says."""

    def __init__(self, sql: str, *, file: str) -> None:
        self.file = file
        self._said: dict[str, list[str]] = {word: [] for word in (*ONCE, *OFTEN)}
        for word, text in _entries(sql):
            if word not in self._said:
                raise DeclarationError(f"{file}: the head says {word!r}, which means nothing there", hint=f"words of a head: {', '.join(self._said)}")
            if word in ONCE and self._said[word]:
                raise DeclarationError(f"{file}: the head says {word!r} twice", hint="keep one of the two lines")
            self._said[word].append(text)

    def text(self, word: str, *, like: str) -> str:
        """What must be said once."""
        if not self._said[word]:
            raise DeclarationError(f"{self.file}: the head does not say {word!r}", hint=f"write `-- {word}: {like}`")
        return self._said[word][0]

    def maybe(self, word: str) -> str | None:
        """What may be said once."""
        return self._said[word][0] if self._said[word] else None

    def label(self, word: str, *, like: str) -> Label:
        """What must be said once in both languages."""
        return self._both(word, self.text(word, like=like), like=like)

    def columns(self) -> dict[str, Label]:
        """What columns are called and mean, as far as it is said."""
        like, found = "quantity = 数量 | Quantity", {}
        for said in self.each("column"):
            name, equals, text = (part.strip() for part in said.partition("="))
            if not (name and equals) or name in found:
                raise DeclarationError(f"{self.file}: {said!r} names no column, or one that was named before", hint=f"write `-- column: {like}`")
            found[name] = self._both("column", text, like=like)
        return found

    def _both(self, word: str, text: str, *, like: str) -> Label:
        zh, bar, en = (part.strip() for part in text.partition("|"))
        if not (bar and zh and en):
            raise DeclarationError(f"{self.file}: {word!r} is not in both languages", hint=f"write `-- {word}: {like}`")
        return Label(zh, en)

    def names(self, word: str, *, like: str) -> tuple[str, ...]:
        """Names with commas between them."""
        return tuple(part.strip() for part in self.text(word, like=like).split(","))

    def each(self, word: str) -> list[str]:
        """What may be said as often as one likes."""
        return self._said[word]


def _entries(sql: str) -> Iterator[tuple[str, str]]:
    """Word and text of the leading comment lines, in their order."""
    word, text = "", ""
    for line in sql.splitlines():
        if not line.startswith("--"):
            break
        if found := ENTRY.match(line):
            if word:
                yield word, text
            word, text = found[1], found[2].strip()
        elif word and (more := MORE.match(line)):
            text += " " + more[1].strip()
        elif word:
            yield word, text
            word = ""
    if word:
        yield word, text
