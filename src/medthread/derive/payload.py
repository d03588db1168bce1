"""The body of a create or update of a native entity, as a pydantic model: types, required, codes."""

from datetime import UTC, date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationInfo, create_model

from medthread.model import Entity, Kind

ZONE = "zone"  # in the context that a body is validated in: whose clock a moment without an offset was read from


def _placed(value: datetime, info: ValidationInfo) -> datetime:
    """A moment as it is stored, in UTC. One without an offset is by the clock of the zone that the context names; where none does, it is no moment."""
    zone = (info.context or {}).get(ZONE)
    if value.tzinfo is None and zone is None:
        raise ValueError("a moment needs its offset, for example 2026-11-26T14:00:00+08:00")
    try:
        return (value if value.tzinfo else value.replace(tzinfo=ZoneInfo(zone or "UTC"))).astimezone(UTC)
    except OverflowError as error:
        raise ValueError("the moment is out of range") from error


def _of_the_lake(value: Any) -> Any:
    """Nobody writes a moment but as text: one that is a moment already and has no offset was read from the lake, which keeps UTC."""
    return value.replace(tzinfo=UTC) if isinstance(value, datetime) and value.tzinfo is None else value


TYPES: dict[Kind, Any] = {
    Kind.TEXT: str,
    Kind.INTEGER: int,
    Kind.DECIMAL: Decimal,
    Kind.BOOLEAN: bool,
    Kind.DATE: date,
    Kind.TIMESTAMP: Annotated[datetime, BeforeValidator(_of_the_lake), AfterValidator(_placed)],
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
