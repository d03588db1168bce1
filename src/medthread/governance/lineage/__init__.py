"""Field lineage of the installation: from source columns to whoever reads what was made of them."""

from medthread.governance.lineage.drawn import lineage_of
from medthread.governance.lineage.graph import Edge, Gap, Graph, Step
from medthread.governance.lineage.lately import lately

__all__ = ["Edge", "Gap", "Graph", "Step", "lately", "lineage_of"]
