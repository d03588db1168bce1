"""Contents kept once, sealed, on several targets at a time.

A content is known by its hash: what a target has already is not sent again. A target that fails is left out of the
rest, with its reason; the others go on.
"""

import io
import json
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from pydantic import ValidationError

from medthread.governance.backup.manifest import CONTENTS, MANIFESTS, OWNER, SUFFIX, Entry, Manifest
from medthread.model.errors import ConflictError, MedthreadError, NotFoundError
from medthread.stores.targets import Target, TargetError
from medthread.trust.backup_key import BackupKey
from medthread.trust.sealed_stream import AlteredError, hash_file, open_stream, seal_stream


def place_of(content: str) -> str:
    """Under which name on a target a content lies."""
    return f"{CONTENTS}{content[:2]}/{content}"


@dataclass
class Vault:
    """Writes to all targets that still stand. `known` are contents of earlier backups, whose sealed form is written down."""

    targets: Sequence[Target]
    key: BackupKey
    spool: Path
    known: Mapping[str, Entry] = field(default_factory=dict)
    failed: dict[str, str] = field(default_factory=dict)
    sent: int = 0
    _there: dict[str, dict[str, int]] = field(default_factory=dict)

    def open(self, owner: str) -> None:
        """Look what each target has; refuse one that holds the copies of another installation."""
        self.spool.mkdir(parents=True, exist_ok=True)
        for target in self.targets:
            with self._standing(target):
                _claim(target, owner, self.spool)
                self._there[target.name] = target.sizes(CONTENTS)
        self._need_one()

    @property
    def standing(self) -> list[Target]:
        """Targets that have not failed."""
        return [t for t in self.targets if t.name not in self.failed]

    def has_everywhere(self, entries: Iterable[Entry]) -> bool:
        """Whether every target has all of these, whole."""
        return all(self._there.get(t.name, {}).get(place_of(e.content)) == e.stored_bytes for e in entries for t in self.targets)

    def keep(self, source: IO[bytes], *, expected: str | None = None, pack: bool = False) -> Entry:
        """Keep what a file holds, from its beginning; content that is not what was expected is refused."""
        found = hash_file(source)
        if expected is not None and found != expected:
            raise AlteredError("the file is not what its hash says", hint="run `medthread verify`")
        content = self.key.name_of(found)
        entry, place = self.known.get(content), place_of(content)
        lacking = [t for t in self.standing if entry is None or self._there[t.name].get(place) != entry.stored_bytes]
        if entry is not None and not lacking:
            return entry
        source.seek(0)
        with tempfile.NamedTemporaryFile(dir=self.spool) as sealed:
            stored = seal_stream(source, sealed, key=self.key, content=found, pack=pack)
            sealed.flush()
            for target in lacking:
                self._send(target, place, Path(sealed.name), stored.bytes)
        self._need_one()
        return Entry(content=content, bytes=source.tell(), hash=found, stored_bytes=stored.bytes, stored_hash=stored.hash)

    def keep_path(self, path: Path, *, expected: str | None = None, pack: bool = False) -> Entry:
        """Keep a file."""
        with path.open("rb") as source:
            return self.keep(source, expected=expected, pack=pack)

    def keep_pieces(self, stream: Iterable[bytes], *, piece: int) -> Iterator[Entry]:
        """Keep a stream of any length, in pieces."""
        held = bytearray()
        for chunk in stream:
            held += chunk
            while len(held) >= piece:
                yield self.keep(io.BytesIO(held[:piece]), pack=True)
                del held[:piece]
        if held:
            yield self.keep(io.BytesIO(held), pack=True)

    def finish(self, manifest: Manifest) -> None:
        """Write the manifest everywhere: from now on the backup counts."""
        body = io.BytesIO(manifest.model_dump_json().encode())
        with tempfile.NamedTemporaryFile(dir=self.spool) as sealed:
            content = hash_file(body)
            body.seek(0)
            seal_stream(body, sealed, key=self.key, content=content, pack=True)
            sealed.flush()
            for target in self.standing:
                # The hash stands in the name, for nothing else tells it: what is unsealed is compared with it.
                self._send(target, f"{MANIFESTS}{manifest.id}.{content.partition(':')[2]}{SUFFIX}", Path(sealed.name), 0)
        self._need_one()

    def _send(self, target: Target, place: str, path: Path, size: int) -> None:
        with self._standing(target):
            target.put(place, path)
            self._there.setdefault(target.name, {})[place] = size
            self.sent += size

    @contextmanager
    def _standing(self, target: Target) -> Iterator[None]:
        try:
            yield
        except TargetError as error:
            self.failed[target.name] = f"{error.message} ({error.hint})"

    def _need_one(self) -> None:
        if not self.standing:
            raise TargetError("no target could be used: " + "; ".join(self.failed.values()), hint="mend one of them, then run the backup again")


def _claim(target: Target, owner: str, spool: Path) -> None:
    """A target belongs to one installation: pruning would take another's copies for leftovers."""
    try:
        told = json.loads(b"".join(target.get(OWNER)))
    except NotFoundError:
        with tempfile.NamedTemporaryFile(dir=spool) as file:
            file.write(json.dumps({"format": 1, "installation": owner}).encode())
            file.flush()
            target.put(OWNER, Path(file.name))
        return
    except ValueError:
        told = None
    if not isinstance(told, dict) or told.get("installation") != owner:
        raise ConflictError(f"{target.name} holds the backups of another installation", hint="give each installation a folder or prefix of its own")


@dataclass(frozen=True)
class Shelf:
    """What one target holds, to be read."""

    target: Target
    key: BackupKey

    def names(self) -> list[str]:
        """Manifests by the time in their names, newest first."""
        return sorted((n for n in self.target.sizes(MANIFESTS) if n.endswith(SUFFIX)), reverse=True)

    def manifest(self, name: str) -> Manifest:
        """One manifest, unsealed and read."""
        body, content = io.BytesIO(), name.removesuffix(SUFFIX).rpartition(".")[2]
        open_stream(self.target.get(name), body, key=self.key, content=f"sha256:{content}")
        try:
            return Manifest.model_validate_json(body.getvalue())
        except ValidationError as error:
            raise AlteredError(f"{name} is a manifest of another version: {str(error)[:200]}", hint="restore with the version that made it, or a newer one") from error

    def manifests(self) -> list[Manifest]:
        """All of them, newest first; one that cannot be read is an error: nothing is guessed from the others."""
        return [self.manifest(n) for n in self.names()]

    def newest(self) -> Manifest | None:
        """The newest that can be read."""
        for name in self.names():
            try:
                return self.manifest(name)
            except AlteredError:
                continue
        return None

    def find(self, id_: str | None) -> Manifest:
        """A backup by its id, or the newest."""
        for name in self.names():
            if id_ is None or name.removeprefix(MANIFESTS).startswith(f"{id_}."):
                return self.manifest(name)
        raise NotFoundError(f"{self.target.name} has no backup {id_ or 'yet'}", hint="`medthread backup list` shows those there are")

    def bring(self, entry: Entry, sink: IO[bytes]) -> None:
        """A content, unsealed and compared with its hash."""
        open_stream(self.target.get(place_of(entry.content)), sink, key=self.key, content=entry.hash)

    def bring_to(self, entry: Entry, path: Path) -> None:
        """A content as a file."""
        path.parent.mkdir(parents=True, exist_ok=True)
        aside = path.with_name(f".{path.name}.partial")
        try:
            with aside.open("wb") as sink:
                self.bring(entry, sink)
            aside.replace(path)
        except OSError as error:
            aside.unlink(missing_ok=True)
            raise TargetError(f"{path} cannot be written: {error.strerror}", hint="is the disk full?") from error
        except MedthreadError:
            aside.unlink(missing_ok=True)
            raise

    def stream(self, entries: Iterable[Entry], scratch: Path) -> IO[bytes]:
        """Several contents one after the other, as one file to be read once."""
        return io.BufferedReader(_Pieces(self, iter(entries), scratch), 1 << 20)


class _Pieces(io.RawIOBase):
    """Piece by piece through a scratch file: as much disk as one piece, no more memory than a buffer."""

    def __init__(self, shelf: Shelf, entries: Iterator[Entry], scratch: Path) -> None:
        super().__init__()
        self._shelf, self._entries, self._scratch = shelf, entries, scratch
        self._open: IO[bytes] | None = None

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override] # typeshed asks for any buffer
        while True:
            if self._open is not None:
                count = self._open.readinto(buffer)  # type: ignore[attr-defined] # a temporary file has it
                if count:
                    return int(count)
                self._open.close()
                self._open = None
            entry = next(self._entries, None)
            if entry is None:
                return 0
            self._open = tempfile.TemporaryFile(dir=self._scratch)  # noqa: SIM115 - closed when it is read to its end
            assert self._open is not None  # noqa: S101
            self._shelf.bring(entry, self._open)
            self._open.seek(0)

    def close(self) -> None:
        if self._open is not None:
            self._open.close()
        super().close()


def clear(folder: Path) -> None:
    """Remove a scratch folder."""
    shutil.rmtree(folder, ignore_errors=True)
