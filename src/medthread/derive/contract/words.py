"""The words of the standard, and how what it has no word for travels: as custom properties that carry our name."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from medthread.derive.form import pair
from medthread.model import Kind, Label

API_VERSION = "v3.2.0"
VENDOR = "medthread"
Json = dict[str, Any]

LOGICAL = {
    Kind.TEXT: "string",
    Kind.INTEGER: "integer",
    Kind.DECIMAL: "number",
    Kind.BOOLEAN: "boolean",
    Kind.DATE: "date",
    Kind.TIMESTAMP: "timestamp",
}
DIMENSIONS = {"validity": "conformity"}  # ODCS has DAMA's other five and calls this one conformity
UTC = {"timezone": False, "defaultTimezone": "Etc/UTC"}  # how the lake keeps moments


@dataclass(frozen=True)
class Words:
    """What holds of an entity or a field where a company says it otherwise than the declaration: meaning, synonyms, owners, bound terms."""

    meaning: Label | None
    synonyms: tuple[str, ...]
    owner: str
    steward: str = ""
    technical: str = ""
    terms: tuple[tuple[str, Label], ...] = ()  # name and label


@dataclass(frozen=True)
class Promise:
    """A level of service in the words of the standard: `latency`, 1, `h`, what it is promised of; its id tells it from others of the property."""

    id: str
    property: str
    value: str | int | float
    unit: str
    about: Label


def custom(said: Mapping[str, Any]) -> list[Json]:
    """Custom properties of what is said; what is empty is not."""
    return [{"property": name, "value": value, "vendor": VENDOR} for name, value in said.items() if value not in (None, "", [], {}, False)]


def with_custom(found: Json, said: Mapping[str, Any]) -> Json:
    """`found` with custom properties, where there are any."""
    made = custom(said)
    return {**found, "customProperties": made} if made else found


def ours(element: Mapping[str, Any]) -> Json:
    """What an element carries of our own, by name."""
    return {c["property"]: c["value"] for c in element.get("customProperties") or () if c.get("vendor") == VENDOR}


def label_in(said: Any) -> Label | None:
    """Both languages, read back."""
    return None if said is None else Label(said["zh"], said["en"])


def both(label: Label | None) -> Json:
    """The description in both languages; none where nobody says one."""
    if label is None:
        return {}
    return {"description": label.zh if label.zh == label.en else f"{label.zh}\n{label.en}"}


def synonyms(label: Label, others: Iterable[str]) -> list[Json]:
    """The English name, then the words that people use."""
    return [{"synonym": label.en, "locale": "en", "source": "label"}, *({"synonym": s} for s in others)]


def team(words: Words) -> Json:
    """Who answers for it."""
    named = (("owner", words.owner), ("steward", words.steward), ("technical owner", words.technical))
    return {"members": [{"username": name, "role": role} for role, name in named if name]}


def terms(words: Words) -> list[Json]:
    """The terms that are bound to it."""
    return [{"name": n, "label": pair(label)} for n, label in words.terms]


def promised(promise: Promise) -> Json:
    """A level of service."""
    return {
        "id": promise.id, "property": promise.property, "value": promise.value, "unit": promise.unit, "driver": "operational", "description": f"{promise.about.zh}\n{promise.about.en}",
    }


def label_of(part: Mapping[str, Any]) -> Label:
    """What a field or table of a contract is called; in English as its synonym of that language says."""
    english = next((s["synonym"] for s in part.get("synonyms") or () if s.get("locale") == "en"), None)
    name = str(part.get("businessName") or part["name"])
    return Label(name, str(english or name))


def grain(names: Sequence[str], labels: Sequence[str]) -> str:
    """What one row is."""
    return f"每行一个:{'、'.join(labels)} · one row per {', '.join(names)}"
