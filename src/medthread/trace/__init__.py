"""The genealogy as an index: memory-mapped compressed sparse rows both ways, a delta on top, walks over both.

The index is built from one mart (`marts.genealogy`: parent, child, kind, quantity, at). A node's name begins with
the letter of its role; what the roles mean is in `roles.py`.
"""

from medthread.trace.delta import Delta
from medthread.trace.index import IndexFacts, TraceIndex, build_index
from medthread.trace.tracer import GENEALOGY, NODES, Tracer
from medthread.trace.walk import Walk, reach

__all__ = ["GENEALOGY", "NODES", "Delta", "IndexFacts", "TraceIndex", "Tracer", "Walk", "build_index", "reach"]
