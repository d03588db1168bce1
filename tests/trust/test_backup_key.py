"""The key of backups: typed from paper it is the same key, mistyped it is refused, lost it is said clearly."""

import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from medthread.model.errors import ConfigurationError, ConflictError
from medthread.trust.backup_key import BackupKey

SECRETS = st.binary(min_size=32, max_size=32)


@given(SECRETS)
def test_a_key_typed_from_paper_is_the_same_key(secret: bytes) -> None:
    key = BackupKey(secret)
    for typed in (key.text, key.text.upper(), key.text.replace("-", " - "), f"\n {key.text} \n"):
        assert BackupKey.parse(typed, where="paper") == key


@given(SECRETS, st.data())
def test_one_wrong_letter_is_refused(secret: bytes, data: st.DataObject) -> None:
    text = BackupKey(secret).text
    letters = [i for i, c in enumerate(text) if c.isalnum() and i >= len("medthread-backup-key-1-")]
    place = data.draw(st.sampled_from(letters))
    other = data.draw(st.sampled_from([c for c in "abcdefghijklmnopqrstuvwxyz234567" if c != text[place]]))
    wrong = text[:place] + other + text[place + 1 :]
    try:
        found = BackupKey.parse(wrong, where="paper")
    except ConfigurationError:
        return
    # The last letter holds two bits that no byte is made of: another letter may spell the same key.
    assert found == BackupKey(secret)
    assert place == letters[-1]


@pytest.mark.parametrize("text", ["", "nonsense", "medthread-backup-key-1", "medthread-backup-key-2-" + "a" * 56, "medthread-backup-key-1-8888", "中" * 10])
def test_what_is_no_key_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "key").write_text(text, encoding="utf-8")
    with pytest.raises(ConfigurationError) as found:
        BackupKey.read(tmp_path / "key")
    assert str(tmp_path / "key") in found.value.message


def test_a_lost_key_is_said_clearly_and_none_is_overwritten(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError) as found:
        BackupKey.read(tmp_path / "key")
    assert "there is no backup key" in found.value.message
    assert "no backup made under it can be opened" in found.value.hint
    made = BackupKey.make(tmp_path / "key")
    assert stat.S_IMODE((tmp_path / "key").stat().st_mode) == 0o600
    assert BackupKey.read(tmp_path / "key") == made
    with pytest.raises(ConflictError):
        BackupKey.make(tmp_path / "key")
    assert BackupKey.read(tmp_path / "key") == made


def test_a_key_is_not_printed_and_its_id_tells_nothing_of_it() -> None:
    key = BackupKey(b"k" * 32)
    assert repr(key) == f"BackupKey({key.id})"
    assert key.id not in key.text
    assert key.name_of("sha256:00") != BackupKey(b"l" * 32).name_of("sha256:00")
