"""A small company that was taken in, with a person in it whose telephone number is sealed, and ways to copy it."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from medthread.app import Installation, open_installation
from medthread.governance.backup.records import Keeping
from medthread.governance.backup.setting import BackupSetting
from medthread.stores.serving import LakeReader
from medthread.stores.targets import Target
from medthread.trust.backup_key import BackupKey
from medthread.workflow import create_native
from tests.scenarios import company

PHONE = "13812345678"
Keep = Callable[..., Keeping]


def with_backup(home: Path, folder: Path, *, more: str = "") -> Path:
    """Let a workspace say how it is backed up: to `folder`/copies, keys apart."""
    BackupKey.make(folder / "safe" / "backup.key")
    said = f'\n[backup]\nkey_file = "{folder}/safe/backup.key"\ntargets = ["{folder}/copies"]\nkeys = "{folder}/keys"\n{more}'
    with (home / "medthread.toml").open("a", encoding="utf-8") as file:
        file.write(said)
    return home


def hire(installation: Installation, number: str, *, phone: str | None = PHONE) -> str:
    """Write a person down; gives the id."""
    reader = LakeReader(installation.releases)
    values = {"employee_no": number, "name": f"员工{number}", "phone": phone}
    with installation.store.transaction() as tx:
        id_ = create_native(tx, installation.commands(reader), entity="person", values=values, by="test")
    reader.close()
    return id_


@pytest.fixture(scope="session")
def firm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """The company, open for the whole session; tests add to it and take nothing away."""
    folder = tmp_path_factory.mktemp("firm")
    home = with_backup(company.found(folder / "firm"), folder)
    company.run_once(home)
    with open_installation(home) as installation:
        hire(installation, "E1")
        yield installation


@pytest.fixture
def keep(firm: Installation, tmp_path: Path) -> Keep:
    """The company's keeping with targets, and a key, of the test's own."""
    key = BackupKey.make(tmp_path / "safe" / "backup.key")
    assert BackupKey.read(tmp_path / "safe" / "backup.key") == key
    declared = firm.keeping()
    assert declared is not None

    def make(*targets: Target, keys: Target | None = None) -> Keeping:
        setting: BackupSetting = replace(declared.setting, key_file=tmp_path / "safe" / "backup.key", targets=targets, keys=keys)
        return replace(declared, setting=setting)

    return make
