"""Physical columns of an entity: which they are in the lake, and their types in each store.

A personal field is three columns: the sealed value, `__masked` (what an uncleared reader sees) and
`__index` (a keyed hash, for equality only). A reference to a matched master keeps the code it came with
in `__code`; the plain column holds the golden id once the golden layer is built.
"""

from dataclasses import dataclass

import pyarrow as pa

from medthread.model import Entity, Field, Home, Kind, Registry

DUCK = {
    Kind.TEXT: "varchar",
    Kind.INTEGER: "bigint",
    Kind.DECIMAL: "decimal(24,6)",
    Kind.BOOLEAN: "boolean",
    Kind.DATE: "date",
    Kind.TIMESTAMP: "timestamp",
}
ARROW: dict[Kind, pa.DataType] = {
    Kind.TEXT: pa.string(),
    Kind.INTEGER: pa.int64(),
    Kind.DECIMAL: pa.decimal128(24, 6),
    Kind.BOOLEAN: pa.bool_(),
    Kind.DATE: pa.date32(),
    Kind.TIMESTAMP: pa.timestamp("us"),
}
READ = {  # text to a value, by functions that every engine has
    Kind.TEXT: "{x}",
    Kind.INTEGER: "to_integer({x})",
    Kind.DECIMAL: "to_exact_number({x})",
    Kind.BOOLEAN: "to_truth({x})",
    Kind.DATE: "to_day({x})",
    Kind.TIMESTAMP: "to_moment({x})",
}
NEWEST_FIRST = "_version desc nulls last, _recorded_at desc, _load desc, _row desc"  # versions of one object in one source
WITHDRAWN = "source.withdrawn"  # flag of a version that says no more than that the source no longer has the object
MASKED, INDEX, CODE, SCHEME = "__masked", "__index", "__code", "__scheme"


@dataclass(frozen=True)
class Column:
    """A column of the lake: its name and DuckDB and Arrow types."""

    name: str
    duck: str
    arrow: pa.DataType


TECHNICAL = (
    Column("_org", "varchar", pa.string()),
    Column("_plant", "varchar", pa.string()),
    Column("_source", "varchar", pa.string()),
    Column("_table", "varchar", pa.string()),
    Column("_load", "varchar", pa.string()),
    Column("_row", "bigint", pa.int64()),
    Column("_version", "bigint", pa.int64()),  # grows with each change at the source, where the source says so
    Column("_recorded_at", "timestamp", pa.timestamp("us")),
    Column("_flags", "varchar[]", pa.list_(pa.string())),
)


CASE = (  # where a record stands in its process; empty where it has none
    Column("_state", "varchar", pa.string()),
    Column("_since", "timestamp", pa.timestamp("us")),
    Column("_opened_at", "timestamp", pa.timestamp("us")),
    Column("_closed_at", "timestamp", pa.timestamp("us")),
)
WRITTEN = (
    Column("_org", "varchar", pa.string()),
    Column("_plant", "varchar", pa.string()),
    Column("_revision", "bigint", pa.int64()),
    Column("_created_at", "timestamp", pa.timestamp("us")),
    Column("_created_by", "varchar", pa.string()),
    Column("_updated_at", "timestamp", pa.timestamp("us")),
    Column("_updated_by", "varchar", pa.string()),
)


def refers_to_master(field: Field, registry: Registry) -> bool:
    """Whether a field holds a code of some source's, to be resolved through the crosswalk."""
    ref = field.mark.ref
    return ref is not None and registry[ref.entity].about.home is Home.MASTER


def value_columns(field: Field) -> list[Column]:
    """The columns that hold one field's value."""
    if field.is_personal:
        return [Column(field.name + s, "varchar", pa.string()) for s in ("", MASKED, INDEX)]
    return [Column(field.name, DUCK[field.kind], ARROW[field.kind])]


def standard_columns(entity: type[Entity], registry: Registry) -> list[Column]:
    """The standard layer: one row per version of an object in a source, typed, with where it came from."""
    columns: list[Column] = []
    for field in entity.fields.values():
        columns += value_columns(field)
        if refers_to_master(field, registry):
            columns.append(Column(field.name + SCHEME, "varchar", pa.string()))
    key = [Column("_key", "varchar", pa.string())]
    scheme = [Column("_scheme", "varchar", pa.string())] if entity.about.home is Home.MASTER else []
    return [*columns, *key, *scheme, *TECHNICAL]


def golden_columns(entity: type[Entity], registry: Registry) -> list[Column]:
    """The golden layer: one row per object, references to masters resolved."""
    columns: list[Column] = [Column("id", "varchar", pa.string())]
    for field in entity.fields.values():
        columns += value_columns(field)
        if refers_to_master(field, registry):
            columns.append(Column(field.name + CODE, "varchar", pa.string()))
    return [*columns, *TECHNICAL]


def native_columns(entity: type[Entity]) -> list[Column]:
    """Records of a native entity as models see them: as they stand, who wrote them when, where they stand in their process."""
    values = [c for f in entity.fields.values() for c in value_columns(f)]
    return [Column("id", "varchar", pa.string()), *values, *WRITTEN, *CASE]


def arrow_schema(columns: list[Column]) -> pa.Schema:
    """The same as an Arrow schema; Iceberg's follows from it."""
    return pa.schema([pa.field(c.name, c.arrow) for c in columns])
