"""PostgreSQL tables of native entities."""

from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    Index,
    MetaData,
    Numeric,
    Table,
    Text,
    UniqueConstraint,
    func,
)

from medthread.derive.columns import INDEX, MASKED
from medthread.model import Entity, Home, Kind, Registry

SCHEMA = "native"
REGION = "region"  # in a table's `info`: the column that says which region a row belongs to
CODES = "codes"  # in a table's `info`: columns that hold a code, each with its list
TYPES: dict[Kind, Any] = {
    Kind.TEXT: Text(),
    Kind.INTEGER: BigInteger(),
    Kind.DECIMAL: Numeric(24, 6),
    Kind.BOOLEAN: Boolean(),
    Kind.DATE: Date(),
    Kind.TIMESTAMP: DateTime(timezone=True),
}


def table_of(entity: type[Entity], metadata: MetaData) -> Table:
    """The table of one native entity: its fields, its key, its version, and who wrote it when."""
    columns: list[Column[Any]] = [Column("id", Text, primary_key=True)]
    for field in entity.fields.values():
        if field.is_personal:
            columns += [Column(field.name + suffix, Text) for suffix in ("", MASKED, INDEX)]
        else:
            columns.append(Column(field.name, TYPES[field.kind], nullable=not field.required))
    columns += [
        Column("_org", Text),
        Column("_plant", Text),
        Column("_revision", BigInteger, nullable=False, server_default="1"),
        Column("_created_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
        Column("_created_by", Text, nullable=False),
        Column("_updated_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
        Column("_updated_by", Text, nullable=False),
    ]
    key = UniqueConstraint(*entity.key(), name=f"uq_{entity.name}_key")
    info: dict[str, Any] = {CODES: {f.name: tuple(f.mark.codes) for f in entity.fields.values() if f.mark.codes}}
    info |= {REGION: entity.about.region} if entity.about.region else {}
    return Table(entity.name, metadata, *columns, key, *_code_checks(entity), *_reference_indices(entity), schema=SCHEMA, info=info)


def _reference_indices(entity: type[Entity]) -> list[Index]:
    """What refers to a record is asked for by it: by guards, reactions and the list of what is linked. The key's first field has its index."""
    asked = (f.name for f in entity.fields.values() if f.mark.ref and not f.is_personal and f.name != entity.key()[0])
    return [Index(f"ix_{entity.name}_{name}", name) for name in asked]


def _code_checks(entity: type[Entity]) -> list[CheckConstraint]:
    return [
        CheckConstraint(
            f"{f.name} in ({', '.join(repr(code) for code in f.mark.codes)})", name=f"ck_{entity.name}_{f.name}_code"
        )
        for f in entity.fields.values()
        if f.mark.codes
    ]


def tables_of(registry: Registry, metadata: MetaData) -> dict[str, Table]:
    """Tables of all native entities, by name."""
    return {e.name: table_of(e, metadata) for e in registry.at_home(Home.NATIVE)}
