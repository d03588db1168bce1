"""Folders that the server's user cannot reach.

Run as root in root's own home, the server drops to a user that may not even walk through `/root`. Its programs and
its data then live beside the system's other state, named after where they belong.
"""

import hashlib
import os
import pwd
import shutil
from pathlib import Path

STATE = Path("/var/lib/medthread")
LIVE = 0o711


def is_reachable(path: Path, user: pwd.struct_passwd) -> bool:
    """Whether the user may walk through every folder above the path, and the path itself where it is a folder."""
    folders = [p for p in (path, *path.parents) if p.is_dir()]
    return all(_may_walk(folder.stat(), user) for folder in folders)


def _may_walk(status: os.stat_result, user: pwd.struct_passwd) -> bool:
    if status.st_uid == user.pw_uid:
        return bool(status.st_mode & 0o100)
    return bool(status.st_mode & (0o010 if status.st_gid == user.pw_gid else 0o001))


def programs_for(folder: Path, user: pwd.struct_passwd | None) -> Path:
    """The server's programs where its user can run them: where they are, or a copy made once."""
    if user is None or is_reachable(folder, user):
        return folder
    installed = folder.parent
    package = installed.parent
    stamp = hashlib.sha256(f"{installed}{(folder / 'postgres').stat().st_mtime_ns}".encode()).hexdigest()[:16]
    copy = STATE / f"programs-{stamp}"
    if not copy.exists():
        _open_state()
        fresh = STATE / f".programs-{stamp}-{os.getpid()}"
        shutil.rmtree(fresh, ignore_errors=True)
        shutil.copytree(installed, fresh / package.name / installed.name, symlinks=True)
        # A wheel keeps the libraries it brings beside the package, where the programs look for them.
        libraries = package.with_name(f"{package.name}.libs")
        if libraries.is_dir():
            shutil.copytree(libraries, fresh / libraries.name)
        for opened in (fresh, fresh / package.name):
            opened.chmod(0o755)
        try:
            fresh.rename(copy)
        except OSError:  # another process was first; its copy is the same
            shutil.rmtree(fresh)
    return copy / package.name / installed.name / folder.name


def data_for(root: Path, user: pwd.struct_passwd | None) -> Path:
    """Where the cluster's files go: under `root`, or in the system's state with the same name for the same root."""
    if user is None or is_reachable(root, user):
        return root / "cluster"
    _open_state()
    kept = STATE / hashlib.sha256(str(root).encode()).hexdigest()[:16]
    kept.mkdir(mode=LIVE, exist_ok=True)
    return kept / "cluster"


def _open_state() -> None:
    STATE.mkdir(mode=LIVE, parents=True, exist_ok=True)
