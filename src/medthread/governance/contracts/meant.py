"""Which table of somebody else's contract is meant, where it may hold several."""

from collections.abc import Mapping
from typing import Any

from medthread.derive.contract.words import Json
from medthread.methods.contracts import normal
from medthread.model.errors import InvalidError


def table_meant(document: Mapping[str, Any], name: str, place: str) -> Json:
    """The table that is called so, or lies there; else its only one. Raises `InvalidError` where neither is told."""
    tables = normal(document).get("schema") or []
    names = {name.lower(), place.lower()}
    named = [t for t in tables if {str(t.get("name")).lower(), str(t.get("physicalName")).lower()} & names]
    chosen = named or tables
    if len(chosen) != 1:
        told = ", ".join(str(t.get("name")) for t in tables) or "none"
        raise InvalidError(f"the contract has {len(tables)} tables, and none is called {name}: {told}", hint="keep the one that is meant, or call it as it is called here")
    found: Json = chosen[0]
    return found
