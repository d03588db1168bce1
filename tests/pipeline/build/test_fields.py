"""Which fields a statement uses, told from the statement."""

import pytest
import sqlglot
from sqlglot import exp

from medthread.pipeline.build.fields import fields_used, use_of

LOT = [("id", "VARCHAR"), ("item", "VARCHAR"), ("quantity", "DOUBLE"), ("made_on", "DATE")]
ITEM = [("id", "VARCHAR"), ("code", "VARCHAR"), ("name", "VARCHAR")]


def used(sql: str, **tables: list[tuple[str, str]]) -> dict[str, set[str] | None]:
    statement = sqlglot.parse_one(sql, read="duckdb")
    assert isinstance(statement, exp.Query)
    return fields_used(statement, {f"golden.{name}": columns for name, columns in tables.items()})


@pytest.mark.parametrize(("sql", "lot", "item"), [
    ("select l.quantity from golden.lot as l join golden.item as i on i.id = l.item", {"quantity", "item"}, {"id"}),
    ("select * from golden.lot as l join golden.item using (id)", {"id", "item", "quantity", "made_on"}, {"id", "code", "name"}),
    ("with l as (select * from golden.lot) select l.quantity from l, golden.item where golden.item.code = l.item", {"id", "item", "quantity", "made_on"}, {"code"}),
    ("select quantity, (select max(name) from golden.item as i where i.id = l.item) as n from golden.lot as l", {"quantity", "item"}, {"name", "id"}),
    ("select quantity from golden.lot where item in (select id from golden.item)", {"quantity", "item"}, {"id"}),
    ("select id from golden.lot qualify row_number() over (partition by item order by made_on) = 1", {"id", "item", "made_on"}, None),
    ("select id from golden.lot union all select code from golden.item", {"id"}, {"code"}),
])
def test_fields_by_table(sql: str, lot: set[str], item: set[str] | None) -> None:
    found = used(sql, lot=LOT, item=ITEM)
    assert found["golden.lot"] == lot
    if item is not None:
        assert found["golden.item"] == item


def test_what_cannot_be_told_is_not_guessed() -> None:
    assert used("select * from golden.lot") == {"golden.lot": None}


@pytest.mark.parametrize(("sql", "values", "deciding"), [
    ("select l.quantity as q from golden.lot as l join golden.item as i on i.id = l.item where l.made_on > date '2026-01-01'", {"quantity"}, {"item", "made_on"}),
    ("with l as (select id, made_on from golden.lot) select id from l", {"id"}, {"made_on"}),  # named in vain: the statement stops without it all the same
    ("select id as a, item as b from golden.lot union all by name select item as b, id as a from golden.lot", {"id", "item"}, set()),
])
def test_values_are_told_apart_from_what_decides(sql: str, values: set[str], deciding: set[str]) -> None:
    statement = sqlglot.parse_one(sql, read="duckdb")
    assert isinstance(statement, exp.Query)
    use = use_of(statement, {"golden.lot": LOT, "golden.item": ITEM})["golden.lot"]
    assert use is not None
    assert (use.values, use.deciding, use.fields) == (values, deciding, values | deciding)


def test_nobody_knows_what_a_star_over_an_unknown_table_takes() -> None:
    statement = sqlglot.parse_one("select * from golden.lot", read="duckdb")
    assert isinstance(statement, exp.Query)
    assert use_of(statement, {}) == {"golden.lot": None}
