"""How `medthread` starts and ends: what it imports stays until then, so nobody looks for garbage in it, nor takes it down piece by piece.

Either is about a second of a command that does its work in one.
"""

import atexit
import gc
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager


class Ending:
    """How the process leaves, once everything else that waits for its end has run."""

    status: int | None = None  # where it is known

    def leave(self) -> None:
        """Leave at once where the status is known; else let Python take everything down, as it does of itself."""
        gc.unfreeze()  # what is never walked through is never taken down, and DuckDB tells of leaks
        if self.status is None:
            return
        try:
            sys.stdout.flush()
            sys.stderr.flush()
        except (OSError, ValueError):  # Python itself says what is wrong with them
            return
        os._exit(self.status)


ENDING = Ending()
atexit.register(ENDING.leave)  # told before everybody else, so it is the last to run


@contextmanager
def loading() -> Iterator[None]:
    """Import without Python's collector, which would walk through all that is there again and again.

    What came is left out of its later walks too, where anything came.
    """
    ran, known = gc.isenabled(), len(sys.modules)
    gc.disable()
    try:
        yield
    finally:
        if len(sys.modules) > known:
            gc.freeze()
        if ran:
            gc.enable()
