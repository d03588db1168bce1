"""Events on their way out, as far as sharing rules let them go: facts that are withheld stay, and so does what is about a record that does."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, select

from medthread.derive.sharing import Terms
from medthread.model.sharing import RELAY, Origin, SharingRule
from medthread.trust.sharing import note
from medthread.workflow.context import Context


@dataclass(frozen=True)
class Leaving:
    """The facts of each event as they may go, nothing where the event may not; and what was kept back: of which entity, by which rule, how often."""

    bodies: Sequence[Mapping[str, Any] | None]
    kept: Mapping[tuple[str, SharingRule], int] = field(default_factory=dict)

    def note(self, tx: Connection) -> None:
        """Write down what did not go."""
        for (entity, rule), count in self.kept.items():
            note(tx, by=RELAY, object_=f"{entity}/", rules=[rule], count=count)


def as_they_are(tx: Connection, rows: Sequence[Any]) -> Leaving:
    """Everything goes: there are no sharing rules."""
    del tx
    return Leaving([r.body for r in rows])


def as_shared(tx: Connection, rows: Sequence[Any], *, context: Context) -> Leaving:
    """Rows of the outbox as sharing rules let them go to where events go."""
    terms = {e: context.sharing.terms_for(context.registry[e], context.sharing.relay) for e in {r.entity for r in rows} if e in context.registry}
    restricted = {e: t for e, t in terms.items() if t}
    if not restricted:
        return as_they_are(tx, rows)
    origins = {e: _origins(tx, context, t, {r.record for r in rows if r.entity == e}) for e, t in restricted.items()}
    kept: Counter[tuple[str, SharingRule]] = Counter()
    bodies = []
    for row in rows:
        found = restricted.get(row.entity)
        bodies.append(row.body if found is None else _shared(found, row, origins[row.entity].get(row.record), kept))
    return Leaving(bodies, kept)


def _shared(terms: Terms, row: Any, origin: Origin | None, kept: Counter[tuple[str, SharingRule]]) -> dict[str, Any] | None:
    """Of a record that is no longer there, nobody knows where it was at home: all goes that no rule could keep."""
    refusal = terms.refusal(origin) if origin else next(iter(terms.records), None)
    if refusal is not None:
        kept[row.entity, refusal] += 1
        return None
    rules = terms.rules if origin is None else tuple(dict.fromkeys(r for n, r in terms.withheld(origin).items() if row.body.get(n) is not None))
    for rule in rules:
        kept[row.entity, rule] += 1
    return terms.without(row.body, origin)


def _origins(tx: Connection, context: Context, terms: Terms, records: set[str]) -> dict[str, Origin]:
    """Where records are at home: those written here by their rows."""
    table = context.tables.get(terms.entity.name)
    if table is None:
        return {}
    region = terms.entity.about.region
    columns = [table.c[n] for n in ("id", "_org", "_plant", *([region] if region else ()))]
    rows = tx.execute(select(*columns).where(table.c.id.in_(records)))
    return {r.id: terms.origin_of(dict(r._mapping)) for r in rows}  # noqa: SLF001 - SQLAlchemy's documented way to a row's columns
