"""Who on this machine may read an installation's files: their owner.

Where the database's server runs as another user (see `postgres.reach`), the folders on the way to its files may be
walked through by everybody and listed by nobody else.
"""

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

OWN, WAY = 0o700, 0o711
GROUP_WRITES = 0o020


@contextmanager
def privately() -> Iterator[None]:
    """What the process makes meanwhile is its owner's alone, unless a mode is set on purpose."""
    before = os.umask(0o077)
    try:
        yield
    finally:
        os.umask(before)


def make_way(folder: Path, *, walked: bool) -> None:
    """Make a folder and those above it that there are not yet; `walked`: another user walks through them."""
    for made in reversed([folder, *folder.parents]):
        if not made.exists():
            made.mkdir(mode=OWN, exist_ok=True)
            made.chmod(WAY if walked else OWN)


def is_walked() -> bool:
    """Whether another user walks to the database's files: root's own server runs as one."""
    return os.geteuid() == 0


def tighten(home: Path, *, inbox: Path) -> None:
    """Take from everybody else what they might read in a home that was made before: only of what is ours, never a link, nothing is opened.

    An inbox that a group may write into was set up for those who deliver, and stays theirs to walk to and write.
    """
    delivered = _mode(inbox) & GROUP_WRITES and inbox.parent == home
    way = WAY if is_walked() else OWN | (0o010 if delivered else 0)
    ways = (home, home / "data", home / "data" / "postgres")
    for folder in ways:
        _narrow(folder, way)
        for entry in _within(folder):
            if entry not in ways:
                _narrow(entry, 0o2770 if entry == inbox and delivered else OWN)


def _within(folder: Path) -> list[Path]:
    return [] if folder.is_symlink() or not folder.is_dir() else list(folder.iterdir())


def _mode(path: Path) -> int:
    try:
        return path.lstat().st_mode
    except OSError:
        return 0


def _narrow(path: Path, mask: int) -> None:
    """Leave no permission beyond the mask; the file is held while it is looked at and changed, so that no link takes its place."""
    if not (stat.S_ISREG(_mode(path)) or stat.S_ISDIR(_mode(path))):
        return
    try:
        held = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:  # not ours to read, so not ours to change; or gone
        return
    try:
        found = os.fstat(held)
        mode = stat.S_IMODE(found.st_mode)
        if found.st_uid == os.geteuid() and mode & mask != mode:
            os.fchmod(held, mode & mask)
    finally:
        os.close(held)
