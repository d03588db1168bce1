"""What people write into records of a plant that has others already: values of the right kind, and references to what is there."""

import random
import re
from collections import defaultdict, deque
from typing import Any

from sqlalchemy import Connection, select

from medthread.model import Entity, Field
from medthread.workflow import Context
from tests.made import value_of

RECENT = 40  # records of an entity that others refer to
NAMES = 6  # masters that records name
LIMITS, FORM = re.compile(r"\{column\} < (\d+) or \{column\} > (\d+)"), re.compile(r"not regexp_full_match\(\{column\}, '(.+)'\)")


class Plant:
    """Remembers what was created, so that the next record refers to it."""

    def __init__(self, context: Context, rng: random.Random) -> None:
        self._context, self._rng = context, rng
        self._rows: dict[str, deque[dict[str, Any]]] = defaultdict(lambda: deque(maxlen=RECENT))

    def remember(self, tx: Connection, entity: str, id_: str) -> None:
        """A record that others may refer to from now on."""
        table = self._context.tables[entity]
        self._rows[entity].append(dict(tx.execute(select(table).where(table.c.id == id_)).one()._mapping))

    def value(self, field: Field, *, entity: type[Entity]) -> Any:
        """A value of one field."""
        return self._referring(entity, field).get(field.name) if field.mark.ref and not field.mark.codes else self._fitting(field)

    def values(self, entity: type[Entity], *, fill: float) -> dict[str, Any]:
        """What must be there and a part of the rest; whatever is the key of another record goes with its other parts."""
        wanted = [f for f in entity.fields.values() if not (f.mark.series or f.mark.default) and (f.required or self._rng.random() < fill)]
        values: dict[str, Any] = {f.name: self._fitting(f) for f in wanted if not f.mark.ref or f.mark.codes}
        for f in wanted:
            if f.mark.ref and not f.mark.codes:
                values |= self._referring(entity, f)
        process = self._context.rulebook.processes.get(entity.name)
        named = {t.role_in: t.roles for t in process.transitions if t.role_in} if process else {}  # a field that says whose turn it is names a role
        return values | {n: self._rng.choice(roles) for n, roles in named.items()}

    def _fitting(self, field: Field) -> Any:
        """A value that mostly keeps to the field's limits or form."""
        said = next((r.broken for r in field.mark.rules), "") if self._rng.random() < 0.9 else ""
        if limits := LIMITS.fullmatch(said):
            return self._rng.randint(int(limits[1]), int(limits[2]))
        if form := FORM.fullmatch(said):
            tried = (f"{self._rng.getrandbits(256):064x}", f"{2000 + self._rng.randrange(100)}-0{self._rng.randint(1, 9)}")
            return next(t for t in tried if re.fullmatch(form[1], t))
        return value_of(field, self._rng)

    def _referring(self, entity: type[Entity], field: Field) -> dict[str, Any]:
        """The field and those along which it refers, as they name one record."""
        ref = field.mark.ref
        assert ref is not None
        target, rows = self._context.registry[ref.entity], self._rows[ref.entity]
        if not rows or target.fields[target.key()[-1]].is_personal:
            return {field.name: f"{ref.entity} {self._rng.randrange(NAMES)}"}
        row = self._rng.choice(rows)
        return {field.name: row[target.key()[-1]], **{here: row[there] for there, here in ref.along if here in entity.fields}}
