"""The registry as the product has it, for tests that every declaration inherits."""

from functools import cache

from medthread.app import declared
from medthread.model import Registry


@cache
def registry() -> Registry:
    return declared()[0]
