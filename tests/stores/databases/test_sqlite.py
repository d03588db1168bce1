"""SQLite files as companies have them."""

import os
import sqlite3
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

import pytest

from medthread.model.errors import SourceError
from medthread.stores.databases import Column, Database, Selection, open_database, trouble
from tests.stores.databases.reading import rows, values


def made(path: Path, script: str) -> Database:
    with closing(sqlite3.connect(path)) as base:
        base.executescript(script)
    return open_database(f"sqlite:///{quote(os.fsencode(path))}")


ORDERS = """create table "工单" (id integer, qty real, note text, changed datetime);
insert into "工单" values (1, 2.5, '好', '2026-01-02 10:00:00'), (2, null, '', '2026-01-01 09:00:00'), (10, 4.0, '换行' || char(10) || '"引号"', null);
create view "最近" as select id, note from "工单" where id > 1"""


def test_a_table_a_view_and_a_query(tmp_path: Path) -> None:
    base = made(tmp_path / "制造 执行%.db", ORDERS)
    assert base.tables() == ["工单", "最近"]
    assert base.columns("工单") == [Column("id", "integer"), Column("qty", "real"), Column("note", "text"), Column("changed", "datetime")]
    assert [c.name for c in base.columns("最近")] == ["id", "note"]
    assert [c.name for c in base.columns("select note as 备注 from 工单")] == ["备注"]
    assert rows(base, "工单", tmp_path) == [
        {"id": "1", "qty": "2.5", "note": "好", "changed": "2026-01-02 10:00:00"},
        {"id": "2", "qty": None, "note": None, "changed": "2026-01-01 09:00:00"},
        {"id": "10", "qty": "4", "note": '换行\n"引号"', "changed": None},
    ]
    assert values(base, "最近", tmp_path) == ["2", "10"]
    assert values(base, "  with x as (select id from 工单) select id from x where id > 5 -- the last;".replace(";", ""), tmp_path) == ["10"]
    assert base.sample("工单", 2).num_rows == 2
    assert base.sample("select note from 工单", 9).column(0).to_pylist() == ["好", None, '换行\n"引号"']
    assert base.check().product == "SQLite"


def test_rows_since_a_value_come_in_order_and_those_without_one_too(tmp_path: Path) -> None:
    base = made(tmp_path / "a.db", ORDERS)
    assert values(base, "工单", tmp_path, changed_at="changed") == ["10", "2", "1"]
    assert values(base, "工单", tmp_path, changed_at="changed", since="2026-01-02 10:00:00") == ["10", "1"]
    assert values(base, "工单", tmp_path, changed_at="id", since="2") == ["2", "10"]
    assert values(base, "select id * 1 as n from 工单", tmp_path, changed_at="n", since="9") == ["10"]
    assert values(base, "select id || '' as n from 工单", tmp_path, changed_at="n", since="2") == ["2"]


def test_a_whole_number_keeps_all_its_digits_as_a_cursor(tmp_path: Path) -> None:
    base = made(tmp_path / "a.db", "create table t (n); insert into t values (9007199254740993), (9007199254740992), ('9007199254740993')")
    assert values(base, "t", tmp_path, changed_at="n", since="9007199254740993") == ["9007199254740993", "9007199254740993"]


@pytest.mark.parametrize("since", ["' or 1=1 --", "'); drop table \"工单\"; --", "\\' or ''='"])
def test_nothing_comes_in_through_a_cursor(tmp_path: Path, since: str) -> None:
    base = made(tmp_path / "a.db", ORDERS)
    assert set(values(base, "工单", tmp_path, changed_at="note", since=since)) <= {"1", "2", "10"}
    assert values(base, "工单", tmp_path, changed_at="changed", since=f"2026-01-03{since}") == ["10"]
    assert len(rows(base, "工单", tmp_path)) == 3


@pytest.mark.parametrize("name", ['a"b', "select", "a b; drop", "a'b", "plan.表", "with", "`x`", "[y]"])
def test_any_name_is_a_name(tmp_path: Path, name: str) -> None:
    quoted = '"' + name.replace('"', '""') + '"'
    base = made(tmp_path / "a.db", f"create table {quoted} ({quoted} integer, other text); insert into {quoted} values (7, 'x'), (3, 'y')")
    assert base.tables() == [name]
    assert rows(base, name, tmp_path, changed_at=name, since="5") == [{name: "7", "other": "x"}]
    assert [c.name for c in base.columns(name)] == [name, "other"]


@pytest.mark.parametrize(("of", "says"), [
    ("delete from 工单", "has no table"), ("", "has no table"), ("nothing", "has no table 'nothing'"), ("select 1; delete from 工单", "semicolon"),
    ("select absent from 工单", "no such column"), ("select * from absent", "no such table"), ("select id, id from 工单", "two columns"),
    ("with x as (select 1) delete from 工单", "readonly"), ("select id from 工单) union select (1", "syntax|incomplete|SELECTs"), ("工单\0", "has no table"),
])
def test_what_is_no_selection_is_refused_and_nothing_is_written(tmp_path: Path, of: str, says: str) -> None:
    base = made(tmp_path / "a.db", ORDERS)
    with pytest.raises(SourceError, match=says) as told:
        base.read(Selection(of), tmp_path / "o.parquet")
    assert told.value.hint
    assert [p.name for p in tmp_path.iterdir()] == ["a.db"]


def test_no_column_to_order_by(tmp_path: Path) -> None:
    base = made(tmp_path / "a.db", ORDERS)
    with pytest.raises(SourceError, match="no column 'chagned'") as told:
        base.read(Selection("工单", "chagned"), tmp_path / "o.parquet")
    assert "changed" in told.value.hint


@pytest.mark.parametrize(("script", "says"), [
    ("create table t (a, b blob); insert into t values (1, null), (2, x'00ff')", "row 2, column 'b'.*binary"),
    ("create table t (a text); insert into t values (cast(x'ff41' as text))", "utf-8|decode"),
])
def test_what_is_no_text_is_refused_by_name(tmp_path: Path, script: str, says: str) -> None:
    base = made(tmp_path / "a.db", script)
    with pytest.raises(SourceError, match=says):
        base.read(Selection("t"), tmp_path / "o.parquet")
    assert not (tmp_path / "o.parquet").exists()


def test_no_rows_and_many_columns(tmp_path: Path) -> None:
    names = ", ".join(f'"列{i}"' for i in range(2000))
    base = made(tmp_path / "a.db", f"create table wide ({names}); create table empty (a); insert into wide values ({', '.join(map(str, range(2000)))})")
    assert rows(base, "empty", tmp_path) == []
    [row] = rows(base, "wide", tmp_path)
    assert (len(row), row["列1999"]) == (2000, "1999")


def test_a_view_that_never_ends_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trouble, "LONGEST_READ", 0.5)
    base = made(tmp_path / "mes.db", "create view work_order as with recursive n(x) as (select 1 union all select x + 1 from n) select x from n")
    with pytest.raises(SourceError, match="interrupted") as told:
        base.read(Selection("work_order"), tmp_path / "o.parquet")
    assert "less at once" in told.value.hint
    assert not (tmp_path / "o.parquet").exists()


@pytest.mark.parametrize("content", [b"", b"not a database", b"SQLite format 3\0" + b"x" * 5000])
def test_a_file_that_is_no_database(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.db"
    path.write_bytes(content)
    for act in (lambda b: b.check(), lambda b: b.tables(), lambda b: b.read(Selection("t"), tmp_path / "o.parquet")):
        with pytest.raises(SourceError, match=r"a\.db"):
            act(open_database(f"sqlite:///{path}"))
    assert not (tmp_path / "o.parquet").exists()


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="is not there"):
        open_database(f"sqlite:///{tmp_path}/none.db").check()


def test_a_snapshot_does_not_see_what_is_written_meanwhile(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.db"
    script = "pragma journal_mode=wal; create table t (n integer); with recursive s(i) as (select 1 union all select i + 1 from s where i < 30000) insert into t select i from s"
    base = made(path, script)
    from medthread.stores.databases import sqlite as adapter

    told = adapter.rows_of

    def meanwhile(*given: object, **more: object) -> object:
        for number, row in told(*given, **more):  # type: ignore[arg-type]
            if number == 5:
                with closing(sqlite3.connect(path)) as other:
                    other.execute("delete from t where n > 100")
                    other.commit()
            yield number, row

    monkeypatch.setattr(adapter, "rows_of", meanwhile)
    assert len(values(base, "t", tmp_path)) == 30_000
