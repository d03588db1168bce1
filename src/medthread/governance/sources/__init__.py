"""The inventory of sources: how each is doing, whether it keeps its promise, and whether its mapping fits what is there."""

from medthread.governance.sources.amending import amend, difference
from medthread.governance.sources.drift import Drift, drifts
from medthread.governance.sources.probe import FieldFit, TableProbe, check_source, known_source, probe_source, sample_of
from medthread.governance.sources.standing import HEALTHS, Health, SourceStanding, TableStanding, standings

__all__ = ["HEALTHS", "Drift", "FieldFit", "Health", "SourceStanding", "TableProbe", "TableStanding", "amend", "check_source", "difference", "drifts", "known_source", "probe_source", "sample_of", "standings"]
