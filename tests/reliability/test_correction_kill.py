"""Runs killed with -9 while corrections wait: every decision is taken, and none twice."""

import json
import random
import time
from collections import Counter
from pathlib import Path

import pyarrow.parquet as pq
from sqlalchemy import select

from medthread.app import Installation, open_installation
from medthread.governance.review import Seen, State, Wanted, decide, desk
from medthread.governance.review.deciding import Saying
from medthread.pipeline.correct.decided import Kind
from medthread.stores.postgres.tables import batch, load, row_decision
from medthread.stores.readers import CORRECTS
from medthread.stores.serving import LakeReader
from tests.campaign import Campaign
from tests.scenarios import company

RECEIPTS = "no,line,supplier,item,slot,lot,qty,at"


def correct_what_is_open(installation: Installation) -> int:
    reader = LakeReader(installation.releases)
    with installation.store.transaction() as tx, desk(reader.current(), tx, seen=Seen(("erp",))) as held:
        rows = held.rows(Wanted(state=(State.OPEN,)))
        if rows.num_rows:
            decide(tx, rows=rows, saying=Saying(Kind.CORRECTED, "盘点", "guan"), common='{"qty": "7"}')
    reader.close()
    return rows.num_rows


def extract(home: Path, day: int) -> None:
    """A whole extract of a day: a bad row that comes every day, one of this day, and a good one."""
    rows = [("R800", "many"), (f"R{900 + day}", "many"), (f"R{500 + day}", 3)]
    company.write(home / "inbox" / f"receipt-day{day:03}.csv", RECEIPTS, [(no, 1, "V1", "M1", f"S{no}", f"L{no}", qty, "2026/1/5") for no, qty in rows])


def test_every_decision_is_taken_once(tmp_path: Path, campaign: Campaign) -> None:
    home, chance, kills, decided = company.found(tmp_path / "c"), random.Random(46), max(campaign.kills // 4, 1), 0
    killed = 0
    company.run_once(home)
    extract(home, 0)
    begun = time.monotonic()
    company.kill_at(home, seconds=60)
    whole = time.monotonic() - begun
    for day in range(1, kills + 1):
        with open_installation(home) as installation:
            decided += correct_what_is_open(installation)
        extract(home, day)
        killed += company.kill_at(home, seconds=whole * chance.uniform(0.4, 1.1))
        campaign.progress(day, kills)
    with open_installation(home) as installation:
        company.run(installation)
        decided += correct_what_is_open(installation)
        company.run(installation)
        assert correct_what_is_open(installation) == 0
        taken = told(installation)
        quantities = golden_quantities(installation)
    campaign.tell(kills=killed, decided=decided, taken=sum(taken.values()))
    assert killed > 0
    assert sum(taken.values()) > decided > kills, "what comes every day was taken again by itself"
    assert set(taken.values()) == {1}
    assert {f"R{900 + d}" for d in range(kills + 1)} | {"R0", "R1", "R2", "R800"} == {no for no, quantity in quantities.items() if quantity == 7} - {"R6"}


def told(installation: Installation) -> Counter[str]:
    """How often each held row was taken in again; nothing is left half done."""
    with installation.store.transaction() as tx:
        assert set(tx.execute(select(batch.c.stage)).scalars()) == {"done"}
        assert set(tx.execute(select(load.c.status)).scalars()) == {"accepted"}
        waiting = tx.execute(select(row_decision.c.id).where(row_decision.c.kind == "corrected", row_decision.c.taken_load.is_(None))).all()
        paths = tx.execute(select(load.c.raw_path).where(load.c.corrects.is_not(None))).scalars().all()
        direct = set(tx.execute(select(row_decision.c.held).where(row_decision.c.kind == "corrected")).scalars())
    assert not waiting
    found = Counter(json.loads(text)["held"] for path in paths for text in pq.read_table(path, columns=[CORRECTS])[CORRECTS].to_pylist())
    assert direct <= set(found)
    return found


def golden_quantities(installation: Installation) -> dict[str, int]:
    reader = LakeReader(installation.releases)
    snapshot = reader.current()
    rows = snapshot.query(f"select receipt_no, quantity from {snapshot.relation('golden.receipt')}")
    reader.close()
    return {r["receipt_no"]: int(r["quantity"]) for r in rows}
