"""A metric as SQL over the rows that somebody may see, and in words: both from its declaration alone.

The SQL is read by DuckDB and PostgreSQL alike. It gives parts from which figures follow: an average is a sum and a count, so
that the figure of a whole is never an average of averages.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from medthread.model import Kind, Label
from medthread.model.metric import Measure, Metric, Qualifier

PERIOD = "_period"
NUMBERS = frozenset({Kind.INTEGER, Kind.DECIMAL})
MOMENTS = frozenset({Kind.DATE, Kind.TIMESTAMP})
GRAIN_WORDS = {
    "day": Label("日", "day"), "week": Label("周", "week"), "month": Label("月", "month"), "quarter": Label("季", "quarter"), "year": Label("年", "year"),
}
_AGGREGATES = {
    "count": Label("{of}的行数", "number of {of}"), "distinct": Label("{of}的不同“{column}”数", "number of different {column} of {of}"),
    "sum": Label("{of}的“{column}”之和", "sum of {column} of {of}"), "average": Label("{of}的“{column}”平均值", "average {column} of {of}"),
    "min": Label("{of}的“{column}”最小值", "least {column} of {of}"), "max": Label("{of}的“{column}”最大值", "greatest {column} of {of}"),
    "percentile": Label("{of}的“{column}”第 {at} 百分位数", "{at}th percentile of {column} of {of}"),
}


@dataclass(frozen=True)
class MeasuredColumn:
    """A column of what is measured: what it is called, what its values are, what they refer to."""

    kind: Kind
    label: Label
    codes: Mapping[str, Label] | None = None
    ref: str | None = None


@dataclass(frozen=True)
class Measured:
    """What is measured: rows of an entity or of a model's table."""

    name: str
    label: Label
    columns: Mapping[str, MeasuredColumn]


def parts_of(measure: Measure, holds: Mapping[str, str], where: Sequence[str] = ()) -> list[str]:
    """SQL of what has to be known of the rows of one group for a measure's figure; `holds` are the conditions of qualifiers."""
    kept = [holds[w] for w in (*where, *measure.where)]
    only = f" filter (where {' and '.join(f'({k})' for k in kept)})" if kept else ""
    columns = [f'"{c}"' for c in measure.columns]
    match measure.kind:
        case "count":
            return [f"count(*){only}"]
        case "distinct":
            filled = " and ".join(f"{c} is not null" for c in columns)
            narrowed = f" filter (where {' and '.join([filled, *(f'({k})' for k in kept)])})"
            one = columns[0] if len(columns) == 1 else f"({', '.join(columns)})"
            return [f"count(distinct {one}){narrowed}"]
        case "average":
            return [f"sum({columns[0]}){only}", f"count({columns[0]}){only}"]
        case "percentile":
            at = measure.percentile.at if measure.percentile else 0
            return [f"percentile_cont({at}) within group (order by {columns[0]}){only}"]
        case kind:
            return [f"{kind}({columns[0]}){only}"]


def period_sql(at: str, kind: Kind, grain: str, offsets: Sequence[tuple[datetime, int]]) -> str:
    """SQL of the first day of the period in which a row lies, by the organisation's clock."""
    moment = f'"{at}"'
    if kind is Kind.TIMESTAMP:
        ahead = f"interval '{offsets[-1][1]} seconds'"
        if len(offsets) > 1:
            arms = " ".join(f"when {moment} < timestamp '{until}' then interval '{seconds} seconds'" for until, seconds in offsets[:-1])
            ahead = f"case {arms} else {ahead} end"
        moment = f"({moment} + {ahead})"
    return f"cast(date_trunc('{grain}', {moment}) as date)"


def metric_sql(parts: Sequence[str], *, of: str, where: str, by: Sequence[str], period: str | None, most: int) -> str:
    """The statement: a column for each part, named by its number, for each period and each value of what figures are told apart by; up to `most` groups and one more."""
    groups = ([f"{period} as {PERIOD}"] if period else []) + [f'"{b}"' for b in by]
    columns = ", ".join([*groups, *(f"{sql} as p{n}" for n, sql in enumerate(parts))])
    grouped = f" group by {', '.join(str(n) for n in range(1, len(groups) + 1))} limit {most + 1}" if groups else ""
    return f"select {columns} from {of} where {where}{grouped}"


def measure_words(measure: Measure, measured: Measured, qualifiers: Mapping[str, Qualifier], where: Sequence[str] = ()) -> Label:
    """What a measure is, in words."""
    named = [qualifiers[w].label for w in dict.fromkeys((*where, *measure.where))]
    columns = [measured.columns[c].label if c in measured.columns else Label(c, c) for c in measure.columns]
    at = f"{measure.percentile.at * 100:g}" if measure.percentile else ""

    def told(language: str) -> str:
        zh = language == "zh"
        which = ("、" if zh else ", ").join(q.in_(language) for q in named)
        of = measured.label.in_(language)
        if which:
            of = f"{of}({which})" if zh else f"{of} ({which})"
        return _AGGREGATES[measure.kind].in_(language).format(of=of, column=(" + " if zh else " and ").join(c.in_(language) for c in columns), at=at)

    return Label(told("zh"), told("en"))


def metric_words(metric: Metric, measured: Measured | None, qualifiers: Mapping[str, Qualifier], others: Mapping[str, Metric]) -> Label:
    """The whole definition in words, made of the declaration: what by what, times what, by which moment."""
    if measured is None:
        said = [others[m].label if m in others else Label(m, m) for m in metric.made_of]
        said = [Label(f"指标“{s.zh}”", f"the metric “{s.en}”") for s in said]
    else:
        said = [measure_words(m, measured, qualifiers, metric.where) for m in metric.measures]
    zh, en = " ÷ ".join(s.zh for s in said), " ÷ ".join(s.en for s in said)
    if metric.times != 1:
        zh, en = f"{zh} × {metric.times:,g}", f"{en} × {metric.times:,g}"
    if measured is not None and metric.at is not None:
        at = measured.columns[metric.at].label if metric.at in measured.columns else Label(metric.at, metric.at)
        zh, en = f"{zh};按“{at.zh}”归入期间", f"{en}; counted in the period of its {at.en}"
    elif measured is not None:
        zh, en = f"{zh};取所读发布中的现状", f"{en}; as it stands in the release that is read"
    return Label(f"{zh}。", f"{en}.")
