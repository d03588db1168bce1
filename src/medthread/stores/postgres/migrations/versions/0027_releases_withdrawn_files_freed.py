"""releases are withdrawn, files freed and merged"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

# Acts of before told the release that they stood upon in what they wrote; the log has it.
NAMED = """
insert into medthread.release_use (release, object)
select distinct r.id, e.object from medthread.audit_event e
cross join lateral regexp_matches(e.after::text, 'R[0-9]{8}-[0-9]{6}-[0-9a-f]{6}', 'g') as named(ids)
join medthread.release r on r.id = named.ids[1] where e.object not like 'release/%'
"""


def upgrade() -> None:
    op.create_table("lake_merge",
    sa.Column("key", sa.Text(), nullable=False),
    sa.Column("table", sa.Text(), nullable=False),
    sa.Column("content", sa.BigInteger(), nullable=False),
    sa.Column("old", postgresql.ARRAY(sa.Text()), nullable=False),
    sa.Column("new", sa.Text(), nullable=False),
    sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
    sa.PrimaryKeyConstraint("key", name=op.f("pk_lake_merge")),
    schema="medthread"
    )
    op.create_table("release_use",
    sa.Column("release", sa.Text(), nullable=False),
    sa.Column("object", sa.Text(), nullable=False),
    sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
    sa.ForeignKeyConstraint(["release"], ["medthread.release.id"], name=op.f("fk_release_use_release")),
    sa.PrimaryKeyConstraint("release", "object", name=op.f("pk_release_use")),
    schema="medthread"
    )
    op.execute(NAMED)
    op.add_column("lake_commit", sa.Column("content", sa.BigInteger(), nullable=True), schema="medthread")
    op.add_column("lake_file", sa.Column("freed_at", sa.DateTime(timezone=True), nullable=True), schema="medthread")
    op.add_column("lake_file", sa.Column("gone_at", sa.DateTime(timezone=True), nullable=True), schema="medthread")
    op.add_column("release", sa.Column("pinned_at", sa.DateTime(timezone=True), nullable=True), schema="medthread")
    op.add_column("release", sa.Column("pinned_by", sa.Text(), nullable=True), schema="medthread")
    op.add_column("release", sa.Column("pin_reason", sa.Text(), nullable=True), schema="medthread")
    op.add_column("release", sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True), schema="medthread")
    op.add_column("release", sa.Column("withdrawn_by", sa.Text(), nullable=True), schema="medthread")
    op.add_column("release", sa.Column("digest", sa.Text(), nullable=True), schema="medthread")


def downgrade() -> None:
    op.drop_column("release", "digest", schema="medthread")
    op.drop_column("release", "withdrawn_by", schema="medthread")
    op.drop_column("release", "withdrawn_at", schema="medthread")
    op.drop_column("release", "pin_reason", schema="medthread")
    op.drop_column("release", "pinned_by", schema="medthread")
    op.drop_column("release", "pinned_at", schema="medthread")
    op.drop_column("lake_file", "gone_at", schema="medthread")
    op.drop_column("lake_file", "freed_at", schema="medthread")
    op.drop_column("lake_commit", "content", schema="medthread")
    op.drop_table("release_use", schema="medthread")
    op.drop_table("lake_merge", schema="medthread")
