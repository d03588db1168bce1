"""The example workspaces on the real data they were written for: mapping files only, no code."""

import resource
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from medthread.app import open_installation
from medthread.stores.serving import LakeReader, Snapshot
from tests.conftest import DATA, ROOT

pytestmark = pytest.mark.data
FILES = {
    "gudid": "gudid_fda_2016/gudid_50000.xml.zip", "eudamed": "eudamed_actors/eudamed_actors_raw.json",
    "scms": "scms_delivery/SCMS_Delivery_History_Dataset.csv",
}
WRONG_GS1, WRONG_HIBCC = 11, 1
MOST_MEGABYTES = 1500


def taken_in(example: str, folder: Path) -> Path:
    source = DATA / FILES[example]
    if not source.exists():
        pytest.skip("the public data are not beside the project")
    home = folder / example
    shutil.copytree(ROOT / "examples" / example, home)
    (home / "inbox").mkdir(exist_ok=True)
    shutil.copyfile(source, home / "inbox" / source.name)
    done = subprocess.run([str(Path(sys.executable).parent / "medthread"), "run", "--home", str(home)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return home


def counts(snapshot: Snapshot) -> dict[str, int]:
    rows = snapshot.query(f"select rule, count(*) as n from (select unnest(rules) as rule from {snapshot.relation('standard.quarantine')}) group by 1")
    return {r["rule"]: r["n"] for r in rows}


def test_gudid_every_wrong_identifier_and_no_right_one(tmp_path: Path) -> None:
    home = taken_in("gudid", tmp_path)
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss >> 10
    assert peak < MOST_MEGABYTES, f"{peak} MB for a 194 MB document"
    with open_installation(home) as installation:
        reader = LakeReader(installation.releases)
        snapshot = reader.current()
        assert counts(snapshot) == {"udi_di.gs1_check_digit": WRONG_GS1, "udi_di.agency_form": WRONG_HIBCC}
        assert snapshot.rows_of("golden.udi_di") == 58_039 - WRONG_GS1 - WRONG_HIBCC
        levels = snapshot.query(f"select distinct level from {snapshot.relation('golden.udi_di')}")
        assert None not in {r["level"] for r in levels}
        reader.close()


def test_eudamed_columns_are_put_right_and_duplicates_grouped(tmp_path: Path) -> None:
    home = taken_in("eudamed", tmp_path)
    with open_installation(home) as installation:
        reader = LakeReader(installation.releases)
        snapshot = reader.current()
        rows = snapshot.query(f"select code, name from {snapshot.relation('golden.supplier')}")
        assert all(r["code"][2] == "-" and len(r["code"]) in (15, 25, 67) for r in rows)
        assert not [r for r in rows if " [" in r["name"]]
        records = snapshot.rows_of("golden.supplier_xref")
        assert records == 4_118
        assert 3_950 < len(rows) < 4_050, "the same registered name under several numbers is one firm"
        merged = snapshot.query(
            f"select golden_id, list(distinct upper(s.name)) as names from {snapshot.relation('golden.supplier_xref')} x"
            f" join {snapshot.relation('standard.supplier')} s on s._key = x.record_id group by 1 having count(distinct x.record_id) > 1"
        )
        assert len(merged) > 80
        reader.close()


def test_scms_sentences_in_number_columns_are_held_or_mended_with_reason(tmp_path: Path) -> None:
    home = taken_in("scms", tmp_path)
    with open_installation(home) as installation:
        load = installation.loads()[0]
        assert load["rows_read"] == 10_324
        assert load["rows_accepted"] + load["rows_quarantined"] == 10_324
        reader = LakeReader(installation.releases)
        snapshot = reader.current()
        found = counts(snapshot)
        assert set(found) == {"shipment.freight.type", "shipment.gross_weight.type"}
        assert 2_000 < found["shipment.freight.type"] < 3_000
        raw = snapshot.query(f"select raw from {snapshot.relation('standard.quarantine')}")
        assert all("See " in r["raw"] for r in raw), "only sentences that point elsewhere are held"
        unmeasured = snapshot.query(f"select count(*) as n from {snapshot.relation('golden.shipment')} where gross_weight is null")[0]["n"]
        assert unmeasured > 1_000
        reader.close()
