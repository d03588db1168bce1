"""Reading what is classified or about persons, in clear and whole: noted before the first row leaves."""

from medthread.api.listing import Listing, count_all
from medthread.derive.view import needs_clearance
from medthread.trust.audit import READ, record


def in_clear(listing: Listing) -> list[str]:
    """The fields that hold more than internal matters, or tell of persons, and that this reader sees as they are."""
    fields = listing.entity.fields.values()
    return sorted(f.name for f in fields if (needs_clearance(f) or f.is_about_persons) and f.name not in listing.masked)


def note_export(listing: Listing, *, q: str | None, filters: tuple[str, ...], as_: str) -> None:
    """Write down that a list leaves as a file: which fields in clear, by which filters, how many rows; never a value. Nothing where no such field is among them."""
    fields = in_clear(listing)
    if not fields:
        return
    detail = {"fields": fields, "rows": count_all(listing), "q": q, "filters": list(filters), "as": as_}
    with listing.given.store.transaction() as tx:
        record(tx, actor=listing.actor.name, action="entity.export", object_=f"{listing.entity.name}/", outcome=READ, detail=detail)
