"""What all kinds of governed things share: how they are called, what files and declarations say of them, what each kind has to answer."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from medthread.methods.canonical import hash_of
from medthread.model import Registry, Source
from medthread.model.errors import InvalidError, MedthreadError
from medthread.model.rule_file import QualityRule
from medthread.workflow import Calendar

# `rule:` begins the dictionary's subjects about rules: words over a rule and the rule itself are changed apart.
RULE, MAPPING, THRESHOLD, RETENTION = "quality_rule", "mapping", "threshold", "retention"
GOVERNED = (RULE, MAPPING, THRESHOLD, RETENTION)
OVER = "over"  # word of a content: the state of what files say that it was proposed over
TEXT = "text"  # a content may come as the text of a file
Content = dict[str, Any]


@dataclass(frozen=True)
class Base:
    """What declarations and files say by themselves; `registry` has nothing but what entities declare."""

    registry: Registry
    rules: tuple[QualityRule, ...] = ()
    sources: tuple[Source, ...] = ()
    settings: Mapping[str, object] = field(default_factory=dict)
    models: tuple[Path, ...] = ()
    calendar: Calendar = field(default_factory=Calendar)

    @property
    def tables(self) -> frozenset[str]:
        """The names of all models."""
        return frozenset(p.stem for p in self.models)


class Kind(Protocol):
    """What each kind of governed thing answers for its subjects; a subject here is the part after the kind and a colon."""

    def declared(self, base: Base, name: str) -> Content | None:
        """What files or declarations say, in the words of a content; nothing where they say nothing."""

    def checked(self, base: Base, name: str, content: Content) -> Content:
        """The content as it is kept. Raises `MedthreadError` where it cannot be said."""

    def told(self, content: Content) -> Content:
        """The content with its words in the order of files; the database keeps none."""

    def narrows(self, before: Content | None, after: Content | None) -> bool:
        """Whether somebody may get less from then on, or a run be stopped that was not before: a breaking change."""


def subject_of(kind: str, name: str) -> str:
    """What a change is about."""
    return f"{kind}:{name}"


def name_of(subject: str) -> str:
    """The part of a subject after its kind."""
    return subject.partition(":")[2]


def state_of(content: Content | None) -> str | None:
    """Names what files say, so that it is seen when they say something else."""
    return None if content is None else hash_of(_told(content)).removeprefix("sha256:")[:16]


def bare(content: Mapping[str, Any] | None) -> Content | None:
    """A content without what it was proposed over."""
    return None if content is None else {k: v for k, v in content.items() if k != OVER}


def one_of(content: Mapping[str, Any], *words: str) -> str:
    """The word that a content has, of those that it may have. Raises `InvalidError` where there is none, or another."""
    given = [w for w in content if w != OVER]
    if len(given) != 1 or given[0] not in words:
        said = ", ".join(map(str, given))
        raise InvalidError(f"a content with the words: {said}", hint=f"say exactly one of: {', '.join(words)}")
    return str(given[0])


def as_invalid(error: MedthreadError) -> InvalidError:
    """What is wrong with a declaration that somebody proposes is wrong with the proposal."""
    return InvalidError(error.message, hint=error.hint, labels=error.labels)


def _told(value: Any) -> Any:
    """Numbers with a fraction as text: each has one way to be written then."""
    if isinstance(value, float):
        return repr(value)
    if isinstance(value, Mapping):
        return {k: _told(v) for k, v in value.items()}
    return [_told(v) for v in value] if isinstance(value, list | tuple) else value
