"""The records that a device company cannot do without, each under the name that the field knows it by."""

import pytest

from medthread.model import Home
from medthread.stores.postgres.tables import metadata
from tests.registry import registry

# As the reference data model names them -> as they are declared here.
DECLARED = {
    "org": "organisation", "person": "person", "uom": "uom",
    "item": "item", "device_model": "device_model", "udi_di": "udi_di", "registration_certificate": "registration_certificate",
    "design_element": "design_element", "risk_item": "risk_item", "bom": "bom", "bom_line": "bom_line",
    "change_request": "change_request", "change_order": "change_order",
    "supplier": "supplier", "supplier_qualification": "supplier_qualification", "supplier_evaluation": "supplier_evaluation",
    "supplier_certificate": "supplier_certificate", "purchase_order": "purchase_order", "purchase_order_line": "purchase_order_line",
    "receipt": "receipt", "conformity_certificate": "conformity_certificate",
    "lot": "lot", "serial_unit": "serial_unit", "genealogy_edge": "genealogy_edge", "work_order": "work_order",
    "work_order_operation": "work_order_operation", "equipment": "equipment",
    "location": "location", "stock_movement": "stock_movement", "stock_balance": "stock_balance", "shipment": "shipment", "customer": "customer",
    "installed_unit": "installed_unit", "service_order": "service_order", "complaint": "complaint", "adverse_event": "adverse_event", "recall": "recall",
    "routing_operation": "routing_operation", "batch_record": "batch_record", "inspection_plan": "inspection_plan", "inspection": "inspection",
    "inspection_result": "inspection_result", "nonconformance": "nonconformance", "concession": "concession", "deviation": "deviation", "capa": "capa",
    "maintenance_order": "maintenance_order", "calibration_record": "calibration_record",
    "document": "document", "training_record": "training_record", "requirement": "requirement", "evidence_link": "evidence_link",
}  # fmt: skip
BEYOND = (
    "process_validation", "maintenance_plan", "batch_record_step", "line_clearance", "capa_action", "correction", "environment_round", "hold", "sterilisation_load",
    "retention_rule", "training_requirement", "audit", "audit_finding", "design_project", "udi_package", "supplier_change_notice",
)
MACHINE = {"e_signature": "signature", "audit_event": "audit_event"}
WRITTEN_HERE = (
    "change_order", "document", "supplier_qualification", "supplier_evaluation", "conformity_certificate", "training_record", "design_element",
    "risk_item", "audit", "requirement", "evidence_link", "retention_rule",
)


@pytest.mark.parametrize(("reference", "name"), DECLARED.items())
def test_it_is_declared(reference: str, name: str) -> None:
    assert name in registry(), reference


@pytest.mark.parametrize("name", BEYOND)
def test_so_is_what_the_processes_need_beyond(name: str) -> None:
    assert name in registry()


@pytest.mark.parametrize(("reference", "table"), MACHINE.items())
def test_signatures_and_audit_rows_are_tables_of_the_machine(reference: str, table: str) -> None:
    assert f"medthread.{table}" in metadata.tables, reference


@pytest.mark.parametrize("name", WRITTEN_HERE)
def test_what_no_other_system_holds_is_written_here(name: str) -> None:
    assert registry()[name].about.home is Home.NATIVE
