"""Whatever happens to a copy is found before anything is made of it; what is found is named."""

import random
from pathlib import Path
from typing import IO

import pytest

from medthread.governance.backup.check import damaged
from medthread.governance.backup.keys import bring_keys, bundle_of, keep_keys
from medthread.governance.backup.manifest import CONTENTS, KEYS, MANIFESTS, Entry
from medthread.governance.backup.records import Keeping
from medthread.governance.backup.take import system_of
from medthread.governance.backup.vault import place_of
from medthread.model.errors import MedthreadError
from medthread.stores.targets import FolderTarget
from tests.governance.backup.conftest import Keep

FLIPS = 1000


def read(name: str, entries: dict[str, Entry], keeping: Keeping, sink: IO[bytes]) -> None:
    """What a restore does with a file of that name."""
    if name in entries:
        keeping.shelf().bring(entries[name], sink)
    elif name.startswith(MANIFESTS):
        keeping.shelf().manifest(name)
    else:
        keeping.keys()


def test_a_thousand_flipped_bits_are_found_and_none_served(keep: Keep, tmp_path: Path) -> None:
    target, keys = FolderTarget(tmp_path / "disk"), FolderTarget(tmp_path / "keys")
    keeping = keep(target, keys=keys)
    manifest = keeping.run(by="test").manifest
    shelf, chance = keeping.shelf(), random.Random(20261125)
    entries = {place_of(c): e for c, e in manifest.entries.items()}
    files = [tmp_path / "disk" / name for name in (*entries, *target.sizes(MANIFESTS))] + [tmp_path / "keys" / name for name in keys.sizes(KEYS)]
    weights = [min(path.stat().st_size, 65_536) + 4096 for path in files]  # so that every kind has its share
    for path in chance.choices(files, weights, k=FLIPS):
        kept = path.read_bytes()
        place, bit = chance.randrange(len(kept)), chance.randrange(8)
        path.write_bytes(kept[:place] + bytes([kept[place] ^ 1 << bit]) + kept[place + 1 :])
        name = path.relative_to(path.parents[2] if CONTENTS.strip("/") in path.parts else path.parents[1]).as_posix()
        with pytest.raises(MedthreadError), (tmp_path / "out").open("wb") as sink:
            read(name, entries, keeping, sink)
        path.write_bytes(kept)
    assert damaged(shelf, manifest) == []


def test_what_is_missing_or_changed_is_named(keep: Keep, tmp_path: Path) -> None:
    keeping = keep(FolderTarget(tmp_path / "disk"))
    manifest = keeping.run(by="test").manifest
    gone, cut, swapped, other = (tmp_path / "disk" / place_of(n.entry.content) for n in manifest.lake.files[:4])
    gone.unlink()
    cut.write_bytes(cut.read_bytes()[:-20])
    swapped.write_bytes(other.read_bytes())
    found = {(place_of(e.content), what) for e, what in damaged(keeping.shelf(), manifest)}
    assert {(str(tmp_path / "disk" / p), w) for p, w in found} == {(str(gone), "missing"), (str(cut), "changed"), (str(swapped), "changed")}


def test_the_next_backup_sends_again_what_a_target_lost(keep: Keep, tmp_path: Path) -> None:
    keeping = keep(FolderTarget(tmp_path / "disk"))
    manifest = keeping.run(by="test").manifest
    lost, cut = (tmp_path / "disk" / place_of(n.entry.content) for n in manifest.lake.files[:2])
    lost.unlink()
    cut.write_bytes(cut.read_bytes()[:-20])
    later = keeping.run(by="test").manifest
    assert damaged(keeping.shelf(), later) == []


def test_a_damaged_manifest_does_not_hide_the_one_before_and_stops_pruning(keep: Keep, tmp_path: Path) -> None:
    target = FolderTarget(tmp_path / "disk")
    keeping = keep(target)
    keeping.run(by="test")
    shelf = keeping.shelf()
    newest = shelf.names()[0]
    kept = (tmp_path / "disk" / newest).read_bytes()
    (tmp_path / "disk" / newest).write_bytes(kept[:-1])
    before = target.sizes(CONTENTS)
    taken = keeping.run(by="test")
    assert set(before) <= set(target.sizes(CONTENTS)), "nobody knows what the damaged one names"
    assert damaged(shelf, shelf.find(taken.manifest.id)) == []


def test_only_the_newest_copy_of_the_keys_stays(keep: Keep, tmp_path: Path) -> None:
    keys = FolderTarget(tmp_path / "keys")
    keeping = keep(FolderTarget(tmp_path / "disk"), keys=keys)
    for _ in range(2):
        bundle = bundle_of(keeping.subject.store, keeping.keys_folder, system=system_of(keeping.subject.store))
        name = keep_keys(bundle, keys, keeping.setting.key(), tmp_path / "spool")
        assert list(keys.sizes(KEYS)) == [name]
    assert bring_keys(keys, keeping.setting.key()) == bundle
    assert "master.key" in bundle.files
    assert bundle.tables["encryption_key"], "keys of subjects and loads"
