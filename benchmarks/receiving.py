"""Ten thousand serial numbers received in one request, against a bare COPY of the same rows into a table of the same shape."""

import io
from pathlib import Path

import psycopg
from fastapi import FastAPI
from sqlalchemy import text

from benchmarks.figures import Figure, paired
from benchmarks.serving import Client, serving
from medthread.api.services import Services

ROUNDS = 7
COLUMNS = ("item", "serial_no", "device_model", "customer", "lot_no", "status", "installed_on")


def measure(folder: Path, *, rows: int) -> list[Figure]:
    """Medians of both in turns, each committed; every round brings serial numbers of its own."""
    home = folder / "receiving"
    home.mkdir()
    stores = []

    def remember(_: FastAPI, services: Services) -> None:
        stores.append(services.store)

    with serving(home, files={}, role="svc", routes=remember) as server:
        (store,) = stores
        with store.transaction() as tx:
            tx.execute(text("create table native.bare (like native.installed_unit including all)"))
        client, turns = Client(server, 0), iter(range(10**6))

        def ours() -> None:
            body = {"rows": [dict(zip(COLUMNS, r, strict=True)) for r in _rows(next(turns), rows)]}
            assert client.send("POST", "/api/v1/entities/installed_unit/many", body)["count"] == rows

        def bare() -> None:
            lines = io.StringIO()
            for number, row in enumerate(_rows(next(turns), rows)):
                lines.write("\t".join((f"{row[1]}-{number}", *row, "bench", "bench")) + "\n")
            with store.transaction() as tx:
                driver = tx.connection.driver_connection
                assert isinstance(driver, psycopg.Connection)
                with driver.cursor() as cursor, cursor.copy(f"copy native.bare (id, {', '.join(COLUMNS)}, _created_by, _updated_by) from stdin") as copying:
                    copying.write(lines.getvalue())

        ours(), bare()  # both once beforehand
        mine, other = paired(ours, bare, times=ROUNDS)
        with store.transaction() as tx:
            there = tx.execute(text("select (select count(*) from native.installed_unit), (select count(*) from native.bare)")).one()
        assert there == (rows * (ROUNDS + 1), rows * (ROUNDS + 1))
    label = f"{rows:,} serial numbers received over HTTP; bare COPY of the same rows"
    return [Figure(label, f"{mine:.2f} s", f"{other:.2f} s", mine / other, "<= 3", mine / other <= 3)]


def _rows(turn: int, count: int) -> list[tuple[str, ...]]:
    return [("PUMP-1", f"T{turn}N{n:06d}", "MP-1", f"H-{n % 500}", f"L{turn}", "shipped", "2026-11-25") for n in range(count)]
