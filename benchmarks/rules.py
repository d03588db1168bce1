"""Every rule of a table in one scan, against the best statement a person would write (`rules.sql`)."""

from pathlib import Path

from benchmarks.figures import Figure, child, cpu_and_peak
from benchmarks.reading import raw_of, scan_of

IMPORTS = """
from pathlib import Path
from medthread.stores.engines import connect, literal, copy
from medthread.pipeline.standardise import outputs
from medthread.pipeline.standardise.statement import statement, twins
from benchmarks.reading import scan_of
from tempfile import mkdtemp
file, out, hand = sys.argv[1:4]
scan = scan_of()
con = connect(memory="500MB", threads=2, spill=Path(mkdtemp()))
con.execute(f"create view raw as select * from read_parquet({literal(file)})")
con.execute("select narrow('x')").fetchall()
columns = [r[0] for r in con.execute("describe raw").fetchall() if not r[0].startswith("_")]
"""
OURS = """
for name, sql in twins(scan, came="raw").items():
    con.execute(f"create temp table {name} as {sql}")
con.execute(f"create temp view tried as {statement(scan, came='raw')}")
con.execute(f"create temp view held_view as select *, {outputs.held(scan)} as _held from tried")
con.execute(f"create temp table aside as {outputs.aside(scan, of='held_view')}")
con.execute(outputs.totals(scan, of="raw")).fetchall()
con.execute(outputs.counts(scan, of="aside")).fetchall()
"""
HELD = OURS + """
copy(con, outputs.quarantined(scan, of="aside", raw_columns=columns), Path(out))
"""
HAND = """
con.execute(Path(hand).read_text()).fetchall()
"""


def measure(folder: Path, *, rows: int) -> list[Figure]:
    """CPU seconds and memory of three processes, each twice, the better taken."""
    file = raw_of(folder / "raw.parquet", rows)
    given = (str(file), str(folder / "held.parquet"), str(Path(__file__).with_suffix(".sql")))

    def best(body: str) -> tuple[float, float]:
        runs = [cpu_and_peak(child(imports=IMPORTS, body=body), *given) for _ in range(2)]
        return min(c for c, _ in runs), max(p for _, p in runs)

    (hand, _), (ours, peak), (held, held_peak) = best(HAND), best(OURS), best(HELD)
    label = f"{len(scan_of().tried)} rules, {rows / 1e6:g} M x 20"
    return [
        Figure(f"{label}, counts", f"{ours:.1f} CPU s", f"{hand:.1f} CPU s", ours / hand, "<= 1.3", ours / hand <= 1.3),
        Figure(f"{label}, memory", f"{peak:.0f} MB", "700 MB", peak / 700, "<= 700 MB", peak <= 700),
        Figure(f"{label}, held rows written", f"{held:.1f} CPU s", f"{hand:.1f} CPU s", held / hand, "<= 2", held / hand <= 2),
        Figure(f"{label}, held rows, memory", f"{held_peak:.0f} MB", "700 MB", held_peak / 700, "<= 700 MB", held_peak <= 700),
    ]
