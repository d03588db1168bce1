"""Declaration in, everything else out: pure functions."""

from medthread.derive.asyncapi import asyncapi_of
from medthread.derive.checks import Check, checks_of, declared_checks
from medthread.derive.columns import arrow_schema, golden_columns, standard_columns
from medthread.derive.contract import contract_of
from medthread.derive.dictionary import Entry, entries, page
from medthread.derive.form import entity_meta
from medthread.derive.payload import payload_of
from medthread.derive.source import check_source
from medthread.derive.table import table_of, tables_of
from medthread.derive.view import masked_fields, masked_view

__all__ = [
    "Check",
    "Entry",
    "arrow_schema",
    "asyncapi_of",
    "check_source",
    "checks_of",
    "contract_of",
    "declared_checks",
    "entity_meta",
    "entries",
    "golden_columns",
    "masked_fields",
    "masked_view",
    "page",
    "payload_of",
    "standard_columns",
    "table_of",
    "tables_of",
]
