"""contracts given out and of others"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None

# What was promised at a release is never said otherwise afterwards.
STAYS = """
create function medthread.contract_stays() returns trigger language plpgsql as $$
begin
    raise exception 'a contract that was given out stays as it was';
end $$;
create trigger contract_stays before update or delete on medthread.contract_version for each row execute function medthread.contract_stays();
"""


def upgrade() -> None:
    op.create_table("contract_of_others",
    sa.Column("name", sa.Text(), nullable=False),
    sa.Column("kind", sa.Text(), nullable=False),
    sa.Column("subject", sa.Text(), nullable=False),
    sa.Column("owner", sa.Text(), nullable=False),
    sa.Column("gate", sa.Text(), nullable=False),
    sa.Column("document", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column("digest", sa.Text(), nullable=False),
    sa.Column("kept_by", sa.Text(), nullable=False),
    sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
    sa.PrimaryKeyConstraint("name", name=op.f("pk_contract_of_others")),
    schema="medthread"
    )
    op.create_table("contract_version",
    sa.Column("subject", sa.Text(), nullable=False),
    sa.Column("number", sa.Integer(), nullable=False),
    sa.Column("version", sa.Text(), nullable=False),
    sa.Column("release", sa.Text(), nullable=False),
    sa.Column("verdict", sa.Text(), nullable=True),
    sa.Column("digest", sa.Text(), nullable=False),
    sa.Column("content", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
    sa.Column("differences", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
    sa.ForeignKeyConstraint(["release"], ["medthread.release.id"], name=op.f("fk_contract_version_release")),
    sa.PrimaryKeyConstraint("subject", "number", name=op.f("pk_contract_version")),
    schema="medthread"
    )
    op.create_index("ix_contract_version_release", "contract_version", ["release"], unique=False, schema="medthread")
    op.execute(STAYS)


def downgrade() -> None:
    op.drop_index("ix_contract_version_release", table_name="contract_version", schema="medthread")
    op.drop_table("contract_version", schema="medthread")
    op.execute("drop function medthread.contract_stays()")
    op.drop_table("contract_of_others", schema="medthread")
