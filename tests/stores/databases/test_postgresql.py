"""A PostgreSQL server as a source: every type, every name, every way to fail."""

import socket
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import psycopg
import pytest

from medthread.model.errors import SourceError
from medthread.stores.databases import Column, Database, Selection, open_database, trouble
from medthread.stores.postgres.cluster import Cluster
from tests.stores.databases.reading import broken_off, rows, values

TYPES = [  # (type, literal, text)
    ("smallint", "-32768", "-32768"), ("bigint", "9223372036854775807", "9223372036854775807"), ("numeric(20,4)", "12.5", "12.5000"),
    ("numeric", "1e30", "1" + "0" * 30), ("numeric", "'NaN'", "NaN"), ("real", "1.5", "1.5"), ("double precision", "3", "3"),
    ("double precision", "0.1", "0.1"), ("double precision", "1e300", "1e+300"), ("double precision", "'infinity'", "Infinity"),
    ("boolean", "true", "true"), ("boolean", "false", "false"), ("text", "''", None), ("text", "' '", " "), ("text", "null", None),
    ("text", "E'a,\"b\"\\nc\\t\\\\d'", 'a,"b"\nc\t\\d'), ("text", "'\\N'", "\\N"), ("text", "'𠮷①Ａ　医脉'", "𠮷①Ａ　医脉"), ("varchar(9)", "'导管'", "导管"),
    ("char(5)", "'ab'", "ab"), ("date", "'2026-02-28'", "2026-02-28"), ("date", "'infinity'", "infinity"), ("timestamp", "'2026-02-28 01:02:03.000004'", "2026-02-28 01:02:03.000004"),
    ("timestamptz", "'2026-02-28 08:00:00+08'", "2026-02-28 00:00:00+00"), ("time", "'01:02:03'", "01:02:03"), ("interval", "'1 day 2 hours'", "P1DT2H"),
    ("uuid", "'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'", "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"), ("json", "'{\"甲\": 1.10}'", '{"甲": 1.10}'),
    ("jsonb", "'{\"b\":1,\"a\":[null]}'", '{"a": [null], "b": 1}'), ("integer[]", "'{1,null,3}'", "[1,null,3]"), ("text[]", "array['a,b','\"']", '["a,b","\\""]'),
    ("timestamptz[]", "array['2026-02-28 08:00:00+08'::timestamptz]", '["2026-02-28T00:00:00+00:00"]'),
    ("money", "'12.30'::numeric::money", "12.30"), ("inet", "'10.0.0.1'", "10.0.0.1"), ("bit(4)", "B'0101'", "0101"),
    ("int4range", "'[1,5)'", "[1,5)"), ("mood", "'好'", "好"), ("pair", "row(1,'x')", '{"a":1,"b":"x"}'), ("positive", "7", "7"), ("numbers", "'{1,2}'", "[1,2]"),
]
SCHEMA = """create type mood as enum ('好', '坏'); create type pair as (a int, b text); create domain positive as bigint check (value > 0);
create domain numbers as int[]; create domain scan as bytea;
create schema "计划 2"; create table "计划 2"."表.a" (n int); insert into "计划 2"."表.a" values (1);
create table "工单" ("编号" bigint, "说明" text, changed timestamptz);
insert into "工单" values (1, '一', '2026-01-02 10:00:00+08'), (2, '', '2026-01-02 09:00:00+08'), (10, null, null);
create table secret (n int); create view endless as with recursive s(n) as (select 1 union all select n + 1 from s) select n from s;
create table pictures (id int, picture bytea); create table scans (id int, s scan, t bytea[]);
create sequence serial; create role reader login password '密码 ''x'; grant usage on schema "计划 2" to reader;
grant select on "工单", "计划 2"."表.a", endless to reader"""


@pytest.fixture(scope="module")
def server(cluster: Cluster) -> Iterator[dict[str, str]]:
    """A database `源` with a role that may read some of it."""
    with psycopg.connect(cluster.conninfo, autocommit=True) as admin:
        admin.execute('create database "源"')
    given = psycopg.conninfo.conninfo_to_dict(cluster.conninfo) | {"dbname": "源"}
    with psycopg.connect(**given, autocommit=True) as admin:
        admin.execute(SCHEMA)
    yield given
    with psycopg.connect(cluster.conninfo, autocommit=True) as admin:
        admin.execute('drop database "源" with (force)')
        admin.execute("drop role reader")


def owner(server: dict[str, str]) -> psycopg.Connection:
    return psycopg.connect(**server, autocommit=True)


def opened(server: dict[str, str], **other: str) -> Database:
    given = server | other
    return open_database(f"postgresql://{given['user']}@/{given['dbname']}?host={given['host']}", given["password"])


@pytest.fixture
def base(server: dict[str, str]) -> Database:
    return opened(server)


@pytest.fixture
def reader(server: dict[str, str]) -> Database:
    return opened(server, user="reader", password="密码 'x")


@pytest.mark.parametrize(("type_", "literal", "text"), TYPES)
def test_every_type_as_text(base: Database, tmp_path: Path, type_: str, literal: str, text: str | None) -> None:
    assert values(base, f"select ({literal})::{type_} as 值", tmp_path) == [text]
    assert base.sample(f"select ({literal})::{type_} as 值", 3).column(0).to_pylist() == [text]


def test_types_are_told_as_the_server_calls_them(base: Database) -> None:
    assert base.columns("工单") == [Column("编号", "bigint"), Column("说明", "text"), Column("changed", "timestamp with time zone")]
    assert base.columns("select 1.5::numeric(8,2) as n, '好'::mood as m, array[1]") == [Column("n", "numeric(8,2)"), Column("m", "mood"), Column("array", "integer[]")]


def test_who_is_there_and_what_may_be_read(base: Database, reader: Database) -> None:
    told = base.check()
    assert (told.product, told.account, told.is_read_only) == ("PostgreSQL", "medthread", False)
    assert told.version.startswith("18")
    assert reader.check().is_read_only
    assert reader.tables() == ["endless", "工单", "计划 2.表.a"]
    assert "secret" in base.tables()


def test_a_table_in_another_schema_with_a_point_in_its_name(reader: Database, tmp_path: Path) -> None:
    assert rows(reader, "计划 2.表.a", tmp_path) == [{"n": "1"}]
    assert rows(reader, 'select n as "a""b" from "计划 2"."表.a" -- done', tmp_path) == [{'a"b': "1"}]


def test_rows_since_a_value_come_in_order_and_those_without_one_too(reader: Database, tmp_path: Path) -> None:
    assert values(reader, "工单", tmp_path, changed_at="changed") == ["10", "2", "1"]
    assert rows(reader, "工单", tmp_path, changed_at="changed", since="2026-01-02 02:00:00+00") == [
        {"编号": "10", "说明": None, "changed": None}, {"编号": "1", "说明": "一", "changed": "2026-01-02 02:00:00+00"}]
    assert values(reader, "工单", tmp_path, changed_at="编号", since="2") == ["2", "10"], "numbers are in the order of numbers"
    assert values(reader, 'with x as (select * from "工单" order by 1 desc) select "编号" from x', tmp_path, changed_at="编号", since="10") == ["10"]


@pytest.mark.parametrize("since", ["'; drop table secret; --", "\\'; drop table secret; --", "1' or '1'='1", "\0"])
def test_nothing_comes_in_through_a_cursor(base: Database, tmp_path: Path, since: str) -> None:
    with pytest.raises(SourceError):
        base.read(Selection("工单", "编号", since), tmp_path / "o.parquet")
    if "\0" not in since:
        assert set(values(base, "工单", tmp_path, changed_at="说明", since=since)) <= {"1", "2", "10"}
    assert "secret" in base.tables()


@pytest.mark.parametrize("name", ['a"b', "select", "a b; drop", "a'b", "with", "甲{}乙", "100%", "%s", "$1"])
def test_any_name_is_a_name(server: dict[str, str], base: Database, tmp_path: Path, name: str) -> None:
    quoted = '"' + name.replace('"', '""') + '"'
    with owner(server) as admin:
        admin.execute(f"create table {quoted} ({quoted} int, other text); insert into {quoted} values (7, 'x'), (3, 'y')".encode())
        assert name in base.tables()
        assert rows(base, name, tmp_path, changed_at=name, since="5") == [{name: "7", "other": "x"}]
        assert [c.name for c in base.columns(name)] == [name, "other"]
        assert base.sample(name, 1).column_names == [name, "other"]
        admin.execute(f"drop table {quoted}".encode())


@pytest.mark.parametrize(("of", "says", "hint"), [
    ("nothing", "has no table 'nothing'", "工单"), ("", "has no table", "name a table"), ("delete from secret", "has no table", ""), ("secret; drop table secret", "no table", ""),
    ("select 1 as a; delete from secret", "semicolon", ""), ("select nothing from secret", "nothing", "names in the mapping"), ("select * from nothing", "nothing", "names"),
    ("select 1 as a, 2 as A", "two columns", ""), ("with x as (insert into secret values (1) returning n) select n from x", "read-only|top level", ""),
    ("select nextval('serial')", "read-only", ""), ("工单\0", "no table", ""),
    ("pictures", "'picture' holds binary data", "SELECT without it"), ("scans", "'s' holds binary", ""), ("select t from scans", "'t' holds binary", ""),
    ("select 1 as n) q; select (2", "semicolon", ""), ("select 1 as n) q union (select 2", "syntax", ""), ("select 1/(n-1) as n from generate_series(1, 3) s(n)", "division", ""),
])
def test_what_cannot_be_read_says_why(base: Database, tmp_path: Path, of: str, says: str, hint: str) -> None:
    with pytest.raises(SourceError, match=says) as told:
        base.read(Selection(of), tmp_path / "o.parquet")
    assert hint in told.value.hint != ""
    assert list(tmp_path.iterdir()) == []


def test_a_cursor_that_does_not_fit_its_column(base: Database, tmp_path: Path) -> None:
    for changed_at, since, says in (("changed", "yesterday-ish", "invalid input syntax"), ("chagned", None, "no column 'chagned'")):
        with pytest.raises(SourceError, match=says):
            base.read(Selection("工单", changed_at, since), tmp_path / "o.parquet")


def test_rights_and_passwords(server: dict[str, str], reader: Database, tmp_path: Path) -> None:
    for act in (lambda b: b.read(Selection("secret"), tmp_path / "o.parquet"), lambda b: b.sample("secret", 2), lambda b: b.columns("secret")):
        with pytest.raises(SourceError, match="permission denied") as told:
            act(reader)
        assert "SELECT" in told.value.hint
    wrong = opened(server, user="reader", password="guess-9")
    for act in (lambda b: b.check(), lambda b: b.tables(), lambda b: b.read(Selection("工单"), tmp_path / "o.parquet")):
        with pytest.raises(SourceError) as told:
            act(wrong)
        assert "password" in told.value.hint
        assert "guess-9" not in str(told.value)
    with pytest.raises(SourceError, match="does not exist"):
        opened(server, dbname="nowhere").check()


def test_nobody_answers(tmp_path: Path) -> None:
    with closing(socket.socket()) as taken:
        taken.bind(("127.0.0.1", 0))
        base = open_database(f"postgresql://reader@127.0.0.1:{taken.getsockname()[1]}/orders", "x")
        with pytest.raises(SourceError, match=r"orders: .*refused") as told:
            base.check()
    assert "is the server there" in told.value.hint


def test_a_view_that_never_ends_is_given_up(server: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trouble, "LONGEST_READ", 0.7)
    with pytest.raises(SourceError, match="statement timeout") as told:
        opened(server).read(Selection("endless"), tmp_path / "o.parquet")
    assert "less at once" in told.value.hint
    assert list(tmp_path.iterdir()) == []


def test_a_connection_that_breaks_in_the_middle_leaves_nothing(server: dict[str, str], reader: Database, tmp_path: Path) -> None:
    def ended() -> None:
        with owner(server) as admin:
            admin.execute("select pg_terminate_backend(pid) from pg_stat_activity where usename = 'reader'")

    with broken_off(tmp_path / "o.parquet.part", ended), pytest.raises(SourceError, match="源: ") as told:
        reader.read(Selection("endless"), tmp_path / "o.parquet")
    assert "next run" in told.value.hint
    assert list(tmp_path.iterdir()) == []
    assert len(rows(reader, "工单", tmp_path)) == 3


def test_a_disk_that_is_full_ends_the_query_at_the_server(server: dict[str, str], reader: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from medthread.stores.databases import batches

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(batches, "_write", full)
    with pytest.raises(SourceError, match="No space left"):
        reader.read(Selection("endless"), tmp_path / "o.parquet")
    with owner(server) as admin:
        until = time.monotonic() + 10
        while admin.execute("select count(*) from pg_stat_activity where usename = 'reader'").fetchone() != (0,):
            assert time.monotonic() < until


def test_no_rows_and_as_many_columns_as_there_can_be(server: dict[str, str], base: Database, tmp_path: Path) -> None:
    columns = ", ".join(f"列{i} int" for i in range(1600))
    with owner(server) as admin:
        admin.execute(f"create table wide ({columns}); insert into wide default values".encode())
    assert rows(base, "select * from wide where false", tmp_path) == []
    [row] = rows(base, "wide", tmp_path)
    assert len(row) == 1600
    with pytest.raises(SourceError):
        base.read(Selection("select " + ", ".join(f"{i} as c{i}" for i in range(2000))), tmp_path / "o.parquet")


def test_many_rows_of_large_values_in_order(base: Database, tmp_path: Path) -> None:
    made = values(base, "select n || repeat('医', 20000) as v from generate_series(1, 2000) s(n)", tmp_path)
    assert [int(str(v).rstrip("医")) for v in made] == list(range(1, 2001))


def test_texts_of_a_database_in_no_encoding_are_refused_where_they_are_no_utf_8(cluster: Cluster, server: dict[str, str], tmp_path: Path) -> None:
    with psycopg.connect(cluster.conninfo, autocommit=True) as admin:
        admin.execute("create database bytes encoding 'sql_ascii' locale 'C' template template0")
    try:
        with psycopg.connect(**server | {"dbname": "bytes"}, autocommit=True) as other:
            other.execute("create table t (v text); insert into t values (convert_from('\\xc4e3bac3', 'sql_ascii'))")
        with pytest.raises(SourceError, match=r"(?i)utf-?8"):
            opened(server, dbname="bytes").read(Selection("t"), tmp_path / "o.parquet")
        assert list(tmp_path.iterdir()) == []
    finally:
        with psycopg.connect(cluster.conninfo, autocommit=True) as admin:
            admin.execute("drop database bytes with (force)")
