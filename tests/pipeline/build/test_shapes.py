"""What models may read is known from declarations: the tables of entities, and those beside a matched master."""

import pytest

from medthread.pipeline.build.shapes import declared_columns
from tests.registry import registry


@pytest.mark.parametrize(("table", "has"), [
    ("golden.supplier", "uscc"), ("golden.supplier_xref", "source_key"), ("golden.customer_link", "parent"), ("standard.item", "code"), ("native.complaint", "complaint_no"),
])
def test_tables_have_the_columns_that_are_declared(table: str, has: str) -> None:
    assert has in dict(declared_columns(table, registry()))


@pytest.mark.parametrize("table", ["golden.nobody", "golden.lot_link", "golden.supplier_edge", "native.supplier", "standard.supplier_xref", "marts.supplier"])
def test_others_have_none(table: str) -> None:
    assert declared_columns(table, registry()) == ()
