"""The words everyone speaks. Imports nothing but pydantic and the standard library."""

from medthread.model.classification import Classification, Mask
from medthread.model.entity import About, Entity, F, Field, Home, Kind, Ref, Retention
from medthread.model.labels import Label
from medthread.model.mapping import EntityMapping, FieldMapping, Source, TableMapping, parse_source
from medthread.model.matching import MatchModel
from medthread.model.registry import Registry
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

__all__ = [
    "CODE_FORM",
    "GTIN",
    "NOT_NEGATIVE",
    "USCC",
    "USCC_CONFUSABLE",
    "USCC_INNER",
    "About",
    "Classification",
    "Dimension",
    "Entity",
    "EntityMapping",
    "F",
    "Field",
    "FieldMapping",
    "Gate",
    "Home",
    "Kind",
    "Label",
    "Mask",
    "MatchModel",
    "Ref",
    "Registry",
    "Retention",
    "Rule",
    "Source",
    "TableMapping",
    "between",
    "parse_source",
    "pattern",
]
