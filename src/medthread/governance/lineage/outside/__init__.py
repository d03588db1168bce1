"""What other tools tell of lineage in events of OpenLineage: taken in, kept as they said it, joined with what is read here."""

from medthread.governance.lineage.outside.reading import events_of, parts_of
from medthread.governance.lineage.outside.take import NONE, Refused, Taken, take

__all__ = ["NONE", "Refused", "Taken", "events_of", "parts_of", "take"]
