"""The one statement against a plain reading of the same rows, row by row."""

from contextlib import closing
from datetime import date
from decimal import Decimal
from typing import Annotated, Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from medthread.model import About, Dimension, Entity, F, Label, Registry, Rule, parse_source, pattern
from medthread.pipeline.standardise import outputs
from medthread.pipeline.standardise.scan import Scan
from medthread.pipeline.standardise.statement import statement, twins
from medthread.stores.engines import connect

WORD = Label("规则", "rule")


class Weighing(Entity):
    """A weighing, as small as shows every kind of reading."""

    about = About(
        "称重", "Weighing", domain="test", group="test", owner="it",
        rules=(Rule(name="net", about=WORD, broken="net > gross", needs=("net", "gross"), dimension=Dimension.CONSISTENCY),),
    )
    no: Annotated[str, F("号", "No.", key=True, rules=(pattern("W[0-9]+", WORD),))]
    result: Annotated[str, F("结果", "Result", codes={"OK": Label("合格", "good"), "NG": Label("不合格", "bad")})]
    gross: Annotated[Decimal, F("毛重", "Gross")]
    net: Annotated[Decimal | None, F("净重", "Net")]
    on: Annotated[date | None, F("日期", "On")]
    note: Annotated[str | None, F("备注", "Note")]
    days: Annotated[int | None, F("天数", "Days")]
    place: Annotated[str | None, F("地点", "Place")]
    shift: Annotated[str | None, F("班次", "Shift")]


TEXTS = {None: None, "": None, "  ": None, "\u3000": None, " a b ": "a b", "注": "注"}
KEYS = {None: None, " ": None, "W1": "W1", " W1": "W1", "W2": "W2", "W3 ": "W3", "X9": "X9"}
RESULTS = {None: None, "合": "OK", "OK": "OK", "不合": "NG", "??": "??"}
# What a person wrote, the number it is, whether it had full-width signs.
NUMBERS: dict[str | None, tuple[Decimal | None, bool]] = {
    None: (None, False), " ": (None, False), "7": (Decimal(7), False), " 1,234.5 ": (Decimal("1234.5"), False),
    "１２": (Decimal(12), True), "　３．５": (Decimal("3.5"), True), "n/a": (None, False), "1,2": (None, False),
}
DATES: dict[str | None, tuple[date | None, bool]] = {
    None: (None, False), "2024/1/5": (date(2024, 1, 5), False), "2024年01月05日": (date(2024, 1, 5), False),
    "２０２４-01-06": (date(2024, 1, 6), True), "2024-02-30": (None, False), "soon": (None, False),
}
PLACES = {"A": "４２", "B": "x"}

ROW = st.fixed_dictionaries({
    "NO": st.sampled_from(list(KEYS)), "RES": st.sampled_from(list(RESULTS)), "GROSS": st.sampled_from(list(NUMBERS)),
    "NET": st.sampled_from(list(NUMBERS)), "DAY": st.sampled_from(list(DATES)), "NOTE": st.sampled_from(list(TEXTS)),
    "AT": st.sampled_from(["A", "B", "C", None]), "LOAD": st.sampled_from(["l1", "l2"]),
})


def scan() -> Scan:
    """The weighing table with every way of pointing at a value: column, code, look-up, concatenation, constant."""
    feed = {
        "entity": "weighing",
        "fields": {
            "no": "NO", "result": {"from": "RES", "codes": {"合": "OK", "不合": "NG"}}, "gross": "GROSS", "net": "NET", "on": "DAY",
            "note": "NOTE", "days": {"lookup": {"table": "places", "from": "AT", "match": "CODE", "give": "DAYS"}},
            "place": {"concat": ["AT", '"-"', "NO"]}, "shift": {"constant": "day"},
        },
    }
    source = parse_source({
        "name": "scale", "zh": "秤", "en": "Scale", "owner": "test", "org": "B",
        "tables": {
            "weighing": {"files": "w*.csv", "format": "csv", "feeds": [feed]},
            "places": {"files": "p*.csv", "format": "csv", "feeds": []},
        },
    }, origin="test")
    return Scan(source, "weighing", Registry({"weighing": Weighing}))


SCAN = scan()


def tried(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What the statement makes of the rows, in their order."""
    with closing(connect(memory="200MB")) as con:
        return _tried(con, rows)


def _tried(con: Any, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    names = [n for n in rows[0] if n != "LOAD"]
    came = pa.table(
        {n: pa.array([r[n] for r in rows], pa.string()) for n in names}
        | {"_load": [r["LOAD"] for r in rows], "_file": ["f"] * len(rows), "_row": list(range(1, len(rows) + 1)), "_gone": [False] * len(rows)}
    )
    con.register("raw", came)
    places = pa.table({"CODE": list(PLACES), "DAYS": list(PLACES.values()), "_nth": [0] * len(PLACES)})
    con.register("lookup.places", places)
    for name, sql in twins(SCAN, came="raw").items():
        con.execute(f"create temp table {name} as {sql}")
    con.execute(f"create temp view tried as {statement(SCAN, came='raw')}")
    con.execute(f"create temp view held_view as select *, {outputs.held(SCAN)} as _held from tried")
    answer = con.execute("select * from held_view order by _row")
    columns = [d[0] for d in answer.description]
    found = [dict(zip(columns, row, strict=True)) for row in answer.fetchall()]
    aside = {r[0] for r in con.execute(f"select _row from ({outputs.aside(SCAN, of='held_view')})").fetchall()}
    mends = [t.column for t in SCAN.tried if t.mends]
    assert aside == {r["_row"] for r in found if r["_held"] or any(r["m" + c] for c in mends)}
    return found


def read(rows: list[dict[str, Any]]) -> list[tuple[list[Any], set[str], set[str]]]:
    """The same by hand: values, broken rules, corrected fields."""
    seen: set[tuple[str, str]] = set()
    told = []
    for row in rows:
        no, result = KEYS[row["NO"]], RESULTS[row["RES"]]
        (gross, wide_gross), (net, wide_net), (on, wide_on) = NUMBERS[row["GROSS"]], NUMBERS[row["NET"]], DATES[row["DAY"]]
        days_text = PLACES.get(row["AT"])
        days = 42 if row["AT"] == "A" else None
        at = None if row["AT"] is None or no is None else f"{row['AT']}-{no}"
        values = [no, result, gross, net, on, TEXTS[row["NOTE"]], days, at, "day"]
        broken = {
            "no.required": no is None, "no.pattern": no == "X9", "key.duplicate": no is not None and (row["LOAD"], no) in seen,
            "result.required": result is None, "result.code": result == "??",
            "gross.required": row["GROSS"] in (None, " "), "gross.type": row["GROSS"] in ("n/a", "1,2"),
            "net.type": row["NET"] in ("n/a", "1,2"), "on.type": row["DAY"] in ("2024-02-30", "soon"),
            "days.type": days_text == "x", "net": net is not None and gross is not None and net > gross,
        }
        if no is not None:
            seen.add((row["LOAD"], no))
        wide = {"gross": wide_gross, "net": wide_net, "on": wide_on, "days": row["AT"] == "A"}
        told.append((values, {f"weighing.{k}" for k, v in broken.items() if v}, {k for k, v in wide.items() if v}))
    return told


@settings(max_examples=60, deadline=None)
@given(st.lists(ROW, min_size=1, max_size=25))
def test_every_row_is_read_and_tried_as_a_person_would(rows: list[dict[str, Any]]) -> None:
    fields = list(Weighing.fields)
    ours = [
        ([r[f"f0_{f}"] for f in fields], set(r["_held"]), {f for f in ("gross", "net", "on", "days") if r[f"mb0_{f}_width"]})
        for r in tried(rows)
    ]
    assert ours == read(rows)


def test_a_correction_keeps_what_was_there() -> None:
    row = {"NO": "W1", "RES": "OK", "GROSS": "１２", "NET": None, "DAY": None, "NOTE": None, "AT": "A", "LOAD": "l1"}
    [made] = tried([row])
    assert (made["ob0_gross_width"], made["f0_gross"]) == ("１２", Decimal(12))
    assert (made["ob0_days_width"], made["f0_days"]) == ("４２", 42), "a looked-up value is corrected like any other"


@pytest.mark.parametrize("field", ["note", "place", "shift"])
def test_fields_no_rule_looks_at_are_not_read_where_broken_rows_are_sought(field: str) -> None:
    sql = statement(SCAN, came="raw")
    last = sql.index("read_last as")
    assert f'"tf0_{field}"' in sql[last:]
    assert f'"tf0_{field}"' not in sql[:last]
