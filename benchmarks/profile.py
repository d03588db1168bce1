"""The profile of a table against what DuckDB itself says of one: `summarize`, which looks at each column once and at no form, key or relation."""

from pathlib import Path

from benchmarks.figures import Figure, child, cpu_and_peak
from medthread.stores.engines import connect, literal

IMPORTS = """
from datetime import UTC, datetime
from pathlib import Path
from medthread.stores.engines import job, literal
from medthread.app import declared
file = sys.argv[1]
"""
OURS = """
from medthread.pipeline.profile.subject import Column, Subject
from medthread.pipeline.profile.taking import look
registry, _ = declared()
with job(memory="1GB", threads=2) as con:
    subject = Subject("made", 1, (file,), tuple(Column(str(r[0]), str(r[1])) for r in con.execute(f"describe select * from read_parquet({literal(file)})").fetchall()))
    made = look(con, subject, registry, {})
    assert made.rows and any(k.columns == ("serial",) for k in made.keys)
"""
SUMMARIZE = """
with job(memory="1GB", threads=2) as con:
    con.execute(f"summarize select * from read_parquet({literal(file)})").fetchall()
"""
LIMIT, MEMORY = 3.2, 1200  # of summarize's time; MB


def table_of(path: Path, rows: int) -> Path:
    """Twenty columns as a plant's records have them: codes, texts, names, numbers, days, gaps."""
    with_gaps = "case when i % 13 = 0 then null else 'R' || lpad((i * 31 % 1000)::varchar, 3, '0') end"
    con = connect(memory="1GB")
    con.execute(f"""
        copy (select 'SN' || lpad(i::varchar, 10, '0') as serial, 'WO' || lpad((i // 100)::varchar, 9, '0') as work_order, 'FG-' || lpad((i * 7919 % 997)::varchar, 6, '0') as item,
            'L' || lpad((i // 50)::varchar, 8, '0') as lot, timestamp '2025-01-01' + to_seconds(i * 7) as made_at, cast(date '2025-01-01' + (i * 17 % 700)::int as date) as due_on,
            (i * 7919 % 10000) as torque, (20 + (i * 31 % 700) / 100.0)::decimal(12, 2) as temperature, case when i % 97 = 0 then 'NG' else 'OK' end as result, 'OP' || (i % 40) as operator,
            case when i % 11 = 0 then '返工, 复检' else '' end as remark, (i * 7919 % 10000)::varchar as torque_text, strftime(date '2025-01-01' + (i * 13 % 900)::int, '%Y-%m-%d') as day_text,
            {with_gaps} as reason, hash(i)::varchar as hashed, (i % 8)::varchar as station, '区' || (i % 5) as area, (i % 3 = 0) as is_checked, (i * 1.37)::double as measure, i % 24 as hour
        from range({rows}) t(i)) to {literal(str(path))} (format parquet, compression zstd)""")
    con.close()
    return path


def measure(folder: Path, *, rows: int) -> list[Figure]:
    """CPU seconds and memory of processes of their own, each twice, the better taken."""
    file = str(table_of(folder / "profiled.parquet", rows))

    def best(body: str) -> tuple[float, float]:
        runs = [cpu_and_peak(child(imports=IMPORTS, body=body), file) for _ in range(2)]
        return min(c for c, _ in runs), max(p for _, p in runs)

    (hand, _), (ours, peak) = best(SUMMARIZE), best(OURS)
    label = f"profile, {rows / 1e6:g} M x 20"
    return [
        Figure(label, f"{ours:.1f} CPU s", f"{hand:.1f} CPU s", ours / hand, f"<= {LIMIT:g}", ours / hand <= LIMIT),
        Figure(f"{label}, memory", f"{peak:.0f} MB", f"{MEMORY} MB", peak / MEMORY, f"<= {MEMORY} MB", peak <= MEMORY),
    ]
