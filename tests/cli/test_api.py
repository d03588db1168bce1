"""`medthread api`: what a person and a script are told of two descriptions."""

import copy
import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from medthread.cli import api, main
from medthread.model.errors import InvalidError
from tests.methods.compatibility.documents import LOTS


def run(*arguments: str) -> int:
    with pytest.raises(SystemExit) as end:
        main(["api", *arguments])
    return int(end.value.code or 0)


def kept(path: Path, description: Any) -> str:
    path.write_text(json.dumps(description), encoding="utf-8")
    return str(path)


@pytest.fixture
def narrower() -> dict[str, Any]:
    found = copy.deepcopy(LOTS)
    found["paths"]["/lots/{lot}"]["get"]["parameters"][0]["schema"]["maximum"] = 10
    found["paths"]["/lots/{lot}"]["get"]["summary"] = "A lot"
    return found


def test_no_difference_and_compatible_ones_end_well(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    old = kept(tmp_path / "old.json", LOTS)
    assert run("diff", old, old) == 0
    wider = copy.deepcopy(LOTS)
    wider["paths"]["/new"] = {"get": {"responses": {}}}
    new = tmp_path / "new.yaml"
    new.write_text(yaml.safe_dump(wider), encoding="utf-8")
    assert run("diff", old, str(new)) == 0
    assert "operation.added" in capsys.readouterr().out


def test_a_breaking_change_is_told_with_its_place(tmp_path: Path, narrower: dict[str, Any], capsys: pytest.CaptureFixture[str]) -> None:
    old, new = kept(tmp_path / "old.json", LOTS), kept(tmp_path / "new.json", narrower)
    assert run("diff", old, new) == 3
    told = capsys.readouterr().out
    assert "✗ GET /lots/{lot} · query limit" in told
    assert "bound.tightened" in told
    assert run("diff", old, new, "--json") == 3
    rows = json.loads(capsys.readouterr().out)
    assert [(r["rule"], r["verdict"]) for r in rows] == [("bound.tightened", "breaking"), ("wording.changed", "compatible")]
    assert rows[0]["before"] == {"maximum": 500}


@pytest.mark.parametrize(("name", "text"), [("a.json", "{"), ("a.json", "[]"), ("a.yaml", "a: ["), ("a.json", '{"openapi": "2.0"}'), ("a.json", "\ufeff{}")])
def test_what_is_no_description_is_refused(tmp_path: Path, name: str, text: str, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    assert run("diff", str(path), str(path)) == 1
    assert "→" in capsys.readouterr().err
    assert run("diff", str(path), str(tmp_path / "absent.json")) == 1


def test_the_description_is_written_and_not_replaced_by_one_that_breaks(
        tmp_path: Path, narrower: dict[str, Any], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("describe", "--to", str(tmp_path / "absent")) == 1
    monkeypatch.setattr(api, "descriptions", lambda: {"openapi.json": LOTS})
    assert run("describe", "--to", str(tmp_path)) == 0
    assert json.loads((tmp_path / "openapi.json").read_text()) == LOTS
    monkeypatch.setattr(api, "descriptions", lambda: {"openapi.json": narrower})
    capsys.readouterr()
    assert run("describe", "--to", str(tmp_path)) == 3
    assert "bound.tightened" in capsys.readouterr().out
    assert json.loads((tmp_path / "openapi.json").read_text()) == LOTS
    raised = {**narrower, "info": {"title": "Lots", "version": "2.0.0"}}
    monkeypatch.setattr(api, "descriptions", lambda: {"openapi.json": raised})
    assert run("describe", "--to", str(tmp_path)) == 0
    assert json.loads((tmp_path / "openapi.json").read_text()) == raised


def test_our_own_description_is_written(tmp_path: Path) -> None:
    assert run("describe", "--to", str(tmp_path)) == 0
    assert run("diff", str(tmp_path / "openapi.json"), str(tmp_path / "openapi.json")) == 0
    with pytest.raises(InvalidError):
        api.compared({}, {})
