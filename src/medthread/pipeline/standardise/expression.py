"""A field mapping as SQL: raw text in, typed value out. Lineage follows from the mapping itself."""

from dataclasses import dataclass

from medthread.derive.columns import READ
from medthread.model import Field, FieldMapping, Kind
from medthread.model.mapping import is_literal
from medthread.stores.engines import literal, quote

CHANGES = {
    "trim": "trim({x})",
    "upper": "upper({x})",
    "lower": "lower({x})",
    "narrow": "narrow({x})",
    "strip_zeros": "ltrim({x}, '0')",
    "digits": "regexp_replace({x}, '[^0-9]', '', 'g')",
}


@dataclass(frozen=True)
class Expressions:
    """A field's value as cleaned text, and typed from the column that holds the text; the SQL of its code test."""

    text: str
    typed: str
    unknown_code: str | None


def raw_text(mapping: FieldMapping) -> str:
    """SQL for the text that a mapping points at, before any change."""
    if mapping.constant is not None:
        return literal(mapping.constant)
    if mapping.concat is not None:
        parts = [literal(p[1:-1]) if is_literal(p) else f"filled({quote(p)})" for p in mapping.concat]
        return " || ".join(parts)
    if mapping.split is not None:
        return f"split_part({quote(mapping.split)}, {literal(mapping.by)}, {mapping.part})"
    if mapping.lookup is not None:
        return f"lookup_{quote(lookup_name(mapping))[1:-1]}.given"
    assert mapping.from_ is not None  # noqa: S101 - the mapping's own validator saw to it
    if mapping.path is not None:
        return f"json_extract_string(try_cast({quote(mapping.from_)} as json), {literal(mapping.path)})"
    return quote(mapping.from_)


def lookup_name(mapping: FieldMapping) -> str:
    """A name for the look-up's join, stable for equal look-ups."""
    assert mapping.lookup is not None  # noqa: S101
    look = mapping.lookup
    return "_".join(part.lower() for part in (look.table, look.from_, look.match, look.give) if part).replace(" ", "_")


def is_plain(mapping: FieldMapping) -> bool:
    """Whether the mapping points at one raw column as it is."""
    return mapping.from_ is not None and mapping.path is None


def is_narrowed(field: Field) -> bool:
    """Numbers, dates and truths are read after full-width characters are made narrow."""
    return field.kind is not Kind.TEXT and not field.is_personal


def cleaned(mapping: FieldMapping, given: str) -> str:
    """The text after the declared changes; blank becomes null."""
    sql = given
    # The last step trims as well, so a trim alone would be done twice, on every value there is.
    for change in mapping.change if mapping.change != ("trim",) else ():
        sql = CHANGES[change].format(x=sql)
    sql = f"filled({sql})"
    return f"coalesce({sql}, {literal(mapping.otherwise)})" if mapping.otherwise is not None else sql


def _coded(sql: str, codes: dict[str, str]) -> str:
    whens = " ".join(f"when {literal(theirs)} then {literal(ours)}" for theirs, ours in codes.items())
    # A text mapped to nothing is no value: "see the other form" in a number column, say.
    return f"filled(case {sql} {whens} else {sql} end)"


def _converted(sql: str, mapping: FieldMapping) -> str:
    unit = mapping.unit
    assert unit is not None  # noqa: S101
    named = f"filled(narrow({quote(unit.from_)}))"
    whens = " ".join(f"when {literal(name)} then {factor}" for name, factor in unit.factors.items())
    return f"cast({sql} * case {named} {whens} end as decimal(24,6))"


def expressions(field: Field, mapping: FieldMapping, *, given: str, text_column: str) -> Expressions:
    """The SQL of one mapped field, from the text `given`.

    Typing reads the text from its column: written out, it would be computed many times.
    """
    text = cleaned(mapping, given)
    coded = _coded(text, mapping.codes) if mapping.codes else text
    typed = READ[field.kind].format(x=quote(text_column))
    if mapping.unit is not None:
        typed = _converted(typed, mapping)
    unknown = None
    if field.mark.codes is not None:
        known = ", ".join(literal(code) for code in field.mark.codes)
        unknown = f"{quote(text_column)} not in ({known})"
    return Expressions(coded, typed, unknown)
