"""A mapping that cannot work is refused before anything is read, with the way out."""

from typing import Any

import pytest

from medthread.derive import check_source
from medthread.model import parse_source
from medthread.model.errors import DeclarationError
from tests.registry import registry


def source(feed: dict[str, Any] | None = None, **table: Any) -> dict[str, Any]:
    feeds = [] if feed is None else [feed]
    return {
        "name": "erp", "zh": "企业资源计划", "en": "ERP", "owner": "it", "org": "T",
        "tables": {"t": {"files": "t*.csv", "format": "csv", "feeds": feeds, **table}},
    }


SUPPLIER = {"code": "CODE", "name": "NAME"}
RECEIPT = {"receipt_no": "NO", "line_no": "LINE", "supplier": "SUP", "item": "ITEM", "lot_no": "LOT", "quantity": "QTY", "received_at": "AT"}


@pytest.mark.parametrize(("given", "said", "hint"), [
    (source({"entity": "nothing", "fields": {}}), "which nobody declares", "entities: "),
    (source({"entity": "supplier", "fields": {**SUPPLIER, "nmae": "X"}}), "supplier.nmae, which is no field", "name"),
    (source({"entity": "supplier", "fields": {"code": "CODE"}}), "leaves supplier.name empty", "constant"),
    (source({"entity": "supplier", "fields": {**SUPPLIER, "contact": "WHO", "short_name": "WHO"}}), "personal column 'WHO'", "personal fields only"),
    (source({"entity": "supplier", "fields": {**SUPPLIER, "short_name": "REMARK"}}, personal=["REMARK"]), "personal column 'REMARK'", "column of its own"),
    (source({"entity": "item", "fields": {"code": "C", "name": "N", "kind": {"from": "K", "codes": {"原料": "stuff"}}}}), "the code 'stuff'", "raw"),
    (source({"entity": "supplier", "fields": SUPPLIER}, files="erp/**BD*.csv"), "names no files", "pattern"),
    (source({"entity": "supplier", "fields": SUPPLIER}, files=""), "names no files", "pattern"),
])
def test_what_cannot_work_is_said(given: dict[str, Any], said: str, hint: str) -> None:
    with pytest.raises(DeclarationError) as found:
        check_source(parse_source(given, origin="erp.yaml"), registry(), origin="erp.yaml")
    assert said in found.value.message
    assert hint in found.value.hint
    assert found.value.message.startswith("erp.yaml: t")


def test_what_can_work_passes() -> None:
    for given in (source({"entity": "supplier", "fields": {**SUPPLIER, "contact": "WHO"}, "where": {"KIND": "real"}}), source()):
        check_source(parse_source(given, origin="erp.yaml"), registry(), origin="erp.yaml")
