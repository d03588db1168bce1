"""What may be said of a subject: a term of the business, or one's own definition of what is declared."""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from medthread.model.errors import InvalidError

TERM, DEFINITION = "term", "definition"
PREFIX = "term:"
Short = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Long = Annotated[str, StringConstraints(strip_whitespace=True, max_length=4000)]
Slug = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,59}$")]
Owner = Annotated[str, StringConstraints(strip_whitespace=True, max_length=60)]


class Status(StrEnum):
    """How a term stands. A draft is one that is proposed and not approved yet: it is no word of the company's."""

    APPROVED = "approved"
    DEPRECATED = "deprecated"


class Meaning(BaseModel):
    """A text in both languages."""

    model_config = ConfigDict(extra="forbid")
    zh: Long = ""
    en: Long = ""


class Term(BaseModel):
    """A term of the business: what it is called, what it means, what it is a kind of, which fields hold it."""

    model_config = ConfigDict(extra="forbid")
    zh: Short
    en: Short
    definition: Meaning
    synonyms: list[Short] = Field(default=[], max_length=50)
    owner: Owner = ""
    status: Status = Status.APPROVED
    parent: Slug | None = None
    bound: list[Short] = Field(default=[], max_length=200)
    see: list[Slug] = Field(default=[], max_length=50)


class Definition(BaseModel):
    """One's own words over a declared subject; what is left out stays as it is declared."""

    model_config = ConfigDict(extra="forbid")
    meaning: Meaning | None = None
    synonyms: list[Short] | None = Field(default=None, max_length=50)
    business: Owner | None = None
    steward: Owner | None = None
    technical: Owner | None = None

    @property
    def is_empty(self) -> bool:
        """Whether nothing is said."""
        return not self.model_dump(exclude_none=True)


def content_of(kind: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """The content as it is kept. Raises `InvalidError` for what cannot be said."""
    try:
        said = (Term if kind == TERM else Definition).model_validate(given)
    except ValidationError as error:
        first = error.errors()[0]
        raise InvalidError(f"{'.'.join(map(str, first['loc']))}: {first['msg']}", hint="see the description of the interface") from error
    return said.model_dump(mode="json", exclude_none=True)


def check_term(name: str, term: Term, *, terms: Mapping[str, Term], subjects: Iterable[str]) -> None:
    """Refuse a term that refers to what there is not, or stands above itself."""
    known = frozenset(subjects)
    strangers = [b for b in term.bound if b not in known]
    if strangers:
        raise InvalidError(f"{strangers[0]} is not in the dictionary", hint="bind a term to entities, fields, models or columns, such as lot.lot_no")
    others = {**terms, name: term}
    lost = [s for s in (*term.see, *([term.parent] if term.parent else [])) if s not in others]
    if lost:
        raise InvalidError(f"there is no term {lost[0]!r}", hint="propose it first")
    above, seen = term.parent, {name}
    while above is not None:
        if above in seen:
            raise InvalidError(f"the term {name} stands above itself", hint="choose another parent")
        seen.add(above)
        above = others[above].parent if above in others else None


def check_definition(subject: str, said: Definition, *, subjects: Iterable[str]) -> None:
    """Refuse words about what is not declared."""
    if subject not in frozenset(subjects):
        raise InvalidError(f"{subject} is not in the dictionary", hint="GET /api/v1/dictionary finds what there is")
    if said.is_empty:
        raise InvalidError(f"nothing is said of {subject}", hint="say what differs from the declaration, or take back what was said")
