"""The genealogy as an index: memory-mapped compressed sparse rows both ways, later edges beside them, walks over both.

The index is built from one mart (`marts.genealogy`: parent, child, kind, quantity, at). A node's name begins with
the letter of its role; what the roles mean is in `roles.py`.
"""

from medthread.trace.build import build_index
from medthread.trace.index import IndexFacts, TraceIndex
from medthread.trace.tracer import CONSUMER, GENEALOGY, NODES, Tracer
from medthread.trace.walk import Walk, reach

__all__ = ["CONSUMER", "GENEALOGY", "NODES", "IndexFacts", "TraceIndex", "Tracer", "Walk", "build_index", "reach"]
