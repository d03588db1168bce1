"""CSV to committed raw table, against DuckDB's own COPY of the same file to Parquet."""

from pathlib import Path

from benchmarks.figures import Figure, paired
from benchmarks.made import csv_of
from medthread.app import Installation, open_installation
from medthread.pipeline.ingest import arrivals, ingest, register
from medthread.stores.engines import connect, literal

MAPPING = """
name: mes
zh: 制造执行
en: MES
owner: production
org: B
tables:
  reading:
    files: "reading*.csv"
    format: csv
    ignore: [work_order, serial_no, item, lot, made_at, torque, temperature, result, operator, remark]
    feeds: [{entity: serial_unit, fields: {serial_no: serial_no, item: item}}]
"""
ATTEMPTS = 5


def workspace(home: Path) -> Path:
    """An installation with one source."""
    (home / "sources").mkdir(parents=True)
    (home / "inbox").mkdir()
    (home / "medthread.toml").write_text('name = "bench"\n', encoding="utf-8")
    (home / "sources" / "mes.yaml").write_text(MAPPING, encoding="utf-8")
    return home


def measure(folder: Path, *, rows: int) -> Figure:
    """Rows per second of both, in turns."""
    home = workspace(folder / "ingest")
    file = csv_of(home / "inbox" / "reading.csv", rows)
    out = folder / "copy.parquet"
    with open_installation(home) as installation:
        number = iter(range(ATTEMPTS + 1))

        def ours() -> None:
            with file.open("a", encoding="utf-8") as more:  # other content is another load
                more.write(f"WO,SN{next(number)},FG,L,2025-01-01 00:00:00,1,20,OK,OP1,\n")
            take(installation)

        def theirs() -> None:
            con = connect(memory="600MB", threads=2)
            con.execute(
                f"copy (select * from read_csv({literal(str(file))}, all_varchar=true, header=true)) to {literal(str(out))}"
                " (format parquet, compression zstd, compression_level 1, row_group_size 122880)"
            )
            con.close()

        ours()  # the catalog and its library are loaded once per process
        mine, other = paired(ours, theirs, times=ATTEMPTS)
    ratio = other / mine
    return Figure(f"CSV to raw, {rows / 1e6:g} M rows", f"{rows / mine / 1e6:.2f} M rows/s", f"{rows / other / 1e6:.2f} M rows/s", ratio, ">= 0.7", ratio >= 0.7)


def take(installation: Installation) -> None:
    """Hash, read, commit."""
    context = installation.context()
    found = {a.load_id: a for a in arrivals(list(context.sources), context.inbox, context.landing)}
    batch = next(iter(found))
    register(context, list(found.values()), batch)
    ingest(context, batch, found)
