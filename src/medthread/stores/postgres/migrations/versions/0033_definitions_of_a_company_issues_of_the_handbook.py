"""definitions of a company, issues of the handbook"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None

# An issue that was made is never rewritten: it goes on to another state, and that is all.
STAYS = """
create function medthread.handbook_stays() returns trigger language plpgsql as $$
begin
    if tg_op = 'DELETE' or (new.id, new.number, new.version, new.as_of, new.release, new.content, new.content_hash, new.prepared_by, new.at)
        is distinct from (old.id, old.number, old.version, old.as_of, old.release, old.content, old.content_hash, old.prepared_by, old.at) then
        raise exception 'an issue of the handbook stays as it was made';
    end if;
    return new;
end $$;
create trigger handbook_stays before update or delete on medthread.handbook_issue for each row execute function medthread.handbook_stays();
"""


def upgrade() -> None:
    op.create_table("definition_change",
    sa.Column("seq", sa.BigInteger(), sa.Identity(always=True), nullable=False),
    sa.Column("proposal", sa.Text(), nullable=False),
    sa.Column("kind", sa.Text(), nullable=False),
    sa.Column("subject", sa.Text(), nullable=False),
    sa.Column("before", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
    sa.Column("after", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
    sa.Column("reason", sa.Text(), nullable=False),
    sa.Column("effective_from", sa.Date(), nullable=False),
    sa.Column("state", sa.Text(), nullable=False),
    sa.Column("proposed_by", sa.Text(), nullable=False),
    sa.Column("decided_by", sa.Text(), nullable=True),
    sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
    sa.Column("decision", sa.Text(), nullable=True),
    sa.Column("undoes", sa.Text(), nullable=True),
    sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
    sa.PrimaryKeyConstraint("seq", name=op.f("pk_definition_change")),
    schema="medthread",
    )
    op.create_index("ix_definition_change_proposal", "definition_change", ["proposal"], unique=False, schema="medthread")
    op.create_index("ix_definition_change_subject", "definition_change", ["subject", "effective_from"], unique=False, schema="medthread")
    op.create_index("ux_definition_change_waiting", "definition_change", ["subject"], unique=True, schema="medthread", postgresql_where=sa.text("state = 'proposed'"))
    op.create_table("handbook_issue",
    sa.Column("id", sa.Text(), nullable=False),
    sa.Column("number", sa.Text(), nullable=False),
    sa.Column("version", sa.Integer(), nullable=False),
    sa.Column("state", sa.Text(), nullable=False),
    sa.Column("as_of", sa.Date(), nullable=False),
    sa.Column("release", sa.Text(), nullable=True),
    sa.Column("content", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column("content_hash", sa.Text(), nullable=False),
    sa.Column("prepared_by", sa.Text(), nullable=False),
    sa.Column("reason", sa.Text(), nullable=False),
    sa.Column("ended_by", sa.Text(), nullable=True),
    sa.Column("in_force_at", sa.DateTime(timezone=True), nullable=True),
    sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
    sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
    sa.PrimaryKeyConstraint("id", name=op.f("pk_handbook_issue")),
    schema="medthread",
    )
    op.create_index("ux_handbook_issue_draft", "handbook_issue", ["number"], unique=True, schema="medthread", postgresql_where=sa.text("state = 'draft'"))
    op.create_index("ux_handbook_issue_in_force", "handbook_issue", ["number"], unique=True, schema="medthread", postgresql_where=sa.text("state = 'in_force'"))
    op.create_index("ux_handbook_issue_version", "handbook_issue", ["number", "version"], unique=True, schema="medthread")
    op.create_table("handbook_signature",
    sa.Column("issue", sa.Text(), nullable=False),
    sa.Column("chapter", sa.Text(), nullable=False),
    sa.Column("signature", sa.Text(), nullable=False),
    sa.Column("role", sa.Text(), nullable=False),
    sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
    sa.ForeignKeyConstraint(["issue"], ["medthread.handbook_issue.id"], name=op.f("fk_handbook_signature_issue")),
    sa.PrimaryKeyConstraint("issue", "chapter", name=op.f("pk_handbook_signature")),
    schema="medthread",
    )
    op.execute(STAYS)


def downgrade() -> None:
    op.drop_table("handbook_signature", schema="medthread")
    op.drop_table("handbook_issue", schema="medthread")
    op.execute("drop function medthread.handbook_stays()")
    op.drop_table("definition_change", schema="medthread")
