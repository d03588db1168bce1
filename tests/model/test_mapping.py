"""Mapping files: known words only, one origin per field, errors that name file and place."""

import pytest

from medthread.model import parse_source
from medthread.model.errors import DeclarationError


def source(**fields: object) -> dict[str, object]:
    table = {"format": "csv", "files": "a.csv", "feeds": [{"entity": "item", "fields": fields}]}
    return {"name": "erp", "zh": "企业资源", "en": "ERP", "owner": "it", "org": "DEMO", "tables": {"t": table}}


def test_a_bare_string_is_a_column() -> None:
    parsed = parse_source(source(code="FNUMBER"), origin="erp.yaml")
    assert parsed.tables["t"].feeds[0].fields["code"].from_ == "FNUMBER"
    assert parsed.tables["t"].mapped == {"FNUMBER"}


def test_lineage_names_every_column_of_a_value() -> None:
    parsed = parse_source(source(code={"concat": ["A", '"-"', "B"]}), origin="erp.yaml")
    assert parsed.tables["t"].feeds[0].fields["code"].columns == ("A", "B")


@pytest.mark.parametrize("field", [{}, {"from": "A", "constant": "b"}, {"form": "A"}])
def test_a_field_has_exactly_one_origin_and_no_unknown_word(field: dict[str, str]) -> None:
    with pytest.raises(DeclarationError, match=r"erp\.yaml .*tables\.t\.feeds\.0\.fields\.code"):
        parse_source(source(code=field), origin="erp.yaml")
