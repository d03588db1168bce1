"""Critical data elements: another value than the one that stands holds the row, until a person approved that it changes.

What stands is what the newest accepted version of the same object in the same source says, of those before the batch and of
those that come into it approved. Such a row comes like any corrected one, as a raw row of its own that names the decision; it
is tried against every other rule again. The first version of an object changes nothing.
"""

from typing import Any

from medthread.derive.columns import INDEX, MASKED, NEWEST_FIRST, WITHDRAWN, standard_columns
from medthread.pipeline.context import Context
from medthread.pipeline.standard_rows import rows_of
from medthread.pipeline.standardise.scan import APPROVED, Feed, Scan
from medthread.pipeline.standardise.statement import until_mended
from medthread.stores.engines import literal, quote
from medthread.stores.readers import GONE

ORDER = "_version, _recorded_at, _load, _row"


def know_standing(context: Context, con: Any, scan: Scan, *, came: str) -> None:
    """What stands of the objects that came, as a table for each feed with critical fields: key `_k`, and each field's value and what is shown of it."""
    for feed in (f for f in scan.feeds if f.critical):
        here = f"came_{feed.number}"
        con.execute(
            f"create temp table {here} as with {', '.join(until_mended(scan, came))} select {scan.key_sql(feed)} as _k, {APPROVED}, {_values(feed, prefix=feed.column(''))},"
            f" {ORDER} from mended where is_{feed.number} and not {GONE}")
        before = (
            f"select _key as _k, {_values(feed, prefix='')}, {ORDER} from ({_standard(context, scan, feed)}) where _source = {literal(scan.source.name)}"
            f" and not list_contains(coalesce(_flags, []), {literal(WITHDRAWN)}) and _key in (select _k from {here})")
        approved = f"select * exclude ({APPROVED}) from {here} where {APPROVED}"
        con.execute(f"create temp table {feed.stood} as select * exclude ({ORDER}) from (select distinct on (_k) * from ({before} union all by name {approved}) order by _k, {NEWEST_FIRST})")


def _standard(context: Context, scan: Scan, feed: Feed) -> str:
    """The entity's rows; a field that older files know nothing of is empty in them."""
    nothing = ", ".join(f"cast(null as {c.duck}) as {quote(c.name)}" for c in standard_columns(feed.entity, scan.registry))
    files = context.committer.files(f"standard.{feed.entity.name}")
    return f"{rows_of(files)} union all by name select {nothing} where false" if files else f"select {nothing} where false"


def _values(feed: Feed, *, prefix: str) -> str:
    """Of a sealed field its index, by which values are told apart, and its mask."""
    found = []
    for field in feed.critical:
        own, shown = (INDEX, MASKED) if field.is_personal else ("", "")
        found.append(f"{quote(prefix + field.name + own)} as {quote('_was_' + field.name)}, cast({quote(prefix + field.name + shown)} as varchar) as {quote('_shown_' + field.name)}")
    return ", ".join(found)
