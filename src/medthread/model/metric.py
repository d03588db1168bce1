"""A metric: what is measured of which rows, in which moment, by what it may be told apart. Read from `metrics/NAME.yaml`.

    zh: 来料批接收率
    en: Incoming lots accepted
    meaning: {zh: 来料检验中结论为合格的批次占比, en: Share of incoming inspections that passed}
    owner: quality
    unit: "%"
    direction: up                     # up | down | none: which way is better
    over: golden.qms_inspection       # an entity (golden. or native.) or a model (marts.)
    at: judged_at                     # the moment by which a row belongs to a period; left out for what only stands now
    where: [incoming]                 # qualifiers of `qualifiers.yaml` that narrow everything
    of: {count: rows, where: [passed]}
    per: {count: rows}                # with it the metric is a ratio, of sums and never of ratios
    times: 100
    dimensions: [item, {column: kind, like: lot.kind}]
    target: 98
    home: true                        # the first page shows its last twelve months
    cases:                            # rows given, figures expected
      - about: 一半合格 | Half of them pass
        given: [{id: A, stage: incoming, result: pass, judged_at: "2026-01-05 08:00:00"}]
        expect: [{value: 100}]

A measure is one of: count, distinct, sum, average, min, max, percentile; or `metric`, the figure of another metric, so that
a ratio may reach over two tables. A qualifier is a named condition on the rows of one table, declared once.
"""

from enum import StrEnum
from typing import Any, Literal, Self

from pydantic import Field, ValidationError, field_validator, model_validator

from medthread.model.bilingual import Bilingual
from medthread.model.errors import DeclarationError
from medthread.model.labels import Label
from medthread.model.mapping import Strict

NAME = r"^[a-z][a-z0-9_]{0,59}$"
TABLE = r"^(golden|native|marts)\.[a-z][a-z0-9_]*$"
COLUMN = r"^[a-z_][a-z0-9_]*$"
HINT = "the guide to metrics has the words of a metric"
KINDS = ("count", "distinct", "sum", "average", "min", "max", "percentile", "metric")
ADDITIVE = frozenset({"count", "sum", "average", "min", "max"})  # whose figure of a whole follows from those of its parts


class Direction(StrEnum):
    """Which way is better."""

    UP = "up"
    DOWN = "down"
    NONE = "none"


class Qualifier(Strict):
    """A named condition on the rows of a table, true of those that count."""

    name: str = Field(pattern=NAME)
    over: str = Field(pattern=TABLE)
    zh: str = Field(min_length=1)
    en: str = Field(min_length=1)
    holds: str = Field(min_length=1)

    @property
    def label(self) -> Label:
        """What it is called."""
        return Label(self.zh, self.en)


class Percentile(Strict):
    """The value below which a share of the values lies, interpolated between two."""

    of: str = Field(pattern=COLUMN)
    at: float = Field(gt=0, lt=1)


class Measure(Strict):
    """What is measured: exactly one of these, of the rows that the qualifiers leave."""

    count: Literal["rows"] | None = None
    distinct: tuple[str, ...] | None = Field(default=None, min_length=1)
    sum: str | None = Field(default=None, pattern=COLUMN)
    average: str | None = Field(default=None, pattern=COLUMN)
    min: str | None = Field(default=None, pattern=COLUMN)
    max: str | None = Field(default=None, pattern=COLUMN)
    percentile: Percentile | None = None
    metric: str | None = Field(default=None, pattern=NAME)
    where: tuple[str, ...] = ()

    @model_validator(mode="after")
    def one(self) -> Self:
        """Exactly one is given."""
        given = [k for k in KINDS if getattr(self, k) is not None]
        if len(given) != 1:
            msg = f"say exactly one of: {', '.join(KINDS)}"
            raise ValueError(msg)
        if self.metric and self.where:
            msg = "another metric brings its own qualifiers: leave where out"
            raise ValueError(msg)
        return self

    @property
    def kind(self) -> str:
        """Which."""
        return next(k for k in KINDS if getattr(self, k) is not None)

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that it is made of; none where it counts rows."""
        if self.distinct is not None:
            return self.distinct
        one = self.percentile.of if self.percentile else self.sum or self.average or self.min or self.max
        return (one,) if one else ()


class By(Strict):
    """A column that tells figures apart; `like` is the field of an entity whose codes its values are."""

    column: str = Field(pattern=COLUMN)
    like: str | None = Field(default=None, pattern=r"^[a-z_][a-z0-9_]*\.[a-z_][a-z0-9_]*$")


class MetricCase(Strict):
    """Rows given, by table where there are several, how they are asked, and the figures expected."""

    about: str
    given: list[dict[str, Any]] | dict[str, list[dict[str, Any]]]
    by: tuple[str, ...] = ()
    period: str | None = None
    expect: list[dict[str, Any]]

    @property
    def label(self) -> Label:
        """What it is about, in both languages where it is."""
        zh, bar, en = (part.strip() for part in self.about.partition("|"))
        return Label(zh, en if bar else zh)


class Metric(Strict):
    """One metric; `name` is that of its file, `domain` the domain whose it is, empty for a company's own."""

    name: str = Field(pattern=NAME)
    domain: str = ""
    zh: str = Field(min_length=1)
    en: str = Field(min_length=1)
    meaning: Bilingual
    owner: str = Field(min_length=1)
    unit: str = ""
    direction: Direction = Direction.NONE
    decimals: int = Field(default=2, ge=0, le=6)
    over: str | None = Field(default=None, pattern=TABLE)
    at: str | None = Field(default=None, pattern=COLUMN)
    where: tuple[str, ...] = ()
    of: Measure
    per: Measure | None = None
    times: float = Field(default=1, gt=0)
    dimensions: tuple[By, ...] = ()
    target: float | None = None
    home: bool = False  # whether the first page shows it
    synonyms: tuple[str, ...] = ()
    cases: tuple[MetricCase, ...] = ()

    @field_validator("dimensions", mode="before")
    @classmethod
    def named(cls, given: Any) -> Any:
        """A bare column is one without codes of another's."""
        return [{"column": g} if isinstance(g, str) else g for g in given] if isinstance(given, list) else given

    @model_validator(mode="after")
    def fits(self) -> Self:
        """Raises `ValueError` where the parts do not go together."""
        of_metrics = [m.metric is not None for m in self.measures]
        columns = [d.column for d in self.dimensions]
        refusals = (
            (any(of_metrics) and not all(of_metrics), "of and per are both metrics, or both measures of one table"),
            (all(of_metrics) and self.per is None, "of another metric alone nothing new is said: give per"),
            (all(of_metrics) and (self.over or self.at or self.where), "what is made of metrics has their tables: leave over, at and where out"),
            (not any(of_metrics) and self.over is None, "say over: the table that is measured"),
            (self.per is None and self.times != 1, "times is said of a ratio: give per"),
            (len(set(columns)) < len(columns), "a dimension stands twice"),
        )
        wrong = [words for refused, words in refusals if refused]
        if wrong:
            raise ValueError("; ".join(wrong))
        return self

    @property
    def label(self) -> Label:
        """What it is called."""
        return Label(self.zh, self.en)

    @property
    def measures(self) -> tuple[Measure, ...]:
        """One, or the two of a ratio."""
        return (self.of,) if self.per is None else (self.of, self.per)

    @property
    def made_of(self) -> tuple[str, ...]:
        """The other metrics that it is made of."""
        return tuple(m.metric for m in self.measures if m.metric)

    @property
    def is_ratio(self) -> bool:
        """Whether it is one figure by another."""
        return self.per is not None

    @property
    def is_additive(self) -> bool:
        """Whether the figures of parts add up to that of the whole: counts and sums do, nothing else."""
        return not self.is_ratio and self.of.kind in ("count", "sum")

    @property
    def qualifiers(self) -> tuple[str, ...]:
        """All that it names."""
        return tuple(dict.fromkeys((*self.where, *(w for m in self.measures for w in m.where))))


def parse_metric(data: Any, *, name: str, origin: str, domain: str = "") -> Metric:
    """The metric of one file. Raises `DeclarationError` with the file, the place in it and what is wrong there."""
    if not isinstance(data, dict):
        raise DeclarationError(f"{origin} holds no metric", hint=HINT, file=origin)
    try:
        return Metric.model_validate({**data, "name": name, "domain": domain})
    except ValidationError as error:
        raise DeclarationError(f"{origin}: {_lines(error, 'metric')}", hint=HINT, file=origin) from error


def parse_qualifiers(data: Any, *, origin: str) -> tuple[Qualifier, ...]:
    """The qualifiers of one file, a list. Raises `DeclarationError` as above."""
    if not isinstance(data, list):
        raise DeclarationError(f"{origin} holds no list of qualifiers", hint=HINT, file=origin)
    try:
        return tuple(Qualifier.model_validate(one) for one in data)
    except ValidationError as error:
        raise DeclarationError(f"{origin}: {_lines(error, 'qualifier')}", hint=HINT, file=origin) from error


def _lines(error: ValidationError, whole: str) -> str:
    return "; ".join(f"{'.'.join(map(str, e['loc'])) or whole}: {e['msg'].removeprefix('Value error, ')}" for e in error.errors(include_url=False))
