"""Data-quality rules: declared beside the field or entity they guard, compiled into one scan.

A rule is a condition that is true when a row *breaks* it. Conditions are DuckDB SQL over typed
columns; `{column}` stands for the guarded field, and the functions they may call are listed in
`stores/engines/functions.sql`. Dimensions are DAMA's; a rule is one of
accuracy, completeness, consistency, timeliness, uniqueness, validity.
"""

from dataclasses import dataclass, replace
from enum import StrEnum

from medthread.model.errors import DeclarationError
from medthread.model.labels import Label

SURE = 0.95  # a repair that is at least so sure is made; others are proposed


class Dimension(StrEnum):
    """Dimension of data quality (DAMA-DMBOK 2, chapter 13)."""

    ACCURACY = "accuracy"
    COMPLETENESS = "completeness"
    CONSISTENCY = "consistency"
    TIMELINESS = "timeliness"
    UNIQUENESS = "uniqueness"
    VALIDITY = "validity"


class Gate(StrEnum):
    """What breaking the rule does: stop the load, hold the row, or flag it and let it pass."""

    BLOCK = "block"
    QUARANTINE = "quarantine"
    WARN = "warn"


@dataclass(frozen=True, kw_only=True)
class Rule:
    """One condition with its consequence.

    `broken` is SQL over typed columns, true when the row breaks the rule. `correct` is SQL giving the
    repaired value of the field, or null where the repair is not certain; a repaired row passes, with
    the value before and after kept. `confidence`
    is how sure the repair is, from 0 to 1: one that is not sure enough holds the row and is proposed to a person.
    """

    name: str
    about: Label
    broken: str
    dimension: Dimension
    gate: Gate = Gate.QUARANTINE
    correct: str | None = None
    confidence: float = 1.0
    needs: tuple[str, ...] = ()

    def at(self, column: str) -> "Rule":
        """The rule with its field filled in."""
        if "{column}" not in self.broken:
            raise DeclarationError(
                f"rule {self.name!r} never names its field",
                hint="write {column} where the field's value belongs, or declare it in About(rules=...)",
            )
        return replace(
            self,
            broken=self.broken.replace("{column}", column),
            correct=self.correct.replace("{column}", column) if self.correct else None,
        )

    def softened(self, gate: Gate) -> "Rule":
        """The same condition with another consequence."""
        return replace(self, gate=gate)


@dataclass(frozen=True)
class Borne:
    """What a company says over a declared rule: the share of broken rows that is borne, and how much harm breaking it does."""

    tolerance: float = 0.0
    severity: str | None = None


def pattern(regex: str, about: Label, *, name: str = "pattern", gate: Gate = Gate.QUARANTINE) -> Rule:
    """The whole text must match an RE2 expression."""
    quoted = regex.replace("'", "''")
    return Rule(
        name=name,
        about=about,
        broken=f"not regexp_full_match({{column}}, '{quoted}')",
        dimension=Dimension.VALIDITY,
        gate=gate,
    )


def between(
    low: str | float | None,
    high: str | float | None,
    about: Label,
    *,
    name: str = "range",
    gate: Gate = Gate.QUARANTINE,
) -> Rule:
    """Bounds, both inclusive; `None` leaves a side open."""
    parts = [f"{{column}} < {low}" if low is not None else "", f"{{column}} > {high}" if high is not None else ""]
    return Rule(
        name=name,
        about=about,
        broken=" or ".join(p for p in parts if p),
        dimension=Dimension.ACCURACY,
        gate=gate,
    )


NOT_NEGATIVE = between(0, None, Label("不能为负数", "must not be negative"), name="negative")

GTIN = Rule(
    name="check_digit",
    about=Label(
        "GTIN 校验位必须正确(GS1 通用规范 7.9)", "the GTIN check digit must be right (GS1 General Specifications 7.9)"
    ),
    broken="not is_gtin({column})",
    dimension=Dimension.VALIDITY,
)

CODE_FORM = Rule(
    name="code_form",
    about=Label("编码一律大写半角", "codes are upper case and narrow"),
    broken="{column} <> upper(narrow({column}))",
    dimension=Dimension.CONSISTENCY,
    correct="upper(narrow({column}))",
)

USCC_CONFUSABLE = Rule(
    name="confusable",
    about=Label(
        "信用代码中的 O、I、S、Z 只有一种改正后两位校验都成立时自动更正(GB 32100)",
        "letters O, I, S, Z in a credit code are repaired when that makes both check digits hold (GB 32100)",
    ),
    broken="{column} is not null and not is_uscc({column}) and is_uscc(uscc_repair({column}))",
    dimension=Dimension.VALIDITY,
    correct="uscc_repair({column})",
)

USCC = Rule(
    name="check_digit",
    about=Label(
        "统一社会信用代码的校验位必须正确(GB 32100)",
        "the check digit of the unified social credit code must be right (GB 32100)",
    ),
    broken="not is_uscc({column})",
    dimension=Dimension.VALIDITY,
    # The firm exists though its code is wrong: the record is flagged, and the code plays no part in matching.
    gate=Gate.WARN,
)

USCC_INNER = Rule(
    name="inner_check_digit",
    about=Label(
        "信用代码第 9-17 位(组织机构代码,GB 11714)的校验位不符:旧码可能合法,故只警告",
        "the organisation code inside (positions 9-17, GB 11714) fails its own digit: old codes may, so a warning",
    ),
    broken="is_uscc({column}) and not is_uscc_inner({column})",
    dimension=Dimension.VALIDITY,
    gate=Gate.WARN,
)
