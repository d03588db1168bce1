"""How codes of a master are made: a form with parts, declared once with the master, or by a company for itself.

    SUP-{seq:06}{check}            SUP-000042K
    {kind}-{year}-{seq:05}         RM-2026-00001, with words={"kind": {"raw": "RM"}}

`{seq:06}` is the number, at least so many digits; it begins anew wherever what stands around it is another. `{year}` is the year of
approval, `{check}` a check character over all before it (ISO/IEC 7064, MOD 37,36), any other name a field of the record, through
`words` where the field's value is not what should stand in a code.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from medthread.model.errors import DeclarationError

PART = re.compile(r"\{([a-z][a-z0-9_]*)(?::0?([1-9]))?\}")
SEQ, CHECK, YEAR = "seq", "check", "year"
OWN = (SEQ, CHECK, YEAR)
PLAIN = re.compile(r"[A-Z0-9._/-]*")


@dataclass(frozen=True)
class Part:
    """A piece of a code: `text` as it stands, or what `name` says; `width` digits of a number."""

    text: str = ""
    name: str = ""
    width: int = 1


@dataclass(frozen=True)
class Coding:
    """The form of a master's codes, and what stands for the values of fields in it. Raises `DeclarationError` for a form that makes no codes."""

    form: str
    words: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """One number, at most one check character behind all else, capital letters and digits between."""
        names = [p.name for p in self.parts if p.name]
        plain = PART.sub("", self.form)
        if names.count(SEQ) != 1 or names.count(CHECK) > 1 or not PLAIN.fullmatch(plain):
            raise DeclarationError(f"{self.form!r} makes no codes", hint="write a form such as SUP-{seq:06}{check}: capital letters, digits and - . _ / around one {seq}")
        if CHECK in names and self.parts[-1].name != CHECK:
            raise DeclarationError(f"{self.form!r} has something behind its check character", hint="let {check} stand last")
        if strange := next((w for of in self.words.values() for w in of.values() if not PLAIN.fullmatch(w)), None):
            raise DeclarationError(f"{strange!r} is no part of a code", hint="use capital letters, digits and - . _ /")

    @property
    def parts(self) -> tuple[Part, ...]:
        """The pieces in their order."""
        found: list[Part] = []
        at = 0
        for match in PART.finditer(self.form):
            found += [Part(text=self.form[at:match.start()])] if match.start() > at else []
            found.append(Part(name=match[1], width=int(match[2] or 1)))
            at = match.end()
        return (*found, *([Part(text=self.form[at:])] if at < len(self.form) else []))

    @property
    def fields(self) -> tuple[str, ...]:
        """The fields of the record that stand in the code."""
        return tuple(p.name for p in self.parts if p.name and p.name not in OWN)

    def check_fields(self, known: Iterable[str], *, of: str) -> None:
        """That every field it names is one that may be read in a code. Raises `DeclarationError`."""
        known = tuple(known)
        if strange := next((n for n in (*self.fields, *self.words) if n not in known), None):
            raise DeclarationError(f"codes of {of} name {strange!r}, which is no field for a code", hint=f"choose from: {', '.join((*OWN, *known))}")
