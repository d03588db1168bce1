"""A company's own quality rules: YAML files in `rules/`, each with one rule or a list of them.

    name: lot_number_form
    zh: 批号写法
    en: Form of lot numbers
    dimension: validity          # accuracy | completeness | consistency | timeliness | uniqueness | validity
    owner: quality
    severity: major              # minor | major | critical
    gate: quarantine             # block | quarantine | warn
    tolerance: 0.01              # share of broken rows that is borne
    at: intake                   # intake | transformed | release | serving
    on: {entity: lot, field: lot_no}
    check: {pattern: "[A-Z0-9-]{4,20}"}
    correct: upper(lot_no)       # the mended value, null where there is none
    confidence: 0.8              # below `[quality] corrects_from` it is proposed to a person

What a rule may check is a field of `RuleCheck`; exactly one is given.
"""

from enum import StrEnum
from typing import Any, Self

from pydantic import Field, ValidationError, model_validator

from medthread.model.errors import DeclarationError
from medthread.model.labels import Label
from medthread.model.mapping import Strict
from medthread.model.rules import Dimension, Gate

NAME = r"^[a-z][a-z0-9_]{0,59}$"
HINT = "the guide to data quality has the words of a rule"


class Severity(StrEnum):
    """How much harm it does when the rule is broken."""

    MINOR = "minor"
    MAJOR = "major"
    CRITICAL = "critical"


class Point(StrEnum):
    """Where on the batch path a rule is tried: on the rows that come, on tables made, on what is about to be released, on what readers see."""

    INTAKE = "intake"
    TRANSFORMED = "transformed"
    RELEASE = "release"
    SERVING = "serving"


class DriftOf(StrEnum):
    """What of a table is compared with its last values: rows, share of nulls, distinct values, mean."""

    ROWS = "rows"
    NULLS = "nulls"
    DISTINCT = "distinct"
    MEAN = "mean"


class Target(Strict):
    """What is guarded: a kind of record, a model's table, or a table by its name in the lake; and a field of it."""

    entity: str | None = None
    model: str | None = None
    table: str | None = Field(default=None, pattern=r"^(standard|golden|marts)\.[a-z][a-z0-9_]*$")
    field: str | None = None

    @model_validator(mode="after")
    def one(self) -> Self:
        """Exactly one of the three."""
        if sum(o is not None for o in (self.entity, self.model, self.table)) != 1:
            msg = "say one of: entity, model, table"
            raise ValueError(msg)
        return self

    @property
    def relation(self) -> str:
        """The table that is asked; of a kind of record its golden one."""
        return self.table or (f"marts.{self.model}" if self.model else f"golden.{self.entity}")


class Bounds(Strict):
    """Both inclusive; one of them may be left out. A day is written as 2026-01-31."""

    low: int | float | str | None = None
    high: int | float | str | None = None

    @model_validator(mode="after")
    def some(self) -> Self:
        """At least one bound."""
        if self.low is None and self.high is None:
            msg = "say low, high or both"
            raise ValueError(msg)
        return self


class Length(Strict):
    """Signs of a text, both bounds inclusive."""

    least: int = Field(default=0, ge=0)
    most: int = Field(default=4000, ge=1)


class Reference(Strict):
    """Every value stands in a field of another table."""

    to: str = Field(pattern=r"^(standard|golden|marts)\.[a-z][a-z0-9_]*$")
    field: str


class Within(Strict):
    """How far two figures may lie apart: by an amount, by a share of the larger one; either is enough."""

    amount: float = Field(default=0.0, ge=0)
    share: float = Field(default=0.0, ge=0, le=1)


class Reconcile(Strict):
    """Two SELECTs with the same columns: the keys in `by` and figures that must agree key by key."""

    left: str
    right: str
    by: tuple[str, ...] = Field(min_length=1)
    within: Within = Within()


class Drift(Strict):
    """A figure of the table may lie apart from the median of its last values by a share of it; before there are three it only learns."""

    of: DriftOf
    band: float = Field(gt=0)
    runs: int = Field(default=10, ge=3, le=1000)


class RuleCheck(Strict):
    """What must be true: exactly one of these."""

    filled: bool | None = None  # the field is not blank
    pattern: str | None = None  # the whole text matches an RE2 expression
    range: Bounds | None = None
    codes: tuple[str, ...] | None = None
    length: Length | None = None
    check_digit: str | None = Field(default=None, pattern="^(gtin|sscc|uscc)$")
    holds: str | None = None  # an SQL condition of the row, as in a CHECK: broken where it is false, not where it is unknown
    unique: tuple[str, ...] | None = None
    reference: Reference | None = None
    fresh_days: float | None = Field(default=None, gt=0)  # the newest value of the field is no older
    rows: str | None = None  # one SELECT that gives the bad rows; its first column names them
    reconcile: Reconcile | None = None
    drift: Drift | None = None

    @model_validator(mode="after")
    def one(self) -> Self:
        """Exactly one is given."""
        given = [n for n in type(self).model_fields if getattr(self, n) is not None]
        if len(given) != 1:
            msg = f"say exactly one of: {', '.join(type(self).model_fields)}"
            raise ValueError(msg)
        return self

    @property
    def kind(self) -> str:
        """Which."""
        return next(n for n in type(self).model_fields if getattr(self, n) is not None)


OF_FIELD = frozenset({"filled", "pattern", "range", "codes", "length", "check_digit", "reference", "fresh_days"})
OF_ROW = frozenset({"filled", "pattern", "range", "codes", "length", "check_digit", "holds"})


class QualityRule(Strict):
    """One rule of a company's own; `origin` is the file that it stands in."""

    name: str = Field(pattern=NAME)
    zh: str = Field(min_length=1)
    en: str = Field(min_length=1)
    dimension: Dimension
    owner: str = Field(min_length=1)
    severity: Severity = Severity.MAJOR
    gate: Gate = Gate.WARN
    tolerance: float = Field(default=0.0, ge=0, lt=1)
    at: Point = Point.INTAKE
    on: Target
    check: RuleCheck
    confidence: float = Field(default=1.0, gt=0, le=1)  # how sure a mended value is; one that is not sure enough is proposed to a person
    correct: str | None = None  # SQL that gives the field's mended value, null where it is not sure
    origin: str = ""

    @property
    def label(self) -> Label:
        """The rule in words."""
        return Label(self.zh, self.en)

    @model_validator(mode="after")
    def fits(self) -> Self:
        """Raises `ValueError` where what it checks, where it is tried and what it does when broken do not go together."""
        kind = self.check.kind
        needs_field = kind in OF_FIELD or (kind == "drift" and self.check.drift is not None and self.check.drift.of is not DriftOf.ROWS)
        refusals = (
            (needs_field and self.on.field is None, f"{kind} is said of a field: on: {{entity: …, field: …}}"),
            (self.at is Point.INTAKE and kind not in OF_ROW, f"{kind} needs whole tables: at: transformed, release or serving"),
            (self.at is Point.INTAKE and self.on.entity is None, "at intake a rule guards an entity: on: {entity: …}"),
            (self.at is not Point.INTAKE and self.gate is Gate.QUARANTINE, "rows are held at intake only: gate: block or warn"),
            (self.at is Point.SERVING and self.gate is Gate.BLOCK, "what readers see cannot be stopped any more: gate: warn, or at: release"),
            (self.correct is None and self.confidence < 1, "confidence is said of a mended value: correct: …"),
            (self.correct is not None and (self.at is not Point.INTAKE or self.on.field is None), "values are mended at intake, in a field"),
        )
        wrong = [words for refused, words in refusals if refused]
        if wrong:
            raise ValueError("; ".join(wrong))
        return self


def parse_rules(data: Any, *, origin: str) -> tuple[QualityRule, ...]:
    """The rules of one file. Raises `DeclarationError` with the file, the place in it and what is wrong there."""
    given = data if isinstance(data, list) else [data]
    if not given or not all(isinstance(g, dict) for g in given):
        raise DeclarationError(f"{origin} holds no rule", hint="one rule, or a list of them", file=origin)
    found = []
    for number, one in enumerate(given, start=1):
        try:
            found.append(QualityRule.model_validate({**one, "origin": origin}))
        except ValidationError as error:
            lines = [f"{'.'.join(str(p) for p in e['loc']) or 'rule'}: {e['msg'].removeprefix('Value error, ')}" for e in error.errors(include_url=False)]
            raise DeclarationError(f"{origin}: rule {one.get('name') or number}: {'; '.join(lines)}", hint=HINT, file=origin) from error
    return tuple(found)
