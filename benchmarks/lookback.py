"""The look-back of a gauge found out of tolerance over ten million readings, against a bare DuckDB scan of the same columns."""

import statistics
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import text

from benchmarks.figures import Figure, timed
from medthread.app import Installation, open_installation
from medthread.model import Event
from medthread.stores.engines import connect, literal
from medthread.stores.postgres import Store
from medthread.workflow import create_native
from medthread.workflow.context import Context
from medthread.workflow.work import Acting

ROUNDS, GAUGES, PER_INSPECTION = 5, 1_000, 1_000
READINGS = f"""
    select 'r' || n as id, 'INS-' || n / {PER_INSPECTION} as inspection, 'length' as characteristic, n % {PER_INSPECTION} + 1 as sample_no, 1 as reading_no,
        (n % 997) / 100.0 as value, 'G-' || n * 7919 % {GAUGES} as gauge, timestamptz '2025-01-01' + n * interval '5 seconds' as measured_at, 'bench' as measured_by
    from generate_series(0, cast(:count as bigint) - 1) as t(n)"""
SCAN = """
    select inspection, characteristic, sample_no, reading_no, value, measured_at from read_parquet({path}) where gauge = 'G-7' order by all"""


def measure(folder: Path, *, readings: int) -> list[Figure]:
    """Medians in turns: the whole reaction, its lines written and committed, against the scan that finds them."""
    home = folder / "lookback"
    home.mkdir()
    (home / "medthread.toml").write_text('name = "bench"\n', encoding="utf-8")
    with open_installation(home) as installation, installation.services([]) as services:
        _fill(installation, readings)
        values = {"equipment": "G-7", "kind": "external", "due_at": datetime.now(UTC)}
        with installation.store.transaction() as tx:
            record = create_native(tx, services.workflow, entity="calibration_record", values=values, by="bench")
        path = _exported(installation.store, folder / "readings.parquet")
        con = connect(memory="3GB", threads=2)
        query, found = SCAN.format(path=literal(str(path))), []

        def bare() -> None:
            found[:] = [len(con.sql(query).to_arrow_table())]

        mine, other = [], []
        for _ in range(ROUNDS):
            other.append(timed(bare))
            mine.append(timed(lambda: _look_back(installation.store, services.workflow, record)))
            assert _taken_away(installation.store) == found[0]
    ours, theirs = statistics.median(mine), statistics.median(other)
    lines = found[0]
    assert lines == readings // GAUGES
    label = f"look-back over {readings / 1e6:g} M readings, {lines:,} lines written"
    return [Figure(f"{label}; bare DuckDB scan", f"{ours:.2f} s", f"{theirs:.2f} s", ours / theirs, "<= 2", ours / theirs <= 2)]


def _look_back(store: Store, context: Context, record: str) -> None:
    """The reaction as the worker does it, in a transaction of its own."""
    event = Event("e", "calibration.oot", "calibration_record", record, datetime.now(UTC), "bench", {})
    with store.transaction() as tx:
        work = Acting(tx, context, by="system", now=datetime.now(UTC), after=event)
        context.rulebook.reactions["look_back"].do(event, work)  # type: ignore[misc] - it has one


def _taken_away(store: Store) -> int:
    """The lines, so that the next round writes them again; gives how many there were."""
    with store.transaction() as tx:
        return int(tx.execute(text("with gone as (delete from native.calibration_lookback returning 1) select count(*) from gone")).scalar_one())


def _fill(installation: Installation, count: int) -> None:
    """Readings of a thousand gauges and their inspections, as a plant has after a year and a half; indices built after, as a restore does."""
    with installation.store.transaction() as tx:
        table = installation.native["inspection_result"]
        indices = tx.execute(text("select indexdef from pg_indexes where tablename = 'inspection_result' and indexname like 'ix_%'")).scalars().all()
        tx.execute(text("set local maintenance_work_mem = '1GB'"))
        for index in table.indexes:
            tx.execute(text(f"drop index native.{index.name}"))
        names = "id, inspection, characteristic, sample_no, reading_no, value, gauge, measured_at, measured_by"
        tx.execute(text(f"insert into native.inspection_result ({names}, _created_by, _updated_by) select *, 'bench', 'bench' from ({READINGS}) as r"), {"count": count})
        for definition in indices:
            tx.execute(text(definition))
        tx.execute(text("""
            insert into native.inspection (id, inspection_no, plan, stage, item, lot_no, lot_quantity, severity, sample_quantity, accept_no, reject_no, _created_by, _updated_by)
            select 'i' || n, 'INS-' || n, 'P', 'final', 'PUMP', 'L-' || n, 1000, 'normal', 1000, 0, 1, 'bench', 'bench' from generate_series(0, :count) as t(n)"""),
            {"count": count // PER_INSPECTION})
    with installation.store.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("vacuum analyze native.inspection_result"))


def _exported(store: Store, path: Path) -> Path:
    """The same columns as Parquet, in the same order."""
    con = connect(memory="3GB", threads=2)
    with store.transaction() as tx:
        count = tx.execute(text("select count(*) from native.inspection_result")).scalar_one()
    made = READINGS.replace("generate_series(0, cast(:count as bigint) - 1) as t(n)", f"range({count}) as t(n)").replace("n / ", "n // ")
    con.execute(f"copy ({made}) to {literal(str(path))} (format parquet, compression zstd)")
    con.close()
    return path
