"""Structural tests that every template of a source inherits by being declared: its queries and mappings bring out what its cases say."""

import pytest

from medthread.app import declared
from medthread.derive import check_source
from medthread.governance.sources.template_case import CaseTried, try_case
from medthread.governance.sources.templates import header, source_of, templates
from medthread.model.template import SourceTemplate
from tests.registry import registry

KNOWN = templates(declared()[1])
CASES = [pytest.param(t, n, id=f"{t.name}-{n}") for t in KNOWN.values() for n, table in t.tables.items() if table.query]
SHEETS = [pytest.param(t, n, id=f"{t.name}-{n}") for t in KNOWN.values() for n, table in t.tables.items() if table.entity]
EVERY = pytest.mark.parametrize("template", KNOWN.values(), ids=KNOWN)


@EVERY
def test_it_becomes_a_source_that_can_stand(template: SourceTemplate) -> None:
    for language in ("zh", "en"):
        check_source(source_of(template, registry(), language=language), registry(), origin=template.name)


@pytest.mark.parametrize(("template", "name"), CASES)
def test_its_case_comes_out(template: SourceTemplate, name: str) -> None:
    assert try_case(template, name, registry()) == CaseTried()


@pytest.mark.parametrize(("template", "name"), SHEETS)
def test_a_sheet_has_a_column_of_its_own_for_each_field(template: SourceTemplate, name: str) -> None:
    entity = registry()[template.tables[name].entity or ""]
    for language in ("zh", "en"):
        assert len(set(header(entity, language))) == len(entity.fields)
