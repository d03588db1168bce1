"""Alembic's entry: the target is what the caller hands over, the machine's tables and the declared ones."""

from alembic import context

connection = context.config.attributes["connection"]


def _ours(name: str | None, kind: str, _parents: object) -> bool:
    return not (kind == "table" and name == "alembic_version")


context.configure(
    connection=connection,
    target_metadata=context.config.attributes["metadata"],
    version_table_schema="medthread",
    include_schemas=True,
    include_name=_ours,
    compare_type=True,
    compare_server_default=False,
)
with context.begin_transaction():
    context.run_migrations()
