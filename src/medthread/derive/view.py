"""The masked view: what a reader gets of an entity, given the fields shown in clear.

API and console never name a base table; they are handed this SELECT, in words that every engine reads alike. A field that
the reader is not cleared for comes as its mask; a personal field never leaves sealed.
"""

from collections.abc import Collection

from medthread.derive.columns import CODE, DUCK, MASKED, refers_to_master
from medthread.derive.functions import as_text
from medthread.derive.sharing import WITHHELD, Terms
from medthread.model import Classification, Entity, Field, Home, Kind, Mask, Registry
from medthread.model.sharing import Effect, SharingRule


def needs_clearance(field: Field) -> bool:
    """Whether some readers get a mask in place of the value."""
    return field.mark.classification > Classification.INTERNAL


def masked_fields(entity: type[Entity], clearance: Classification) -> frozenset[str]:
    """The fields that a reader of this clearance sees masked."""
    return frozenset(
        f.name for f in entity.fields.values() if f.mark.classification > max(clearance, Classification.INTERNAL)
    )


def masked_value(field: Field) -> str:
    """SQL for the masked value of a field."""
    if field.mark.mask is Mask.NULL:
        return "null"
    if field.mark.mask is Mask.FULL:
        return f"""case when "{field.name}" is null then null else '***' end"""
    if field.is_personal:
        return f'"{field.name}{MASKED}"'
    value = as_text(f'"{field.name}"', DUCK[field.kind])
    return f"medthread.mask_partial({value})"


def withheld_value(field: Field, rule: SharingRule, column: str) -> str:
    """SQL for what a sharing rule leaves of a column; of what is no text, nothing, for a mask is a text."""
    if rule.effect is Effect.ALLOW:
        return column
    if field.kind is not Kind.TEXT and not field.is_personal:
        return "null"
    if rule.effect is Effect.MASK:
        return masked_value(field)
    return f"case when \"{field.name}\" is null then null else '{WITHHELD}' end"


def shared_columns(entity: type[Entity], *, masked: Collection[str], terms: Terms) -> list[tuple[str, str]]:
    """The entity's fields as SQL, each with its name: masked where the reader is not cleared, withheld where a sharing rule says so."""
    return [(f.name, shared_value(f, masked_value(f) if f.name in masked else f'"{f.name}"', terms)) for f in entity.fields.values()]


def shared_value(field: Field, column: str, terms: Terms) -> str:
    """SQL for what sharing rules leave of a column that tells of a field."""
    return terms.case(terms.fields.get(field.name, ()), lambda rule: withheld_value(field, rule, column), column)


def masked_view(
    entity: type[Entity], registry: Registry, *, of: str, masked: Collection[str], technical: Collection[str] = (), terms: Terms | None = None
) -> str:
    """A SELECT over the table `of` with the given fields masked. Records written here refer to a master by its code as it is.

    With `terms` it holds what may be shared, and says row by row which rule keeps fields back.
    """
    terms = terms or Terms(entity)
    columns = ['"id"']
    resolved = entity.about.home is not Home.NATIVE
    for name, value in shared_columns(entity, masked=masked, terms=terms):
        columns.append(value if value == f'"{name}"' else f'{value} as "{name}"')
        if resolved and refers_to_master(entity.fields[name], registry):
            code = f'"{name}{CODE}"'
            kept = shared_value(entity.fields[name], code, terms)
            columns.append(code if kept == code else f"{kept} as {code}")
    columns += [*(f'"{name}"' for name in technical), *terms.rule_columns()]
    where = f" where {terms.shared()}" if terms.records else ""
    return f"select {', '.join(columns)} from {of}{where}"
