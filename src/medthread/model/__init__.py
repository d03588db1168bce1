"""The words everyone speaks. Imports nothing but pydantic and the standard library."""

from medthread.model.classification import Classification, Mask
from medthread.model.coding import Coding
from medthread.model.entity import About, Entity, F, Field, Home, Kind, Ref
from medthread.model.events import Event, EventType, Mode, Reaction, Work, reaction
from medthread.model.guards import Calculation, Decision, Guard
from medthread.model.labels import Label
from medthread.model.mapping import EntityMapping, FieldMapping, TableMapping
from medthread.model.matching import LinkKind, MatchModel
from medthread.model.privacy import LegalBasis, Purpose
from medthread.model.process import Clock, Duty, Meaning, Opening, Process, State, Transition
from medthread.model.registry import Registry
from medthread.model.retention import Retention, Span
from medthread.model.rulebook import Rulebook
from medthread.model.rules import (
    CODE_FORM,
    GTIN,
    NOT_NEGATIVE,
    USCC,
    USCC_CONFUSABLE,
    USCC_INNER,
    Dimension,
    Gate,
    Rule,
    between,
    pattern,
)
from medthread.model.source import Schedule, Source, parse_source
from medthread.model.watches import Watch

__all__ = [
    "CODE_FORM",
    "GTIN",
    "NOT_NEGATIVE",
    "USCC",
    "USCC_CONFUSABLE",
    "USCC_INNER",
    "About",
    "Calculation",
    "Classification",
    "Clock",
    "Coding",
    "Decision",
    "Dimension",
    "Duty",
    "Entity",
    "EntityMapping",
    "Event",
    "EventType",
    "F",
    "Field",
    "FieldMapping",
    "Gate",
    "Guard",
    "Home",
    "Kind",
    "Label",
    "LegalBasis",
    "LinkKind",
    "Mask",
    "MatchModel",
    "Meaning",
    "Mode",
    "Opening",
    "Process",
    "Purpose",
    "Reaction",
    "Ref",
    "Registry",
    "Retention",
    "Rule",
    "Rulebook",
    "Schedule",
    "Source",
    "Span",
    "State",
    "TableMapping",
    "Transition",
    "Watch",
    "Work",
    "between",
    "parse_source",
    "pattern",
    "reaction",
]
