"""Files of the workspace that are there whole or not at all."""

import os
from pathlib import Path

from medthread.model.errors import ConflictError


def write_new(path: Path, text: str) -> None:
    """Only where nothing is: a link is refused where a name is taken. Raises `ConflictError`."""
    path.parent.mkdir(exist_ok=True)
    partial = _partial(path, text)
    try:
        os.link(partial, path)
    except FileExistsError as error:
        raise ConflictError(f"there is a file {path.name} already", hint="nothing is written over; remove it or rename it first") from error
    finally:
        partial.unlink(missing_ok=True)


def write_over(path: Path, text: str) -> None:
    """In the place of what is there."""
    _partial(path, text).replace(path)


def _partial(path: Path, text: str) -> Path:
    partial = path.with_name(f".{path.name}.part")
    partial.write_text(text, encoding="utf-8")
    return partial
