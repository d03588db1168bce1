"""SQL Server and Oracle without a server: what is sent, what is refused, what their values become."""

import sys
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest

from medthread.model.errors import SourceError
from medthread.stores.databases import is_tried, open_database, oracle, sqlserver
from medthread.stores.databases.rows import RowReader, Typed
from medthread.stores.databases.statement import Dialect, Order, reading, some
from medthread.stores.databases.trouble import Trouble
from medthread.stores.databases.values import text_of

HOSTILE = ["表", 'a"b', "a]b", "a'b", "a b; drop table x", "select"]


@pytest.mark.parametrize("name", HOSTILE)
def test_a_name_is_quoted_whatever_is_in_it(name: str) -> None:
    assert sqlserver.DIALECT.quote(name) == "[" + name.replace("]", "]]") + "]"
    assert oracle.DIALECT.quote(name) == '"' + name.replace('"', '""') + '"'


@pytest.mark.parametrize(("dialect", "types", "kind", "since", "statement"), [
    (sqlserver.DIALECT, sqlserver.Types(), "datetime2(7)", "2026-01-02 03:04:05.0000001",
     ("select convert(varchar(27), q.[改], 121) as [改] from [计划].[表] as q"
     " where (q.[改] >= convert(datetime2(7), N'2026-01-02 03:04:05.0000001', 121) or q.[改] is null) order by q.[改]")),
    (sqlserver.DIALECT, sqlserver.Types(), "timestamp", "0x00000000000007D1' or 1=1 --",
     ("select convert(varchar(18), convert(binary(8), q.[改]), 1) as [改] from [计划].[表] as q"
     " where (q.[改] >= convert(binary(8), N'0x00000000000007D1'' or 1=1 --', 1) or q.[改] is null) order by q.[改]")),
    (oracle.DIALECT, oracle.Types(), "date", "2026-01-02 03:04:05",
     ('select to_char(q."改", \'YYYY-MM-DD HH24:MI:SS\') as "改" from "计划"."表" q'
     " where (q.\"改\" >= to_date('2026-01-02 03:04:05', 'YYYY-MM-DD HH24:MI:SS') or q.\"改\" is null) order by q.\"改\" nulls first")),
    (oracle.DIALECT, oracle.Types(), "number", "7'||x||'",
     'select q."改" as "改" from "计划"."表" q where (q."改" >= to_number(\'7\'\'||x||\'\'\') or q."改" is null) order by q."改" nulls first'),
])
def test_rows_since_a_value_of_the_columns_own_type(dialect: Dialect, types: Typed, kind: str, since: str, statement: str) -> None:
    column = dialect.column("改")
    order = Order("改", f"{column} >= {types.typed(since, kind)}")
    assert reading(dialect, dialect.named("计划", "表"), {"改": str(types.text(column, kind))}, order) == statement


def test_a_few_rows() -> None:
    assert some(sqlserver.DIALECT, sqlserver.DIALECT.named("t"), {"a": "q.[a]"}, 5) == "select top (5) q.[a] as [a] from [t] as q"
    assert some(oracle.DIALECT, oracle.DIALECT.named("t"), {"a": 'q."a"'}, 5) == 'select q."a" as "a" from "t" q where rownum <= 5'


@pytest.mark.parametrize(("types", "kinds"), [(sqlserver.Types(), ("varbinary(max)", "image", "sql_variant")), (oracle.Types(), ("blob", "raw", "long_raw"))])
def test_binary_types_have_no_text(types: Typed, kinds: tuple[str, ...]) -> None:
    assert [types.text("c", kind) for kind in kinds] == [None] * len(kinds)


@pytest.mark.parametrize(("value", "text"), [
    (None, None), ("", None), (" ", " "), (True, "true"), (1.0, "1"), (0.1, "0.1"), (1e300, "1e+300"), (float("inf"), "inf"), (Decimal("12.50"), "12.50"),
    (Decimal("1E+20"), "1" + "0" * 20), (Decimal("0.5"), "0.5"), (date(2026, 2, 28), "2026-02-28"), (datetime(2026, 2, 28, 1, 2, 3), "2026-02-28 01:02:03"),
    (datetime(2026, 2, 28, 8, tzinfo=timezone(timedelta(hours=8))), "2026-02-28 00:00:00+00:00"), (datetime(2026, 2, 28, tzinfo=UTC), "2026-02-28 00:00:00+00:00"),
    (time(1, 2, 3), "01:02:03"), (timedelta(days=1, seconds=1), "24:00:01"), (-timedelta(seconds=61, microseconds=5), "-00:01:01.000005"), ({"甲": [1, None, Decimal("1.10")]}, '{"甲": [1, null, "1.10"]}'), (2**70, str(2**70)),
])
def test_values_of_drivers_as_text(value: Any, text: str | None) -> None:
    assert text_of(value, column="c", row=1, name="x") == text


@pytest.mark.parametrize("value", [b"\0", bytearray(b"x"), memoryview(b"")])
def test_bytes_are_refused_with_their_column_and_row(value: Any) -> None:
    with pytest.raises(SourceError, match="x, row 7, column '图': binary"):
        text_of(value, column="图", row=7, name="x")


@pytest.mark.parametrize(("url", "module", "extra"), [("mssql://r@127.0.0.1:1/u8", "pymssql", "sqlserver"), ("oracle://r@127.0.0.1:1/ERP", "oracledb", "oracle")])
def test_the_driver_is_an_extra_and_nobody_answers(url: str, module: str, extra: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert not is_tried(url)
    with pytest.raises(SourceError) as told:
        open_database(url, "hunter2").check()
    assert told.value.hint
    assert "hunter2" not in str(told.value)
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(SourceError, match=module) as told:
        open_database(url)
    assert told.value.hint == f"pip install 'medthread[{extra}]'"


class Answers:
    """A cursor that was told what to say."""

    def __init__(self, *answers: list[Any]) -> None:
        self._answers, self.asked, self._now = list(answers), list[Any](), list[Any]()

    def execute(self, *asked: Any) -> "Answers":
        self.asked.append(asked)
        self._now = self._answers.pop(0)
        return self

    def fetchone(self) -> Any:
        return self._now[0] if self._now else None

    def fetchall(self) -> list[Any]:
        return self._now


@pytest.mark.parametrize("url", ["mssql://r@h/u8", "oracle://r@h/ERP"])
def test_a_name_goes_as_a_parameter_and_an_unknown_one_names_those_there_are(url: str) -> None:
    base = open_database(url, "x")
    assert isinstance(base, RowReader)
    cursor = Answers([], [("工单",), ("物料",)])
    with pytest.raises(SourceError, match="no table '工单x'") as told:
        base._described(cursor, "工单x")
    assert "工单, 物料" in told.value.hint
    assert "工单x" in cursor.asked[0][1]
    assert "工单x" not in cursor.asked[0][0]


def test_what_only_one_of_them_refuses() -> None:
    with pytest.raises(SourceError, match="no WITH"):
        sqlserver.SQLServer("mssql://r@h/u8")._described(Answers(), "with x as (select 1 as n) select n from x")
    with pytest.raises(SourceError, match="quotation mark"):
        oracle.Oracle("oracle://r@h/ERP")._described(Answers(), 'a"b')
    with pytest.raises(SourceError, match="Invalid column name"):
        sqlserver.SQLServer("mssql://r@h/u8")._described(Answers([(None, None, "Invalid column name 'n'.")]), "select n from t")


@pytest.mark.parametrize(("adapter", "error", "trouble"), [
    (sqlserver, Exception(18456, b"Login failed"), Trouble.LOGIN), (sqlserver, Exception((229, b"denied")), Trouble.RIGHTS), (sqlserver, Exception("?"), Trouble.OTHER),
    (oracle, Exception("ORA-01017: invalid credential"), Trouble.LOGIN), (oracle, Exception("DPY-4024: call timeout"), Trouble.TIME), (oracle, Exception("?"), Trouble.OTHER),
])
def test_what_their_errors_mean(adapter: Any, error: Exception, trouble: Trouble) -> None:
    assert adapter._trouble(error) is trouble
