"""the governance committee: meetings, decisions, actions, objectives"""

import sqlalchemy as sa
from alembic import op

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table("check_in",
    sa.Column("id", sa.Text(), nullable=False),
    sa.Column("objective", sa.Text(), nullable=False),
    sa.Column("said_on", sa.Date(), nullable=False),
    sa.Column("confidence", sa.Text(), nullable=False),
    sa.Column("comment", sa.Text(), nullable=False),
    sa.Column("_org", sa.Text(), nullable=True),
    sa.Column("_plant", sa.Text(), nullable=True),
    sa.Column("_revision", sa.BigInteger(), server_default="1", nullable=False),
    sa.Column("_created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
    sa.Column("_created_by", sa.Text(), nullable=False),
    sa.Column("_updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
    sa.Column("_updated_by", sa.Text(), nullable=False),
    sa.CheckConstraint("confidence in ('high', 'unsure', 'low')", name=op.f("ck_check_in_ck_check_in_confidence_code")),
    sa.PrimaryKeyConstraint("id", name=op.f("pk_check_in")),
    sa.UniqueConstraint("objective", "said_on", name="uq_check_in_key"),
    schema="native",
    info={"codes": {"confidence": ("high", "unsure", "low")}}
    )
    op.create_table("governance_action",
    sa.Column("id", sa.Text(), nullable=False),
    sa.Column("action_no", sa.Text(), nullable=False),
    sa.Column("decision", sa.Text(), nullable=False),
    sa.Column("what", sa.Text(), nullable=False),
    sa.Column("responsible", sa.Text(), nullable=False),
    sa.Column("due_on", sa.Date(), nullable=False),
    sa.Column("done_on", sa.Date(), nullable=True),
    sa.Column("result", sa.Text(), nullable=True),
    sa.Column("_org", sa.Text(), nullable=True),
    sa.Column("_plant", sa.Text(), nullable=True),
    sa.Column("_revision", sa.BigInteger(), server_default="1", nullable=False),
    sa.Column("_created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
    sa.Column("_created_by", sa.Text(), nullable=False),
    sa.Column("_updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
    sa.Column("_updated_by", sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint("id", name=op.f("pk_governance_action")),
    sa.UniqueConstraint("action_no", name="uq_governance_action_key"),
    schema="native",
    info={"codes": {}}
    )
    op.create_index("ix_governance_action_decision", "governance_action", ["decision"], unique=False, schema="native")
    op.create_table("governance_agenda_item",
    sa.Column("id", sa.Text(), nullable=False),
    sa.Column("meeting", sa.Text(), nullable=False),
    sa.Column("line_no", sa.BigInteger(), nullable=False),
    sa.Column("matter", sa.Text(), nullable=False),
    sa.Column("treatment", sa.Text(), nullable=False),
    sa.Column("presenter", sa.Text(), nullable=True),
    sa.Column("record_kind", sa.Text(), nullable=True),
    sa.Column("record_no", sa.Text(), nullable=True),
    sa.Column("outcome", sa.Text(), nullable=True),
    sa.Column("_org", sa.Text(), nullable=True),
    sa.Column("_plant", sa.Text(), nullable=True),
    sa.Column("_revision", sa.BigInteger(), server_default="1", nullable=False),
    sa.Column("_created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
    sa.Column("_created_by", sa.Text(), nullable=False),
    sa.Column("_updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
    sa.Column("_updated_by", sa.Text(), nullable=False),
    sa.CheckConstraint("record_kind in ('data_incident', 'management_review_item', 'audit_finding', 'governance_decision')", name=op.f("ck_governance_agenda_item_ck_governance_agenda_item_record_kind_code")),
    sa.CheckConstraint("treatment in ('inform', 'discuss', 'decide')", name=op.f("ck_governance_agenda_item_ck_governance_agenda_item_treatment_code")),
    sa.PrimaryKeyConstraint("id", name=op.f("pk_governance_agenda_item")),
    sa.UniqueConstraint("meeting", "line_no", name="uq_governance_agenda_item_key"),
    schema="native",
    info={"codes": {"treatment": ("inform", "discuss", "decide"), "record_kind": ("data_incident", "management_review_item", "audit_finding", "governance_decision")}}
    )
    op.create_table("governance_attendee",
    sa.Column("id", sa.Text(), nullable=False),
    sa.Column("meeting", sa.Text(), nullable=False),
    sa.Column("member", sa.Text(), nullable=False),
    sa.Column("capacity", sa.Text(), nullable=False),
    sa.Column("present", sa.Boolean(), nullable=False),
    sa.Column("_org", sa.Text(), nullable=True),
    sa.Column("_plant", sa.Text(), nullable=True),
    sa.Column("_revision", sa.BigInteger(), server_default="1", nullable=False),
    sa.Column("_created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
    sa.Column("_created_by", sa.Text(), nullable=False),
    sa.Column("_updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
    sa.Column("_updated_by", sa.Text(), nullable=False),
    sa.CheckConstraint("capacity in ('chair', 'member', 'guest')", name=op.f("ck_governance_attendee_ck_governance_attendee_capacity_code")),
    sa.PrimaryKeyConstraint("id", name=op.f("pk_governance_attendee")),
    sa.UniqueConstraint("meeting", "member", name="uq_governance_attendee_key"),
    schema="native",
    info={"codes": {"capacity": ("chair", "member", "guest")}}
    )
    op.create_table("governance_decision",
    sa.Column("id", sa.Text(), nullable=False),
    sa.Column("decision_no", sa.Text(), nullable=False),
    sa.Column("subject", sa.Text(), nullable=False),
    sa.Column("proposal", sa.Text(), nullable=False),
    sa.Column("meeting", sa.Text(), nullable=True),
    sa.Column("metric", sa.Text(), nullable=True),
    sa.Column("change", sa.Text(), nullable=True),
    sa.Column("record_kind", sa.Text(), nullable=True),
    sa.Column("record_no", sa.Text(), nullable=True),
    sa.Column("decision", sa.Text(), nullable=True),
    sa.Column("effective_on", sa.Date(), nullable=True),
    sa.Column("_org", sa.Text(), nullable=True),
    sa.Column("_plant", sa.Text(), nullable=True),
    sa.Column("_revision", sa.BigInteger(), server_default="1", nullable=False),
    sa.Column("_created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
    sa.Column("_created_by", sa.Text(), nullable=False),
    sa.Column("_updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
    sa.Column("_updated_by", sa.Text(), nullable=False),
    sa.CheckConstraint("record_kind in ('data_incident', 'management_review_item', 'audit_finding', 'governance_decision')", name=op.f("ck_governance_decision_ck_governance_decision_record_kind_code")),
    sa.PrimaryKeyConstraint("id", name=op.f("pk_governance_decision")),
    sa.UniqueConstraint("decision_no", name="uq_governance_decision_key"),
    schema="native",
    info={"codes": {"record_kind": ("data_incident", "management_review_item", "audit_finding", "governance_decision")}}
    )
    op.create_index("ix_governance_decision_meeting", "governance_decision", ["meeting"], unique=False, schema="native")
    op.create_table("governance_meeting",
    sa.Column("id", sa.Text(), nullable=False),
    sa.Column("meeting_no", sa.Text(), nullable=False),
    sa.Column("subject", sa.Text(), nullable=False),
    sa.Column("held_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("place", sa.Text(), nullable=True),
    sa.Column("chair", sa.Text(), nullable=False),
    sa.Column("minutes", sa.Text(), nullable=True),
    sa.Column("_org", sa.Text(), nullable=True),
    sa.Column("_plant", sa.Text(), nullable=True),
    sa.Column("_revision", sa.BigInteger(), server_default="1", nullable=False),
    sa.Column("_created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
    sa.Column("_created_by", sa.Text(), nullable=False),
    sa.Column("_updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
    sa.Column("_updated_by", sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint("id", name=op.f("pk_governance_meeting")),
    sa.UniqueConstraint("meeting_no", name="uq_governance_meeting_key"),
    schema="native",
    info={"codes": {}}
    )
    op.create_table("key_result",
    sa.Column("id", sa.Text(), nullable=False),
    sa.Column("objective", sa.Text(), nullable=False),
    sa.Column("line_no", sa.BigInteger(), nullable=False),
    sa.Column("metric", sa.Text(), nullable=False),
    sa.Column("period", sa.Text(), nullable=False),
    sa.Column("start_value", sa.Numeric(precision=24, scale=6), nullable=False),
    sa.Column("target_value", sa.Numeric(precision=24, scale=6), nullable=False),
    sa.Column("starts_on", sa.Date(), nullable=False),
    sa.Column("due_on", sa.Date(), nullable=False),
    sa.Column("_org", sa.Text(), nullable=True),
    sa.Column("_plant", sa.Text(), nullable=True),
    sa.Column("_revision", sa.BigInteger(), server_default="1", nullable=False),
    sa.Column("_created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
    sa.Column("_created_by", sa.Text(), nullable=False),
    sa.Column("_updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
    sa.Column("_updated_by", sa.Text(), nullable=False),
    sa.CheckConstraint("period in ('month_to_date', 'quarter_to_date', 'year_to_date', 'trailing_3_months', 'trailing_12_months', 'now')", name=op.f("ck_key_result_ck_key_result_period_code")),
    sa.PrimaryKeyConstraint("id", name=op.f("pk_key_result")),
    sa.UniqueConstraint("objective", "line_no", name="uq_key_result_key"),
    schema="native",
    info={"codes": {"period": ("month_to_date", "quarter_to_date", "year_to_date", "trailing_3_months", "trailing_12_months", "now")}}
    )
    op.create_table("objective",
    sa.Column("id", sa.Text(), nullable=False),
    sa.Column("objective_no", sa.Text(), nullable=False),
    sa.Column("aim", sa.Text(), nullable=False),
    sa.Column("owner", sa.Text(), nullable=False),
    sa.Column("cycle", sa.Text(), nullable=False),
    sa.Column("decision", sa.Text(), nullable=True),
    sa.Column("conclusion", sa.Text(), nullable=True),
    sa.Column("_org", sa.Text(), nullable=True),
    sa.Column("_plant", sa.Text(), nullable=True),
    sa.Column("_revision", sa.BigInteger(), server_default="1", nullable=False),
    sa.Column("_created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
    sa.Column("_created_by", sa.Text(), nullable=False),
    sa.Column("_updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
    sa.Column("_updated_by", sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint("id", name=op.f("pk_objective")),
    sa.UniqueConstraint("objective_no", name="uq_objective_key"),
    schema="native",
    info={"codes": {}}
    )
    op.create_index("ix_objective_decision", "objective", ["decision"], unique=False, schema="native")


def downgrade() -> None:
    op.drop_index("ix_objective_decision", table_name="objective", schema="native")
    op.drop_table("objective", schema="native")
    op.drop_table("key_result", schema="native")
    op.drop_table("governance_meeting", schema="native")
    op.drop_index("ix_governance_decision_meeting", table_name="governance_decision", schema="native")
    op.drop_table("governance_decision", schema="native")
    op.drop_table("governance_attendee", schema="native")
    op.drop_table("governance_agenda_item", schema="native")
    op.drop_index("ix_governance_action_decision", table_name="governance_action", schema="native")
    op.drop_table("governance_action", schema="native")
    op.drop_table("check_in", schema="native")
