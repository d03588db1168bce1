"""A question that nobody asks is refused: a misspelt filter must not pass for a list without one."""

from collections.abc import Iterator
from difflib import get_close_matches
from typing import Annotated

from fastapi import Depends, Request
from fastapi.dependencies.models import Dependant

from medthread.model.errors import InvalidError


async def whatever_comes(request: Request) -> dict[str, str]:
    """All of the query, for a route whose caller decides what it brings."""
    return dict(request.query_params)


Brought = Annotated[dict[str, str], Depends(whatever_comes)]


async def refuse_strangers(request: Request) -> None:
    """Refuse a query parameter that the route does not declare: an `InvalidError` names it, and those that there are."""
    if not request.scope.get("query_string"):
        return
    known = _declared(request.scope["route"].dependant)
    stranger = next((name for name in request.query_params if known is not None and name not in known), None)
    if known is not None and stranger is not None:
        near = get_close_matches(stranger, known, n=1)
        hint = f"did you mean {near[0]}?" if near else f"there are: {', '.join(sorted(known))}" if known else "leave the query out"
        raise InvalidError(f"no parameter {stranger!r} here", hint=hint)


def _declared(dependant: Dependant) -> frozenset[str] | None:
    """What a route takes from the query; none where it takes whatever comes."""
    parts = list(_parts(dependant))
    if any(part.call is whatever_comes for part in parts):
        return None
    return frozenset(field.alias for part in parts for field in part.query_params)


def _parts(dependant: Dependant) -> Iterator[Dependant]:
    yield dependant
    for part in dependant.dependencies:
        yield from _parts(part)
