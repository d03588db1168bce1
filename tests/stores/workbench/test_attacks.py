"""Hostile questions: each is refused before it runs, or ends in its own process without anything told or harmed."""

import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import duckdb
import pytest

from medthread.model.errors import ConflictError, InvalidError, TooManyError
from medthread.stores.workbench import Limits, Question, View, Workbench, check, process
from medthread.stores.workbench.child import opened
from medthread.stores.workbench.guard import NotAskedError

TABLES = ("golden.item", "marts.lot")
SECRET = "13812345678"

REFUSED = [
    # files
    "select * from read_csv('/etc/passwd')", "select * from read_text('/etc/passwd')", "select * from read_blob('/etc/passwd')", "select * from read_parquet('{file}')",
    "select * from read_json('/etc/hosts')", "select * from parquet_metadata('{file}')", "select * from parquet_scan('{file}')", "select * from glob('/*')", "select * from sniff_csv('/etc/passwd')",
    "select * from 'x.csv'", "select * from '{file}'", 'select * from "{file}"', "from '/etc/passwd'", "select * from golden.item, '/etc/hosts'", "select (select content from read_text('/etc/passwd'))",
    "with x as (from read_csv('/etc/passwd')) select * from x", "select * from golden.item where name in (select column0 from read_csv('/etc/passwd'))",
    "select * from 'https://example.org/x.parquet'", "select * from 's3://bucket/x.parquet'", "select * from arrow_scan(1, 2, 3)", "select * from sqlite_scan('x.db', 't')",
    # what is no question
    "copy golden.item to '/tmp/x.csv'", "copy (select 1) to '/tmp/x'", "attach '/tmp/x.db'", "detach memory", "pragma database_list", "pragma enable_profiling", "set memory_limit='100GB'",
    "reset memory_limit", "set enable_external_access=true", "set lock_configuration=false", "install httpfs", "load httpfs", "create table x as select 1", "create view golden.y as select 1",
    "create macro f(x) as x", "drop view golden.item", "insert into golden.item values (1)", "update golden.item set name = ''", "delete from golden.item", "truncate golden.item", "alter view golden.item rename to y",
    "call duckdb_secrets()", "checkpoint", "vacuum", "begin", "prepare x as select 1", "execute x", "export database '/tmp/x'", "import database '/tmp/x'", "use golden", "show all tables", "show tables",
    "summarize golden.item", "explain analyze copy golden.item to '/tmp/x'", "describe show tables", "with d as (delete from golden.item returning *) select * from d", "with d as (insert into golden.item values (1)) select 1",
    "pivot golden.item on name", "select * from (show all tables)", "select * from (describe golden.item)", "select * from (summarize golden.item)",
    # the catalogue, settings and secrets
    "select * from duckdb_secrets()", "select * from duckdb_views()", "select * from duckdb_settings()", "select * from duckdb_functions()", "select * from duckdb_columns()", "select * from information_schema.tables",
    "select * from pg_catalog.pg_class", "select * from pg_views", "select * from pg_tables", "select * from sqlite_master", "select * from sqlite_schema", "select * from duckdb_tables", "select * from duckdb_views",
    "select * from memory.golden.item", "select * from system.information_schema.tables", "select * from pragma_database_list()", "select * from pragma_storage_info('x')",
    "select getenv('HOME')", "select current_setting('temp_directory')", "select current_query()", "select pg_get_viewdef(1)", "select version()", "select getvariable('x')", "select * from duckdb_logs()",
    "select write_log('x')", "select nextval('x')", "select setseed(0.1)", "select sleep_ms(100000)", "select pg_sleep(100)", "select * from duckdb_temporary_files()", "select * from duckdb_extensions()",
    # text within text
    "select * from query('select 1')", "select * from query_table('golden.item')", "select * from json_execute_serialized_sql('{{}}')", "select json_serialize_sql('select 1')", "select main.getenv('A')",
    "select system.main.getenv('A')", "select system.main.abs(1)", "select getenv /* x */ ('HOME')", 'select "getenv"(\'HOME\')', "select 'HOME'.getenv()", "select list_aggregate([1], 'getenv'), getenv('A')",
    # parts of a question that are called as something else is
    'with "{file}" as (select * from "{file}") select * from "{file}"', 'with a as (select * from "{file}"), "{file}" as (select 1) select * from a', 'with recursive "{file}" as (select * from "{file}" union select 1) select 1',
    "with duckdb_views as (select * from duckdb_views) select * from duckdb_views", "with a as (select * from duckdb_tables), duckdb_tables as (select 1) select * from a", "with SQLITE_master as (select * from sqlite_master) select 1",
    # more than one, tricks with comments and signs
    "select 1; select 2", "select 1;;drop table x", "select 1 -- x\n; attach 'x'", "/* select */ attach 'x'", "select 1; /* */ pragma version", "ｓｅｌｅｃｔ 1", "select\x00 1", "sel\u200bect 1", "\u202eselect 1",
    "select * from ｇｏｌｄｅｎ.item", "", " ; ", "-- nothing", "select $1", "select ?", "select * from golden.item where name = $x",
    "select * from golden.item at (version => 1)", "select * from hidden", "select * from golden.hidden", "select * from main.golden", "select 'unclosed", "select " + "(" * 3000 + "1" + ")" * 3000, "select " + "1+" * 30_000 + "1",
]

ASKED = [
    "select 1", "select * from golden.item", "from golden.item", "FROM GOLDEN.ITEM", "with x as (select * from golden.item) select * from x, marts.lot", "select count(*) filter (where name is not null) from golden.item",
    "select name, row_number() over (partition by name order by name) from golden.item", "select * exclude (name) from golden.item", "select 'read_csv', ';', '--' from golden.item", "values (1), (2)",
    "with recursive t as (select 1 as a union all select a + 1 from t where a < 5) select * from t", "select unnest([1, 2])", "select * from range(5)", "select a.name from golden.item a left join marts.lot b using (name)",
    "select 中文 from (select name as 中文 from golden.item)", "select sum(1) from golden.item group by rollup (name)", "select name from golden.item union all select name from marts.lot order by 1 limit 3",
    "select * from golden.item;", "-- what is asked\nselect 1", "select date_trunc('month', date '2024-01-01'), try_cast('x' as int), name like '%a', case when true then 1 end from golden.item",
    "select (select max(name) from golden.item)", "select * from golden.item where exists (select 1 from marts.lot l where l.name = item.name)", "select list_transform([1, 2], lambda x: x + 1)",
]


@pytest.fixture(scope="module")
def view(tmp_path_factory: pytest.TempPathFactory) -> View:
    file = tmp_path_factory.mktemp("lake") / "part.parquet"
    with duckdb.connect() as con:
        con.execute(f"copy (select 'n' || i as name, '{SECRET}' as phone, i % 2 as plant from range(100) t(i)) to '{file}'")
    return View("golden", "item", f"select name, '***' as phone from read_parquet('{file}') where plant = 0 limit 9000000000000000000", (str(file),))


@pytest.mark.parametrize("text", REFUSED)
def test_refused_before_anything_runs(text: str, view: View) -> None:
    with pytest.raises(NotAskedError) as refused:
        check(text.replace("{file}", view.files[0]), TABLES)
    assert refused.value.hint


@pytest.mark.parametrize("text", ASKED)
def test_plain_questions_are_asked(text: str) -> None:
    assert check(text, TABLES).tables <= set(TABLES)


@pytest.mark.parametrize("asks", ["explain", "DESCRIBE"])
def test_plans_and_columns_are_asked_for_too(asks: str) -> None:
    checked = check(f"-- why\n{asks}  select * from golden.item ;", TABLES)
    assert (checked.asks, checked.sql) == (asks.lower(), "select * from golden.item")


def test_a_fault_is_shown_where_it_is() -> None:
    text = "select '中文', name,\n  getenv('HOME') from golden.item"
    with pytest.raises(NotAskedError) as refused:
        check(text, TABLES)
    assert text[refused.value.attributes["position"] - 1 :].startswith("getenv")


@pytest.mark.parametrize("text", [
    "select * from read_csv('/etc/passwd')", "copy golden.item to '/tmp/medthread-stolen.csv'", "attach '/tmp/medthread-stolen.db'", "set enable_external_access=true", "set lock_configuration=false",
    "load httpfs", "set allowed_paths=['/etc/passwd']", "select * from glob('/etc/*')", "set memory_limit='100GB'", "select * from 'https://example.org/x.csv'",
])
def test_the_engine_refuses_by_itself_what_the_check_would_let_through(text: str, view: View) -> None:
    asked = {"memory": 256 << 20, "threads": 1, "views": [{"schema": "golden", "name": "item", "sql": view.sql}], "files": list(view.files), "zone": "UTC"}
    with opened(asked) as con, pytest.raises(duckdb.Error):
        con.execute(text).fetchall()


def asked(view: View, text: str, **limits: int) -> list[dict[str, object]]:
    bench = Workbench(Limits(**{"seconds": 3, "memory": 128 << 20, "rows": 100, "threads": 1} | limits))
    answer = bench.ask(Question("q", "somebody", check(text, TABLES), (view,)))
    return [] if answer.rows is None else answer.rows.to_pylist()


def test_an_answer_holds_masked_rows_within_reach_alone(view: View) -> None:
    rows = asked(view, "select * from golden.item")
    assert len(rows) == 50
    assert {r["phone"] for r in rows} == {"***"}


def test_an_answer_is_cut_at_its_limit_and_says_so(view: View) -> None:
    answer = Workbench(Limits(rows=7)).ask(Question("q", "somebody", check("select * from golden.item", TABLES), (view,)))
    assert answer.rows is not None
    assert (answer.rows.num_rows, answer.cut) == (7, "rows")


@pytest.mark.parametrize("text", [
    "select count(*) from range(100000000) a, range(100000000) b where a.range = b.range + 1",
    "with recursive t as (select 1 as a union all select a + 1 from t) select max(a) from t",
    "select list(a.range) from range(100000000) a, range(10) b",
    "select string_agg(md5(range::varchar), '') from range(100000000)",
])
def test_a_question_that_takes_too_much_ends_alone(text: str, view: View) -> None:
    with pytest.raises(InvalidError) as ended:
        asked(view, text, seconds=1)
    assert ended.value.code in ("sql-limits", "sql-refused")
    assert len(asked(view, "select * from golden.item")) == 50


@pytest.mark.parametrize("text", ["select cast(name as int) from golden.item", "select phone::date from golden.item", "select cast(name || phone as bool) from golden.item"])
def test_an_error_tells_no_value(text: str, view: View) -> None:
    with pytest.raises(NotAskedError) as refused:
        asked(view, text)
    assert "n1" not in refused.value.message
    assert SECRET not in refused.value.message


def test_a_plan_tells_no_file_and_no_condition(view: View) -> None:
    answer = Workbench().ask(Question("q", "somebody", check("explain select * from golden.item", TABLES), (view,)))
    told = str(answer.plan)
    assert answer.plan
    assert Path(view.files[0]).name not in told
    assert "plant" not in told


def test_a_fault_that_the_engine_finds_is_shown_where_it_is(view: View) -> None:
    text = "-- why\nselect name,\n  nix from golden.item"
    with pytest.raises(NotAskedError) as refused:
        asked(view, text)
    assert text[refused.value.attributes["position"] - 1 :].startswith("nix")


def test_nothing_of_the_process_is_a_table(view: View) -> None:
    with pytest.raises(NotAskedError):
        asked(view, "with batch as (select * from con), con as (select 1) select * from batch")


def test_a_question_is_called_off_by_whose_it_is(view: View) -> None:
    bench = Workbench(Limits(seconds=20, threads=1))
    slow = "select count(*) from range(100000000) a, range(100000000) b where a.range = b.range + 1"
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(bench.ask, Question("slow", "somebody", check(slow, TABLES), (view,)))
        until = time.monotonic() + 10
        while not bench.call_off("slow", by="somebody") and time.monotonic() < until:
            assert not bench.call_off("slow", by="another")
            time.sleep(0.05)
        with pytest.raises(ConflictError):
            waiting.result(timeout=10)
    assert not bench.call_off("slow", by="somebody")


def test_one_question_at_a_time_each(view: View) -> None:
    bench = Workbench(Limits(seconds=3, threads=1))
    slow = "select count(*) from range(100000000) a, range(100000000) b where a.range = b.range + 1"
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(bench.ask, Question("slow", "somebody", check(slow, TABLES), (view,)))
        until = time.monotonic() + 10
        while not bench.is_asked("slow") and time.monotonic() < until:
            time.sleep(0.05)
        with pytest.raises(TooManyError):
            bench.ask(Question("other", "somebody", check("select 1", TABLES), ()))
        assert len(bench.ask(Question("theirs", "another", check("select 1", TABLES), ())).rows or ()) == 1
        assert bench.call_off("slow", by="somebody")
        with pytest.raises(ConflictError):
            waiting.result(timeout=10)


def test_a_process_that_dies_answers_nothing_and_says_so(view: View, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process, "CHILD", "medthread.stores.workbench.words")  # begins, and ends without a word
    with pytest.raises(InvalidError) as ended:
        asked(view, "select 1")
    assert ended.value.code == "sql-limits"
