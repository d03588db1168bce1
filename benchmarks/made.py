"""Files of any size, made set-wise."""

from pathlib import Path

from medthread.stores.engines import connect, literal


def csv_of(path: Path, rows: int, *, first: int = 0) -> Path:
    """Ten columns as a busy MES writes them."""
    con = connect(memory="1GB")
    con.execute(
        "copy (select 'WO' || lpad((i // 100)::varchar, 9, '0') as work_order, 'SN' || lpad(i::varchar, 10, '0') as serial_no,"
        " 'FG-' || lpad((i % 997)::varchar, 6, '0') as item, 'L' || lpad((i // 50)::varchar, 8, '0') as lot,"
        " strftime(timestamp '2025-01-01' + to_seconds(i * 7), '%Y-%m-%d %H:%M:%S') as made_at, (i * 7919 % 10000)::varchar as torque,"
        " round(20 + (i * 31 % 700) / 100.0, 2)::varchar as temperature, case when i % 97 = 0 then 'NG' else 'OK' end as result,"
        " 'OP' || (i % 40) as operator, case when i % 11 = 0 then '返工, 复检' else '' end as remark"
        f" from range({first}, {first + rows}) t(i)) to {literal(str(path))} (header, delimiter ',')"
    )
    con.close()
    return path


def edges_of(path: Path, edges: int) -> Path:
    """Genealogy of one factory: supplier lots into lots, lots into units, units into cartons, cartons to customers."""
    units, lots = edges * 10 // 82, edges // 1000
    con = connect(memory="3GB")
    con.execute(
        "copy (select parent, child, kind, 1.0::double as quantity, timestamp '2025-01-01' as at, child as activity from ("
        f" select 'S:M' || (i % 900) || '|S' || i as parent, 'L:M' || (i % 900) || '|L' || i as child, 'receive' as kind from range({lots}) t(i)"
        f" union all select 'L:M' || (j % 900) || '|L' || j, 'U:F|SN' || u, 'consume' from (select u, (u // 100 + k * 7919) % {lots} as j"
        f" from range({units}) t(u), range(7) s(k))"
        f" union all select 'U:F|SN' || u, 'P:C' || (u // 10), 'pack' from range({units}) t(u)"
        f" union all select 'P:C' || c, 'D:X' || (c // 3), 'ship' from range({units // 10}) t(c)"
        f" union all select 'D:X' || d, 'K:' || (d % 3000), 'deliver' from range({units // 30}) t(d)"
        f")) to {literal(str(path))} (format parquet, compression zstd)"
    )
    con.close()
    return path
