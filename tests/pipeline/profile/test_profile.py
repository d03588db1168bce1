"""What a profile says of tables whose content is known: counted here in plain Python, or planted."""

import random
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from medthread.app import Installation
from medthread.model.errors import NotFoundError, SourceError
from medthread.pipeline.profile import Profile, Reading, Standing, profile_file, profile_table, profiled_tables, taking
from medthread.pipeline.profile.subject import Column, Subject
from medthread.pipeline.profile.taking import look
from medthread.stores.engines import job
from tests.conftest import Opening
from tests.pipeline.judge import ruled
from tests.scenarios import company

HEAD = "编号,数量,单价,日期,时刻,是否,备注,区,城,工号"


@pytest.fixture(scope="module")
def works(tmp_path_factory: pytest.TempPathFactory, open_beside: Opening) -> Iterator[Installation]:
    home = ruled.found(tmp_path_factory.mktemp("profiled") / "c")
    company.write(home / "inbox" / "item2.csv", "code,name,phone", [(f"N{n}", f"部件{n}", f"1380000000{n % 5}") for n in range(20)])  # of phone no mapping speaks
    with open_beside(home) as opened:
        company.run(opened)
        yield opened


def of_table(works: Installation, name: str) -> Profile:
    return profile_table(works.context(), name, works.releases.heads())


def of_file(works: Installation, path: Path) -> Profile:
    return profile_file(works.context(), path, works.releases.heads())


def of_rows(works: Installation, folder: Path, header: str, rows: list[tuple[object, ...]]) -> Profile:
    return of_file(works, company.write(folder / "some.csv", header, rows))


def test_every_column_of_a_golden_table(works: Installation) -> None:
    made = of_table(works, "golden.lot")
    assert (made.rows, made.sampled) == (100, 100)
    lot, on, quantity = made.column("lot_no"), made.column("made_on"), made.column("quantity")
    assert (lot.distinct, lot.nulls, lot.low, lot.high, lot.shortest, lot.longest) == (100, 0, "L0", "L99", 2, 3)
    assert [(p.form, p.regex, p.rows) for p in lot.patterns] == [("A9{1,2}", "[A-Z][0-9]{1,2}", 100)]
    assert (on.nulls, on.likely, on.distinct) == (5, Reading.DATE, 1)
    assert (quantity.low, quantity.high, quantity.quantiles["p50"], quantity.likely) == ("1", "100", "50", Reading.DECIMAL)
    assert sum(b.rows for b in quantity.histogram) == 100
    assert max(b.rows for b in quantity.histogram) <= 10
    assert [v.rows for v in made.column("item__code").values[:2]] == [4, 4]
    assert ("lot_no",) in [k.columns for k in made.keys]
    assert ("item__code", "golden.item", 1.0) in [(w.column, w.table, w.share) for w in made.within]
    assert not any(c.name.startswith("_") or c.name == "id" for c in made.columns)


def test_a_raw_table_is_told_as_it_came_and_what_is_sealed_only_counted(works: Installation) -> None:
    made = of_table(works, "raw.erp_receipt")
    assert (made.column("qty").reads["integer"], made.column("qty").likely) == (0.985, Reading.INTEGER)
    assert made.column("at").likely is Reading.DATE
    assert all(c.standing is Standing.CLEAR for c in made.columns)
    item = of_table(works, "raw.erp_item")
    phone = item.column("phone")
    assert (phone.standing, phone.nulls, phone.distinct) == (Standing.SEALED, 30, 5)
    assert (phone.values, phone.patterns, phone.low, phone.suspected) == ((), (), None, None)
    assert "138" not in str(item.told())


def test_what_is_said_to_be_about_persons_is_no_finding_and_not_kept(works: Installation, tmp_path: Path) -> None:
    path = tmp_path / "staff.parquet"
    pq.write_table(pa.table({"name": [f"{'王李张赵'[n % 4]}{'伟芳敏静强'[n % 5]}{'一二三四五六七'[n % 7]}" for n in range(140)]}), path)
    subject = Subject("golden.staff", 1, (str(path),), (Column("name", "VARCHAR", Standing.CLEAR, "name", declared=True),))
    with job() as con:
        made = look(con, subject, works.registry, {})
    column = made.column("name")
    assert column.suspected is not None
    assert (column.suspected.kind, column.suspected.declared, column.standing) == ("person", True, Standing.MASKED)
    assert (made.findings, column.distinct, column.patterns[0].form) == ([], 140, "汉{3}")
    assert "王伟一" not in str(made.told())


def test_what_values_read_as(works: Installation, tmp_path: Path) -> None:
    rows = [(f"{n:05}", n, f"{n}.50", f"2026/{1 + n % 12}/{1 + n % 28}", f"2026-01-05 08:{n % 60:02}:01", "是" if n % 2 else "否", "  " if n % 4 == 0 else "文字", "", "", "") for n in range(200)]
    made = of_rows(works, tmp_path, HEAD, [r[:10] for r in rows])
    kinds = {c.name: c.likely.value for c in made.columns}
    assert kinds == {"编号": "text", "数量": "integer", "单价": "decimal", "日期": "date", "时刻": "moment", "是否": "truth", "备注": "text", "区": "text", "城": "text", "工号": "text"}
    assert made.column("备注").empty == 50
    assert made.column("区").empty == 200
    assert {c.standing for c in made.columns} == {Standing.MASKED}


def test_runs_of_a_pattern_are_told_from_the_shortest_to_the_longest(works: Installation, tmp_path: Path) -> None:
    rows = [(f"国械注准{20240000000 + n}" if n % 10 else "AB-1",) for n in range(100)]
    made = of_rows(works, tmp_path, "证号", rows).column("证号")
    assert [(p.form, p.rows) for p in made.patterns] == [("汉{4}9{11}", 90), ("A{2}-9", 10)]
    assert made.patterns[1].regex == r"[A-Z]{2}-[0-9]"


def test_keys_are_the_smallest_sets_and_hold_for_all_rows(works: Installation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rows: list[tuple[object, ...]] = [(f"D{n // 10}", n % 10, f"区{n // 10 % 7}", f"城{n // 10 % 7 % 3}") for n in range(1000)]
    made = of_rows(works, tmp_path, "单号,行号,区,省", rows)
    assert [k.columns for k in made.keys] == [("单号", "行号")]
    assert ("区", "省") in [(d.column, d.decided) for d in made.decides]
    assert ("省", "区") not in [(d.column, d.decided) for d in made.decides]
    # The sample holds no double; the table does.
    monkeypatch.setattr(taking, "MOST", 100)
    twice = of_rows(works, tmp_path, "单号,行号,区,省", [*rows, rows[500]])
    assert twice.sampled < 300
    assert ("单号", "行号") not in [k.columns for k in twice.keys]


def test_a_column_that_nearly_names_rows_says_how_many_are_double(works: Installation, tmp_path: Path) -> None:
    made = of_rows(works, tmp_path, "no,x", [*((f"N{n}", "a") for n in range(500)), ("N1", "b"), ("N2", "b")])
    assert [(k.columns, k.duplicates) for k in made.keys] == [(("no",), 2)]


def test_the_same_sample_each_time(works: Installation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "large.parquet"
    pq.write_table(pa.table({"a": [f"v{n % 700}" for n in range(50_000)], "b": list(range(50_000))}), path, row_group_size=5000)
    monkeypatch.setattr(taking, "MOST", 5000)
    one, two = of_file(works, path), of_file(works, path)
    assert one.rows == 50_000
    assert 4500 < one.sampled < 5500
    assert (one.columns, one.sampled) == (two.columns, two.sampled)
    assert abs(one.column("a").distinct - 700) < 70


def identity(rng: random.Random) -> str:
    body = f"{rng.choice(['110105', '320583', '440304'])}{rng.randint(1950, 2005)}{rng.randint(1, 12):02}{rng.randint(1, 28):02}{rng.randint(0, 999):03}"
    return body + "10X98765432"[sum(int(d) * 2 ** (17 - i) for i, d in enumerate(body)) % 11]


def card(rng: random.Random) -> str:
    body = "62" + "".join(str(rng.randint(0, 9)) for _ in range(16))
    total = sum(int(d) if i % 2 else sum(divmod(2 * int(d), 10)) for i, d in enumerate(reversed(body)))
    return body + str(-total % 10)


def test_sensitive_values_are_suspected_and_never_told(works: Installation, tmp_path: Path) -> None:
    rng = random.Random(4)
    given = ["伟", "芳", "秀英", "敏", "静", "强", "磊", "洋", "艳", "勇"]
    rows = [
        (f"1{rng.choice('3578')}{rng.randint(0, 999_999_999):09}", identity(rng), f"u{n}@example.com", card(rng), rng.choice("王李张刘陈杨赵黄周吴") + rng.choice(given) + rng.choice(["", "明"]),
         f"苏州市吴中区东方路{n}号", f"{rng.randint(10**17, 10**18 - 1)}", f"{rng.randint(10**15, 10**16 - 1)}", f"金属{n}")
        for n in range(300)
    ]
    made = of_rows(works, tmp_path, "a,b,c,d,e,f,sscc,no,item", rows)
    assert {c.name: c.suspected.kind for c in made.columns if c.suspected} == {"a": "mobile", "b": "identity", "c": "email", "d": "bank_card", "e": "person", "f": "address"}
    text = str(made.told())
    assert not any(str(v) in text for r in rows[:50] for v in (*r[:4], r[5]))


def test_a_name_alone_makes_suspect_and_says_so(works: Installation, tmp_path: Path) -> None:
    made = of_rows(works, tmp_path, "联系电话,name", [(f"x{n}", f"part {n}") for n in range(30)])
    found = made.column("联系电话").suspected
    assert found is not None
    assert (found.kind, found.basis, found.share) == ("mobile", "name", 0.0)
    assert made.column("name").suspected is None


def test_what_cannot_be_profiled_is_refused(works: Installation, tmp_path: Path) -> None:
    names = profiled_tables(works.context(), works.releases.heads())
    assert "raw.erp_lot" in names
    assert "marts.lot_overview" in names
    assert "standard.quarantine" not in names
    for name in ("standard.quarantine", "golden.nothing", "raw.erp_gone", "lot"):
        with pytest.raises(NotFoundError):
            of_table(works, name)
    with pytest.raises(SourceError):
        of_file(works, tmp_path / "none.csv")


def test_an_empty_file_and_odd_names_of_columns(works: Installation, tmp_path: Path) -> None:
    made = of_rows(works, tmp_path, 'a"b;c,select,x y', [])
    assert (made.rows, len(made.columns), made.keys) == (0, 3, ())
    made = of_rows(works, tmp_path, "a\"b;c,select,x'y", [("1'", "2", "3")])
    assert (made.rows, made.column("select").likely) == (1, Reading.INTEGER)
