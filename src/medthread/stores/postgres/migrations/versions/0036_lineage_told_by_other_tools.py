"""lineage told by other tools"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None

# What was told, and what it says, is never rewritten.
STAYS = """
create function medthread.lineage_stays() returns trigger language plpgsql as $$
begin
    raise exception 'what was told of lineage stays as it was told' using errcode = 'insufficient_privilege';
end $$;
create trigger lineage_event_stays before update or delete on medthread.lineage_event for each row execute function medthread.lineage_stays();
create trigger lineage_said_stays before update or delete on medthread.lineage_said for each row execute function medthread.lineage_stays();
"""


def upgrade() -> None:
    op.create_table("lineage_event",
    sa.Column("hash", sa.Text(), nullable=False),
    sa.Column("seq", sa.BigInteger(), sa.Identity(always=True), nullable=False),
    sa.Column("kind", sa.Text(), nullable=False),
    sa.Column("namespace", sa.Text(), nullable=False),
    sa.Column("name", sa.Text(), nullable=False),
    sa.Column("run", sa.Text(), nullable=True),
    sa.Column("state", sa.Text(), nullable=True),
    sa.Column("moment", sa.DateTime(timezone=True), nullable=False),
    sa.Column("says", sa.Text(), nullable=True),
    sa.Column("body", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column("taken_by", sa.Text(), nullable=False),
    sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
    sa.PrimaryKeyConstraint("hash", name=op.f("pk_lineage_event")),
    schema="medthread",
    )
    op.create_index("ix_lineage_event_run", "lineage_event", ["namespace", "name", "run"], unique=False, schema="medthread")
    op.create_index("ix_lineage_event_subject", "lineage_event", ["kind", "namespace", "name", "moment"], unique=False, schema="medthread")
    op.create_index("ux_lineage_event_seq", "lineage_event", ["seq"], unique=True, schema="medthread")
    op.create_table("lineage_refusal",
    sa.Column("hash", sa.Text(), nullable=False),
    sa.Column("seq", sa.BigInteger(), sa.Identity(always=True), nullable=False),
    sa.Column("why", sa.Text(), nullable=False),
    sa.Column("body", sa.Text(), nullable=False),
    sa.Column("taken_by", sa.Text(), nullable=False),
    sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
    sa.PrimaryKeyConstraint("hash", name=op.f("pk_lineage_refusal")),
    schema="medthread",
    )
    op.create_index("ux_lineage_refusal_seq", "lineage_refusal", ["seq"], unique=True, schema="medthread")
    op.create_table("lineage_run",
    sa.Column("namespace", sa.Text(), nullable=False),
    sa.Column("name", sa.Text(), nullable=False),
    sa.Column("run", sa.Text(), nullable=False),
    sa.Column("begun", sa.DateTime(timezone=True), nullable=False),
    sa.Column("last", sa.DateTime(timezone=True), nullable=False),
    sa.Column("state", sa.Text(), nullable=False),
    sa.Column("message", sa.Text(), nullable=True),
    sa.Column("says", postgresql.ARRAY(sa.Text()), nullable=False),
    sa.PrimaryKeyConstraint("namespace", "name", "run", name=op.f("pk_lineage_run")),
    schema="medthread",
    )
    op.create_index("ix_lineage_run_newest", "lineage_run", ["namespace", "name", "begun"], unique=False, schema="medthread")
    op.create_index("ix_lineage_run_said", "lineage_run", ["namespace", "name", "begun"], unique=False, schema="medthread", postgresql_where=sa.text("says <> '{}' and state not in ('FAIL', 'ABORT')"))
    op.create_table("lineage_said",
    sa.Column("hash", sa.Text(), nullable=False),
    sa.Column("body", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
    sa.PrimaryKeyConstraint("hash", name=op.f("pk_lineage_said")),
    schema="medthread",
    )
    op.create_table("lineage_subject",
    sa.Column("kind", sa.Text(), nullable=False),
    sa.Column("namespace", sa.Text(), nullable=False),
    sa.Column("name", sa.Text(), nullable=False),
    sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
    sa.PrimaryKeyConstraint("kind", "namespace", "name", name=op.f("pk_lineage_subject")),
    schema="medthread",
    )
    op.execute(STAYS)


def downgrade() -> None:
    op.drop_table("lineage_subject", schema="medthread")
    op.drop_table("lineage_said", schema="medthread")
    op.drop_table("lineage_run", schema="medthread")
    op.drop_table("lineage_refusal", schema="medthread")
    op.drop_table("lineage_event", schema="medthread")
    op.execute("drop function medthread.lineage_stays()")
