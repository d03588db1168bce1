"""Coroutines run by tests that are none themselves."""

import asyncio
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

Result = TypeVar("Result")


def run(work: Coroutine[Any, Any, Result]) -> Result:
    """What a coroutine gives, run in a thread of its own: in this one, the browser of other tests may have left its loop running."""
    with ThreadPoolExecutor(1) as beside:
        return beside.submit(asyncio.run, work).result()
