"""What one backup is: every file of it with its hash, and what the installation was like at its point.

A backup counts when its manifest is there, and the manifest is written last. Each hash says with which algorithm it was
made. The manifest is sealed like everything else: nobody without the key learns from it what the company holds.
"""

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict

MANIFESTS, CONTENTS, KEYS, OWNER = "backups/", "contents/", "keys/", "installation.json"
SUFFIX = ".manifest"


class Stated(BaseModel):
    """A statement of a manifest: no words but the known ones."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Entry(Stated):
    """One content: under which name it is kept, its size and hash, and those of its sealed form."""

    content: str
    bytes: int
    hash: str
    stored_bytes: int
    stored_hash: str


class Named(Stated):
    """A file by its path below its place, or a piece by its name."""

    path: str
    entry: Entry


class Fault(Stated):
    """A file that should have been copied and could not be: gone, or not what its hash says."""

    path: str
    what: Literal["missing", "changed"]


class Server(Stated):
    """The database server: its own identifier, its version, the migration that the database stands at."""

    system: str
    version: str
    migration: str


class Database(Stated):
    """PostgreSQL: the server copied whole with its log (`base`), or one database by pg_dump (`dump`)."""

    kind: Literal["base", "dump"]
    server: Server
    pieces: tuple[Entry, ...]
    log: tuple[Named, ...] = ()
    point: str | None = None  # the name of the restore point
    lsn: str | None = None


class Lake(Stated):
    """The lakehouse: where it stood, its files, and which release readers saw."""

    place: str
    files: tuple[Named, ...]
    release: str | None
    releases: int


class Audit(Stated):
    """The log of what was done: how many rows, the last one's number, the last signed checkpoint (C2SP) and how far it reaches."""

    rows: int
    last: int
    sealed: int
    checkpoint: str | None


class Manifest(Stated):
    """One backup."""

    format: Literal["medthread-backup-1"] = "medthread-backup-1"
    id: str
    workspace: str
    product: str
    whole: bool  # false where the base is that of an earlier backup and only the log since then is new
    made_by: str
    base_at: datetime  # when the copy of the server was begun that this one builds upon
    point_at: datetime
    started_at: datetime
    finished_at: datetime
    database: Database
    lake: Lake
    trace: tuple[Named, ...]
    landing: tuple[Named, ...] = ()  # what was collected and not taken in: of a message that was acknowledged it is the only copy
    settings: tuple[Named, ...]
    audit: Audit
    rows: dict[str, int]  # of every table, by schema and name
    faults: tuple[Fault, ...] = ()

    @property
    def entries(self) -> dict[str, Entry]:
        """Every content that it needs, by name."""
        named = (*self.lake.files, *self.trace, *self.landing, *self.settings, *self.database.log)
        return {e.content: e for e in (*self.database.pieces, *(n.entry for n in named))}

    @property
    def bytes(self) -> int:
        """How much it restores to."""
        return sum(e.bytes for e in self.entries.values())


class KeyBundle(Stated):
    """The keys, apart from what they open: the master key, and every kept key as it is wrapped by it."""

    format: Literal["medthread-keys-1"] = "medthread-keys-1"
    made_at: datetime
    system: str
    files: dict[str, str]  # name below data/keys -> base64
    tables: dict[str, dict[str, str | None]]  # table -> id -> wrapped key, base64; null where it was destroyed
