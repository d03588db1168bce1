"""What a business object is: one typed class, from which all else is derived.

    class Lot(Entity):
        about = About("批次", "Lot", domain="manufacturing", owner="production", retain=Retention(years=5))
        lot_no: Annotated[str, F("批号", "Lot number", key=True)]
        item: Annotated[str, F("物料", "Item", key=True, ref=Ref("item"))]

A class that cannot stand fails where it is written, with a hint.
"""

import re
import types
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any, ClassVar, Literal, Union, get_args, get_origin, get_type_hints

from medthread.model.classification import Classification, Mask
from medthread.model.coding import Coding
from medthread.model.errors import DeclarationError
from medthread.model.labels import Label
from medthread.model.matching import MatchModel
from medthread.model.privacy import Purpose
from medthread.model.process import Process
from medthread.model.pursuit import Pursuit
from medthread.model.retention import Kept, Retention
from medthread.model.rules import Rule

NAME = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")


class Kind(StrEnum):
    """The scalar types a field may have."""

    TEXT = "text"
    INTEGER = "integer"
    DECIMAL = "decimal"
    BOOLEAN = "boolean"
    DATE = "date"
    TIMESTAMP = "timestamp"


_KINDS: dict[type, Kind] = {
    str: Kind.TEXT,
    int: Kind.INTEGER,
    Decimal: Kind.DECIMAL,
    bool: Kind.BOOLEAN,
    date: Kind.DATE,
    datetime: Kind.TIMESTAMP,
}


class Home(StrEnum):
    """Where an entity's rows are born and read."""

    LAKE = "lake"  # taken in from sources; readers see the current release
    MASTER = "master"  # taken in from several sources and matched into golden records
    NATIVE = "native"  # written by people here; rows live in PostgreSQL


@dataclass(frozen=True)
class Ref:
    """A reference by natural key. `along` gives the other key parts: their field there -> field here."""

    entity: str
    along: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class F:
    """The mark on a field: its two names and what makes it more than a column."""

    zh: str
    en: str
    key: bool = field(default=False, kw_only=True)
    ref: Ref | None = field(default=None, kw_only=True)
    mentions: Ref | None = field(default=None, kw_only=True)  # what it may name of, where nothing demands that there is such a one
    about: Label | None = field(default=None, kw_only=True)
    classification: Classification = field(default=Classification.INTERNAL, kw_only=True)
    mask: Mask = field(default=Mask.PARTIAL, kw_only=True)
    rules: tuple[Rule, ...] = field(default=(), kw_only=True)
    codes: dict[str, Label] | None = field(default=None, kw_only=True)
    unit: str | None = field(default=None, kw_only=True)
    search: bool = field(default=False, kw_only=True)
    in_list: bool = field(default=True, kw_only=True)
    synonyms: tuple[str, ...] = field(default=(), kw_only=True)
    example: str | None = field(default=None, kw_only=True)
    standard: str | None = field(default=None, kw_only=True)
    series: str | None = field(default=None, kw_only=True)  # numbered when left out: `NC` gives NC-2026-00001
    default: Literal["now", "today", "me"] | str | None = field(default=None, kw_only=True)  # noqa: PYI051 - the words are shown
    long: bool = field(default=False, kw_only=True)  # a paragraph rather than a line
    names: str | None = field(default=None, kw_only=True)  # the field that says of which entity the record is that this one names by its key
    purpose: Purpose | None = field(default=None, kw_only=True)  # of a personal field: what it is held for, on which legal basis
    kept_from: Kept | None = field(default=None, kw_only=True)  # which moment of a retention rule it tells, or what of the device
    critical: bool = field(default=False, kw_only=True)  # a critical data element: another value waits until a person approved it


@dataclass(frozen=True)
class Field:
    """A field as read from the class: name, scalar kind, whether a value is required, and its mark."""

    name: str
    kind: Kind
    required: bool
    mark: F

    @property
    def label(self) -> Label:
        """Both names."""
        return Label(self.mark.zh, self.mark.en)

    @property
    def is_personal(self) -> bool:
        """Stored encrypted, with a mask and a blind index beside it."""
        return self.mark.classification.is_personal

    @property
    def is_about_persons(self) -> bool:
        """Personal data in the sense of the law: what is stored encrypted, and what has a purpose to be held for, as names have."""
        return self.is_personal or self.mark.purpose is not None


@dataclass(frozen=True)
class About:
    """What the entity is, who answers for it, how long it is kept."""

    zh: str
    en: str
    domain: str = field(kw_only=True)
    owner: str = field(kw_only=True)
    group: str = field(kw_only=True)
    home: Home = field(default=Home.LAKE, kw_only=True)
    meaning: Label | None = field(default=None, kw_only=True)
    retain: Retention = field(default_factory=Retention, kw_only=True)
    rules: tuple[Rule, ...] = field(default=(), kw_only=True)
    title: str | None = field(default=None, kw_only=True)
    synonyms: tuple[str, ...] = field(default=(), kw_only=True)
    match: MatchModel | None = field(default=None, kw_only=True)  # for masters: how duplicates are found
    coding: Coding | None = field(default=None, kw_only=True)  # for matched masters: the form of codes that are given here; from the prefix of their golden ids, if nothing else is said
    repeats: bool = field(default=False, kw_only=True)  # events: the same key may arrive again and is the same event
    process: Process | None = field(default=None, kw_only=True)  # native: how its records go through people's hands
    glance: tuple[str, ...] = field(default=(), kw_only=True)  # fields that tell one record from another of the same title
    written_by: str = field(default="", kw_only=True)  # native without a process: roles that make and change its records, `a|b`
    plant: str | None = field(default=None, kw_only=True)  # native: the field that says which plant a record belongs to
    region: str | None = field(default=None, kw_only=True)  # native: the field that says which region, for those bound to some
    pursues: Pursuit | None = field(default=None, kw_only=True)  # which of its fields say what metric is to come whither
    part_of: str | None = field(default=None, kw_only=True)  # native lines: the field that names the record they belong to

    @property
    def label(self) -> Label:
        """Both names."""
        return Label(self.zh, self.en)

    @property
    def writers(self) -> tuple[str, ...]:
        """Roles that make and change its records where no process says it."""
        return tuple(r for r in self.written_by.split("|") if r)


class Entity:
    """Base of every declaration; subclasses are never instantiated: rows travel as Arrow and SQL."""

    about: ClassVar[About]
    name: ClassVar[str]
    fields: ClassVar[dict[str, Field]]
    declared: ClassVar[dict[str, type["Entity"]]] = {}

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if not isinstance(cls.__dict__.get("about"), About):
            raise DeclarationError(
                f"entity {cls.__name__} says nothing about itself",
                hint="give it about = About('中文名', 'English name', domain=..., owner=..., group=...)",
                entity=cls.__name__,
            )
        cls.name = _snake(cls.__name__)
        cls.fields = _read_fields(cls)
        _check_rules(cls)
        _check_name(cls)
        Entity.declared[cls.name] = cls

    @classmethod
    def key(cls) -> tuple[str, ...]:
        """Names of the natural key's fields, in declared order."""
        return tuple(f.name for f in cls.fields.values() if f.mark.key)


def _check_name(cls: type[Entity]) -> None:
    """A name is declared once; the same module read again declares nothing new."""
    known = Entity.declared.get(cls.name)
    if known is not None and (known.__module__, known.__qualname__) != (cls.__module__, cls.__qualname__):
        raise DeclarationError(
            f"{cls.__module__} declares {cls.name!r}, which {known.__module__} declares already",
            hint="give your entity another name; fields, rules and processes of a shipped one are not replaced, they are added beside it",
            entity=cls.name,
        )


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name).lower()


def _read_fields(cls: type[Entity]) -> dict[str, Field]:
    hints = get_type_hints(cls, include_extras=True)
    own = [name for name in cls.__annotations__ if get_origin(hints[name]) is not ClassVar]
    fields = {name: _read_field(cls.__name__, name, hints[name]) for name in own}
    if not any(f.mark.key for f in fields.values()):
        raise DeclarationError(
            f"entity {cls.__name__} has no key",
            hint="mark the fields that name a row in the business with F(..., key=True)",
        )
    return fields


def _read_field(entity: str, name: str, hint: Any) -> Field:
    if not NAME.fullmatch(name):
        raise DeclarationError(f"{entity}.{name} is not a field name", hint="use lower_case_with_underscores")
    mark = next((m for m in getattr(hint, "__metadata__", ()) if isinstance(m, F)), None)
    if get_origin(hint) is not Annotated or mark is None:
        raise DeclarationError(
            f"{entity}.{name} carries no mark", hint=f"write {name}: Annotated[str, F('中文名', 'English name')]"
        )
    base, optional = _unwrap(get_args(hint)[0])
    if base not in _KINDS:
        allowed = ", ".join(t.__name__ for t in _KINDS)
        raise DeclarationError(
            f"{entity}.{name} has type {base}", hint=f"use one of {allowed}, with | None when optional"
        )
    if mark.key and optional:
        raise DeclarationError(f"{entity}.{name} is part of the key and optional", hint="drop the | None")
    return Field(name, _KINDS[base], not optional, mark)


def _unwrap(hint: Any) -> tuple[Any, bool]:
    if get_origin(hint) in (Union, types.UnionType):
        rest = [a for a in get_args(hint) if a is not type(None)]
        if len(rest) == 1:
            return rest[0], True
    return hint, False


def _check_rules(cls: type[Entity]) -> None:
    for f in cls.fields.values():
        for rule in f.mark.rules:
            rule.at(f.name)
        if f.mark.names is not None and (f.mark.names not in cls.fields or f.mark.ref is not None):
            raise DeclarationError(f"{cls.__name__}.{f.name} names a record of what {f.mark.names!r} says", hint="name another field of the entity, and no ref beside it")
    _check_home(cls)
    _check_kept(cls)
    _check_critical(cls)
    for what, names in (("a title", filter(None, (cls.about.title,))), ("a glance", cls.about.glance), ("a pursuit", cls.about.pursues.fields if cls.about.pursues else ())):
        for name in names:
            if name not in cls.fields:
                raise DeclarationError(f"{cls.__name__} has no field {name!r} for {what}", hint=", ".join(cls.fields))


def _check_kept(cls: type[Entity]) -> None:
    told = [f for f in cls.fields.values() if f.mark.kept_from]
    for f in told:
        wanted = {"device_life": (Kind.INTEGER,), "implant": (Kind.BOOLEAN,)}.get(str(f.mark.kept_from), (Kind.DATE, Kind.TIMESTAMP))
        if f.kind not in wanted:
            raise DeclarationError(f"{cls.__name__}.{f.name} cannot tell {f.mark.kept_from}", hint=f"it takes {' or '.join(wanted)}; a device's life is in months")
    if len({f.mark.kept_from for f in told}) < len(told):
        raise DeclarationError(f"{cls.__name__} tells the same moment twice", hint="mark one field with kept_from")


def _check_critical(cls: type[Entity]) -> None:
    """A critical value has to stand in something that stays: a key never changes, an event is never changed, a record without a process has nobody to approve."""
    for f in (f for f in cls.fields.values() if f.mark.critical):
        if f.mark.key or cls.about.repeats:
            raise DeclarationError(f"{cls.__name__}.{f.name} never changes and is marked critical", hint="leave critical out: keys and events are not changed")
        if cls.about.home is Home.NATIVE and cls.about.process is None and cls.about.part_of is None:
            raise DeclarationError(f"{cls.__name__}.{f.name} is critical and nothing holds a change of it back", hint="give the record a process in which another person approves it")


def _check_home(cls: type[Entity]) -> None:
    about = cls.about
    if (about.process or about.part_of) and about.home is not Home.NATIVE:
        raise DeclarationError(f"{cls.__name__} has a process or a whole and is not written here", hint="give it home=Home.NATIVE")
    if about.written_by and (about.home is not Home.NATIVE or about.part_of is not None):
        raise DeclarationError(f"{cls.__name__} names roles to write it and is not a record of its own that is written here", hint="leave written_by out: a line goes with its whole")
    for word in ("plant", "region"):
        name = getattr(about, word)
        if name is not None and (about.home is not Home.NATIVE or name not in cls.fields or cls.fields[name].kind is not Kind.TEXT or cls.fields[name].is_personal):
            raise DeclarationError(f"{cls.__name__} has no text field {name!r} for its {word}", hint=f"{word}= names a field of a native entity")
    if about.part_of is not None:
        part = cls.fields.get(about.part_of)
        if part is None or part.mark.ref is None:
            raise DeclarationError(f"{cls.__name__} is part of {about.part_of!r}, which refers to nothing", hint="name a field with ref=Ref(...)")
