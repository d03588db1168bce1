"""The recipes of CONTRIBUTING, followed word for word in a place of their own."""

import json
import re
import subprocess
import sys

import pytest

from tests.conftest import ROOT

FENCE = re.compile(r"^```\w+ file=(\S+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)

FOLLOW = """
import json, sys, time
from pathlib import Path
from fastapi.testclient import TestClient
from medthread.api.server import create_app
from medthread.app import open_installation
from medthread.pipeline.run import run_pipeline
from medthread.trust.accounts import create_account

PASSWORD = "correct horse battery"


def repair(services, app):
    with services.store.transaction() as tx:
        for name in ("maint", "qa"):
            create_account(tx, name=name, printed_name=name, password=PASSWORD, roles=(name,), by="test")
    clients = {}
    for name in ("maint", "qa"):
        clients[name] = TestClient(app, headers={"X-Requested-With": "medthread"})
        clients[name].post("/api/v1/session", json={"username": name, "password": PASSWORD}).raise_for_status()

    def act(name, place, action, **values):
        version = {"If-Match": clients[name].get(place).headers["ETag"]}
        seen = clients[name].post(f"{place}/acts/{action}/preview", json={"values": values}, headers=version)
        body = {"values": values, "shown": seen.json().get("content_hash"), "password": PASSWORD}
        done = clients[name].post(f"{place}/acts/{action}", json=body, headers=version)
        return done.json()

    made = clients["maint"].post("/api/v1/entities/steriliser_repair", json={"on": "2026-01-05"}).json()["item"]
    place = f"/api/v1/entities/steriliser_repair/{made['_id']}"
    asked = clients["qa"].post("/api/v1/rules/may_repair", json={"on": "2026-01-05"}).json()
    refused = act("maint", place, "repair", work_done="new seal")
    free = clients["maint"].post("/api/v1/entities/steriliser_repair", json={"on": "2026-02-05"}).json()["item"]
    place = f"/api/v1/entities/steriliser_repair/{free['_id']}"
    repaired = act("maint", place, "repair", work_done="new seal")
    for _ in range(100):
        if clients["qa"].get(place).json()["item"]["follow_up"]:
            break
        time.sleep(0.1)
    return {"no": made["repair_no"], "asked": asked, "refused": refused, "repaired": repaired, "inbox": clients["qa"].get("/api/v1/inbox").json()["tasks"],
            "followed": clients["qa"].get(place).json()["item"]["follow_up"], "accepted": act("qa", place, "accept")}


home = Path(sys.argv[1])
told = {}
with open_installation(home) as installation:
    run_pipeline(installation.context(), by="test", index_trace=installation.index_trace)
    with installation.store.transaction() as tx:
        for name in ("steward", "buyer"):
            create_account(tx, name=name, printed_name=name, password="correct horse battery", roles=(name,), by="test")
    with installation.serving([]) as services:
        app = create_app(services)
        for name in ("steward", "buyer"):
            client = TestClient(app, headers={"X-Requested-With": "medthread"})
            client.post("/api/v1/session", json={"username": name, "password": "correct horse battery"}).raise_for_status()
            get = lambda path: client.get("/api/v1" + path)
            told[name] = {
                "rows": get("/entities/autoclave_load?sort=load_no").json()["items"],
                "csv": get("/entities/autoclave_load.csv").text,
                "meta": get("/meta/autoclave_load").json(),
                "found": get("/dictionary?q=miejun").json()["items"],
                "contract": get("/contracts/autoclave_load").text,
                "sources": get("/dictionary/autoclave_load").json()["sources"],
            }
            if name == "steward":
                told["held"] = get("/quarantine?entity=autoclave_load").json()["items"]
                told["mended"] = get("/corrections?entity=autoclave_load").json()["items"]
        told["repair"] = repair(services, app)
        told["mart"] = services.reader.current().query(
            "select * from " + services.reader.current().relation("marts.sterilisation_by_method"))
print(json.dumps(told, default=str))
"""


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[str, object]:
    folder = tmp_path_factory.mktemp("acme")
    package, home = folder / "site", folder / "company"
    for name, content in FENCE.findall((ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")):
        place = (package if name.startswith("acme") else home) / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(content, encoding="utf-8")
    (package / "acme" / "__init__.py").touch()
    (package / "acme-1.0.dist-info" / "METADATA").write_text("Metadata-Version: 2.1\nName: acme\nVersion: 1.0\n", encoding="utf-8")
    (home / "medthread.toml").write_text('name = "ACME"\n', encoding="utf-8")
    (folder / "follow.py").write_text(FOLLOW, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, str(folder / "follow.py"), str(home)], capture_output=True, text=True, check=False,
        env={"PATH": "/usr/bin:/bin", "HOME": "/tmp", "PYTHONPATH": str(package), "LANG": "C.UTF-8"},
    )
    assert done.returncode == 0, done.stderr[-3000:]
    result: dict[str, object] = json.loads(done.stdout.splitlines()[-1])
    return result


def test_the_entity_has_everything_that_follows_from_its_declaration(told: dict) -> None:  # type: ignore[type-arg]
    seen = told["steward"]
    assert [r["load_no"] for r in seen["rows"]] == ["EO-001", "ST-001"]
    assert seen["rows"][0]["on"] == "2026-01-05"
    assert {f["name"] for f in seen["meta"]["fields"]} >= {"load_no", "method", "operator_phone"}
    assert "autoclave_load" in {e["entity"] for e in seen["found"]}
    assert "ODCS" not in seen["contract"] or "autoclave_load" in seen["contract"]
    assert {"source": "steriliser", "table": "load", "field": "minutes", "columns": ["分钟"], "how": "trim"} in seen["sources"]


def test_its_rule_holds_the_row_and_its_correction_is_kept(told: dict) -> None:  # type: ignore[type-arg]
    [held] = told["held"]
    assert [r["id"] for r in held["rules"]] == ["autoclave_load.exposure_too_short"]
    assert held["raw"]["批号"] == "eo-002"
    assert ("２０", "20") in {(m["before"], m["after"]) for m in told["mended"]}


def test_its_personal_column_is_masked_for_those_without_clearance(told: dict) -> None:  # type: ignore[type-arg]
    assert told["steward"]["rows"][0]["operator_phone"] == "13812345678"
    for part in ("rows", "csv"):
        assert "13812345678" not in json.dumps(told["buyer"][part])
    assert told["buyer"]["rows"][0]["operator_phone"] == "138****5678"
    assert "13812345678" not in json.dumps(told["held"])


def test_the_mart_is_built_and_released(told: dict) -> None:  # type: ignore[type-arg]
    assert sorted((m["method"], m["loads"]) for m in told["mart"]) == [("eto", 1), ("steam", 1)]


def test_the_process_runs_asks_its_guard_signs_and_reacts(told: dict) -> None:  # type: ignore[type-arg]
    repair = told["repair"]
    assert re.fullmatch(r"SR-\d{4}-00001", repair["no"])
    assert (repair["asked"]["allowed"], repair["asked"]["because"][0]["record"]) == (False, "autoclave_load/EO-001")
    assert (repair["refused"]["type"], repair["refused"]["because"][0]["guard"]) == ("/problems/refused", "no_load_that_day")
    assert (repair["repaired"]["state"], repair["accepted"]["state"]) == ("repaired", "accepted")
    assert [[a["action"] for a in t["acts"]] for t in repair["inbox"]] == [["accept"]]
    assert repair["followed"] == "空载运行 empty run"
