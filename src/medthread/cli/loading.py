"""What a command imports stays until it ends: nobody looks for garbage in it."""

import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def loading() -> Iterator[None]:
    """Import without Python's collector, which would walk through everything that is there, again and again: a quarter of a start.

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
