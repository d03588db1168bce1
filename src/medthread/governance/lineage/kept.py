"""The graph is drawn anew only when something that it is drawn from changed."""

import threading
from collections.abc import Sequence

from medthread.governance.lineage.drawn import lineage_of
from medthread.governance.lineage.graph import Graph
from medthread.model import Registry, Source
from medthread.model.consumer import Consumer
from medthread.pipeline.build.model import Model
from medthread.stores.lakehouse.committer import key_of


class KeptGraph:
    """The last graph, and what it was drawn from."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._key, self._graph = "", None

    _graph: Graph | None

    def of(self, registry: Registry, sources: tuple[Source, ...], models: Sequence[Model], consumers: Sequence[Consumer], *, rules: int) -> Graph:
        """The graph of what is declared now; `rules` is how many rules of the company's own there are, which only ever grow."""
        key = key_of("lineage", str(id(registry)), str(rules), *(s.model_dump_json() for s in sources), *(f"{m.name}\n{m.text}" for m in models))
        with self._lock:
            if self._graph is None or key != self._key:
                self._key, self._graph = key, lineage_of(registry, sources, models, consumers)
            return self._graph
