"""A model's table as a contract: its columns as the engine made them, its grain, its tests, what it is made from."""

from collections.abc import Callable, Iterable, Sequence

from medthread.derive.contract.words import (
    API_VERSION,
    UTC,
    VENDOR,
    Json,
    Promise,
    Words,
    both,
    grain,
    promised,
    synonyms,
    team,
    terms,
    with_custom,
)
from medthread.derive.form import pair
from medthread.governance.contracts.rules import rule_as_quality
from medthread.model import Label
from medthread.model.rule_file import QualityRule
from medthread.pipeline.build.built import Columns
from medthread.pipeline.build.expectation import Expectation
from medthread.pipeline.build.model import Model

INTEGERS = frozenset({"TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT", "UHUGEINT"})
NUMBERS = frozenset({"DECIMAL", "DOUBLE", "FLOAT"})
PLAIN = {"BOOLEAN": "boolean", "DATE": "date", "TIME": "time", "VARCHAR": "string", "UUID": "string"}


def logical_type(stored: str) -> Json:
    """The logical type of a type of the engine; what the standard has no word for is a text by its look, and its stored type tells it."""
    if stored.endswith("[]"):
        return {"logicalType": "array", "items": {**logical_type(stored.removesuffix("[]")), "physicalType": stored.removesuffix("[]")}}
    name = stored.partition("(")[0].strip().upper()
    if name in INTEGERS:
        return {"logicalType": "integer"}
    if name in NUMBERS:
        return {"logicalType": "number"}
    if name.startswith("TIMESTAMP"):
        return {"logicalType": "timestamp", "logicalTypeOptions": {"timezone": True} if "ZONE" in name else dict(UTC)}
    return {"logicalType": "object" if name == "STRUCT" else "map" if name == "MAP" else PLAIN.get(name, "string")}


def model_contract(
    model: Model, columns: Columns, *, version: str, said: Callable[[str], Words | None] = lambda _: None, rules: Iterable[QualityRule] = (),
    promises: Sequence[Promise] = (), tenant: str | None = None,
) -> Json:
    """The contract of a model with these columns; the same gives the same bytes."""
    words = said(model.table) or Words(model.meaning, (), model.owner)
    meaning = words.meaning or model.meaning
    found: Json = {
        "apiVersion": API_VERSION, "kind": "DataContract", "id": f"{VENDOR}.{model.table}", "version": version, "status": "active", "name": model.label.en,
        **({"tenant": tenant} if tenant else {}), **({"domain": model.domain} if model.domain else {}),
        "description": {"purpose": meaning.zh, "customProperties": [{"property": "purposeEn", "value": meaning.en, "vendor": VENDOR}]},
        "schema": [_object(model, columns, words, said, list(rules))], "team": team(words),
    }
    if promises:
        found["slaProperties"] = list(map(promised, promises))
    return found


def _object(model: Model, columns: Columns, words: Words, said: Callable[[str], Words | None], rules: list[QualityRule]) -> Json:
    tests = [*_grain_test(model), *(_test(e) for e in model.expectations if not _is_of_grain(e, model))]
    quality = tests + [rule_as_quality(r) for r in rules if r.on.field is None]
    found: Json = {
        "id": model.name, "name": model.name, "physicalName": model.table, "logicalType": "object", "physicalType": "table", "businessName": model.label.zh,
        **both(words.meaning), "synonyms": synonyms(model.label, words.synonyms),
        **({"dataGranularityDescription": grain(model.grain, [_label(model, g).zh for g in model.grain])} if model.grain else {}),
        "properties": [_property(model, name, stored, said, rules) for name, stored in columns],
        **({"quality": quality} if quality else {}),
    }
    own = {
        "label": pair(model.label), "meaning": pair(model.meaning), "owner": model.owner, "reads": list(model.reads), "statement": model.sha,
        "partition": str(model.partition) if model.partition else None, "terms": terms(words),
    }
    return with_custom(found, own)


def _label(model: Model, name: str) -> Label:
    return model.columns.get(name) or Label(name, name)


def _property(model: Model, name: str, stored: str, said: Callable[[str], Words | None], rules: list[QualityRule]) -> Json:
    label, key = _label(model, name), name in model.grain
    words = said(f"{model.table}.{name}") or Words(model.columns.get(name), (), model.owner)
    filled = key or any(e.blocks and e.condition.lower() in (f"{name} is not null", f'"{name}" is not null') for e in model.expectations)
    found: Json = {
        "name": name, "physicalName": name, "businessName": label.zh, **both(words.meaning), **({"synonyms": synonyms(label, words.synonyms)} if label.zh != label.en or words.synonyms else {}),
        **logical_type(stored), "physicalType": stored, "required": filled,
    }
    if key:
        found |= {"primaryKey": True, "primaryKeyPosition": model.grain.index(name) + 1, "unique": len(model.grain) == 1}
    if asked := [rule_as_quality(r) for r in rules if r.on.field == name]:
        found["quality"] = asked
    return with_custom(found, {"terms": terms(words)})


def _grain_test(model: Model) -> list[Json]:
    if not model.grain:
        return []
    return [{
        "id": "grain", "name": "grain", "type": "library", "metric": "duplicateValues", "arguments": {"properties": list(model.grain)}, "mustBe": 0, "unit": "rows",
        "dimension": "uniqueness", "severity": "error",
    }]


def _is_of_grain(asked: Expectation, model: Model) -> bool:
    """Whether it is one of the conditions that the grain stands for, which is told as such."""
    return bool(model.grain) and asked.condition in _grain_conditions(model)


def _grain_conditions(model: Model) -> set[str]:
    names = [f'"{n}"' for n in model.grain]
    return {*(f"{n} is not null" for n in names), f"count(*) = count(distinct ({', '.join(names)}))"}


def _test(asked: Expectation) -> Json:
    query = f"select cast(not coalesce({asked.condition}, true) as integer) from ${{object}}" if asked.whole else f"select count(*) from ${{object}} where not ({asked.condition})"
    return {
        "name": asked.condition, "type": "sql", "query": query, "mustBe": 0, "unit": "rows", "severity": "error" if asked.blocks else "warning",
        "customProperties": [{"property": "origin", "value": "model", "vendor": VENDOR}],
    }
