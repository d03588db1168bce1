"""Every place for copies keeps the same promises: whole or not there, listed, removed, its failures told in words."""

import errno
import os
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from medthread.model.errors import ConfigurationError, NotFoundError
from medthread.stores.targets import FolderTarget, Target, TargetError, open_target
from tests.conftest import Bucket


@pytest.fixture(params=["folder", "bucket"])
def target(request: pytest.FixtureRequest, tmp_path: Path) -> Target:
    if request.param == "folder":
        return FolderTarget(tmp_path / "copies")
    bucket: Bucket = request.getfixturevalue("bucket")
    return open_target(bucket.address(f"t{abs(hash(request.node.nodeid))}"), beside=tmp_path)


def file(folder: Path, content: bytes) -> Path:
    path = folder / "file"
    path.write_bytes(content)
    return path


def test_what_is_kept_is_there_whole(target: Target, tmp_path: Path) -> None:
    assert target.sizes("") == {}
    large = os.urandom(12 << 20)  # more than one part of a multipart upload
    for name, content in (("contents/ab/one", b"one"), ("contents/cd/large", large), ("backups/empty", b"")):
        target.put(name, file(tmp_path, content))
        assert b"".join(target.get(name)) == content
    assert target.sizes("contents/") == {"contents/ab/one": 3, "contents/cd/large": len(large)}
    target.put("contents/ab/one", file(tmp_path, b"other"))
    assert b"".join(target.get("contents/ab/one")) == b"other"


def test_what_is_removed_is_gone_and_may_be_removed_again(target: Target, tmp_path: Path) -> None:
    target.put("contents/ab/one", file(tmp_path, b"one"))
    for _ in range(2):
        target.remove("contents/ab/one")
    assert target.sizes("contents/") == {}
    with pytest.raises(NotFoundError) as found:
        list(target.get("contents/ab/one"))
    assert target.name in found.value.message


def test_a_store_that_is_away_is_told_in_words(tmp_path: Path, bucket: Bucket) -> None:
    closed = open_target({"url": "s3://nowhere/x", "endpoint": "http://127.0.0.1:9"}, beside=tmp_path)
    absent = open_target({"url": "s3://absent-bucket/x", "endpoint": bucket.endpoint}, beside=tmp_path)
    for one in (closed, absent):
        with pytest.raises(TargetError) as found:
            one.put("contents/x", file(tmp_path, b"x"))
        assert one.name in found.value.message
        assert "AWS_ACCESS_KEY_ID" in found.value.hint
        with pytest.raises(TargetError):
            one.sizes("contents/")


@contextmanager
def no_file_larger_than(size: int) -> Iterator[None]:
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_copy_that_does_not_fit_leaves_nothing_and_what_was_there_stays(tmp_path: Path) -> None:
    target = FolderTarget(tmp_path / "copies")
    target.put("contents/ab/one", file(tmp_path, b"before"))
    path = file(tmp_path, bytes(1 << 20))
    with no_file_larger_than(1 << 19), pytest.raises(TargetError, match="is full"):
        target.put("contents/ab/one", path)
    assert b"".join(target.get("contents/ab/one")) == b"before"
    assert [p.name for p in (tmp_path / "copies").rglob("*") if p.is_file()] == ["one"]


def test_a_full_disk_is_called_full(small_disk: Path, tmp_path: Path) -> None:
    target = FolderTarget(small_disk)
    with pytest.raises(TargetError) as found:
        target.put("contents/ab/large", file(tmp_path, bytes(8 << 20)))
    assert found.value.__cause__ is not None
    assert getattr(found.value.__cause__, "errno", None) == errno.ENOSPC
    assert "is full" in found.value.message
    assert "keep fewer backups" in found.value.hint
    assert target.sizes("contents/") == {}


def test_what_a_dead_writer_left_is_swept_after_a_day_and_never_counted(tmp_path: Path) -> None:
    target = FolderTarget(tmp_path)
    (tmp_path / "contents").mkdir()
    left = tmp_path / "contents" / "one.0123abcd.partial"
    left.write_bytes(b"half")
    assert target.sizes("contents/") == {}
    assert left.exists(), "somebody may still be writing it"
    os.utime(left, (0, 0))
    assert target.sizes("contents/") == {}
    assert not left.exists()


@pytest.mark.parametrize(("said", "words"), [
    ("", "names no place"), (3, "names no place"), ({"endpoint": "http://x"}, "names no place"), ({"url": "a", "colour": "red"}, "has no 'colour'"),
    ("ftp://host/path", "no address of a bucket"), ("s3:///path", "no address of a bucket"), ("s3://user:secret@bucket/x", "no address of a bucket"),
    ("s3://bucket/x?colour=red", "has no 'colour'"),
])
def test_what_names_no_place_is_refused_and_secrets_are_not_repeated(said: object, words: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError) as found:
        open_target(said, beside=tmp_path)
    assert words in found.value.message
    assert "secret" not in found.value.message


def test_a_folder_is_beside_the_settings_and_a_bucket_is_told_without_its_query(tmp_path: Path) -> None:
    assert open_target("copies", beside=tmp_path).name == str(tmp_path.resolve() / "copies")
    assert open_target("s3://bucket/a/b?endpoint=https://minio.local&region=cn", beside=tmp_path).name == "s3://bucket/a/b"


