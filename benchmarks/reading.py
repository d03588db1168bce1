"""Twenty columns and thirty rules: what the scan of the benchmark tries."""

from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Annotated

from medthread.model import About, Dimension, Entity, F, Label, Registry, Rule, between, parse_source, pattern
from medthread.pipeline.standardise.scan import Scan
from medthread.stores.engines import connect, literal

WORD = Label("规则", "rule")
CODES = {"OK": Label("合格", "Good"), "NG": Label("不合格", "Bad")}


def later(name: str, broken: str, *needs: str) -> Rule:
    """A rule over several columns."""
    return Rule(name=name, about=WORD, broken=broken, needs=needs, dimension=Dimension.CONSISTENCY)


class BenchReading(Entity):
    """A reading of the benchmark."""

    about = About(
        "读数", "Reading", domain="bench", group="bench", owner="bench",
        rules=(later("order", "ended < began", "began", "ended"), later("sum", "total < good", "total", "good")),
    )
    key_no: Annotated[str, F("号", "No.", key=True, rules=(pattern("K[0-9]{10}", WORD),))]
    item: Annotated[str, F("物料", "Item", rules=(pattern("FG-[0-9]{6}", WORD),))]
    lot: Annotated[str, F("批", "Lot", rules=(pattern("L[0-9]{8}", WORD),))]
    unit: Annotated[str, F("单位", "Unit")]
    result: Annotated[str, F("结果", "Result", codes=CODES)]
    began: Annotated[datetime, F("开始", "Began")]
    ended: Annotated[datetime, F("结束", "Ended")]
    on: Annotated[date, F("日期", "On")]
    torque: Annotated[Decimal, F("扭矩", "Torque", rules=(between(0, 9000, WORD),))]
    temperature: Annotated[Decimal, F("温度", "Temperature", rules=(between(-40, 150, WORD),))]
    pressure: Annotated[Decimal | None, F("压力", "Pressure", rules=(between(0, 1000, WORD),))]
    total: Annotated[int, F("总数", "Total")]
    good: Annotated[int, F("良品", "Good")]
    station: Annotated[str | None, F("工位", "Station")]
    operator: Annotated[str | None, F("操作员", "Operator")]
    recipe: Annotated[str | None, F("配方", "Recipe")]
    tool: Annotated[str | None, F("工装", "Tool")]
    shift: Annotated[str | None, F("班次", "Shift")]
    remark: Annotated[str | None, F("备注", "Remark")]
    serial: Annotated[str | None, F("序列号", "Serial")]


def scan_of() -> Scan:
    """The scan as the pipeline makes it from a mapping."""
    fields = {name: name for name in BenchReading.fields}
    source = parse_source({
        "name": "bench", "zh": "基准", "en": "Bench", "owner": "bench", "org": "B",
        "tables": {"reading": {"files": "*.csv", "format": "csv", "feeds": [{"entity": "bench_reading", "fields": fields}]}},
    }, origin="bench")
    return Scan(source, "reading", Registry({"bench_reading": BenchReading}))


def raw_of(path: Path, rows: int) -> Path:
    """Raw text with about one row in a thousand wrong in some way."""
    con = connect(memory="1GB")
    con.execute(
        "copy (select 'K' || lpad((if(i % 7001 = 1, i - 1, i))::varchar, 10, '0') as key_no, 'FG-' || lpad((i % 997)::varchar, 6, '0') as item, 'L' || lpad((i // 50)::varchar, 8, '0') as lot,"
        " 'pcs' as unit, case when i % 5003 = 0 then '?' when i % 97 = 0 then 'NG' else 'OK' end as result,"
        " strftime(timestamp '2025-01-01' + to_seconds(i), '%Y-%m-%d %H:%M:%S') as began, strftime(timestamp '2025-01-01' + to_seconds(i + 30), '%Y-%m-%d %H:%M:%S') as ended,"
        " strftime(date '2025-01-01' + (i // 20000)::int, '%Y-%m-%d') as \"on\", case when i % 4001 = 0 then 'n/a' else (i * 7919 % 9000)::varchar end as torque,"
        " round(20 + (i * 31 % 700) / 100.0, 2)::varchar as temperature, (i % 900)::varchar as pressure, '100' as total, (i % 101)::varchar as good,"
        " 'ST' || (i % 40) as station, 'OP' || (i % 40) as operator, 'R' || (i % 9) as recipe, 'T' || (i % 60) as tool, (i % 3)::varchar as shift, '' as remark,"
        " 'SN' || i as serial, 'load' as _load, 'file' as _file, timestamp '2026-01-01' as _recorded_at, i + 1 as _row, cast(null as bigint) as _version, false as _gone"
        f" from range({rows}) t(i)) to {literal(str(path))} (format parquet, compression zstd, row_group_size 122880)"
    )
    con.close()
    return path
