"""A source: a system that data comes from. Read from `sources/*.yaml`; checked before use.

What is optional has its meaning beside it:

    name: mes
    zh: 制造执行
    en: MES
    owner: production_it
    org: DEMO
    url: postgresql://reader@mes.example.com/mes     # none: files are delivered into the inbox
    secret: MES_PASSWORD                             # the environment variable with the password or token
    schedule: {every: 15 min}                         # or {at: "06:30", on: workdays}, or {as: files arrive}
    fresh_within: 1 h                                # what readers are promised
    classification: internal

Its tables follow (`mapping.py`).
"""

import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, ValidationError, field_validator, model_validator

from medthread.model.classification import Classification
from medthread.model.errors import DeclarationError
from medthread.model.mapping import Strict, TableMapping
from medthread.model.process import SPAN

DATABASES = ("postgresql", "postgres", "mysql", "mariadb", "sqlite", "mssql", "oracle")
BROKERS = ("nats", "tls+nats", "kafka", "tls+kafka", "mqtt", "mqtts")
INTERFACES = ("https", "http")
OWN = "medthread"  # what was asked for and approved here
KINDS = {**dict.fromkeys(DATABASES, "database"), **dict.fromkeys(BROKERS, "stream"), **dict.fromkeys(INTERFACES, "interface"), OWN: "own"}
Kind = Literal["files", "database", "stream", "interface", "own"]
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class Schedule(Strict):
    """When a source is asked: every so often, at a time of day, or as soon as files arrive."""

    every: str | None = None
    at: str | None = Field(default=None, pattern=r"([01]\d|2[0-3]):[0-5]\d")
    on: Literal["workdays"] | tuple[Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"], ...] = ()
    as_: Literal["files arrive"] | None = Field(default=None, alias="as")

    @model_validator(mode="after")
    def one_way(self) -> Self:
        """Exactly one of the ways."""
        if len([w for w in (self.every, self.at, self.as_) if w is not None]) != 1 or (self.on and not self.at):
            msg = 'write {every: 15 min}, {at: "06:30", on: workdays} or {as: files arrive}'
            raise ValueError(msg)
        if self.every is not None:
            _check_span(self.every, units=("min", "h", "d"))
        return self


class Source(Strict):
    """A system that data comes from: who owns it, where it is, how often it is asked, how each table maps."""

    name: str = Field(pattern=r"[a-z][a-z0-9_]*")
    zh: str
    en: str
    owner: str
    system: str = ""
    org: str
    plant: str | None = None
    trust: int = 50
    url: str | None = None
    secret: str | None = Field(default=None, pattern=r"[A-Z][A-Z0-9_]*")
    ca: str | None = None  # file of the authority that the server's certificate is checked with
    schedule: Schedule | None = None
    fresh_within: str | None = None
    classification: Classification = Classification.INTERNAL
    tables: dict[str, TableMapping]

    @field_validator("classification", mode="before")
    @classmethod
    def by_name(cls, given: Any) -> Any:
        """Levels are written as words."""
        names = {c.name.lower(): c for c in Classification}
        if isinstance(given, str) and given not in names:
            msg = f"there is no classification {given!r}; there are {', '.join(names)}"
            raise ValueError(msg)
        return names.get(given, given) if isinstance(given, str) else given

    @field_validator("url")
    @classmethod
    def without_password(cls, given: str | None) -> str | None:
        """Files of a workspace are kept in version control and shown; passwords are not in them."""
        if given is None:
            return None
        parts = urlsplit(given)
        if parts.password is not None:
            msg = "an address holds no password: name the environment variable with it under `secret`"
            raise ValueError(msg)
        if parts.scheme not in KINDS:
            msg = f"{parts.scheme or given!r} is no kind of source; there are {', '.join(KINDS)}"
            raise ValueError(msg)
        return given

    @model_validator(mode="after")
    def fits(self) -> Self:
        """Each table asks for what there is at the address, and spans are spans."""
        if self.fresh_within is not None:
            _check_span(self.fresh_within, units=("min", "h", "d", "wd"))
        for name, table in self.tables.items():
            _check_span(table.overlap, units=("min", "h", "d"))
            wanted = {"database": "table or query", "stream": "subject", "interface": "resource", "own": "table"}.get(self.kind, "files")
            if not table.is_collected:
                continue
            asks = {"database": table.table or table.query, "stream": table.subject, "interface": table.resource, "own": table.table}.get(self.kind)
            if asks is None or (self.kind not in ("database", "own") and (table.table or table.query)):
                msg = f"{name} says where its rows are by {wanted}" + ("" if self.url else ", or the source has a url")
                raise ValueError(msg)
        return self

    @property
    def kind(self) -> Kind:
        """What it is, by its address; `files` without one."""
        return KINDS[urlsplit(self.url).scheme] if self.url else "files"  # type: ignore[return-value]

    @property
    def shown_url(self) -> str | None:
        """The address without the account's name."""
        if self.url is None:
            return None
        return re.sub(r"//[^/@]*@", "//", self.url)

    def personal_columns(self, table: str, personal_fields: Mapping[str, frozenset[str]]) -> frozenset[str]:
        """Raw columns of a table to encrypt: those feeding personal fields, and those declared so."""
        mapping = self.tables[table]
        fed = {
            column
            for feed in mapping.feeds
            for name, f in feed.fields.items()
            if name in personal_fields.get(feed.entity, frozenset())
            for column in f.columns
        }
        return frozenset(fed | set(mapping.personal))


def length_of(span: str) -> timedelta:
    """How long a span of minutes, hours or days is."""
    number, unit = span.split()
    return int(number) * {"min": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1)}[unit]


def _check_span(text: str, *, units: tuple[str, ...]) -> None:
    found = SPAN.fullmatch(text)
    if found is None or found[2] not in units:
        msg = f"{text!r} is no span of time: a number and {', '.join(units)}, such as 15 min"
        raise ValueError(msg)


def parse_source(data: Any, *, origin: str) -> Source:
    """A source from the content of its file; errors name the file and the place in it."""
    try:
        return Source.model_validate(data)
    except ValueError as error:
        details = error.errors(include_url=False) if isinstance(error, ValidationError) else []
        lines = [f"{'.'.join(str(p) for p in e['loc'])}: {e['msg']}" for e in details]
        raise DeclarationError(
            f"{origin} is not a source mapping: {'; '.join(lines) or error}",
            hint="the steward's guide has them, under 'The words of a mapping'",
            file=origin,
        ) from error
