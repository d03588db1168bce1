"""Tables in an order in which every referenced object has been read before it is looked up."""

from graphlib import CycleError, TopologicalSorter

from medthread.model import Registry, Source
from medthread.model.errors import DeclarationError
from medthread.model.rules import SURE
from medthread.pipeline.standardise.scan import Scan


def scans_in_order(sources: tuple[Source, ...], registry: Registry, *, corrects_from: float = SURE) -> list[Scan]:
    """All mapped tables; a table that refers to entities it feeds itself comes before nothing."""
    scans = {(s.name, t): Scan(s, t, registry, corrects_from=corrects_from) for s in sources for t in s.tables}
    feeders: dict[str, set[tuple[str, str]]] = {}
    for place, scan in scans.items():
        for feed in scan.feeds:
            feeders.setdefault(feed.entity.name, set()).add(place)
    graph = {
        place: {f for entity in scan.references() for f in feeders.get(entity, set()) if f != place}
        for place, scan in scans.items()
    }
    try:
        return [scans[place] for place in TopologicalSorter(graph).static_order()]
    except CycleError as cycle:
        path = " -> ".join(".".join(place) for place in cycle.args[1])
        raise DeclarationError(
            f"tables refer to each other in a circle: {path}", hint="split the table that closes the circle"
        ) from None
