"""Field lineage of the installation: from source columns to whoever reads what was made of them."""

from medthread.governance.lineage.declared import Declared
from medthread.governance.lineage.drawn import lineage_of
from medthread.governance.lineage.graph import Contradiction, Edge, Gap, Graph, Step
from medthread.governance.lineage.kept import KeptGraph, graph_of
from medthread.governance.lineage.lately import lately

__all__ = ["Contradiction", "Declared", "Edge", "Gap", "Graph", "KeptGraph", "Step", "graph_of", "lately", "lineage_of"]
