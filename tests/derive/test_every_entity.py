"""Structural tests that every entity inherits by being declared."""

import json
import re
from dataclasses import replace
from pathlib import Path

import jsonschema_rs
import open_data_contract_standard
import pyarrow as pa
import pytest
from sqlalchemy import MetaData

from medthread.derive import (
    arrow_schema,
    checks_of,
    contract_of,
    entity_meta,
    golden_columns,
    masked_fields,
    masked_view,
    page,
    payload_of,
    standard_columns,
    table_of,
)
from medthread.derive.checks import is_approval
from medthread.derive.contract import declaration_in
from medthread.model import Classification, Entity, Home
from medthread.stores.engines import job
from tests.registry import registry, rulebook

EVERY = sorted(registry().values(), key=lambda e: e.name)
SCHEMA = json.loads((Path(open_data_contract_standard.__file__).parent / "schema.json").read_text(encoding="utf-8"))
CHINESE = re.compile(r"[一-鿿]|^[A-Z0-9 ().·-]+$|[Ａ-Ｚ]")
every = pytest.mark.parametrize("entity", EVERY, ids=lambda e: e.name)


@every
def test_both_languages_everywhere(entity: type[Entity]) -> None:
    labels = [entity.about.label, *(f.label for f in entity.fields.values())]
    labels += [label for f in entity.fields.values() for label in (f.mark.codes or {}).values()]
    for label in labels:
        # Proper names such as GS1 are the same in both.
        assert CHINESE.search(label.zh) or label.zh == label.en, label
        assert label.en.isascii(), label


@every
def test_the_contract_is_valid_against_the_official_schema(entity: type[Entity]) -> None:
    contract = contract_of(entity, registry(), version="1.0.0")
    errors = [f"{'/'.join(map(str, e.instance_path))}: {e.message}"
              for e in jsonschema_rs.validator_for(SCHEMA).iter_errors(contract)]
    assert errors == []


@every
def test_the_declaration_comes_back_out_of_the_contract(entity: type[Entity]) -> None:
    contract = json.loads(json.dumps(contract_of(entity, registry(), version="1.0.0")))
    found = declaration_in(contract)
    assert found.about == replace(entity.about, process=None)
    assert (found.name, found.fields) == (entity.name, entity.fields)
    assert found.process == (entity.about.process.name if entity.about.process else None)


@every
def test_columns_have_an_arrow_schema_without_twins(entity: type[Entity]) -> None:
    for columns in (standard_columns(entity, registry()), golden_columns(entity, registry())):
        schema = arrow_schema(columns)
        assert len(set(schema.names)) == len(schema.names)
        assert isinstance(schema, pa.Schema)


@every
def test_the_masked_view_runs_and_shows_no_field_above_clearance(entity: type[Entity]) -> None:
    columns = golden_columns(entity, registry())
    secret = {f.name: f"secret-{f.name}" for f in entity.fields.values()}
    values = []
    for c in columns:
        plain = c.name.split("__")[0]
        text = f"'{secret[plain]}'" if c.duck == "varchar" and c.name in secret else "null"
        values.append(f'cast({text} as {c.duck}) as "{c.name}"')
    for clearance in Classification:
        masked = masked_fields(entity, clearance)
        view = masked_view(entity, registry(), of="t", masked=masked)
        with job() as con:
            con.execute(f"create table t as select {', '.join(values)}")
            row = con.execute(view).fetchall()[0]
        shown = "\n".join(str(v) for v in row)
        for name in masked:
            assert secret[name] not in shown
            assert entity.fields[name].mark.classification > clearance


@every
def test_personal_fields_are_stored_sealed_with_mask_and_index(entity: type[Entity]) -> None:
    names = {c.name for c in golden_columns(entity, registry())}
    for f in entity.fields.values():
        assert ({f"{f.name}__masked", f"{f.name}__index"} <= names) == f.is_personal


@every
def test_rules_have_ids_that_are_unique_and_words_in_both_languages(entity: type[Entity]) -> None:
    checks = checks_of(entity, registry())
    ids = [c.id for c in checks]
    assert len(set(ids)) == len(ids)
    assert all(c.id.startswith(entity.name + ".") and c.label.zh and c.label.en for c in checks)


@every
def test_form_dictionary_payload_and_table_follow(entity: type[Entity]) -> None:
    meta = entity_meta(entity, registry(), clearance=Classification.INTERNAL)
    assert [f["name"] for f in meta["fields"]] == list(entity.fields)
    json.dumps(meta)
    for language in ("zh-CN", "en"):
        text = page(entity, registry(), language=language)
        assert all(f"`{name}`" in text for name in entity.fields)
    assert set(payload_of(entity).model_fields) == set(entity.fields)
    table = table_of(entity, MetaData())
    assert set(entity.fields) <= set(table.c.keys())


@pytest.mark.parametrize("entity", [e for e in EVERY if any(f.mark.critical for f in e.fields.values())], ids=lambda e: e.name)
def test_a_critical_value_changes_only_past_another_person(entity: type[Entity]) -> None:
    held = {c.field for c in checks_of(entity, registry()) if is_approval(c.id)}
    critical = {f.name for f in entity.fields.values() if f.mark.critical}
    if entity.about.home is not Home.NATIVE:
        assert held == critical
        return
    # Written here: where it rests in what was approved, nothing is changed by hand, and who submits does not approve.
    whole = entity.fields[entity.about.part_of].mark.ref if entity.about.part_of else None
    process = rulebook().processes[whole.entity if whole else entity.name]
    assert (held, bool(process.rest), bool(process.duties)) == (set(), True, True)
