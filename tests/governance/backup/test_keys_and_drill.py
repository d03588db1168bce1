"""Keys are copied apart: what was erased stays erased in old copies. A drill looks at everything and signs what it saw."""

from pathlib import Path

import pytest
from sqlalchemy import select, text

from medthread.app import Installation, open_installation
from medthread.governance.backup.restore import restore
from medthread.governance.backup.vault import place_of
from medthread.model.errors import ConfigurationError, NotFoundError
from medthread.stores.postgres.tables import drill as drills
from medthread.stores.targets import FolderTarget
from medthread.trust.installation import vouched_for
from medthread.trust.log import check_log
from medthread.trust.seal import key_id_of, unseal
from tests.governance.backup.conftest import PHONE, Keep, hire


def phone_of(installation: Installation, id_: str) -> str:
    table = installation.native["person"]
    with installation.store.transaction() as tx:
        sealed = tx.execute(select(table.c.phone).where(table.c.id == id_)).scalar_one()
        return unseal(sealed, key=installation.keyring.find(tx, key_id_of(sealed)))


def test_erased_after_a_backup_is_erased_in_it(firm: Installation, keep: Keep, tmp_path: Path) -> None:
    keeping = keep(FolderTarget(tmp_path / "disk"), keys=FolderTarget(tmp_path / "keys"))
    stays, goes = hire(firm, f"stays-{tmp_path.name}"), hire(firm, f"goes-{tmp_path.name}")
    old = keeping.run(by="test").manifest
    firm.log.settle()
    with firm.store.transaction() as tx:
        firm.keyring.destroy(tx, f"person/{goes}")
    keeping.run(by="test")
    restore(keeping.shelf(), old, tmp_path / "back", keys=keeping.keys(), by="test")
    with open_installation(tmp_path / "back") as restored:
        assert phone_of(restored, stays) == PHONE
        with pytest.raises(NotFoundError, match="no key"):
            phone_of(restored, goes)
        assert hire(restored, "after"), "keys can be made there"
        assert restored.log.settle() > 0, "the newest copy of the keys remembers a longer log than this one"
        assert check_log(restored.log).findings.faults == []
        with restored.store.transaction() as tx:
            told = tx.execute(text("select detail from medthread.audit_event where action = 'backup.restore' order by seq desc limit 1")).scalar_one()
        assert told["remembered"]["size"] > old.audit.sealed


def test_without_its_keys_what_is_sealed_stays_sealed_and_that_is_said(firm: Installation, keep: Keep, tmp_path: Path) -> None:
    keeping = keep(FolderTarget(tmp_path / "disk"))
    id_ = hire(firm, f"sealed-{tmp_path.name}")
    taken = keeping.run(by="test")
    assert keeping.keys() is None
    done = restore(keeping.shelf(), taken.manifest, tmp_path / "back", keys=None, by="test")
    assert not done.keys
    with open_installation(tmp_path / "back") as restored, pytest.raises(ConfigurationError, match="another master key"):
        phone_of(restored, id_)


def test_keys_of_another_installation_are_refused(firm: Installation, keep: Keep, tmp_path: Path) -> None:
    keeping = keep(FolderTarget(tmp_path / "disk"), keys=FolderTarget(tmp_path / "keys"))
    manifest = keeping.run(by="test").manifest
    bundle = keeping.keys()
    assert bundle is not None
    with pytest.raises(ConfigurationError, match="another installation's"):
        restore(keeping.shelf(), manifest, tmp_path / "back", keys=bundle.model_copy(update={"system": "1"}), by="test")
    assert not (tmp_path / "back").exists()


def test_a_drill_looks_at_everything_and_signs_it(firm: Installation, keep: Keep, tmp_path: Path) -> None:
    keeping = keep(FolderTarget(tmp_path / "disk"), keys=FolderTarget(tmp_path / "keys"))
    manifest = keeping.run(by="test").manifest
    id_, made = keeping.drill(by="test")
    assert made.passed, [c for c in made.checks if not c.passed]
    seen = {c.name: c.seen for c in made.checks}
    domains = {e.about.domain for e in firm.registry.values()}
    assert set(seen) == {"restored", "database", "rows", "audit", "lake", "structures", "pages", *(f"domain {d}" for d in domains)}
    assert seen["audit"].startswith(f"{manifest.audit.rows} rows, {manifest.audit.sealed} of them sealed")
    assert manifest.audit.sealed > 0
    assert "a sealed value opened" in seen["domain compliance"]
    assert seen["domain supply"].startswith(("receipt ", "supplier "))
    assert 0 < made.recovery_seconds <= (made.finished_at - made.started_at).total_seconds()  # type: ignore[operator]
    assert made.loss_seconds > 0
    assert not (firm.workspace.data / "scratch" / "drill").exists()
    with firm.store.transaction() as tx:
        row = tx.execute(select(drills).where(drills.c.id == id_)).one()
        assert vouched_for(tx, row.record, key=row.key, signature=bytes(row.signature))
        assert not vouched_for(tx, {**row.record, "passed": False}, key=row.key, signature=bytes(row.signature))
        assert not vouched_for(tx, row.record, key="key-of-somebody", signature=bytes(row.signature))
        told = tx.execute(text("select detail from medthread.audit_event where object = :o"), {"o": f"drill/{id_}"}).scalar_one()
    assert told == {"backup": manifest.id, "passed": True, "failed": []}


def test_a_drill_that_does_not_pass_is_kept_too_and_says_why(firm: Installation, keep: Keep, tmp_path: Path) -> None:
    keeping = keep(FolderTarget(tmp_path / "disk"), keys=FolderTarget(tmp_path / "nothing"))
    manifest = keeping.run(by="test").manifest
    content = tmp_path / "disk" / place_of(manifest.lake.files[0].entry.content)
    kept = content.read_bytes()
    content.write_bytes(kept[:-1])
    id_, made = keeping.drill(by="test")
    assert [(c.name, c.passed) for c in made.checks] == [("restored", False)]
    assert "changed or cut off" in made.checks[0].seen
    with firm.store.transaction() as tx:
        assert tx.execute(select(drills.c.passed).where(drills.c.id == id_)).scalar_one() is False


def test_a_copy_that_differs_from_its_manifest_does_not_pass(firm: Installation, keep: Keep, tmp_path: Path) -> None:
    """The manifest says one audit row more and another release: what a tampered original would look like."""
    keeping = keep(FolderTarget(tmp_path / "disk"))
    taken = keeping.run(by="test")
    from medthread.governance.backup.drill import drill

    other = taken.manifest.model_copy(update={
        "audit": taken.manifest.audit.model_copy(update={"checkpoint": "forged"}), "rows": {**taken.manifest.rows, "native.person": 10_000},
        "lake": taken.manifest.lake.model_copy(update={"release": "R-other"})})
    made = drill(keeping.shelf(), other, tmp_path / "scratch", keys=None, declared=keeping.declared)
    failed = {c.name for c in made.checks if not c.passed}
    assert failed == {"audit", "rows", "lake", "domain compliance"}, "and without keys no sealed value opens"
    assert not (tmp_path / "scratch").exists()


