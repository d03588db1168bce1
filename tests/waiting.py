"""Waiting for what comes about by itself, and no longer than it may take."""

import time
from collections.abc import Callable
from typing import Any


def within(seconds: float, true: Callable[[], Any]) -> bool:
    """Whether it came about in time."""
    until = time.monotonic() + seconds
    while not (held := bool(true())) and time.monotonic() < until:
        time.sleep(0.02)
    return held
