"""Contracts as text: the words in the order of the standard, whatever order they were kept in, so that the same contract is the same bytes."""

import json
from typing import Any

import yaml

from medthread.derive.contract.words import Json

ORDER = {word: n for n, word in enumerate((
    "apiVersion", "kind", "id", "name", "version", "status", "tenant", "domain", "dataProduct", "property", "metric", "physicalName", "businessName", "logicalType", "physicalType",
    "logicalTypeOptions", "value", "label", "purpose", "description", "usage", "limitations", "synonym", "locale", "source", "synonyms", "dataGranularityDescription", "primaryKey",
    "primaryKeyPosition", "required", "unique", "criticalDataElement", "classification", "encryptedName", "enum", "tags", "examples", "type", "from", "to", "arguments", "query", "engine",
    "implementation", "mustBe", "mustBeLessOrEqualTo", "unit", "dimension", "severity", "driver", "username", "role", "access", "schema", "items", "properties", "relationships", "quality",
    "vendor", "team", "roles", "members", "slaProperties", "zh", "en", "customProperties",
))}
LAST = len(ORDER)
FREE = frozenset({"value", "arguments", "implementation"})  # below these, words are anybody's


class _Written(yaml.SafeDumper):
    """Says everything where it stands: others, too, read no aliases."""

    def ignore_aliases(self, data: Any) -> bool:
        """Always."""
        del data
        return True


def ordered(value: Any, *, free: bool = False) -> Any:
    """The same with its words in order; of words that are anybody's, by the alphabet."""
    if isinstance(value, list):
        return [ordered(v, free=free) for v in value]
    if not isinstance(value, dict):
        return value
    names = sorted(value) if free and not value.keys() <= {"zh", "en"} else sorted(value, key=lambda n: (ORDER.get(n, LAST), n))
    return {n: ordered(value[n], free=free or n in FREE) for n in names}


def as_yaml(contract: Json) -> str:
    """A contract as YAML."""
    return yaml.dump(ordered(contract), Dumper=_Written, allow_unicode=True, sort_keys=False, width=160)


def as_json(contract: Json) -> str:
    """A contract as JSON."""
    return json.dumps(ordered(contract), ensure_ascii=False, indent=1) + "\n"
