"""references have an index"""

from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None
REFERENCES = {
    "adverse_event": ("complaint", "device_model", "item"),
    "audit": ("auditee", "supplier"),
    "batch_exception": ("lot_no",),
    "batch_reconciliation": ("lot_no",),
    "batch_record": ("certificate_no", "lot_no", "model_no", "work_order"),
    "batch_record_step": ("deviation", "equipment", "lot_no", "plant"),
    "calibration_lookback": ("inspection", "item", "lot_no"),
    "calibration_record": ("equipment",),
    "capa": ("metric_item", "metric_supplier", "reopened_from", "responsible"),
    "capa_action": ("responsible", "verified_by"),
    "certificate_change": ("certificate_no", "change_order"),
    "certificate_scope": ("certificate_no", "device_model", "item"),
    "change_affected": ("item",),
    "complaint": ("crm_complaint", "customer", "device_model", "item", "similar_complaint"),
    "complaint_trend": ("complaint", "device_model"),
    "concession": ("item", "lot_no", "nonconformance"),
    "conformity_certificate": ("item",),
    "correction": ("item", "lot_no"),
    "design_element": ("project",),
    "design_project": ("device_model",),
    "design_trace": ("element_rev",),
    "deviation": ("capa",),
    "deviation_lot": ("item", "lot_no"),
    "dispute": ("complaint",),
    "document_distribution": ("doc_rev",),
    "environment_reading": ("gauge", "point"),
    "environment_round": ("area", "plant"),
    "evidence_link": ("clause",),
    "hold": ("item", "lot_no"),
    "inspection": ("item", "lot_no", "partial_of", "plan", "supplier"),
    "inspection_plan": ("item",),
    "inspection_result": ("gauge",),
    "installed_unit": ("customer", "device_model", "recall", "serial_no"),
    "job_assignment": ("organisation",),
    "legal_hold_scope": ("item",),
    "line_clearance": ("next_item", "next_lot", "previous_item", "previous_lot"),
    "maintenance_order": ("equipment", "item", "lot_no", "plan", "requalification"),
    "maintenance_plan": ("equipment",),
    "monitoring_point": ("area", "plant"),
    "nonconformance": ("capa", "inspection", "item", "lot_no", "supplier"),
    "nonconformance_disposition": ("item", "lot_no", "reinspection"),
    "nonconformance_lot": ("item", "lot_no"),
    "nonconformance_reading": ("gauge", "inspection"),
    "person": ("organisation",),
    "process_validation": ("equipment", "item"),
    "production_request": ("item", "lot_no", "work_order"),
    "recall": ("adverse_event",),
    "recall_line": ("consignee", "item"),
    "recall_scope_lot": ("item",),
    "return_authorisation": ("complaint", "customer", "item", "recall", "return_order"),
    "risk_item": ("device_model",),
    "routing_operation": ("equipment",),
    "routing_parameter": ("operation_no",),
    "service_order": ("complaint", "customer", "device_model", "item", "recall"),
    "service_part": ("item",),
    "sterilisation_load": ("validation",),
    "sterilisation_load_lot": ("item", "load_no", "lot_no"),
    "supplier_certificate_scope": ("cert_no", "item"),
    "supplier_change_notice": ("item", "supplier"),
    "supplier_corrective_action": ("item", "supplier"),
    "supplier_qualification": ("item", "supplier"),
    "training_record": ("subject",),
}


def upgrade() -> None:
    for table, columns in REFERENCES.items():
        for column in columns:
            op.create_index(f"ix_{table}_{column}", table, [column], schema="native")


def downgrade() -> None:
    for table, columns in REFERENCES.items():
        for column in columns:
            op.drop_index(f"ix_{table}_{column}", table_name=table, schema="native")
