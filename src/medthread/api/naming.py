"""Objects by the names people and rules use for them: a key instead of an id, and what a reference may be filled with."""

from collections.abc import Sequence
from typing import Any

from medthread.api.listing import Listing, listing_of, refuse_unshared
from medthread.api.services import Services
from medthread.derive.columns import CODE, refers_to_master
from medthread.model import Entity, Home, Kind
from medthread.model.errors import InvalidError, NotFoundError
from medthread.stores.serving import Condition, all_of, compared
from medthread.trust.access import Actor

SEPARATOR = "|"  # between the parts of a key, as rules write them: `item|lot_no`
CHOICES = 20


def id_of(given: Services, entity: type[Entity], actor: Actor, *, name: str) -> str:
    """The id of the one object with that id, that key (its parts joined by `|`), or that last part of a key."""
    listing = listing_of(given, entity, actor, q=None, filters=(), sort=None)
    if listing.rows.query(f'select 1 as found from {listing.source} where "id" = ? and {listing.where}', (name, *listing.parameters)):
        return name
    refuse_unshared(listing, name)
    keys, parts = entity.key(), name.split(SEPARATOR)
    if len(parts) != len(keys):
        keys, parts = keys[-1:], [name]
    found = _called(listing, list(zip(keys, parts, strict=True))) if all(k in listing.kinds for k in keys) else []
    if len(found) == 1:
        return str(found[0]["id"])
    hint = f"write {SEPARATOR.join(entity.key())}" if found else "it may be in another release, or its id was merged into another"
    raise NotFoundError(f"no {entity.name} {name!r}" if not found else f"more than one {entity.name} is called {name!r}", hint=hint)


def choices_of(given: Services, entity: type[Entity], actor: Actor, *, q: str | None, along: Sequence[str]) -> list[dict[str, Any]]:
    """Objects that a reference may name: what is written in the record (the last part of the key), and the words beside it.

    `along` holds `field:value` for the other parts of the key, values as a record holds them.
    """
    if entity.about.home is not Home.NATIVE and given.releases.current() is None:
        return []
    pairs = [a.partition(":") for a in along]
    listing = listing_of(given, entity, actor, q=q, filters=(), sort=None)
    strangers = [f for f, _, _ in pairs if f not in entity.fields or f not in listing.kinds]
    if strangers:
        raise InvalidError(f"{entity.name} has no field {strangers[0]!r} to choose along", hint=f"fields: {', '.join(listing.kinds)}")
    last, title = entity.key()[-1], entity.about.title or entity.key()[-1]
    if last not in listing.kinds:
        return []
    rows = _matching(listing, [(f, v) for f, _, v in pairs if v], limit=CHOICES)
    return [{"value": str(r[last]), "title": str(r[title]) if title != last and title in listing.kinds and r[title] is not None else None} for r in rows]


def _called(listing: Listing, wanted: Sequence[tuple[str, str]]) -> list[dict[str, Any]]:
    """Up to two objects with that key; none where a part of it cannot be a value of its field."""
    try:
        return _matching(listing, wanted, limit=2)
    except InvalidError:
        return []


def _matching(listing: Listing, wanted: Sequence[tuple[str, str]], *, limit: int) -> list[dict[str, Any]]:
    """Rows by equality, in the order of the list."""
    whole = all_of([Condition(listing.where, listing.parameters), *(_equal(listing, field, value) for field, value in wanted)])
    return listing.rows.query(f"select * from {listing.source} where {whole.sql} order by {listing.page().order} limit {limit}", whole.parameters)


def _equal(listing: Listing, field: str, value: str) -> Condition:
    """Where a field holds a golden id, the code it came with or the master's own code is as good."""
    plain = compared(field, "=", value, kind=listing.kinds[field])
    if listing.entity.about.home is Home.NATIVE or not refers_to_master(listing.entity.fields[field], listing.given.registry):
        return plain
    code = compared(field + CODE, "=", value, kind=Kind.TEXT)
    return Condition(f"({plain.sql} or {code.sql})", (*plain.parameters, *code.parameters))


def names_of(given: Services, actor: Actor, entity: str | None, ids: Sequence[str]) -> dict[str, str]:
    """What masters are called, by code and name, as far as the actor sees them; nothing for what is no master."""
    declared = given.registry[entity] if entity and entity in given.registry else None
    if declared is None or declared.about.home is not Home.MASTER or not ids:
        return {}
    listing = listing_of(given, declared, actor, q=None, filters=(), sort=None)
    shown = [n for n in dict.fromkeys((declared.key()[-1], declared.about.title or declared.key()[-1])) if n in listing.kinds]
    marks = ", ".join("?" for _ in ids)
    rows = listing.rows.query(f'select * from {listing.source} where "id" in ({marks}) and {listing.where}', (*ids, *listing.parameters))
    called = {str(r["id"]): " ".join(str(r[n]) for n in shown if r[n] is not None) for r in rows}
    return {id_: name for id_, name in called.items() if name}
