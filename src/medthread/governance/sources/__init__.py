"""The inventory of sources: how each is doing, whether it keeps its promise, and whether its mapping fits what is there."""

from medthread.governance.sources.probe import FieldFit, TableProbe, check_source, known_source, probe_source
from medthread.governance.sources.standing import HEALTHS, Health, SourceStanding, TableStanding, standings

__all__ = ["HEALTHS", "FieldFit", "Health", "SourceStanding", "TableProbe", "TableStanding", "check_source", "known_source", "probe_source", "standings"]
