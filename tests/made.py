"""Values that a declaration would accept, made from the declaration alone."""

import random
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from medthread.model import Entity, Field, Kind


def value_of(field: Field, rng: random.Random) -> Any:
    """A value of the field's kind; nothing is known of its rules, so some are refused, which is a test too."""
    if field.mark.codes:
        return rng.choice(sorted(field.mark.codes))
    now = datetime(2026, 11, 25, tzinfo=UTC)
    return {
        Kind.TEXT: lambda: f"{field.name[:12]} {rng.randrange(10**6)}",
        Kind.INTEGER: lambda: rng.randrange(1, 50),
        Kind.DECIMAL: lambda: Decimal(rng.randrange(1, 5000)) / 10,
        Kind.BOOLEAN: lambda: rng.random() < 0.5,
        Kind.DATE: lambda: date(2026, 11, 25) + timedelta(days=rng.randrange(-400, 400)),
        Kind.TIMESTAMP: lambda: now - timedelta(minutes=rng.randrange(10**5)),
    }[field.kind]()


def values_of(entity: type[Entity], rng: random.Random, *, fill: float = 0.3) -> dict[str, Any]:
    """What must be there and a part of the rest; numbered and given fields are left to the machine."""
    wanted = (f for f in entity.fields.values() if not (f.mark.series or f.mark.default))
    return {f.name: value_of(f, rng) for f in wanted if f.required or rng.random() < fill}
