"""The body of a create or update of a native entity, as a pydantic model: types, required, codes."""

from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, create_model

from medthread.model import Entity, Kind

TYPES: dict[Kind, type] = {
    Kind.TEXT: str,
    Kind.INTEGER: int,
    Kind.DECIMAL: Decimal,
    Kind.BOOLEAN: bool,
    Kind.DATE: date,
    Kind.TIMESTAMP: datetime,
}
LONGEST = 4000


@lru_cache(maxsize=1024)
def payload_of(entity: type[Entity], *, without: frozenset[str] = frozenset()) -> type[BaseModel]:
    """A model that knows no other words than the entity's fields, but those left out."""
    fields: dict[str, Any] = {}
    for f in entity.fields.values():
        if f.name in without:
            continue
        kind: Any = Literal[tuple(f.mark.codes)] if f.mark.codes else TYPES[f.kind]
        limits: dict[str, Any] = {"max_length": LONGEST, "min_length": 1} if kind is str else {}
        if f.required:
            fields[f.name] = (kind, Field(title=f.mark.en, **limits))
        else:
            fields[f.name] = (kind | None, Field(default=None, title=f.mark.en, **limits))
    name = "".join(part.title() for part in entity.name.split("_"))
    return create_model(f"{name}Values", __config__=ConfigDict(extra="forbid", str_strip_whitespace=True), **fields)
