"""verdicts of quality rules kept, data incidents"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

# What was counted before is a verdict whose rule's version nobody wrote down.
COUNTED = """
insert into medthread.rule_verdict (round, asset, rule, version, point, state, source, entity, field, checked, broken, corrected, at)
select batch, source || '.' || "table", rule, 'unknown', 'intake', case when broken > corrected then 'broken' else 'holds' end, source, entity,
       case when split_part(rule, '.', 3) <> '' and split_part(rule, '.', 2) <> 'key' then split_part(rule, '.', 2) end, checked, broken, corrected, at
from medthread.rule_count
"""
BACK = """
insert into medthread.rule_count (batch, source, "table", rule, entity, checked, broken, corrected, at)
select round, source, substr(asset, length(source) + 2), rule, entity, checked, broken, corrected, at
from medthread.rule_verdict where point = 'intake' and source is not null and entity is not null
"""


def upgrade() -> None:
    op.create_table("rule_verdict",
    sa.Column("round", sa.Text(), nullable=False),
    sa.Column("asset", sa.Text(), nullable=False),
    sa.Column("rule", sa.Text(), nullable=False),
    sa.Column("version", sa.Text(), nullable=False),
    sa.Column("point", sa.Text(), nullable=False),
    sa.Column("state", sa.Text(), nullable=False),
    sa.Column("source", sa.Text(), nullable=True),
    sa.Column("entity", sa.Text(), nullable=True),
    sa.Column("field", sa.Text(), nullable=True),
    sa.Column("checked", sa.BigInteger(), nullable=False),
    sa.Column("broken", sa.BigInteger(), nullable=False),
    sa.Column("corrected", sa.BigInteger(), server_default="0", nullable=False),
    sa.Column("measure", sa.Double(), nullable=True),
    sa.Column("sample", postgresql.ARRAY(sa.Text()), server_default="{}", nullable=False),
    sa.Column("message", sa.Text(), nullable=True),
    sa.Column("inputs", sa.Text(), nullable=True),
    sa.Column("own", sa.Boolean(), server_default="false", nullable=False),
    sa.Column("owner", sa.Text(), nullable=True),
    sa.Column("severity", sa.Text(), nullable=True),
    sa.Column("zh", sa.Text(), nullable=True),
    sa.Column("en", sa.Text(), nullable=True),
    sa.Column("cause", sa.Text(), nullable=True),
    sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
    sa.PrimaryKeyConstraint("round", "asset", "rule", name=op.f("pk_rule_verdict")),
    schema="medthread"
    )
    op.create_index("ix_rule_verdict_at", "rule_verdict", ["at"], unique=False, schema="medthread")
    op.create_index("ix_rule_verdict_latest", "rule_verdict", ["rule", "asset", "at"], unique=False, schema="medthread")
    op.create_table("data_incident",
    sa.Column("id", sa.Text(), nullable=False),
    sa.Column("incident_no", sa.Text(), nullable=False),
    sa.Column("rule", sa.Text(), nullable=False),
    sa.Column("rule_label", sa.Text(), nullable=False),
    sa.Column("asset", sa.Text(), nullable=False),
    sa.Column("cause", sa.Text(), nullable=False),
    sa.Column("owner", sa.Text(), nullable=False),
    sa.Column("severity", sa.Text(), nullable=False),
    sa.Column("rule_version", sa.Text(), nullable=False),
    sa.Column("checked", sa.BigInteger(), nullable=False),
    sa.Column("broken", sa.BigInteger(), nullable=False),
    sa.Column("first_seen", sa.DateTime(timezone=True), nullable=False),
    sa.Column("last_seen", sa.DateTime(timezone=True), nullable=False),
    sa.Column("times", sa.BigInteger(), nullable=False),
    sa.Column("finding", sa.Text(), nullable=True),
    sa.Column("resolution", sa.Text(), nullable=True),
    sa.Column("_org", sa.Text(), nullable=True),
    sa.Column("_plant", sa.Text(), nullable=True),
    sa.Column("_revision", sa.BigInteger(), server_default="1", nullable=False),
    sa.Column("_created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
    sa.Column("_created_by", sa.Text(), nullable=False),
    sa.Column("_updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
    sa.Column("_updated_by", sa.Text(), nullable=False),
    sa.CheckConstraint("severity in ('minor', 'major', 'critical')", name=op.f("ck_data_incident_ck_data_incident_severity_code")),
    sa.PrimaryKeyConstraint("id", name=op.f("pk_data_incident")),
    sa.UniqueConstraint("incident_no", name="uq_data_incident_key"),
    schema="native",
    info={"codes": {"severity": ("minor", "major", "critical")}}
    )
    op.execute(COUNTED)
    op.drop_table("rule_count", schema="medthread")


def downgrade() -> None:
    op.create_table("rule_count",
    sa.Column("batch", sa.TEXT(), autoincrement=False, nullable=False),
    sa.Column("source", sa.TEXT(), autoincrement=False, nullable=False),
    sa.Column("table", sa.TEXT(), autoincrement=False, nullable=False),
    sa.Column("rule", sa.TEXT(), autoincrement=False, nullable=False),
    sa.Column("entity", sa.TEXT(), autoincrement=False, nullable=False),
    sa.Column("checked", sa.BIGINT(), autoincrement=False, nullable=False),
    sa.Column("broken", sa.BIGINT(), autoincrement=False, nullable=False),
    sa.Column("corrected", sa.BIGINT(), server_default=sa.text("0"), autoincrement=False, nullable=False),
    sa.Column("at", postgresql.TIMESTAMP(timezone=True), server_default=sa.text("now()"), autoincrement=False, nullable=False),
    sa.PrimaryKeyConstraint("batch", "source", "table", "rule", name=op.f("pk_rule_count")),
    schema="medthread"
    )
    op.drop_table("data_incident", schema="native")
    op.execute(BACK)
    op.drop_index("ix_rule_verdict_latest", table_name="rule_verdict", schema="medthread")
    op.drop_index("ix_rule_verdict_at", table_name="rule_verdict", schema="medthread")
    op.drop_table("rule_verdict", schema="medthread")
