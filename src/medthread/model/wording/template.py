"""A message with holes, recognised in a finished text: from the text back to what stood in the holes."""

from dataclasses import dataclass
from functools import cached_property
from string import Formatter

TOLD = "t"  # `{cause!t}` in the Chinese: what stands in this hole is itself a message or a label, and is translated too


@dataclass(frozen=True)
class Template:
    """Literal pieces and the holes between them: one more piece than holes, empty ones at the ends."""

    literals: tuple[str, ...]
    holes: tuple[str, ...]
    told: tuple[bool, ...]

    @classmethod
    def read(cls, text: str) -> "Template":
        """`no file {path}`; braces that stand for themselves are doubled. Raises `ValueError` where it cannot be read."""
        literals, holes, told = [""], [], []
        for literal, hole, spec, conversion in Formatter().parse(text):
            literals[-1] += literal
            if hole is None:
                continue
            if not hole or spec or conversion not in (None, TOLD):
                raise ValueError(text)
            holes.append(hole)
            told.append(conversion == TOLD)
            literals.append("")
        return cls(tuple(literals), tuple(holes), tuple(told))

    @cached_property
    def weight(self) -> int:
        """How much of it is said: of two templates that fit, the one that says more is meant."""
        return sum(map(len, self.literals))

    @property
    def skeleton(self) -> tuple[str, ...]:
        """What tells it from another: names of holes do not."""
        return self.literals

    def fillings(self, text: str) -> tuple[str, ...] | None:
        """What stands in the holes of `text`, or nothing where it is another message.

        Each piece is looked for once, from the left, in time that grows with the text's length alone: texts hold what strangers sent.
        """
        first, *middle, last = self.literals if self.holes else (self.literals[0], "")
        if not self.holes:
            return () if text == first else None
        at, end = len(first), len(text) - len(last)
        if at > end or not text.startswith(first) or not text.endswith(last):
            return None
        found = []
        for piece in middle:
            here = text.find(piece, at, end)
            if here < 0:
                return None
            found.append(text[at:here])
            at = here + len(piece)
        return (*found, text[at:end])

    def filled(self, fillings: dict[str, str]) -> str:
        """The text with every hole filled."""
        return self.literals[0] + "".join(fillings[h] + after for h, after in zip(self.holes, self.literals[1:], strict=True))
