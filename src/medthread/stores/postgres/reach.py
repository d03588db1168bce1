"""Folders that the server's user cannot reach.

Run as root in root's own home, the server drops to a user that may not even walk through `/root`. Its programs and
its data then live beside the system's other state, named after where they belong.
"""

import hashlib
import os
import pwd
import shutil
from pathlib import Path

from medthread.model.errors import StoreError
from medthread.stores.private import make_way

STATE = Path("/var/lib/medthread")


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
        make_way(STATE, walked=True)
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
    """Where the cluster's files go: under `root`, or in the system's state with the same name for the same root.

    Once made they stay where they are, whatever is opened or closed later: a folder that was closed since is an error,
    never a reason to begin an empty database elsewhere.
    """
    here, kept = root / "cluster", STATE / hashlib.sha256(str(root).encode()).hexdigest()[:16] / "cluster"
    if user is None:
        return here
    made = (root / "password").exists()
    is_here = made and (here / "PG_VERSION").exists()
    if made and not is_here and (kept / "PG_VERSION").exists():
        return kept
    if is_reachable(root, user):
        return here
    if is_here:
        raise StoreError(
            f"the database in {root} was closed to {user.pw_name}, who runs it", hint="let others walk through each folder above it: chmod o+x")
    make_way(kept.parent, walked=True)
    return kept
