"""One statement that types a raw table and tries every rule, so that the raw files are read once.

It goes in steps, each a CTE over the one before: `came` (raw text with row numbers) → `narrowed` → `texts`
(cleaned) → `typed` → `mended` (corrections applied) → `tried` (one boolean per rule) → `complete` (fields that no
rule looks at) → the result, with the list of broken rules per feed.

The steps are cut for speed. DuckDB works a dictionary-encoded column once per entry while a step calls one
function on it, and once per row where calls are nested. Fields that no rule looks at come last, where a filter
for broken rows has already passed: looking for what is wrong does not clean what nobody tries.
"""

from medthread.derive.columns import DUCK, INDEX, MASKED
from medthread.model import Field, FieldMapping, Gate
from medthread.pipeline.standardise.expression import is_narrowed, is_plain, lookup_name, raw_text
from medthread.pipeline.standardise.scan import Feed, Scan, Tried
from medthread.stores.engines import literal, quote
from medthread.stores.readers import GONE


def statement(scan: Scan, *, came: str) -> str:
    """The whole statement over a relation of raw rows with `_load`, `_file`, `_row`, `_gone`; `twins` stand beside as tables."""
    tried = [f"coalesce({t.broken}, false) as {quote(t.column)}" for t in scan.tried]
    tried += [f"{feed.stood}.{quote('_shown_' + f.name)} as {quote('s' + feed.column(f.name))}" for feed in scan.feeds for f in feed.critical]
    late = [(feed, f) for feed in scan.feeds for f in _mapped(feed) if f.name not in _looked_at(scan, feed)]
    texts = [f"{feed.expressions(f).text} as {quote(feed.text_column(f.name))}" for feed, f in late]
    typed = [f"{feed.expressions(f).typed} as {quote(feed.column(f.name))}" for feed, f in late]
    steps = [
        *until_mended(scan, came),
        _step("tried", f"select mended.*{_also(tried)} from mended{_beside(scan)}"),
        _step("read_last", f"select *{_also(texts)} from tried"),
        _step("complete", f"select *{_also(typed)} from read_last"),
    ]
    return f"with {', '.join(steps)} select *{_also(_broken_lists(scan))} from complete"


def twins(scan: Scan, *, came: str) -> dict[str, str]:
    """Per feed, a SELECT of the keys that stand twice in a load with the row that has them first.

    They are few and found once; the statement joins them, where a window would carry every row whole.
    """
    found = {}
    for feed in _unique(scan):
        keys = [quote(feed.column(k)) for k in feed.entity.key()]
        listed = ", ".join(f"{k} as k{i}" for i, k in enumerate(keys))
        places = ", ".join(str(i + 1) for i in range(len(keys) + 1))
        # Counted rather than compared with null: a filter would be tried on the rows before they are grouped.
        filled = " and ".join(f"count({k}) > 0" for k in keys)
        found[f"twins_{feed.number}"] = (
            f"with {', '.join(until_mended(scan, came))} select _load as l, {listed}, min(_row) as first_row from mended"
            f" where is_{feed.number} and not {GONE} group by {places} having count(*) > 1 and {filled}"
        )
    return found


def _step(name: str, select: str) -> str:
    return f"{name} as not materialized ({select})"


def _also(columns: list[str]) -> str:
    return "".join(f", {column}" for column in columns)


def _mapped(feed: Feed) -> list[Field]:
    """Fields that the table fills and that are read; personal ones are carried over sealed."""
    return [f for f in feed.entity.fields.values() if f.name in feed.mapping.fields and not f.is_personal]


def _looked_at(scan: Scan, feed: Feed) -> set[str]:
    """Fields whose value a rule, a key or a reference needs."""
    names = set(feed.entity.key())
    for t in scan.tried:
        if t.feed == feed.number:
            names |= {t.check.field or "", *t.check.rule.needs}
    for f in feed.entity.fields.values():
        names |= {here for _, here in f.mark.ref.along} if f.mark.ref else set()
    return names


def until_mended(scan: Scan, came: str) -> list[str]:
    """The steps up to `mended`, where every value that a rule looks at is typed."""
    mapped = [(feed, f) for feed in scan.feeds for f in _mapped(feed)]
    together = [
        f"{raw_text(m)} as {quote('r' + feed.column(f.name))}"
        for feed, f in mapped if not is_plain(m := feed.mapping.fields[f.name])
    ]
    narrowed = [f"narrow({feed.given(f)}) as {quote('w' + feed.column(f.name))}" for feed, f in mapped if is_narrowed(f)]
    early = [(feed, f) for feed, f in mapped if f.name in _looked_at(scan, feed)]
    texts = [f"({scan.is_one(feed)}) as is_{feed.number}" for feed in scan.feeds]
    texts += [f"{feed.expressions(f).text} as {quote(feed.text_column(f.name))}" for feed, f in early]
    typed = [f"{feed.expressions(f).typed} as {quote(feed.column(f.name))}" for feed, f in early]
    typed += [column for feed in scan.feeds for column in _not_read(feed)]
    return [
        _step("came", f"select came.*{_also(together)} from {came} as came{''.join(_joins(scan))}"),
        _step("narrowed", f"select *{_also(narrowed)} from came"),
        _step("texts", f"select *{_also(texts)} from narrowed"),
        _step("typed", f"select *{_also(typed)} from texts"),
        _step("mended", f"select *{_mended(scan)} from typed"),
    ]


def _not_read(feed: Feed) -> list[str]:
    """Fields the table does not fill, and personal ones."""
    columns = []
    for field in feed.entity.fields.values():
        mapping = feed.mapping.fields.get(field.name)
        if field.is_personal:
            columns += _personal(feed, field, mapping)
        elif mapping is None:
            columns.append(f"cast(null as {DUCK[field.kind]}) as {quote(feed.column(field.name))}")
    return columns


def _personal(feed: Feed, field: Field, mapping: FieldMapping | None) -> list[str]:
    """Sealed on arrival: value, mask and index are carried over, never opened."""
    given = mapping.from_ if mapping is not None else None
    return [
        f"{quote(given + suffix) if given else 'cast(null as varchar)'} as {quote(feed.column(field.name) + suffix)}"
        for suffix in ("", MASKED, INDEX)
    ]


def _joins(scan: Scan) -> list[str]:
    seen: dict[str, str] = {}
    for feed in scan.feeds:
        for m in feed.mapping.fields.values():
            if m.lookup is not None:
                name = lookup_name(m)
                table = quote(f"lookup.{m.lookup.table}")
                seen[name] = (
                    f" left join (select {quote(m.lookup.match)} as m, arg_max({quote(m.lookup.give)}, _nth) as given"
                    f" from {table} group by 1) as {quote('lookup_' + name)}"
                    f" on {quote('lookup_' + name)}.m = came.{quote(m.lookup.from_)}"
                )
    return list(seen.values())


def _mended(scan: Scan) -> str:
    """Corrections: the mended value takes the column's place, the old one stays beside it."""
    parts: list[str] = []
    for t in scan.tried:
        if t.mends and t.after is not None:
            assert t.check.field is not None  # noqa: S101 - only fields are mended
            column = scan.feeds[t.feed].column(t.check.field)
            parts.append(f"case when {t.broken} then {t.after} else {quote(column)} end as {quote(column)}")
    replaced = f" replace ({', '.join(parts)})" if parts else ""
    kept = [
        f"coalesce({t.broken}, false) as {quote('m' + t.column)}, {t.before} as {quote('o' + t.column)}"
        for t in scan.tried
        if t.mends
    ]
    return replaced + _also(kept)


def _unique(scan: Scan) -> list[Feed]:
    """Feeds whose keys may stand once in a load."""
    return [f for f in scan.feeds if any(t.feed == f.number and t.check.rule.name == "duplicate" for t in scan.tried)]


def _beside(scan: Scan) -> str:
    """The joins with what stands in critical fields, and with the keys that stand twice."""
    joins = "".join(f" left join {feed.stood} on {feed.stood}._k = {scan.key_sql(feed)}" for feed in scan.feeds if feed.critical)
    for feed in _unique(scan):
        name = f"twins_{feed.number}"
        same = " and ".join(f"{name}.k{i} = mended.{quote(feed.column(k))}" for i, k in enumerate(feed.entity.key()))
        joins += f" left join {name} on {name}.l = mended._load and {same}"
    return joins


def _broken_lists(scan: Scan) -> list[str]:
    columns: list[str] = []
    for feed in scan.feeds:
        held = [t for t in scan.tried if t.feed == feed.number and not t.mends]
        warned = [t for t in held if t.check.rule.gate is Gate.WARN]
        columns += _list_of([t for t in held if t not in warned], feed, bad=f"bad_{feed.number}", name=f"held_{feed.number}")
        columns += _list_of(warned, feed, bad=f"flagged_{feed.number}", name=f"flags_{feed.number}")
    return columns


def _list_of(tried: list[Tried], feed: Feed, *, bad: str, name: str) -> list[str]:
    """Whether any of these rules is broken, and the ids of those that are."""
    none = "cast([] as varchar[])"
    if not tried:
        return [f"false as {bad}", f"{none} as {name}"]
    any_broken = " or ".join(quote(t.column) for t in tried)
    items = ", ".join(f"case when {quote(t.column)} then {literal(t.check.id)} end" for t in tried)
    return [
        f"(is_{feed.number} and ({any_broken})) as {bad}",
        f"case when {bad} then list_filter([{items}], lambda x: x is not null) else {none} end as {name}",
    ]
