"""A table of a PostgreSQL server to a committed raw table, against the server's own binary COPY of it through psql."""

import subprocess
from pathlib import Path

import psycopg

from benchmarks.figures import Figure, paired
from medthread.stores.databases import Selection, open_database
from medthread.stores.postgres.cluster import Cluster

ATTEMPTS = 5
TABLE = """create table reading as select i::bigint as 序号, 'WO' || lpad((i / 100)::text, 9, '0') as work_order, 'SN' || lpad(i::text, 10, '0') as serial_no,
 'FG-' || lpad((i % 997)::text, 6, '0') as 物料, timestamp '2025-01-01' + i * interval '7 second' as made_at, i % 1000 * 7919 % 10000 as torque,
 round(20 + (i % 10000 * 31 % 700) / 100.0, 2)::numeric(8, 2) as 温度, i % 97 <> 0 as ok, 'OP' || (i % 40) as operator,
 case when i % 11 = 0 then '返工, 复检：' || (i % 13) || '号工位' when i % 3 = 0 then '' else '正常' end as 备注 from generate_series(0, {}) t(i)"""


def measure(folder: Path, *, rows: int) -> Figure:
    """Rows per second of both, in turns."""
    out = folder / "read.parquet"
    with Cluster(folder / "source" / "postgres") as server:
        given = psycopg.conninfo.conninfo_to_dict(server.conninfo)
        with psycopg.connect(server.conninfo, autocommit=True) as admin:
            admin.execute(TABLE.format(rows - 1).encode())
            admin.execute("vacuum analyze reading")
        base = open_database(f"postgresql://{given['user']}@/{given['dbname']}?host={given['host']}", str(given["password"]))

        def ours() -> None:
            assert base.read(Selection("reading"), out).rows == rows

        def theirs() -> None:
            with Path("/dev/null").open("wb") as nowhere:
                subprocess.run([server.programs / "psql", server.conninfo, "-qc", "copy reading to stdout (format binary)"], stdout=nowhere, check=True)

        ours()
        mine, other = paired(ours, theirs, times=ATTEMPTS)
    ratio = other / mine
    return Figure(f"PostgreSQL to raw, {rows / 1e6:g} M rows", f"{rows / mine / 1e6:.2f} M rows/s", f"{rows / other / 1e6:.2f} M rows/s", ratio, ">= 0.5", ratio >= 0.5)
