"""A MariaDB server as a source: every type, every name, every way to fail."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from medthread.model.errors import SourceError
from medthread.stores.databases import Column, Database, Selection, open_database, trouble
from tests.mariadb import PASSWORD, MariaDB
from tests.stores.databases.reading import broken_off, rows, values

TYPES = [  # (type, literal, text)
    ("tinyint(1)", "1", "1"), ("bigint unsigned", "18446744073709551615", "18446744073709551615"), ("decimal(20,4)", "12.5", "12.5000"), ("float", "1.5", "1.5"),
    ("double", "3", "3"), ("double", "0.1", "0.1"), ("double", "1e300", "1e300"), ("bit(8)", "b'101'", "5"), ("varchar(20)", "''", None), ("varchar(20)", "' '", " "),
    ("varchar(20)", "null", None), ("text", "'a,\"b\"\\nc\\t\\\\d'", 'a,"b"\nc\t\\d'), ("text", "'𠮷①Ａ　医脉'", "𠮷①Ａ　医脉"), ("char(5)", "'ab'", "ab"),
    ("date", "'2026-02-28'", "2026-02-28"), ("datetime(6)", "'2026-02-28 01:02:03.000004'", "2026-02-28 01:02:03.000004"), ("datetime", "'2026-02-28 01:02:03'", "2026-02-28 01:02:03"),
    ("timestamp null", "'2026-02-28 01:02:03'", "2026-02-28 01:02:03+00:00"), ("time", "'-101:02:03'", "-101:02:03"), ("year", "2026", "2026"), ("enum('好','坏')", "'坏'", "坏"),
    ("set('a','b')", "'a,b'", "a,b"), ("json", "'{\"甲\": 1.10}'", '{"甲": 1.10}'), ("uuid", "'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'", "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"),
    ("varchar(9) character set gbk", "'导管'", "导管"), ("inet6", "'::1'", "::1"),
]
SCHEMA = """create database `源`; use `源`; create database `别处`; create table `别处`.`表` (n int); insert into `别处`.`表` values (1);
create table `工单` (`编号` bigint, `说明` text, changed datetime(6), stamped timestamp null);
insert into `工单` values (1, '一', '2026-01-02 10:00:00', '2026-01-02 10:00:00'), (2, '', '2026-01-02 09:00:00', '2026-01-02 09:00:00'), (10, null, null, null);
create table secret (n int); create table pictures (id int, picture blob); insert into pictures values (1, null), (2, x'00ff');
create table digits (n bigint); insert into digits values (9007199254740993), (9007199254740992);
create user reader@'%' identified by '密码 ''x'; grant select on `源`.`工单` to reader@'%'; grant select on `别处`.* to reader@'%'; grant select on `源`.pictures to reader@'%'"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MariaDB]:
    made = MariaDB(tmp_path_factory.mktemp("mariadb"))
    made.start()
    with made.root() as base, base.cursor() as cursor:
        cursor.execute("set time_zone = '+00:00'")
        for statement in SCHEMA.split(";"):
            cursor.execute(statement)
        cursor.execute("delete from mysql.global_priv where user = ''")
        cursor.execute(f"create user boss@'%' identified by {base.escape(PASSWORD)}")
        cursor.execute("grant all on *.* to boss@'%'")
        cursor.execute("flush privileges")
    yield made
    made.end()


def opened(server: MariaDB, user: str = "boss", password: str = PASSWORD, database: str = "源") -> Database:
    return open_database(f"mariadb://{user}@127.0.0.1:{server.port}/{database}", password)


@pytest.fixture
def base(server: MariaDB) -> Database:
    return opened(server)


@pytest.fixture
def reader(server: MariaDB) -> Database:
    return opened(server, "reader", "密码 'x")


@pytest.mark.parametrize(("type_", "literal", "text"), TYPES)
def test_every_type_as_text(server: MariaDB, base: Database, tmp_path: Path, type_: str, literal: str, text: str | None) -> None:
    with server.root("源") as root, root.cursor() as cursor:
        cursor.execute("set time_zone = '+00:00'")
        cursor.execute(f"create or replace table typed (`值` {type_})")
        cursor.execute(f"insert into typed values ({literal})")
    assert values(base, "typed", tmp_path) == [text]
    assert base.sample("select `值` from typed", 3).column(0).to_pylist() == [text]
    if text is not None and not type_.startswith("double"):
        assert values(base, "typed", tmp_path, changed_at="值", since=text) == [text]


def test_who_is_there_and_what_may_be_read(base: Database, reader: Database) -> None:
    told = base.check()
    assert (told.product, told.account, told.is_read_only) == ("MariaDB", "boss@%", False)
    assert reader.check().is_read_only
    assert set(reader.tables()) == {"pictures", "别处.表", "工单"}
    assert reader.columns("工单") == [Column("编号", "bigint(20)"), Column("说明", "text"), Column("changed", "datetime(6)"), Column("stamped", "timestamp")]
    assert base.columns("select `编号` as n from 工单") == [Column("n", "longlong")]


def test_rows_since_a_value_come_in_order_and_those_without_one_too(reader: Database, base: Database, tmp_path: Path) -> None:
    assert rows(reader, "别处.表", tmp_path) == [{"n": "1"}]
    assert values(reader, "工单", tmp_path, changed_at="changed") == ["10", "2", "1"]
    assert values(reader, "工单", tmp_path, changed_at="changed", since="2026-01-02 10:00:00.000000") == ["10", "1"]
    assert values(reader, "工单", tmp_path, changed_at="stamped", since="2026-01-02 10:00:00+00:00") == ["10", "1"]
    assert values(reader, "工单", tmp_path, changed_at="编号", since="2") == ["2", "10"], "numbers are in the order of numbers"
    assert values(reader, "with x as (select * from `工单`) select `编号` from x -- all", tmp_path, changed_at="编号", since="10") == ["10"]
    assert values(base, "digits", tmp_path, changed_at="n", since="9007199254740993") == ["9007199254740993"]


@pytest.mark.parametrize("since", ["'; drop table secret; -- ", "\\'; drop table secret; -- ", "\\", "1' or '1'='1"])
def test_nothing_comes_in_through_a_cursor(base: Database, tmp_path: Path, since: str) -> None:
    assert set(values(base, "工单", tmp_path, changed_at="说明", since=since)) <= {"1", "2", "10"}
    assert "secret" in base.tables()


@pytest.mark.parametrize("name", ["a`b", 'a"b', "select", "a b; drop", "a'b", "with", "甲{}乙", "100%", "%s"])
def test_any_name_is_a_name(server: MariaDB, base: Database, tmp_path: Path, name: str) -> None:
    quoted = "`" + name.replace("`", "``") + "`"
    with server.root("源") as root, root.cursor() as cursor:
        cursor.execute(f"create table {quoted} ({quoted} int, other text)")
        cursor.execute(f"insert into {quoted} values (7, 'x'), (3, 'y')")
        assert name in base.tables()
        assert rows(base, name, tmp_path, changed_at=name, since="5") == [{name: "7", "other": "x"}]
        assert [c.name for c in base.columns(name)] == [name, "other"]
        cursor.execute(f"drop table {quoted}")


@pytest.mark.parametrize(("of", "says", "hint"), [
    ("nothing", "has no table 'nothing'", "工单"), ("", "has no table", "name a table"), ("delete from secret", "has no table", ""), ("select 1 as a; delete from secret", "semicolon", ""),
    ("select absent from secret", "absent", "names in the mapping"), ("select * from absent", "absent", "names"), ("select 1 as a, 2 as A", "Duplicate column", ""),
    ("pictures", "row 2, column 'picture'.*binary", "SELECT without it"), ("select 1 as n) q union (select 2", "syntax", ""), ("工单\0", "no table", ""),
    ("select 1 as n into outfile '/tmp/never.txt'", "syntax|INTO", ""), ("select n from secret for update", "READ ONLY", ""),
])
def test_what_cannot_be_read_says_why(base: Database, tmp_path: Path, of: str, says: str, hint: str) -> None:
    with pytest.raises(SourceError, match=says) as told:
        base.read(Selection(of), tmp_path / "o.parquet")
    assert hint in told.value.hint != ""
    assert list(tmp_path.iterdir()) == []


def test_a_query_that_writes_is_refused(server: MariaDB, base: Database, tmp_path: Path) -> None:
    with server.root("源") as root, root.cursor() as cursor:
        cursor.execute("create or replace function grow() returns int begin insert into secret values (1); return 1; end")
    with pytest.raises(SourceError, match="READ ONLY"):
        base.read(Selection("select grow() as n"), tmp_path / "o.parquet")
    assert rows(base, "secret", tmp_path) == []


def test_rights_and_passwords(server: MariaDB, reader: Database, tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="denied") as told:
        reader.read(Selection("select * from secret"), tmp_path / "o.parquet")
    assert "SELECT" in told.value.hint
    with pytest.raises(SourceError, match="no table"):
        reader.read(Selection("secret"), tmp_path / "o.parquet")
    for act in (lambda b: b.check(), lambda b: b.tables(), lambda b: b.read(Selection("工单"), tmp_path / "o.parquet")):
        with pytest.raises(SourceError, match="denied") as told:
            act(opened(server, "reader", "guess-9"))
        assert "password" in told.value.hint
        assert "guess-9" not in str(told.value)
    with pytest.raises(SourceError, match="nowhere"):
        opened(server, database="nowhere").check()
    with pytest.raises(SourceError, match="refused") as told:
        open_database("mysql://reader@127.0.0.1:1/orders", "x").check()
    assert "is the server there" in told.value.hint


ENDLESS = "select a.seq from 别处.seq_1_to_1000000 a, 别处.seq_1_to_1000000 b, 别处.seq_1_to_1000000 c"


def test_a_query_that_never_ends_is_given_up(server: MariaDB, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trouble, "LONGEST_READ", 0.7)
    with pytest.raises(SourceError, match=r"max_statement_time|timed out|Lost connection") as told:
        opened(server).read(Selection(ENDLESS), tmp_path / "o.parquet")
    assert told.value.hint
    assert list(tmp_path.iterdir()) == []


def test_a_connection_that_breaks_in_the_middle_leaves_nothing(server: MariaDB, reader: Database, tmp_path: Path) -> None:
    def ended() -> None:
        with server.root() as root, root.cursor() as cursor:
            cursor.execute("kill user reader@'%'")

    with broken_off(tmp_path / "o.parquet.part", ended), pytest.raises(SourceError, match="源: ") as told:
        reader.read(Selection(ENDLESS), tmp_path / "o.parquet")
    assert "next run" in told.value.hint
    assert list(tmp_path.iterdir()) == []
    assert len(rows(reader, "工单", tmp_path)) == 3


def test_no_rows_many_rows_and_many_columns(server: MariaDB, base: Database, tmp_path: Path) -> None:
    assert rows(base, "secret", tmp_path) == []
    columns = ", ".join(f"`列{i}` tinyint" for i in range(1000))
    with server.root("源") as root, root.cursor() as cursor:
        cursor.execute(f"create or replace table wide ({columns})")
        cursor.execute("insert into wide (`列999`) values (7)")
    [row] = rows(base, "wide", tmp_path)
    assert (len(row), row["列999"], row["列0"]) == (1000, "7", None)
    assert values(base, "select seq from seq_1_to_50000", tmp_path) == [str(n) for n in range(1, 50_001)]


def test_a_missing_driver_says_which_extra_brings_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pymysql", None)
    with pytest.raises(SourceError, match="pymysql") as told:
        open_database("mysql://reader@host/base")
    assert told.value.hint == "pip install 'medthread[mysql]'"
