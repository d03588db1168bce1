"""What comes out of a tried table: accepted rows per feed, held rows, corrections, and the counts."""

from medthread.derive.checks import APPROVAL
from medthread.derive.columns import INDEX, MASKED, WITHDRAWN, standard_columns
from medthread.model import Gate
from medthread.pipeline.judge.verdict import version_of
from medthread.pipeline.standardise.expression import is_plain
from medthread.pipeline.standardise.scan import Feed, Scan
from medthread.stores.engines import literal, quote
from medthread.stores.readers import GONE


def held(scan: Scan) -> str:
    """SQL: rule ids that hold a row, over all feeds that can be held."""
    lists = [f"held_{f.number}" for f in scan.feeds if not f.kept_anyway]
    joined = f"list_concat({', '.join(lists)})" if len(lists) > 1 else (lists[0] if lists else "cast([] as varchar[])")
    blocking = [t.check.id for t in scan.tried if t.check.rule.gate is Gate.BLOCK]
    if not blocking:
        return joined
    names = ", ".join(literal(b) for b in blocking)
    stopped = f"bool_or(list_has_any({joined}, [{names}])) over (partition by _load)"
    return f"case when {stopped} and len({joined}) = 0 then ['load.blocked'] else {joined} end"


def accepted(scan: Scan, feed: Feed, *, of: str) -> str:
    """Rows of one feed as the standard layer keeps them."""
    source, table = literal(scan.source.name), literal(scan.table)
    schemes = dict(scan.scheme_columns(feed))
    made = {
        "_key": scan.key_sql(feed),
        "_scheme": literal(feed.scheme),
        "_org": literal(scan.source.org),
        "_plant": literal(scan.source.plant) if scan.source.plant else "cast(null as varchar)",
        "_source": source,
        "_table": table,
        "_load": "_load",
        "_row": "_row",
        "_version": "_version",
        "_recorded_at": "_recorded_at",
        "_flags": _flags(feed),
    }
    columns = [
        f"{made.get(c.name) or schemes.get(c.name) or quote(feed.column(c.name))} as {quote(c.name)}"
        for c in standard_columns(feed.entity, scan.registry)
    ]
    passes = f" and not {GONE}" if feed.kept_anyway else " and len(_held) = 0"  # what happened is not undone
    return f"select {', '.join(columns)} from {of} where is_{feed.number}{passes}"


def _flags(feed: Feed) -> str:
    flags = f"list_concat(held_{feed.number}, flags_{feed.number})" if feed.kept_anyway else f"flags_{feed.number}"
    return f"case when {GONE} then list_append({flags}, {literal(WITHDRAWN)}) else {flags} end"


def quarantined(scan: Scan, *, of: str, raw_columns: list[str]) -> str:
    """Held rows with all their rule ids and the raw row as it came (personal columns sealed)."""
    entity = " ".join(
        f"when len(held_{f.number}) > 0 then {literal(f.entity.name)}" for f in scan.feeds if not f.kept_anyway
    )
    keys = " ".join(f"when len(held_{f.number}) > 0 then {scan.key_sql(f)}" for f in scan.feeds if not f.kept_anyway)
    feeds = [f for f in scan.feeds if not f.kept_anyway]
    first = feeds[0] if feeds else scan.feeds[0]
    pairs = ", ".join(f"{literal(c)}, {quote(c)}" for c in raw_columns)
    all_keys = ", ".join(
        f"case when is_{f.number} then {literal(f.entity.name + ':')} || {scan.key_sql(f)} end" for f in feeds
    )
    return (
        f"select md5(_load || ':' || _row) as id, case {entity or 'when false then null'} else {literal(first.entity.name)} end as entity,"
        f' {literal(scan.source.name)} as source, {literal(scan.table)} as "table", _file as file, _row as "row",'
        f" _load as load, case {keys or 'when false then null'} else {scan.key_sql(first)} end as key, _held as rules,"
        f" list_filter([{all_keys or 'cast(null as varchar)'}], lambda x: x is not null) as names,"
        f" cast(json_object({pairs}) as varchar) as raw, {content(raw_columns)} as content, {proposed(scan)} as proposed, {stood(scan)} as stood, _recorded_at as at from {of} where len(_held) > 0 and not {GONE}"
    )


def content(raw_columns: list[str]) -> str:
    """SQL of a hash of a raw row: the same for the same values, whichever other columns its file had. What is sealed differs each time; its index does not."""
    told = [c for c in sorted(raw_columns) if not c.endswith(MASKED) and c + INDEX not in raw_columns]
    pairs = ", ".join(f"{literal(c + '=')} || {quote(c)} || chr(30)" for c in told)
    return f"md5(array_to_string([{pairs}], ''))"


def proposed(scan: Scan) -> str:
    """SQL of what rules that are not sure enough would put into raw columns, as JSON; null where none would. Only where a field is one column as it is."""
    parts = []
    for t in (t for t in scan.tried if t.proposes and t.check.field):
        feed, field = scan.feeds[t.feed], t.check.field or ""
        mapping = feed.mapping.fields[field]
        if is_plain(mapping) and mapping.unit is None:
            value = f"cast({t.after} as varchar)"
            parts.append(f"case when {quote(t.column)} and {value} is not null then json_object({literal(mapping.from_ or '')}, {value}) else json('{{}}') end")
    if not parts:
        return "cast(null as varchar)"
    return f"nullif(cast(json_merge_patch(json('{{}}'), {', '.join(parts)}) as varchar), '{{}}')"


def stood(scan: Scan) -> str:
    """SQL of what stands where a row brings another critical value, as JSON by field; null where it brings none."""
    parts = [
        f"case when {quote(t.column)} then json_object({literal(t.check.field or '')}, {quote('s' + scan.feeds[t.feed].column(t.check.field or ''))}) else json('{{}}') end"
        for t in scan.tried if t.check.rule.name == APPROVAL and t.check.field
    ]
    # Put together rather than patched: what stands may be empty, and a patch would leave it out.
    listed = f"list_filter([{', '.join(parts)}], lambda x: cast(x as varchar) <> '{{}}')" if parts else ""
    return f"nullif(cast(to_json({listed}) as varchar), '[]')" if parts else "cast(null as varchar)"


def corrected(scan: Scan, *, of: str) -> list[str]:
    """One SELECT per correcting rule: what a value was and what it became."""
    return [
        (
            f"select md5(_load || ':' || _row || {literal(t.check.id)}) as id, {literal(t.check.entity)} as entity,"
            f" {literal(t.check.field or '')} as field, {literal(t.check.id)} as rule,"
            f" cast({quote('o' + t.column)} as varchar) as before,"
            f" cast({quote(scan.feeds[t.feed].column(t.check.field or ''))} as varchar) as after,"
            f" {literal(version_of(t.check))} as version, cast({t.check.rule.confidence} as double) as confidence,"
            f' {literal(scan.source.name)} as source, {literal(scan.table)} as "table", _file as file, _row as "row",'
            f" _load as load, {scan.key_sql(scan.feeds[t.feed])} as key, _recorded_at as at"
            f" from {of} where {quote('m' + t.column)} and is_{t.feed} and not {GONE}"
        )
        for t in scan.tried
        if t.mends and t.check.field
    ]


def _mended(scan: Scan) -> str:
    """SQL true where a correction was made."""
    return " or ".join(quote("m" + t.column) for t in scan.tried if t.mends) or "false"


def _kept_back(scan: Scan) -> str:
    """SQL true where a row is held. A blocking rule holds rows that are good themselves; then only the list knows."""
    if _blocks(scan):
        return "len(_held) > 0"
    return " or ".join(f"bad_{f.number}" for f in scan.feeds if not f.kept_anyway) or "false"


def aside(scan: Scan, *, of: str) -> str:
    """The rows that break any rule, with everything known of them: few, and all that is said of rules is said of them."""
    noted = [f"bad_{f.number} or flagged_{f.number}" for f in scan.feeds]
    blocked = ["len(_held) > 0"] if _blocks(scan) else []  # then rows are held that are good themselves
    return f"select * from {of} where {' or '.join([*blocked, *noted, _mended(scan)])}"


def _blocks(scan: Scan) -> bool:
    """Whether a rule holds the whole load."""
    return any(t.check.rule.gate is Gate.BLOCK for t in scan.tried)


def samples(scan: Scan, *, of: str, most: int) -> str:
    """Per rule some rows that break it, of the rows set aside: by key, and without one by file and row."""
    parts = [
        f"select unnest(list_concat(held_{f.number}, flags_{f.number})) as rule,"
        f" coalesce({scan.key_sql(f)}, _file || ':' || _row) as name from {of} where is_{f.number}"
        for f in scan.feeds
    ]
    return f"select rule, list_sort(min(distinct name, {most})) as names from ({' union all '.join(parts)}) as broken group by rule"


def totals(scan: Scan, *, of: str) -> str:
    """Per load, of the raw rows: records read, and how often each feed came."""
    feeds = [f"count_if({scan.is_one(f)}) as n{f.number}" for f in scan.feeds]
    return f"select _load, count(*) as n, {', '.join(feeds)} from {of} where not {GONE} group by _load"


def counts(scan: Scan, *, of: str) -> str:
    """Per load, of the rows set aside: how many are held and mended, and how often each rule was broken."""
    rules = "".join(
        f", count_if(is_{t.feed} and {quote('m' + t.column) if t.mends else quote(t.column)}) as x{i}" for i, t in enumerate(scan.tried)
    )
    back = _kept_back(scan)
    return f"select _load, count_if({back}) as held, count_if(not ({back}) and ({_mended(scan)})) as mended{rules} from {of} where not {GONE} group by _load"
