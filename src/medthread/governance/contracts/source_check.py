"""A source's mapping held against what the source promises: columns that are read and not promised, values that will not be taken."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from medthread.derive.contract.words import Json
from medthread.governance.contracts.meant import table_meant
from medthread.methods.contracts import Verdict
from medthread.methods.contracts.kinds import B, C, N
from medthread.methods.contracts.promises import SECONDS
from medthread.model import Entity, EntityMapping, FieldMapping, Kind, Label, Registry, Source, TableMapping
from medthread.model.errors import NotFoundError

PERSONAL = frozenset({"personal", "personal_sensitive", "pii", "sensitive"})
# What comes of a promised type as a field's kind; what is not listed is read from its text, and a row that cannot be read is held.
FITS = {
    ("integer", Kind.INTEGER): C, ("integer", Kind.DECIMAL): C, ("number", Kind.DECIMAL): C, ("boolean", Kind.BOOLEAN): C, ("date", Kind.DATE): C, ("timestamp", Kind.TIMESTAMP): C,
    ("date", Kind.TIMESTAMP): C, ("boolean", Kind.DATE): B, ("boolean", Kind.TIMESTAMP): B, ("boolean", Kind.DECIMAL): B, ("boolean", Kind.INTEGER): B, ("date", Kind.INTEGER): B,
    ("date", Kind.DECIMAL): B, ("timestamp", Kind.INTEGER): B, ("timestamp", Kind.DECIMAL): B, ("number", Kind.DATE): B, ("number", Kind.TIMESTAMP): B, ("date", Kind.BOOLEAN): B,
    ("timestamp", Kind.BOOLEAN): B, ("object", Kind.INTEGER): B, ("array", Kind.INTEGER): B,
}


@dataclass(frozen=True)
class SourceLine:
    """What was found of a column or of the table as a whole; `field` is `entity.field` where it feeds one."""

    column: str | None
    field: str | None
    verdict: Verdict
    label: Label
    detail: str | None = None


def table_of_source(sources: tuple[Source, ...], subject: str) -> tuple[Source, str, TableMapping]:
    """The mapping that `source.table` names. Raises `NotFoundError`."""
    name, _, table = subject.partition(".")
    source = next((s for s in sources if s.name == name), None)
    if source is None or table not in source.tables:
        raise NotFoundError(f"no source table {subject!r}", hint="write source.table, such as erp.orders")
    return source, table, source.tables[table]


def check_mapping(source: Source, name: str, promise: Mapping[str, Any], registry: Registry) -> list[SourceLine]:
    """Everything that the mapping of a table and the promise say differently, the gravest first; nothing where they agree."""
    mapping = source.tables[name]
    there = table_meant(promise, name, mapping.place)
    columns: dict[str, Json] = {}
    for part in there.get("properties") or ():
        columns[str(part.get("physicalName") or part["name"])] = part
        columns.setdefault(str(part["name"]), part)
    found = [*_whole(source, promise), *_absent(mapping, columns), *_unknown(mapping, there)]
    for feed in mapping.feeds:
        if feed.entity in registry:
            found += _feed(feed, registry[feed.entity], columns)
    order = list(Verdict)
    return sorted(dict.fromkeys(found), key=lambda line: (order.index(line.verdict), line.column or "", line.field or ""))


def _whole(source: Source, promise: Mapping[str, Any]) -> Iterator[SourceLine]:
    status = str(promise.get("status", "active"))
    if status in ("retired", "deprecated"):
        yield SourceLine(None, None, B if status == "retired" else N, Label("对方的契约已停用或弃用", "the contract of the other side is retired or deprecated"), status)
    if source.fresh_within is None:
        return
    number, unit = source.fresh_within.split()
    ours = int(number) * SECONDS["d" if unit == "wd" else unit]
    for promised in promise.get("slaProperties") or ():
        value, per = promised.get("value"), SECONDS.get(str(promised.get("unit", "")).lower())
        if promised.get("property") in ("latency", "freshness") and isinstance(value, int | float) and per and value * per > ours:
            words = Label("对方承诺的时效不及我们对读者的承诺", "they promise later data than we promise to readers")
            yield SourceLine(None, None, B, words, f"{value} {promised['unit']} > {source.fresh_within}")


def _absent(mapping: TableMapping, columns: Mapping[str, Json]) -> Iterator[SourceLine]:
    feeds = {c: f"{feed.entity}.{n}" for feed in mapping.feeds for n, f in feed.fields.items() for c in f.columns}
    for column in sorted(mapping.mapped - set(mapping.ignore)):
        if column not in columns:
            yield SourceLine(column, feeds.get(column), B, Label("映射读取的列不在契约中", "a column that the mapping reads is not promised"))
        elif columns[column].get("deprecated"):
            yield SourceLine(column, feeds.get(column), N, Label("映射读取的列已被对方弃用", "a column that the mapping reads is deprecated"))


def _unknown(mapping: TableMapping, there: Json) -> Iterator[SourceLine]:
    known = mapping.mapped | set(mapping.personal)
    for part in there.get("properties") or ():
        names = {str(part["name"]), str(part.get("physicalName") or part["name"])}
        column = str(part.get("physicalName") or part["name"])
        told = {str(part.get("classification", "")).lower(), *(str(t).lower() for t in part.get("tags") or ())}
        if names & set(mapping.ignore) and told & PERSONAL:
            yield SourceLine(column, None, B, Label("对方称为个人信息的列被列在 ignore,到达时不会加密", "a column that they call personal stands under ignore: it is not sealed on arrival"))
        elif not names & known:
            yield SourceLine(column, None, C, Label("契约中有而映射未提到的列:到达时加密", "a promised column that the mapping does not name: it is sealed on arrival"))


def _feed(feed: EntityMapping, entity: type[Entity], columns: Mapping[str, Json]) -> Iterator[SourceLine]:
    for name, mapping in feed.fields.items():
        field = entity.fields.get(name)
        part = columns.get(mapping.from_ or "")
        if field is None or part is None or mapping.from_ is None:
            continue
        at = f"{entity.name}.{name}"
        if _is_plain(mapping) and (verdict := _type_verdict(part, field.kind)) is not C:
            words = Label("承诺的类型读不成字段的类型", "the promised type does not read as the field's") if verdict is B else Label("从文本读取,读不出的行会被隔离", "read from text: a row that cannot be read is held")
            yield SourceLine(mapping.from_, at, verdict, words, f"{part.get('logicalType')} → {field.kind.value}")
        if field.required and not part.get("required") and mapping.otherwise is None:
            yield SourceLine(mapping.from_, at, N, Label("字段必填而对方不保证有值:缺值的行会被隔离", "the field must be filled and they do not promise it: rows without it are held"))
        lost = _lost_codes(part, mapping, list(field.mark.codes or ()))
        if lost:
            yield SourceLine(mapping.from_, at, B, Label("对方承诺的取值中有映射不接受的:这样的行会被隔离", "values that they promise are not taken: rows with them are held"), ", ".join(lost))


def _is_plain(mapping: FieldMapping) -> bool:
    return mapping.path is None and mapping.codes is None and mapping.unit is None


def _type_verdict(part: Json, kind: Kind) -> Verdict:
    logical = part.get("logicalType")
    if kind is Kind.TEXT:
        return B if logical in ("object", "array", "map") else C
    return N if logical is None else FITS.get((logical, kind), N)


def _lost_codes(part: Json, mapping: FieldMapping, codes: list[str]) -> list[str]:
    promised = [str(c["value"]) for c in part.get("enum") or ()]
    if not promised or mapping.otherwise is not None or not (codes or mapping.codes):
        return []
    taken = {*(mapping.codes or {}), *codes}
    folded = {t.lower() for t in taken} if {"lower", "upper"} & set(mapping.change) else taken
    return [c for c in promised if c not in taken and c.lower() not in folded]
