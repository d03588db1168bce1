"""What was copied comes back as it was at one moment, elsewhere and whole, from any of several targets."""

import threading
import time
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, text

from medthread.app import Installation, open_installation
from medthread.governance.backup.check import damaged
from medthread.governance.backup.manifest import MANIFESTS, Manifest
from medthread.governance.backup.moment import log_state
from medthread.governance.backup.restore import restore
from medthread.governance.backup.take import alone
from medthread.governance.backup.vault import Shelf, place_of
from medthread.model.errors import ConfigurationError, ConflictError, MedthreadError
from medthread.stores.lakehouse.verify import verify_release
from medthread.stores.serving import LakeReader
from medthread.stores.targets import FolderTarget, TargetError, open_target
from medthread.trust.audit import record
from medthread.trust.backup_key import BackupKey
from medthread.trust.log import check_log
from tests.conftest import Bucket
from tests.governance.backup.conftest import Keep, hire
from tests.scenarios import company


def last_run(firm: Installation) -> dict[str, object]:
    with firm.store.transaction() as tx:
        row = tx.execute(text("select * from medthread.backup_run order by started_at desc limit 1")).one()
    return dict(row._mapping)


def content(installation: Installation) -> dict[str, list[str]]:
    with closing(LakeReader(installation.releases)) as reader:
        return company.content(reader.current())


def numbers(installation: Installation) -> set[str]:
    table = installation.native["person"]
    with installation.store.transaction() as tx:
        return set(tx.execute(select(table.c.employee_no)).scalars())


def test_two_targets_restored_elsewhere_and_worked_on(firm: Installation, keep: Keep, bucket: Bucket, tmp_path: Path) -> None:
    keeping = keep(FolderTarget(tmp_path / "disk"), open_target(bucket.address("two"), beside=tmp_path), keys=FolderTarget(tmp_path / "keys"))
    with firm.context().landing.landing("mes", "readings", "jsonl") as landed:
        landed.write_text('{"no": "1"}', encoding="utf-8")
    before = content(firm)
    taken = keeping.run(by="test")
    assert taken.failed == {}
    assert taken.manifest.faults == ()
    assert [t.name for t in keeping.setting.targets] == list(taken.targets)
    assert last_run(firm)["status"] == "done"
    for number, target in enumerate(keeping.setting.targets):
        home = tmp_path / f"back{number}"
        shelf = Shelf(target, keeping.setting.key())
        done = restore(shelf, shelf.find(None), home, keys=keeping.keys(), by="test")
        assert done.backup == taken.manifest.id
        with open_installation(home) as restored:
            current = restored.releases.current()
            assert current is not None
            assert list(verify_release(restored.store, current)) == []
            assert restored.faults(current) == []
            assert content(restored) == before
            [waiting] = restored.context().landing.waiting("mes", "readings")
            assert waiting.read_text(encoding="utf-8") == '{"no": "1"}', "a message that was acknowledged has no other copy"
            assert numbers(restored) == numbers(firm)
            with restored.store.transaction() as tx:
                audit = log_state(tx, up_to=taken.manifest.audit.last)
            assert vars(audit) == taken.manifest.audit.model_dump()
            assert check_log(restored.log).findings.faults == []
            with closing(LakeReader(restored.releases)) as reader:
                assert restored.tracer(reader).question(item="M1", lot="L1", direction="up", limit=10)["lots"]
        company.receipts(home, "receipt9.csv", 1000, 20)
        assert company.run_once(home).release is not None, "the lake there can be written to"


def test_only_what_is_new_is_sent_and_each_backup_is_of_its_own_moment(firm: Installation, keep: Keep, tmp_path: Path) -> None:
    keeping = keep(FolderTarget(tmp_path / "disk"))
    first = keeping.run(by="test", whole=True)
    hire(firm, f"late-{tmp_path.name}")
    second = keeping.run(by="test")
    assert first.manifest.whole
    assert not second.manifest.whole
    assert second.sent < first.sent / 5
    assert second.manifest.database.pieces == first.manifest.database.pieces
    shelf = keeping.shelf()
    for taken, there in ((first, False), (second, True)):
        home = tmp_path / taken.manifest.id
        restore(shelf, shelf.find(taken.manifest.id), home, keys=None, by="test")
        with open_installation(home) as restored:
            assert (f"late-{tmp_path.name}" in numbers(restored)) is there


def test_a_copy_is_made_anew_when_it_is_old_when_asked_for_or_when_a_target_lacks_it(keep: Keep, tmp_path: Path) -> None:
    one, two = FolderTarget(tmp_path / "one"), FolderTarget(tmp_path / "two")
    keeping = keep(one)
    assert keeping.run(by="test", whole=True).manifest.whole
    assert not keeping.run(by="test").manifest.whole
    assert keep(one, two).run(by="test").manifest.whole, "the second target has nothing yet"
    assert not keep(one, two).run(by="test").manifest.whole
    aged = keep(one, two)
    aged = replace(aged, setting=replace(aged.setting, whole_every=timedelta(0)))
    assert aged.run(by="test").manifest.whole


def test_acts_that_go_on_meanwhile_are_in_it_whole_or_not_at_all(firm: Installation, keep: Keep, tmp_path: Path) -> None:
    keeping, stop = keep(FolderTarget(tmp_path / "disk")), threading.Event()

    def act(number: int) -> None:
        for n in range(10_000):
            if stop.is_set():
                return
            with firm.store.transaction() as tx:
                record(tx, actor=f"writer{number}", action="test.act", object_=f"{number}/{n}")
                if n % 7 == 0:
                    time.sleep(0.003)

    writers = [threading.Thread(target=act, args=(n,)) for n in range(4)]
    for writer in writers:
        writer.start()
    try:
        manifests = [keeping.run(by="test", whole=whole).manifest for whole in (True, False)]
    finally:
        stop.set()
        for writer in writers:
            writer.join()
    for manifest in manifests:
        home = tmp_path / manifest.id
        restore(keeping.shelf(), manifest, home, keys=None, by="test")
        with open_installation(home) as restored, restored.store.transaction() as tx:
            found = log_state(tx, up_to=manifest.audit.last)
            beyond = tx.execute(text("select action from medthread.audit_event where seq > :last order by seq"), {"last": manifest.audit.last}).scalars().all()
        assert vars(found) == manifest.audit.model_dump()
        assert beyond == ["backup.restore"], "nothing that came after the moment is in it"


def test_a_full_target_is_left_out_and_the_other_has_the_backup(firm: Installation, keep: Keep, small_disk: Path, tmp_path: Path) -> None:
    full, good = FolderTarget(small_disk), FolderTarget(tmp_path / "good")
    (small_disk / "ballast").write_bytes(bytes(3_900_000))
    taken = keep(full, good).run(by="test", whole=True)
    assert taken.targets == (good.name,)
    assert "is full" in taken.failed[full.name]
    assert full.sizes(MANIFESTS) == {}, "no half backup counts"
    run = last_run(firm)
    assert (run["status"], list(run["failed"])) == ("partial", [full.name])  # type: ignore[call-overload]
    shelf = keep(good).shelf()
    assert damaged(shelf, shelf.find(None)) == []
    (small_disk / "ballast").unlink()


def test_no_target_no_backup_and_it_is_written_down(firm: Installation, keep: Keep, small_disk: Path) -> None:
    (small_disk / "ballast").write_bytes(bytes(4_100_000))
    with pytest.raises(TargetError, match="no target could be used"):
        keep(FolderTarget(small_disk)).run(by="test")
    run = last_run(firm)
    assert run["status"] == "failed"
    assert "is full" in str(run["message"])
    with firm.store.transaction() as tx:
        last = tx.execute(text("select detail->>'status' from medthread.audit_event where action = 'backup.run' order by seq desc limit 1")).scalar_one()
    assert last == "failed"


def test_one_at_a_time(firm: Installation, keep: Keep, tmp_path: Path) -> None:
    with alone(firm.store), pytest.raises(ConflictError, match="under way"):
        keep(FolderTarget(tmp_path / "disk")).run(by="test")
    keep(FolderTarget(tmp_path / "disk")).run(by="test")


def test_a_target_of_another_installation_is_refused(keep: Keep, tmp_path: Path) -> None:
    target = FolderTarget(tmp_path / "disk")
    (tmp_path / "disk").mkdir()
    for owner in ('{"format": 1, "installation": "another"}', "nonsense"):
        (tmp_path / "disk" / "installation.json").write_text(owner, encoding="utf-8")
        with pytest.raises(ConflictError, match="another installation"):
            keep(target).run(by="test")


def test_a_lost_or_another_key_is_said_clearly(keep: Keep, tmp_path: Path) -> None:
    keeping = keep(FolderTarget(tmp_path / "disk"))
    keeping.run(by="test")
    with pytest.raises(ConfigurationError) as found:
        Shelf(FolderTarget(tmp_path / "disk"), BackupKey.make(tmp_path / "other.key")).find(None)
    assert keeping.setting.key().id in found.value.message
    assert "without it nobody can open" in found.value.hint
    (tmp_path / "safe" / "backup.key").unlink()
    with pytest.raises(ConfigurationError, match="there is no backup key"):
        keeping.run(by="test")


def test_a_lake_file_that_is_gone_or_changed_is_told_and_the_rest_is_copied(keep: Keep, firm: Installation, tmp_path: Path) -> None:
    current = firm.releases.current()
    assert current is not None
    gone, changed = (Path(current.tables[t].files[0]) for t in ("golden.item", "golden.supplier"))
    saved = {path: path.read_bytes() for path in (gone, changed)}
    gone.unlink()
    changed.write_bytes(saved[changed][:-1] + b"?")
    try:
        taken = keep(FolderTarget(tmp_path / "disk")).run(by="test")
    finally:
        for path, content in saved.items():
            path.write_bytes(content)
    assert {(f.what, Path(f.path).name) for f in taken.manifest.faults} == {("missing", gone.name), ("changed", changed.name)}
    assert last_run(firm)["status"] == "partial"


def test_nothing_is_ever_overwritten_and_an_interrupted_restore_is_no_workspace(keep: Keep, tmp_path: Path) -> None:
    keeping = keep(FolderTarget(tmp_path / "disk"))
    manifest = keeping.run(by="test").manifest
    home = tmp_path / "back"
    home.mkdir()
    (home / "mine.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(ConflictError, match="is not empty"):
        restore(keeping.shelf(), manifest, home, keys=None, by="test")
    assert (home / "mine.txt").read_text(encoding="utf-8") == "mine"
    (home / "mine.txt").unlink()
    entry = manifest.database.log[-1].entry
    content = tmp_path / "disk" / place_of(entry.content)
    kept = content.read_bytes()
    content.write_bytes(kept[:-1])
    with pytest.raises(MedthreadError, match="changed or cut off"):
        restore(keeping.shelf(), manifest, home, keys=None, by="test")
    with pytest.raises(ConfigurationError, match="is not a workspace"), open_installation(home):
        pass
    content.write_bytes(kept)
    restore(keeping.shelf(), manifest, home, keys=None, by="test")
    with open_installation(home) as restored:
        assert restored.releases.current() is not None


def test_a_manifest_that_leads_elsewhere_is_refused(keep: Keep, tmp_path: Path) -> None:
    keeping = keep(FolderTarget(tmp_path / "disk"))
    manifest = keeping.run(by="test").manifest
    first = manifest.lake.files[0]
    for path in ("../../escaped", "/tmp/escaped", "a/../../../escaped"):
        lake = manifest.lake.model_copy(update={"files": (first.model_copy(update={"path": path}),)})
        evil: Manifest = manifest.model_copy(update={"lake": lake})
        with pytest.raises(MedthreadError, match="leads elsewhere"):
            restore(keeping.shelf(), evil, tmp_path / "back", keys=None, by="test")
    assert not (tmp_path / "escaped").exists()


