"""The graph is drawn anew only when something that it is drawn from changed."""

import threading

from medthread.governance.lineage.declared import Declared
from medthread.governance.lineage.drawn import lineage_of
from medthread.governance.lineage.graph import Graph
from medthread.governance.lineage.outside.standing import Standing, newest, said, standing
from medthread.stores.postgres.store import Store


class KeptGraph:
    """The last graph of an installation, and what it was drawn from."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._key = ""
        self._newest = -1
        self._standing: tuple[Standing, ...] = ()
        self._graph: Graph | None = None

    def of(self, store: Store, declared: Declared) -> Graph:
        """The graph of what is declared and told now. Events that say again what was said draw nothing anew."""
        key = declared.key
        with self._lock, store.transaction() as tx:
            if (last := newest(tx)) != self._newest:
                told = standing(tx)
                if told != self._standing:
                    self._standing, self._graph = told, None
                self._newest = last
            if self._graph is None or key != self._key:
                self._key, self._graph = key, lineage_of(declared, said(tx, self._standing))
            return self._graph


def graph_of(store: Store, declared: Declared) -> Graph:
    """The graph of now, for who asks once."""
    return KeptGraph().of(store, declared)
