"""SQL in a rule only reads, and only what it may."""

import pytest

from medthread.model.errors import DeclarationError
from medthread.pipeline.judge.reading import read_condition, read_select, tables_of


def test_a_select_names_its_tables() -> None:
    query = read_select("with a as (select * from golden.lot) select lot_no from a join marts.stock_position using (lot_no)", place="r")
    assert tables_of(query) == ("golden.lot", "marts.stock_position")


@pytest.mark.parametrize("text", [
    "delete from golden.lot", "drop table golden.lot", "copy golden.lot to 'x.csv'", "insert into golden.lot select 1", "attach 'x.db'",
    "select 1; select 2", "selekt", "", "pragma database_list", "set memory_limit='1GB'", "select * from read_csv('/etc/passwd')",
    "select * from '/etc/passwd'", "select * from lot", "select * from raw.erp_lot", "select * from information_schema.tables",
    "select * from other.golden.lot", "select * from glob('*')", "select getenv('HOME') from golden.lot", "select read_text('/etc/passwd') from golden.lot",
    "select current_setting('memory_limit') from golden.lot", "select * from golden.lot where lot_no = ?", "select * from duckdb_settings()",
    "select * from query('select 1')", "select * from (select * from read_parquet('x'))",
])
def test_all_else_is_refused(text: str) -> None:
    with pytest.raises(DeclarationError, match=r"^file: ") as refused:
        read_select(text, place="file")
    assert refused.value.hint


@pytest.mark.parametrize("text", [
    "sum(quantity) > 0", "quantity > (select 1)", "row_number() over () = 1", "1 = 1; 2 = 2", "quantity >", "quantity > 0 from golden.lot",
    "quantity > 0, 1", "exists (from golden.lot)", "quantity as q", "*", "getenv('HOME') = ''", "quantity > 0 limit 1", "quantity > ?",
])
def test_a_condition_is_about_its_row(text: str) -> None:
    with pytest.raises(DeclarationError, match=r"^file: "):
        read_condition(text, place="file")
