"""Ways into other systems: what is written back goes by one of them, and comes back with a receipt."""

from medthread.stores.ways.opening import open_way
from medthread.stores.ways.port import Letter, Sent, Way

__all__ = ["Letter", "Sent", "Way", "open_way"]
