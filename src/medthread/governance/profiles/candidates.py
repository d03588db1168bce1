"""Rules that a profile suggests, in the words of `rules/*.yaml`: before they are tried on all rows."""

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import partial
from typing import Any

from medthread.model import Dimension, Entity, Gate, Label, Registry
from medthread.model.rule_file import Point, QualityRule, Severity
from medthread.model.rules import NOT_NEGATIVE
from medthread.pipeline.build.model import Model
from medthread.pipeline.profile import ColumnProfile, Profile, Reading, Standing

ROWS = 50  # fewer say nothing of what is usual
MOST_EMPTY = 0.005
CODES = 20
WRITTEN = 3  # patterns that a column may have for its form to be a rule
COVERS = 0.98  # share of values that these have
RUNS = 12  # parts of a pattern: what has more is prose
VARIES = 2  # signs by which its words may differ in length
FIXED = (4, 40)
ABOVE = 1.5  # room above the largest value that is usual
FIGURES = 10  # distinct values for them to be measures, not places in a list
KNOWN = 0.98  # share of values that stand in another table
RECENT = 30  # days: what has not come for longer is no table that stays fresh
BAND = 0.3


@dataclass(frozen=True)
class Candidate:
    """A rule, and in words what made it likely."""

    rule: QualityRule
    why: Label


@dataclass(frozen=True)
class Place:
    """What the rules of a profile guard: a kind of record, or a model's table; and who answers for it."""

    entity: type[Entity] | None
    model: Model | None

    @property
    def name(self) -> str:
        """What it is called."""
        return self.entity.name if self.entity else self.model.name if self.model else ""

    @property
    def label(self) -> Label:
        """What people call it."""
        return self.entity.about.label if self.entity else self.model.label if self.model else Label("", "")

    @property
    def owner(self) -> str:
        """Who answers for it."""
        return self.entity.about.owner if self.entity else self.model.owner if self.model else ""

    @property
    def grain(self) -> tuple[str, ...]:
        """Columns that the declaration or the model says name a row."""
        return self.entity.key() if self.entity else self.model.grain if self.model else ()

    def is_counted(self, column: ColumnProfile) -> bool:
        """Whether its declaration says already that it is not negative."""
        field = self.entity.fields.get(column.field or "") if self.entity else None
        return field is not None and NOT_NEGATIVE in field.mark.rules

    def field(self, column: ColumnProfile) -> Label:
        """What people call a column."""
        if self.entity and column.field in self.entity.fields:
            return self.entity.fields[column.field or ""].label
        return Label(column.name, column.name)

    def rule(self, kind: str, check: Any, label: Label, *, column: ColumnProfile | None = None, whole: bool = False, dimension: Dimension) -> QualityRule:
        """A rule of one kind. Of a record's row it is tried at intake, under the name of its field; what needs the whole table, before the release."""
        intake = self.entity is not None and not whole
        field = (column.field if intake else column.name) if column else None
        on = {"entity": self.name} if self.entity else {"model": self.name}
        named = "_".join(filter(None, (self.name, *(check if kind == "unique" else (field,)), kind)))
        said = {
            "name": "".join(c if c.isascii() and c.isalnum() else "_" for c in named.lower())[:60], "zh": label.zh, "en": label.en, "dimension": dimension, "owner": self.owner,
            "severity": Severity.MINOR, "gate": Gate.WARN, "at": Point.INTAKE if intake else Point.RELEASE,
            "on": {**on, **({"field": field} if field and kind != "unique" else {})}, "check": {kind: check},
        }
        return QualityRule.model_validate(said)


def candidates(profile: Profile, place: Place, registry: Registry) -> Iterator[Candidate]:
    """The rules. A sealed column has none, nor one whose values may not be told."""
    if profile.rows < ROWS:
        return
    for column in profile.columns:
        if column.standing is Standing.CLEAR and (place.entity is None or column.field is not None):
            for found in (_filled(profile, place, column), _form(profile, place, column), _range(place, column)):
                if found is not None:
                    yield found
    yield from _unique(profile, place)
    yield from _references(profile, place, registry)
    fresh = _fresh(profile, place)
    if fresh is not None:
        yield fresh
    of_rows = Label(f"{place.label.zh}的行数不突变", f"The rows of {place.label.en} do not jump")
    drift = place.rule("drift", {"of": "rows", "band": BAND}, of_rows, whole=True, dimension=Dimension.COMPLETENESS)
    yield Candidate(drift, Label(f"现有 {profile.rows:,} 行", f"there are {profile.rows:,} rows"))


def _filled(profile: Profile, place: Place, column: ColumnProfile) -> Candidate | None:
    if column.empty > profile.rows * MOST_EMPTY or column.name in place.grain:
        return None
    said = place.field(column)
    rule = place.rule("filled", check=True, label=Label(f"{said.zh}应填写", f"{said.en} is filled"), column=column, dimension=Dimension.COMPLETENESS)
    return Candidate(rule, Label(f"{profile.rows:,} 行中 {column.empty:,} 行为空", f"empty in {column.empty:,} of {profile.rows:,} rows"))


def _form(profile: Profile, place: Place, column: ColumnProfile) -> Candidate | None:
    """Of text a list of codes, else a pattern, else a length: the narrowest that its values have."""
    if column.type != "VARCHAR" or column.likely in (Reading.DATE, Reading.MOMENT, Reading.TRUTH) or not column.values:
        return None
    made = partial(place.rule, column=column, dimension=Dimension.VALIDITY)
    said, values = place.field(column), sum(p.rows for p in column.patterns)
    if column.distinct <= min(CODES // 2, len(column.values)) and column.distinct * 20 <= profile.rows:
        told = ", ".join(v.value for v in column.values)
        rule = made("codes", sorted(v.value for v in column.values if v.rows > 1), Label(f"{said.zh}为已知取值", f"{said.en} is a known value"))
        return Candidate(rule, Label(f"只有 {column.distinct} 种取值:{told}", f"there are {column.distinct} values: {told}")) if rule.check.codes else None
    usual = [p for p in column.patterns[:WRITTEN] if p.rows >= values * 0.01]
    written = all(_is_form(p.form) for p in usual)
    if usual and written and column.longest is not None and sum(p.rows for p in usual) >= COVERS * values and sum(p.rows for p in column.patterns) >= COVERS * profile.sampled * _share_filled(profile, column):
        regex = "|".join(p.regex for p in usual)
        rule = made("pattern", regex, Label(f"{said.zh}的写法", f"Form of {said.en.lower()}"))
        share = sum(p.rows for p in usual) / values
        return Candidate(rule, Label(f"{share:.1%} 写作 {' 或 '.join(p.form for p in usual)}", f"{share:.1%} are written {' or '.join(p.form for p in usual)}"))
    if column.shortest == column.longest and column.longest is not None and FIXED[0] <= column.longest <= FIXED[1]:
        rule = made("length", {"least": column.shortest, "most": column.longest}, Label(f"{said.zh}的长度", f"Length of {said.en.lower()}"))
        return Candidate(rule, Label(f"都是 {column.longest} 个字", f"all have {column.longest} signs"))
    return None


def _share_filled(profile: Profile, column: ColumnProfile) -> float:
    return 1 - column.empty / profile.rows


def _is_form(form: str) -> bool:
    """Whether values are written to a form, not in prose: few runs, some of digits or capitals, and letters and Chinese signs in nearly fixed numbers."""
    runs = [(sign, int(least or 1), int(most or least or 1)) for sign, least, most in re.findall(r"(.)(?:\{(\d+)(?:,(\d+))?\})?", form)]
    return len(runs) <= RUNS and any(sign in "9A" for sign, *_ in runs) and all(most - least <= VARIES for sign, least, most in runs if sign in "汉a")


def _range(place: Place, column: ColumnProfile) -> Candidate | None:
    """Bounds with room beyond the usual; what lies far out is an exception, not the bound."""
    if column.type == "VARCHAR" or column.distinct < FIGURES or column.likely not in (Reading.INTEGER, Reading.DECIMAL) or not column.quantiles or column.low is None or column.high is None:
        return None
    low, high, usual_low, usual_high = float(column.low), float(column.high), float(column.quantiles["p01"]), float(column.quantiles["p99"])
    top = (high if high <= 10 * abs(usual_high) else usual_high * 10) * ABOVE
    bounds: dict[str, float] = {"high": round_out(top)} if top > 0 else {}
    if min(low, usual_low) >= 0:
        bounds = {"low": 0, **bounds}
    elif usual_low >= 0 or not bounds:
        bounds = {"low": 0, **bounds} if usual_low >= 0 else {}
    if place.is_counted(column):
        bounds.pop("low", None)
    if not bounds:
        return None
    said = place.field(column)
    rule = place.rule("range", bounds, Label(f"{said.zh}在通常范围内", f"{said.en} within its usual range"), column=column, dimension=Dimension.ACCURACY)
    told = f"{column.low} … {column.high}"
    return Candidate(rule, Label(f"现有取值 {told},99% 不超过 {column.quantiles['p99']}", f"values are {told}, 99% no more than {column.quantiles['p99']}"))


def round_out(value: float) -> int | float:
    """The next number above with one figure, or one and a half: 1, 1.5, 2 … 9, 10."""
    scale = 10.0 ** math.floor(math.log10(value))
    step = next(s for s in (1, 1.5, 2, 3, 4, 5, 6, 8, 10) if s * scale >= value * (1 - 1e-9))
    made = step * scale
    return int(made) if made >= 1 and made == int(made) else float(f"{made:.3g}")


def _unique(profile: Profile, place: Place) -> Iterator[Candidate]:
    for key in profile.keys:
        told = [profile.column(c) for c in key.columns]
        if set(key.columns) >= set(place.grain) or any(c.standing is not Standing.CLEAR for c in told) or any(c.likely in (Reading.DATE, Reading.MOMENT) for c in told) or len(told) > 2:  # noqa: PLR2004 - three columns are unique by chance
            continue
        zh, en = "、".join(place.field(c).zh for c in told), " and ".join(place.field(c).en for c in told)
        rule = place.rule("unique", list(key.columns), Label(f"{zh}不重复", f"{en}: no two rows alike"), column=told[0], whole=True, dimension=Dimension.UNIQUENESS)
        yield Candidate(rule, Label(f"全部 {profile.rows:,} 行中 {key.duplicates:,} 行重复", f"{key.duplicates:,} of all {profile.rows:,} rows are double"))


def _references(profile: Profile, place: Place, registry: Registry) -> Iterator[Candidate]:
    for within in profile.within:
        column = profile.column(within.column)
        if within.share < KNOWN or column.standing is not Standing.CLEAR:
            continue
        said, target = place.field(column), registry[within.table.partition(".")[2]].about.label
        label = Label(f"{said.zh}是已有的{target.zh}", f"{said.en} is a known {target.en.lower()}")
        rule = place.rule("reference", {"to": within.table, "field": within.field}, label, column=column, whole=True, dimension=Dimension.CONSISTENCY)
        yield Candidate(rule, Label(f"看过的 {within.values:,} 个取值中 {within.share:.1%} 在 {within.table}.{within.field} 中", f"of {within.values:,} values looked at {within.share:.1%} stand in {within.table}.{within.field}"))


def _fresh(profile: Profile, place: Place) -> Candidate | None:
    """Of the moment that came last: no older than three times as long as it is now, and a day at least."""
    dated = [(c, date.fromisoformat(c.high[:10])) for c in profile.columns if c.type.startswith(("DATE", "TIMESTAMP")) and c.high and c.standing is Standing.CLEAR and "0001" <= c.high[:4] <= "9999"]
    today = datetime.now(UTC).date()
    recent = [(c, d) for c, d in dated if 0 <= (today - d).days <= RECENT]
    if not recent:
        return None
    column, newest = max(recent, key=lambda x: x[1])
    said, age = place.field(column), (today - newest).days
    rule = place.rule("fresh_days", max(1, age * 3), Label(f"{said.zh}不过时", f"{said.en} is fresh"), column=column, whole=True, dimension=Dimension.TIMELINESS)
    return Candidate(rule, Label(f"最新为 {newest}", f"the newest is of {newest}"))
