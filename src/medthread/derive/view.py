"""The masked view: what a reader gets of an entity, given the fields shown in clear.

API and console never name a base table; they are handed this SELECT. A field that the reader is not
cleared for comes as its mask; a personal field never leaves sealed.
"""

from collections.abc import Collection

from medthread.derive.columns import CODE, MASKED, refers_to_master
from medthread.model import Classification, Entity, Field, Home, Mask, Registry


def needs_clearance(field: Field) -> bool:
    """Whether some readers get a mask in place of the value."""
    return field.mark.classification > Classification.INTERNAL


def masked_fields(entity: type[Entity], clearance: Classification) -> frozenset[str]:
    """The fields that a reader of this clearance sees masked."""
    return frozenset(
        f.name for f in entity.fields.values() if f.mark.classification > max(clearance, Classification.INTERNAL)
    )


def masked_expression(field: Field) -> str:
    """SQL for the masked value of a field."""
    if field.mark.mask is Mask.NULL:
        return f'null as "{field.name}"'
    if field.mark.mask is Mask.FULL:
        return f"""case when "{field.name}" is null then null else '***' end as "{field.name}\""""
    if field.is_personal:
        return f'"{field.name}{MASKED}" as "{field.name}"'
    return f'mask_partial(cast("{field.name}" as varchar)) as "{field.name}"'


def masked_view(
    entity: type[Entity], registry: Registry, *, of: str, masked: Collection[str], technical: Collection[str] = ()
) -> str:
    """A SELECT over the table `of` with the given fields masked. Records written here refer to a master by its code as it is."""
    columns = ['"id"']
    resolved = entity.about.home is not Home.NATIVE
    for field in entity.fields.values():
        columns.append(masked_expression(field) if field.name in masked else f'"{field.name}"')
        if resolved and refers_to_master(field, registry):
            columns.append(f'"{field.name}{CODE}"')
    columns += [f'"{name}"' for name in technical]
    return f"select {', '.join(columns)} from {of}"
