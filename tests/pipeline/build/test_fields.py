"""Which fields a statement uses, told from the statement."""

import pytest
import sqlglot
from sqlglot import exp

from medthread.pipeline.build.fields import fields_used

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
