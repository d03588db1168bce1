"""Contracts of others: what cannot be read is refused with its place, before it costs anything."""

import json
import time

import pytest

from medthread.derive.contract import contract_of
from medthread.governance.contracts.reading import MOST, read_contract
from medthread.governance.contracts.writing import as_json, as_yaml
from medthread.model.errors import InvalidError
from tests.registry import registry

HEAD = "kind: DataContract\napiVersion: v3.1.0\nid: x\nversion: 1.0.0\n"
BOMB = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(f"{chr(98 + n)}: &{chr(98 + n)} [{','.join([f'*{chr(97 + n)}'] * 9)}]\n" for n in range(9))
BAD = {
    "a bomb": (BOMB, "line 1: anchors and aliases"),
    "an alias": ("a: 1\nb: *a\n", "line 2: anchors and aliases"),
    "no YAML": ("a: b: c", "line 1: it cannot be read"),
    "a list": ("[]", "holds no contract"),
    "nothing": ("", "holds no contract"),
    "deep": ("[" * 5000 + "]" * 5000, "nested deeper"),
    "said twice": ("a: 1\nb: 2\na: 3\n", "line 3: 'a' is said twice"),
    "two documents": ("a: 1\n---\nb: 2\n", "line 2: a second document"),
    "a key of two": ("? [a, b]\n: 1\n", "a key is no word"),
    "a number as key": ("1: 2\n", "a key is no word"),
    "Python": ("a: !!python/object/apply:os.system [ls]\n", "cannot be read"),
    "no number": ("a: .nan\n", "neither text, number nor truth value"),
    "NUL": ('a: "\\0"\n', "NUL"),
    "another kind": ("kind: Pod\napiVersion: v1\n", "is no data contract"),
    "an older version": ("kind: DataContract\napiVersion: v2.2.2\n", "v2.2.2, which is not read"),
    "a version to come": ("kind: DataContract\napiVersion: v9.0.0\n", "v9.0.0, which is not read"),
    "no id": ("kind: DataContract\napiVersion: v3.1.0\nversion: 1.0.0\n", "document lacks id"),
    "a slip of the pen": (HEAD + "schema:\n- name: lot\n  properties:\n  - name: no\n    logicalTyp: string\n", "line 8: schema.lot.properties.no says what the standard does not know: logicalTyp"),
    "a type nobody knows": (HEAD + "schema:\n- name: lot\n  properties:\n  - name: no\n    logicalType: txt\n", "line 9: schema.lot.properties.no.logicalType has a value that the standard does not list"),
    "text for a number": (HEAD + "schema:\n- name: lot\n  properties:\n  - name: no\n    primaryKeyPosition: first\n", "primaryKeyPosition is of the wrong type"),
    "two fields of a name": (HEAD + "schema:\n- name: lot\n  properties:\n  - name: no\n  - name: no\n", "lot has two fields 'no'"),
}


@pytest.mark.parametrize("name", BAD)
def test_what_cannot_be_read_is_refused_with_its_place(name: str) -> None:
    text, told = BAD[name]
    started = time.perf_counter()
    with pytest.raises(InvalidError) as refused:
        read_contract(text.encode(), name="theirs.yaml")
    assert told in refused.value.message
    assert "theirs.yaml" in refused.value.message
    assert refused.value.told("zh-CN").message != refused.value.message, "and in Chinese"
    assert time.perf_counter() - started < 2


def test_what_is_too_large_or_in_another_encoding_is_not_looked_into() -> None:
    for content, told in ((b"a: " + b"x" * MOST, "larger than"), ("a: 批号".encode("gb18030"), "not UTF-8")):
        with pytest.raises(InvalidError, match=told):
            read_contract(content, name="f")


@pytest.mark.parametrize("version", ["v3.0.2", "v3.1.0", "v3.2.0"])
def test_versions_of_the_standard_are_read(version: str) -> None:
    text = f"kind: DataContract\napiVersion: {version}\nid: x\nversion: 1.0.0\nstatus: active\nteam:\n- username: a\nschema:\n- name: lot\n  properties:\n  - name: no\n    logicalType: string\n"
    assert read_contract(text.encode(), name="f")["apiVersion"] == version


def test_ours_is_read_as_it_was_written() -> None:
    contract = contract_of(registry()["lot"], registry(), version="1.0.0")
    for text in (as_yaml(contract), as_json(contract)):
        assert read_contract(text.encode(), name="lot") == contract
    shuffled = json.loads(json.dumps(contract, sort_keys=True))
    assert as_yaml(shuffled) == as_yaml(contract), "the order in which it was kept is no matter"
