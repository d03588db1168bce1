"""What `medthread.toml` says of the audit log: `[audit] origin, checkpoints`."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from medthread.methods.note import NAME
from medthread.model.errors import DeclarationError

WORDS = ("origin", "checkpoints")


@dataclass(frozen=True)
class LogSettings:
    """What the log is called on checkpoints (made up when not said), and the folder that they are copied to."""

    origin: str | None = None
    checkpoints: Path | None = None

    @classmethod
    def read(cls, settings: Mapping[str, object], *, home: Path) -> "LogSettings":
        """From the settings of a workspace; a folder is named from there."""
        given = settings.get("audit", {})
        if not isinstance(given, dict):
            raise DeclarationError("medthread.toml: audit is not a section", hint="write [audit] and under it origin, checkpoints")
        strange = sorted(k for k, v in given.items() if k not in WORDS or not isinstance(v, str) or not v.strip())
        if strange:
            raise DeclarationError(f"medthread.toml: [audit] {strange[0]} is not understood", hint='there are origin = "audit.example.com/plant1" and checkpoints = "folder"')
        origin = given.get("origin")
        if origin is not None and not NAME.fullmatch(origin):
            raise DeclarationError(
                f"medthread.toml: [audit] origin {origin!r} cannot name a log", hint="write it like a web address, without spaces and plus: audit.example.com/plant1")
        folder = given.get("checkpoints")
        return cls(origin, home / Path(folder).expanduser() if folder else None)
