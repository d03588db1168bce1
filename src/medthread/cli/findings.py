"""Which rule catches which kind of fault, and where the released tables say that it did.

A fault counts as found when the rule made for it names the very row; a row rejected for another reason does not.
"""

import json
from collections.abc import Iterator
from typing import Any
from unicodedata import normalize

from sqlalchemy import select

from medthread.app import Installation
from medthread.model import Home
from medthread.stores.postgres.tables import load
from medthread.stores.serving import Snapshot

# The end of a rule's id → the fault. Longer ends first; the first that fits counts.
FAULT_OF_RULE = (
    ("uscc.check_digit", "uscc_check_digit"), ("uscc.confusable", "uscc_confusable"),
    ("udi_di.di.check_digit", "gtin_check_digit"), ("udi_di.gs1_check_digit", "gtin_check_digit"),
    ("device_model.udi_di.check_digit", "gtin_check_digit"), ("crm_complaint.udi.check_digit", "udi_check_digit"),
    ("material_issue.work_order.reference", "broken_wo_link"), ("load.unparsable", "unparsable_line"),
    (".expiry_before_manufacture", "expiry_before_manufacture"), (".dates", "expiry_before_manufacture"),
    ("equipment.form", "unknown_code"), (".serial_form", "dressed_serial"), (".placeholder", "out_of_range"), (".implausible", "out_of_range"),
    (".key.duplicate", "duplicate_key"), (".negative", "negative_quantity"), (".required", "missing_required"),
    (".reference", "dangling_reference"), (".code", "unknown_code"), (".width", "fullwidth_number"),
)
UNITS_OF = ("uom",)


def fault_of(rule: str, *, before: str | None = None, kind: str = "") -> str | None:
    """The fault that a rule is made for."""
    if rule.endswith(".type"):
        return "bad_date" if kind in ("date", "timestamp") else "text_in_number"
    if rule.endswith(".code_form") and before is not None:
        return "lowercase_code" if normalize("NFKC", before) == before else "full_width_code"
    return next((fault for end, fault in FAULT_OF_RULE if rule.endswith(end)), None)


def caught(installation: Installation, snapshot: Snapshot) -> Iterator[Any]:
    """Every report of a fault: held rows, corrections, flags, repeated files, conflicts."""
    from medthread_demo import Caught  # noqa: PLC0415 - the simulator is no part of a served installation

    files = _files(installation)
    for fault, source, file, row in (
        *_held(installation, snapshot), *_corrected(snapshot), *_flagged(installation, snapshot, files),
        *_repeated(installation), *_conflicts(installation, snapshot, files),
    ):
        yield Caught(fault=fault, source=source, file=file, row=row)


Report = tuple[str, str, str, int]


def _files(installation: Installation) -> dict[str, str]:
    with installation.store.transaction() as tx:
        return {r.id: r.file for r in tx.execute(select(load.c.id, load.c.file)).all()}


def _kind(installation: Installation, rule: str) -> str:
    entity, _, rest = rule.partition(".")
    field = rest.rpartition(".")[0]
    declared = installation.registry[entity].fields.get(field) if entity in installation.registry else None
    return declared.kind.value if declared else ""


def _held(installation: Installation, snapshot: Snapshot) -> Iterator[Report]:
    rows = snapshot.query(
        f'select distinct source, file, "row", unnest(rules) as rule from {snapshot.relation("standard.quarantine")}'
    ) if snapshot.has("standard.quarantine") else []
    for r in rows:
        fault = fault_of(r["rule"], kind=_kind(installation, r["rule"]))
        yield fault or r["rule"], r["source"], r["file"], r["row"]


def _corrected(snapshot: Snapshot) -> Iterator[Report]:
    if not snapshot.has("standard.correction"):
        return
    for r in snapshot.query(f'select distinct rule, before, source, file, "row" from {snapshot.relation("standard.correction")}'):
        yield fault_of(r["rule"], before=r["before"]) or r["rule"], r["source"], r["file"], r["row"]


def _flagged(installation: Installation, snapshot: Snapshot, files: dict[str, str]) -> Iterator[Report]:
    """Rules that warn leave a flag on the row that passed; events are only ever flagged, and reported by their own row."""
    for entity in installation.registry.values():
        table = f"standard.{entity.name}"
        if entity.about.home is Home.NATIVE or entity.about.repeats or not snapshot.has(table):
            continue
        for r in snapshot.query(
            f"select distinct _source, _load, _row, unnest(_flags) as rule from {snapshot.relation(table)} where len(_flags) > 0"
        ):
            fault = fault_of(r["rule"], kind=_kind(installation, r["rule"]))
            if fault:
                yield fault, r["_source"], files[r["_load"]], r["_row"]


def _repeated(installation: Installation) -> Iterator[Report]:
    with installation.store.transaction() as tx:
        for r in tx.execute(select(load.c.source, load.c.file).where(load.c.status == "repeated")).all():
            yield "repeated_file", r.source, r.file, 0


def _conflicts(installation: Installation, snapshot: Snapshot, files: dict[str, str]) -> Iterator[Report]:
    for entity in installation.registry.at_home(Home.MASTER):
        table = f"golden.{entity.name}_conflict"
        if not snapshot.has(table):
            continue
        for r in snapshot.query(f'select "values" from {snapshot.relation(table)}'):
            for value in json.loads(r["values"]):
                yield "conflicting_value", value["source"], files[value["load"]], value["row"]
