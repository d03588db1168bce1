"""Three administrators in place of one, and access reviews.

Who was `administrator` and nothing else becomes system administrator; beside another role it is taken away, for no
administrator looks at data. Security and audit administrators are named by `medthread account add` or `assign`.
"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

MAPPED = """
with changed as (
  update medthread.account a set revision = revision + 1,
    roles = case when cardinality(roles) = 1 then array['system_admin'] else array_remove(roles, 'administrator') end
  from (select name, roles as before from medthread.account) old
  where old.name = a.name and 'administrator' = any(a.roles) returning a.name, old.before, a.roles
)
insert into medthread.audit_event (actor, action, outcome, object, reason, before, after)
select 'system', 'account.rights', 'done', 'account/' || name, 'the role administrator was divided among three',
       jsonb_build_object('roles', before), jsonb_build_object('roles', roles)
from changed
"""


def upgrade() -> None:
    op.create_table("access_review",
    sa.Column("id", sa.Text(), nullable=False),
    sa.Column("opened_by", sa.Text(), nullable=False),
    sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("closed_by", sa.Text(), nullable=True),
    sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
    sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
    sa.PrimaryKeyConstraint("id", name=op.f("pk_access_review")),
    schema="medthread"
    )
    op.create_table("access_review_line",
    sa.Column("review", sa.Text(), nullable=False),
    sa.Column("account", sa.Text(), nullable=False),
    sa.Column("role", sa.Text(), nullable=False),
    sa.Column("decision", sa.Text(), nullable=True),
    sa.Column("decided_by", sa.Text(), nullable=True),
    sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
    sa.Column("reason", sa.Text(), nullable=True),
    sa.ForeignKeyConstraint(["review"], ["medthread.access_review.id"], name=op.f("fk_access_review_line_review")),
    sa.PrimaryKeyConstraint("review", "account", "role", name=op.f("pk_access_review_line")),
    schema="medthread"
    )
    op.add_column("account", sa.Column("revision", sa.BigInteger(), server_default="1", nullable=False), schema="medthread")
    op.execute(MAPPED)


def downgrade() -> None:
    op.execute("update medthread.account set roles = array_replace(roles, 'system_admin', 'administrator')")
    op.drop_column("account", "revision", schema="medthread")
    op.drop_table("access_review_line", schema="medthread")
    op.drop_table("access_review", schema="medthread")
