"""Stories of runs: nothing twice, nothing lost, nothing half."""

import json
import os
import random
import re
import shutil
import subprocess
import threading
import time
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import text

from medthread.app import Installation, open_installation
from medthread.model.errors import ConfigurationError, ConflictError, NotFoundError, StoreError
from medthread.pipeline.release import move_pointer
from medthread.pipeline.run import take_in
from medthread.stores.lakehouse.committer import sha256_of
from medthread.stores.lakehouse.verify import verify_release
from medthread.stores.postgres.cluster import Cluster
from medthread.stores.serving import LakeReader
from tests.conftest import Opening
from tests.scenarios import company

own_database = pytest.mark.usefixtures("own_database")  # the others are about the embedded one, or kill programs that have one


def show(installation: Installation, release: str, reason: str) -> None:
    """Move what readers see, as the console does."""
    with installation.store.transaction() as tx:
        move_pointer(tx, installation.releases, id_=release, by="test", reason=reason)


@pytest.fixture(scope="module")
def calm(tmp_path_factory: pytest.TempPathFactory, open_beside: Opening) -> dict[str, list[str]]:
    """What readers see when the company is taken in at once and undisturbed."""
    with open_beside(company.found(tmp_path_factory.mktemp("calm") / "c")) as installation:
        company.run(installation)
        return company.read_from(installation)


@own_database
def test_the_same_files_again_write_nothing(tmp_path: Path) -> None:
    home = company.found(tmp_path / "c")
    first = company.run_once(home)
    assert first.rows_written > 600
    again = company.run_once(home)
    assert again.rows_written == 0
    assert again.release is None


@own_database
def test_a_file_under_another_name_is_a_repeat_and_counts_apart(tmp_path: Path) -> None:
    home = company.found(tmp_path / "c")
    company.run_once(home)
    before = company.content_of(home)
    (home / "inbox" / "receipt9.csv").write_bytes((home / "inbox" / "receipt1.csv").read_bytes())
    company.run_once(home)
    assert company.content_of(home) == before
    assert {load["file"]: load["status"] for load in company.loads(home)}["receipt9.csv"] == "repeated"


@own_database
def test_rows_add_up_and_bad_ones_are_kept(tmp_path: Path) -> None:
    home = company.found(tmp_path / "c")
    company.run_once(home)
    tables = company.content_of(home)
    assert len(tables["golden.receipt"]) == 197
    assert len([r for r in tables["standard.quarantine"] if "receipt.quantity.type" in r]) == 3
    assert all("many" in r for r in tables["standard.quarantine"])
    # The receipt is held, the link it tells of is not: a trace must not lose a lot for a bad quantity.
    assert len(tables["marts.genealogy"]) == 200
    load = next(x for x in company.loads(home) if x["file"] == "receipt1.csv")
    assert (load["rows_read"], load["rows_accepted"], load["rows_quarantined"]) == (200, 197, 3)


@own_database
def test_taking_in_shows_readers_nothing_until_a_run(tmp_path: Path, calm: dict[str, list[str]]) -> None:
    stepwise = company.found(tmp_path / "steps")
    with open_installation(stepwise) as installation:
        assert take_in(installation.context(), by="test").rows_written > 400
        assert installation.releases.current() is None
        assert {load["status"] for load in installation.loads()} == {"accepted"}
        assert take_in(installation.context(), by="test").rows_written == 0
        assert company.run(installation).release is not None
    assert company.content_of(stepwise) == calm


@own_database
@pytest.mark.parametrize(("name", "content"), [
    ("receipt2.csv", b"no,line,supplier\xff\xfe\x00\x81,item\n"), ("receipt2.csv", b""), ("receipt2.csv", b"PK\x03\x04nonsense"),
    ("receipt2.csv", b"\x00" * 5000), ("receipt2.csv", b"no,no\n1,2\n"),
])
def test_a_bad_file_is_rejected_with_reason_and_the_release_stays(tmp_path: Path, name: str, content: bytes) -> None:
    home = company.found(tmp_path / "c")
    company.run_once(home)
    before = company.content_of(home)
    (home / "inbox" / name).write_bytes(content)
    company.run_once(home)
    load = next(x for x in company.loads(home) if x["file"] == name)
    assert load["status"] in ("rejected", "blocked")
    assert name in load["message"]["text"]
    assert load["message"]["hint"]
    assert company.content_of(home) == before


def test_killed_anywhere_a_run_ends_with_the_same_tables(tmp_path: Path, calm: dict[str, list[str]]) -> None:
    hunted = company.found(tmp_path / "hunted")
    chance = random.Random(2026)
    killed = 0
    for _ in range(6):
        process = company.start_run(hunted)
        try:
            process.wait(timeout=chance.uniform(1.5, 6.0))
            assert process.stderr is not None
            process.stderr.close()
        except subprocess.TimeoutExpired:
            company.kill(process)
            killed += 1
    assert killed >= 2
    company.run_once(hunted)
    assert company.content_of(hunted) == calm
    with open_installation(hunted) as installation:
        current = installation.releases.current()
        assert current is not None
        assert list(verify_release(installation.store, current)) == []


@own_database
def test_killed_at_every_commit_it_resumes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, calm: dict[str, list[str]]) -> None:
    """Every commit in turn fails right after its data is in the lake and before that is written down, or before it begins."""
    from medthread.stores.lakehouse.committer import Committer

    hunted = company.found(tmp_path / "hunted")
    steps = ("_write", "_record")
    originals = {name: getattr(Committer, name) for name in steps}
    turn = {"at": 0, "left": 0}

    def failing(name: str):  # type: ignore[no-untyped-def]
        def act(self, *args, **kwargs):  # type: ignore[no-untyped-def]
            turn["left"] -= 1
            if turn["left"] == 0:
                raise KeyboardInterrupt
            return originals[name](self, *args, **kwargs)
        return act

    for name in steps:
        monkeypatch.setattr(Committer, name, failing(name))
    with open_installation(hunted) as installation:
        failures = 0
        while True:
            turn["at"] += 3
            turn["left"] = turn["at"]
            try:
                company.run(installation)
            except KeyboardInterrupt:
                failures += 1
                continue
            break
    assert failures >= 5
    for name, original in originals.items():
        monkeypatch.setattr(Committer, name, original)
    assert company.content_of(hunted) == calm


@own_database
def test_readers_see_one_release_whole_while_a_run_goes_on(tmp_path: Path) -> None:
    home = company.found(tmp_path / "c")
    with open_installation(home) as installation:
        company.run(installation)
        reader = LakeReader(installation.releases)
        counts = {"golden.receipt": {197}, "marts.genealogy": {200}}
        seen: list[tuple[str, int, int]] = []
        stop = threading.Event()

        def look() -> None:
            while not stop.is_set():
                snapshot = reader.current()
                numbers = [snapshot.query(f"select count(*) as n from {snapshot.relation(t)}")[0]["n"] for t in counts]
                seen.append((snapshot.release.id, *numbers))

        watcher = threading.Thread(target=look)
        watcher.start()
        for part in range(3):
            company.receipts(home, f"receipt{part + 2}.csv", 1000 * (part + 1), 50)
            company.run(installation)
        stop.set()
        watcher.join()
        reader.close()
    together = {(receipts, edges) for _, receipts, edges in seen}
    assert together <= {(197, 200), (247, 250), (297, 300), (347, 350)}
    assert len({release for release, _, _ in seen}) >= 2


@own_database
def test_going_back_shows_the_old_state_at_once_and_is_written_down(tmp_path: Path) -> None:
    home = company.found(tmp_path / "c")
    with open_installation(home) as installation:
        first = company.run(installation).release
        company.receipts(home, "receipt2.csv", 1000, 10)
        second = company.run(installation).release
        assert first
        assert second
        reader = LakeReader(installation.releases)
        assert reader.current().rows_of("golden.receipt") == 207
        started = time.perf_counter()
        show(installation, first, "回滚演练")
        assert reader.current().rows_of("golden.receipt") == 197
        assert time.perf_counter() - started < 2
        with pytest.raises(ConflictError):
            show(installation, first, "again")
        # Going back is not undone by the next quiet run: it only ever shows what was asked for or what is new.
        show(installation, second, "forward")
        assert reader.current().rows_of("golden.receipt") == 207
        reader.close()


@own_database
def test_a_days_receipts_are_indexed_beside_what_was_there(tmp_path: Path) -> None:
    home = company.found(tmp_path / "c")
    with open_installation(home) as installation:
        first = company.run(installation).release
        assert first is not None
        company.receipts(home, "receipt2.csv", 500, 5)
        second = company.run(installation).release
        assert second is not None
        before, after = (str(installation.releases.get(r).trace_index) for r in (first, second))
        assert json.loads((home / "data" / "trace" / after / "facts.json").read_text())["base"] == before

        reader = LakeReader(installation.releases)
        tracer = installation.tracer(reader)
        for no in (3, 503):  # a lot of the first day, one of the second
            told = tracer.question(item=f"M{no % 30}", lot=f"S{no}", direction="down", limit=0)
            assert [lot["number"] for lot in told["lots"]] == [f"L{no}", f"S{no}"]
        show(installation, first, "back")
        with pytest.raises(NotFoundError):
            tracer.question(item="M23", lot="S503", direction="down", limit=0)
        reader.close()


@own_database
def test_a_changed_file_of_a_release_is_noticed(tmp_path: Path) -> None:
    home = company.found(tmp_path / "c")
    with open_installation(home) as installation:
        company.run(installation)
        current = installation.releases.current()
        assert current is not None
        assert list(verify_release(installation.store, current)) == []
        victim = Path(current.tables["golden.receipt"].files[0])
        victim.write_bytes(victim.read_bytes() + b"x")
        other = Path(current.tables["marts.genealogy"].files[0])
        other.unlink()
        faults = {(f.table, f.what) for f in verify_release(installation.store, current)}
        assert faults == {("golden.receipt", "changed"), ("marts.genealogy", "missing")}


@own_database
def test_a_file_changed_together_with_its_hash_in_the_database_is_noticed_by_what_was_sealed(tmp_path: Path) -> None:
    home = company.found(tmp_path / "c")
    with open_installation(home) as installation:
        company.run(installation)
        current = installation.releases.current()
        assert current is not None
        assert installation.faults(current) == []
        assert installation.upkeep.orphans() == []
        victim, facts = Path(current.tables["golden.receipt"].files[0]), home / "data" / "trace" / str(current.trace_index) / "facts.json"
        kept, told = victim.read_bytes(), facts.read_bytes()

        def entered(path: Path) -> None:
            with installation.store.transaction() as tx:
                tx.execute(text("update medthread.lake_file set sha256 = :h, bytes = :b where path = :p"), {"h": sha256_of(path), "b": path.stat().st_size, "p": str(path)})

        victim.write_bytes(kept + b"x")
        entered(victim)
        assert list(verify_release(installation.store, current)) == [], "the database by itself cannot tell"
        assert {(f.table, f.what.partition(":")[0]) for f in installation.faults(current)} == {("release", "not what was sealed")}
        victim.write_bytes(kept)
        entered(victim)
        assert installation.faults(current) == []
        facts.write_bytes(told.replace(b'"nodes"', b' "nodes"'))
        assert {f.table for f in installation.faults(current)} == {"release"}
        facts.write_bytes(told)
        stray = victim.with_name("stray.parquet")
        stray.write_bytes(kept)
        assert installation.upkeep.orphans() == [stray]
        with installation.store.transaction() as tx:
            tx.execute(text("insert into medthread.release (id, created_by) values ('R-forged', 'eve')"))
            tx.execute(text("insert into medthread.release_table select 'R-forged', \"table\", snapshot, rows, files from medthread.release_table where release = :r"), {"r": current.id})
            tx.execute(text("update medthread.release_pointer set release = 'R-forged'"))
        forged = installation.releases.current()
        assert forged is not None
        assert [f.what for f in installation.faults(forged)] == [f"the pointer was moved past the log, which tells of {current.id}"]


@own_database
def test_a_file_refused_by_its_mapping_is_taken_in_when_the_mapping_is_mended(tmp_path: Path, calm: dict[str, list[str]]) -> None:
    home = company.found(tmp_path / "c")
    mapping = home / "sources" / "erp.yaml"
    good = mapping.read_text(encoding="utf-8")
    mapping.write_text(good.replace("quantity: qty, received", "quantity: amount, received"), encoding="utf-8")
    company.run_once(home)
    load = next(x for x in company.loads(home) if x["file"] == "receipt1.csv")
    assert load["status"] == "blocked"
    assert "amount" in load["message"]["text"]
    assert load["rows_quarantined"] == load["rows_read"] == 200
    assert company.run_once(home).rows_written == 0
    mapping.write_text(good, encoding="utf-8")
    company.run_once(home)
    # Other loads came a run earlier; what readers see is the same.
    assert company.content_of(home) == calm


@own_database
def test_a_file_that_was_taken_away_before_it_was_read_waits_for_its_return(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = company.found(tmp_path / "c")
    file = home / "inbox" / "receipt1.csv"
    with open_installation(home) as installation:
        with monkeypatch.context() as patch:
            patch.setattr("medthread.pipeline.run.ingest", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
            with pytest.raises(KeyboardInterrupt):
                company.run(installation)
        content = file.read_bytes()
        file.unlink()
        company.run(installation)
        load = next(x for x in installation.loads() if x["file"] == "receipt1.csv")
        assert load["status"] == "rejected"
        file.write_bytes(content)
        company.run(installation)
    assert len(company.content_of(home)["golden.receipt"]) == 197


def test_an_external_database_takes_the_place_of_the_embedded_one(tmp_path: Path, cluster: Cluster, monkeypatch: pytest.MonkeyPatch) -> None:
    home = company.found(tmp_path / "c")
    with psycopg.connect(cluster.conninfo, autocommit=True) as db:
        db.execute("create database elsewhere")
    url = cluster.url.replace("postgresql+psycopg://", "postgresql://").replace("/medthread?", "/elsewhere?")
    monkeypatch.setenv("MEDTHREAD_DATABASE_URL", url)
    assert company.run_once(home).rows_written > 600
    assert company.run_once(home).rows_written == 0
    assert not (home / "data" / "postgres").exists()


@own_database
def test_a_column_that_is_full_one_day_may_have_a_gap_the_next(tmp_path: Path) -> None:
    home = company.found(tmp_path / "c")
    company.run_once(home)
    company.write(home / "inbox" / "supplier2.csv", "code,name,uscc", [("V90", "无锡一号五金有限公司", "x"), ("V91", "", "y"), ("V92", "无锡三号五金有限公司", "")])
    company.run_once(home)
    assert len(company.content_of(home)["golden.supplier_xref"]) == 22
    assert {load["file"]: load["status"] for load in company.loads(home)}["supplier2.csv"] == "accepted"


@own_database
def test_one_file_that_cannot_be_read_stops_no_other(tmp_path: Path) -> None:
    home = company.found(tmp_path / "c")
    odd = os.fsencode(home / "inbox" / "receipt") + b"\xff\xfe.csv"
    Path(os.fsdecode(odd)).write_bytes((home / "inbox" / "receipt1.csv").read_bytes())
    (home / "sources" / "erp.yaml").write_text(
        company.MAPPING + '  order:\n    files: "*.db"\n    format: sql\n    table: orders\n    feeds: []\n', encoding="utf-8")
    (home / "inbox" / "mes.db").write_bytes(b"SQLite format 3\0" + b"garbage" * 1000)
    company.run_once(home)
    told = {load["file"]: load for load in company.loads(home)}
    assert told["mes.db#orders"]["status"] == "rejected"
    assert "mes.db" in told["mes.db#orders"]["message"]["text"]
    assert {told["receipt1.csv"]["status"], told["receipt\\xff\\xfe.csv"]["status"]} == {"accepted", "repeated"}


@own_database
def test_a_table_that_is_only_looked_up_in_feeds_nothing(tmp_path: Path) -> None:
    home = company.found(tmp_path / "c")
    mapping = company.MAPPING.replace("quantity: qty, received_at", "quantity: {lookup: {table: amounts, from: no, match: n, give: q}}, received_at")
    (home / "sources" / "erp.yaml").write_text(mapping + '  amounts: {files: "amount*.csv", format: csv, ignore: [n, q]}\n', encoding="utf-8")
    company.write(home / "inbox" / "amount.csv", "n,q", [(f"R{n}", n + 7) for n in range(200)])
    company.run_once(home)
    told = {load["file"]: load for load in company.loads(home)}
    assert (told["amount.csv"]["status"], told["amount.csv"]["rows_accepted"]) == ("accepted", 200)
    assert len(company.content_of(home)["golden.receipt"]) == 200


def test_a_copy_of_a_workspace_does_not_pass_for_it(tmp_path: Path) -> None:
    tmp_path.chmod(0o711)  # so that the database lies in the workspace and is copied with it
    home = company.found(tmp_path / "c")
    company.run_once(home)
    subprocess.run(["cp", "-a", str(home), str(tmp_path / "copy")], check=True)
    with pytest.raises(StoreError, match=re.escape(str(home))), open_installation(tmp_path / "copy"):
        pytest.fail("a copy was opened as if it were the original")
    shutil.rmtree(tmp_path / "copy" / "data" / "postgres")
    with pytest.raises(StoreError, match="knows nothing"), open_installation(tmp_path / "copy"):
        pytest.fail("a lake was opened without its database")


@own_database
def test_verify_looks_at_the_trace_index_too(tmp_path: Path) -> None:
    home = company.found(tmp_path / "c")
    company.run_once(home)
    with open_installation(home) as installation:
        current = installation.releases.current()
        assert current is not None
        assert installation.faults(current) == []
        folder = home / "data" / "trace" / str(current.trace_index)
        down = folder / "down.npy"
        whole = down.read_bytes()
        for spoilt in (whole[:-4] + b"\0\0\0\1", whole[:-40], b""):
            down.write_bytes(spoilt)
            assert [f.table for f in installation.faults(current)] == ["trace index"]
            reader = LakeReader(installation.releases)
            with pytest.raises(StoreError, match="damaged"):
                installation.tracer(reader).question(item="M3", lot="S3", direction="down", limit=0)
            reader.close()
        shutil.rmtree(folder)
        assert {f.table for f in installation.faults(current)} == {"release", "trace index"}


def test_a_workspace_in_a_folder_of_any_name(tmp_path: Path) -> None:
    home = company.found(tmp_path / "公司 100% a+b&c'd")
    assert company.run_once(home).release is not None
    company.receipts(home, "receipt2.csv", 500, 5)
    assert company.run_once(home).release is not None


@own_database
def test_a_folder_that_an_address_cannot_name_is_refused_in_words(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="cannot hold a lake"):
        company.run_once(company.found(tmp_path / "a#b"))
