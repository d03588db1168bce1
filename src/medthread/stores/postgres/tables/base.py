"""One metadata for the machine's own tables. Business tables are derived from declarations (`derive.table`)."""

from sqlalchemy import Column, DateTime, MetaData, func

NAMING = {
    "ix": "ix_%(column_0_N_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
}
metadata = MetaData(schema="medthread", naming_convention=NAMING)


def at() -> Column[object]:
    """When the row was written."""
    return Column("at", DateTime(timezone=True), nullable=False, server_default=func.now())
