"""Registry and rulebook as the product has them, for tests that every declaration inherits."""

from functools import cache

from medthread.app import declared
from medthread.model import Registry, Rulebook


@cache
def registry() -> Registry:
    return declared()[0]


@cache
def rulebook() -> Rulebook:
    return Rulebook.declared(registry())
