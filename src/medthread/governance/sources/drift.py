"""What has changed at a source since its mapping was written: columns that are gone or new, and values that no longer read as they did.

Found in what the loads themselves wrote down; the raw layer has kept everything that came. For each change there is a
proposal where one can be made: the file of the source as it would read. Nobody's mapping is changed by itself.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any, Literal

from sqlalchemy import Connection, select

from medthread.derive.columns import INDEX
from medthread.derive.source import check_source as check_mapping
from medthread.governance.sources.amend import ignore_column, map_column, rename_column
from medthread.methods.names import plain, sound
from medthread.model import Source, TableMapping, parse_source
from medthread.model.errors import MedthreadError
from medthread.model.yaml_file import parse_yaml
from medthread.pipeline.context import Context
from medthread.stores.engines import job, literal, quote
from medthread.stores.postgres.tables import load, rule_verdict
from medthread.trust.seal import blind_index

CAME = ("blocked", "read", "raw", "accepted")
NAMED, SHARED = 0.6, 0.3  # names as alike as this, or so large a share of values known before: one may be the other
MEANT = 0.75  # a column is called much like a field
LOOKED_AT = 2_000  # different values
JUMP, ENOUGH = 0.2, 20  # of the values this share more than before does not read, of so many at least


@dataclass(frozen=True)
class Drift:
    """One change: of a column of a table, as a load brought it.

    `likely` is the column that took its place, or `entity.field` that a new one seems to mean; `alike` says how alike names
    and values are (0 to 1; None where not compared). `before` and `now` are the shares of values that do not read as the
    field's type. `proposed` is the file of the source with the change in it.
    """

    kind: Literal["missing", "new", "unreadable"]
    table: str
    column: str
    load: str
    file: str
    likely: str | None = None
    names_alike: float | None = None
    values_alike: float | None = None
    before: float | None = None
    now: float | None = None
    proposed: str | None = None


def drifts(context: Context, source: Source, text: str) -> list[Drift]:
    """All changes of a source whose file reads `text`, by table."""
    found: list[Drift] = []
    for name in source.tables:
        with context.store.transaction() as tx:
            last = _last(tx, source.name, name)
            unreadable = _unreadable(tx, source, name, last)
        if last is not None:
            found += _columns(context, source, name, last, text)
            found += unreadable
    return found


def _last(tx: Connection, source: str, table: str) -> Any:
    query = select(load).where(load.c.source == source, load.c.table == table, load.c.status.in_(CAME), load.c.columns.is_not(None), load.c.corrects.is_(None))
    return tx.execute(query.order_by(load.c.at.desc(), load.c.id).limit(1)).one_or_none()


def _columns(context: Context, source: Source, table: str, last: Any, text: str) -> list[Drift]:
    mapping = source.tables[table]
    here = set(last.columns)
    missing, new = sorted(mapping.mapped - here), sorted(here - mapping.mapped)
    found, taken = [], set()
    for column in missing:
        best = _successor(context, source.name, table, column, [n for n in new if n not in taken], last)
        if best is None:
            found.append(Drift("missing", table, column, last.id, last.file))
            continue
        likely, names, values = best
        taken.add(likely)
        proposed = _checked(context, text, lambda t, c=column, n=likely: rename_column(t, table=table, old=c, new=n))
        found.append(Drift("missing", table, column, last.id, last.file, likely, names, values, proposed=proposed))
    return [*found, *(_new(context, mapping, table, column, last, text) for column in new if column not in taken)]


def _new(context: Context, mapping: TableMapping, table: str, column: str, last: Any, text: str) -> Drift:
    meant = _meant(context, mapping, column)
    if meant is not None:
        entity, field, alike = meant
        proposed = _checked(context, text, lambda t: map_column(t, table=table, entity=entity, field=field, column=column))
        if proposed is not None:
            return Drift("new", table, column, last.id, last.file, f"{entity}.{field}", alike, proposed=proposed)
    return Drift("new", table, column, last.id, last.file, proposed=_checked(context, text, lambda t: ignore_column(t, table=table, column=column)))


def _successor(context: Context, source: str, table: str, gone: str, new: Iterable[str], last: Any) -> tuple[str, float, float | None] | None:
    """The new column that most likely took the place of one that is gone."""
    before = _earlier(context, source, table, gone)
    best: tuple[float, tuple[str, float, float | None]] | None = None
    for column in new:
        names, values = _alike(gone, column), _shared(context, before, gone, last.raw_path, column)
        if names < NAMED and (values or 0.0) < SHARED:
            continue
        score = names + (values or 0.0)
        if best is None or score > best[0]:
            best = score, (column, names, values)
    return best[1] if best else None


def _alike(one: str, other: str) -> float:
    """How alike two names are, as written and as they sound."""
    pairs = ((plain(one), plain(other)), (sound(plain(one)), sound(plain(other))))
    return round(max(SequenceMatcher(None, a, b).ratio() for a, b in pairs), 2)


def _earlier(context: Context, source: str, table: str, column: str) -> str | None:
    """The file of the newest load that was taken in with a column."""
    query = select(load.c.raw_path).where(load.c.source == source, load.c.table == table, load.c.status == "accepted", load.c.columns.contains([column]))
    with context.store.transaction() as tx:
        return tx.execute(query.order_by(load.c.at.desc()).limit(1)).scalar_one_or_none()


def _shared(context: Context, before: str | None, gone: str, now: str | None, new: str) -> float | None:
    """What share of a new column's values stood in the other before. Sealed ones are compared by their blind index, in which equal values are equal."""
    if before is None or now is None or not (Path(before).is_file() and Path(now).is_file()):
        return None
    with job(memory="256MB", threads=1) as con:
        then, today = (_values(con, path, column) for path, column in ((before, gone), (now, new)))
    key = context.keyring.index_key
    was, is_ = (set(values if sealed else blind_index(values, key=key)) for values, sealed in (then, today))
    return round(len(was & is_) / len(is_), 2) if is_ else None


def _values(con: Any, path: str, column: str) -> tuple[list[str], bool]:
    """Different values of a column, or of its index where it is sealed; and which of them."""
    read = f"read_parquet({literal(path)})"
    sealed = column + INDEX in {r[0] for r in con.execute(f"describe select * from {read}").fetchall()}
    name = quote(column + INDEX if sealed else column)
    return [r[0] for r in con.execute(f"select distinct {name} from {read} where {name} is not null limit {LOOKED_AT}").fetchall()], sealed


def _meant(context: Context, mapping: TableMapping, column: str) -> tuple[str, str, float] | None:
    """The field that a column seems to mean, of those that the table's entities have and nothing fills."""
    best: tuple[str, str, float] | None = None
    for feed in mapping.feeds:
        for field in context.registry[feed.entity].fields.values():
            if field.name in feed.fields:
                continue
            alike = max(_alike(column, name) for name in (field.name, field.label.zh, field.label.en))
            if alike >= MEANT and (best is None or alike > best[2]):
                best = feed.entity, field.name, alike
    return best


def _checked(context: Context, text: str, change: Any) -> str | None:
    """The changed text where it is a mapping that could be used; else nothing is proposed."""
    try:
        changed = str(change(text))
        check_mapping(parse_source(parse_yaml(changed, file="proposal"), origin="proposal"), context.registry, origin="proposal")
    except MedthreadError:
        return None
    return changed


def _unreadable(tx: Connection, source: Source, table: str, last: Any) -> list[Drift]:
    """Fields of which far more values than before are not of their type."""
    asset = f"{source.name}.{table}"
    query = select(rule_verdict).where(rule_verdict.c.asset == asset, rule_verdict.c.point == "intake", rule_verdict.c.rule.endswith(".type", autoescape=True))
    told: dict[str, list[Any]] = {}
    for row in tx.execute(query.order_by(rule_verdict.c.at)):
        told.setdefault(row.rule, []).append(row)
    found = []
    for rows in told.values():
        *earlier, newest = rows
        checked, broken = sum(r.checked for r in earlier), sum(r.broken for r in earlier)
        if not checked or newest.checked < ENOUGH or last is None:
            continue
        before, now = broken / checked, newest.broken / newest.checked
        columns = {c for f in source.tables[table].feeds if f.entity == newest.entity and newest.field in f.fields for c in f.fields[newest.field].columns}
        if now - before >= JUMP and columns:
            likely = f"{newest.entity}.{newest.field}"
            found.append(Drift("unreadable", table, min(columns), last.id, last.file, likely, before=round(before, 4), now=round(now, 4)))
    return found
