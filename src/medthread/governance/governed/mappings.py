"""Mappings: that of a source as a whole, or where one field of it comes from.

`mapping:erp` is `{"mapping": {name: erp, …}}` in the words of `sources/*.yaml`; `mapping:erp/supplier/supplier.name` is
`{"field": {from: NAME, change: [trim]}}`, and with `{"field": null}` nothing fills it any more.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

from pydantic import ValidationError

from medthread.derive import check_source
from medthread.governance.governed.words import TEXT, Base, Content, as_invalid, one_of, subject_of
from medthread.model import FieldMapping, Registry, Source
from medthread.model.errors import DeclarationError, InvalidError, NotFoundError
from medthread.model.mapping import EntityMapping
from medthread.model.source import parse_source
from medthread.model.yaml_file import parse_yaml

WHOLE, FIELD = "mapping", "field"
SHAPE = "write mapping:source, or mapping:source/table/entity.field"


class Place(NamedTuple):
    """What of a mapping is changed: all of a source's, or one field that a table fills."""

    source: str
    table: str = ""
    entity: str = ""
    field: str = ""

    @property
    def is_whole(self) -> bool:
        """Whether all of a source is meant."""
        return not self.table


def place_of(name: str) -> Place:
    """The place that a name says. Raises `InvalidError` where it says none."""
    source, *rest = name.split("/")
    if not rest and source:
        return Place(source)
    entity, dot, field = rest[-1].partition(".") if len(rest) == 2 else ("", "", "")  # noqa: PLR2004 - a table and a field
    if not (source and dot and rest[0] and entity and field):
        raise InvalidError(f"{name!r} is no place of a mapping", hint=SHAPE)
    return Place(source, rest[0], entity, field)


class Mappings:
    """Mappings as they are changed under governance."""

    def declared(self, base: Base, name: str) -> Content | None:
        """What the file of a source says of the place."""
        at = place_of(name)
        source = next((s for s in base.sources if s.name == at.source), None)
        if source is None:
            return None
        return {WHOLE: as_data(source)} if at.is_whole else {FIELD: field_of(source, at)}

    def checked(self, base: Base, name: str, content: Content) -> Content:
        """The content as it is kept; what it makes of the source is held against all that is declared."""
        at = place_of(name)
        if at.is_whole:
            return {WHOLE: as_data(self.read(base.registry, name, content))}
        one_of(content, FIELD)
        source = next((s for s in base.sources if s.name == at.source), None)
        if source is None:
            raise NotFoundError(f"no source {at.source!r}", hint=f"there are: {', '.join(s.name for s in base.sources)}")
        return {FIELD: field_of(with_field(source, at, content, base.registry), at)}

    def read(self, registry: Registry, name: str, content: Mapping[str, Any]) -> Source:
        """The source that a content says, called as its subject is."""
        origin = subject_of("mapping", name)
        word = one_of(content, WHOLE, TEXT)
        try:
            data = parse_yaml(str(content[TEXT]), file=origin) if word == TEXT else content[WHOLE]
            source = parse_source(data, origin=origin)
            check_source(source, registry, origin=origin)
        except DeclarationError as error:
            raise as_invalid(error) from error
        if source.name != name:
            raise InvalidError(f"the source is called {source.name!r}, and {name!r} is what is changed", hint="a change is about one source, by its name")
        return source

    def told(self, content: Content) -> Content:
        """In the order of `sources/*.yaml`; what can be read no more stays as it is."""
        if WHOLE not in content:
            return content
        try:
            return {WHOLE: as_data(parse_source(content[WHOLE], origin=""))}
        except DeclarationError:
            return content

    def narrows(self, before: Content | None, after: Content | None) -> bool:
        """Whether a field that was filled is filled no more, or by other columns."""
        was, is_ = _filled(before), _filled(after)
        return any(is_.get(field) != said for field, said in was.items())


def as_data(source: Source) -> Content:
    """A source in the words of its file."""
    return source.model_dump(mode="json", by_alias=True, exclude_defaults=True) | {"classification": source.classification.name.lower()}


def field_of(source: Source, at: Place) -> Content | None:
    """Where a field comes from; nothing where nothing fills it."""
    feed = _feed(source, at)
    mapped = feed.fields.get(at.field) if feed else None
    return None if mapped is None else mapped.model_dump(mode="json", by_alias=True, exclude_defaults=True)


def with_field(source: Source, at: Place, content: Mapping[str, Any], registry: Registry) -> Source:
    """The source with another origin of one field, in the first mapping of the table to the entity. Raises `InvalidError` where that cannot be."""
    feed, origin = _feed(source, at), subject_of("mapping", "/".join(at[:2]))
    if feed is None:
        raise InvalidError(f"{source.name} maps no {at.entity} from a table {at.table!r}", hint=SHAPE)
    said = content[FIELD]
    try:
        mapped = None if said is None else FieldMapping.model_validate({"from": said} if isinstance(said, str) else said)
    except ValidationError as error:
        first = error.errors()[0]
        raise InvalidError(f"{'.'.join(map(str, first['loc']))}: {first['msg']}", hint="the steward's guide has them, under 'The words of a mapping'") from error
    fields = {n: m for n, m in feed.fields.items() if n != at.field} | ({} if mapped is None else {at.field: mapped})
    table = source.tables[at.table]
    feeds = tuple(f.model_copy(update={"fields": fields}) if f is feed else f for f in table.feeds)
    made = source.model_copy(update={"tables": {**source.tables, at.table: table.model_copy(update={"feeds": feeds})}})
    try:
        check_source(made, registry, origin=origin)
    except DeclarationError as error:
        raise as_invalid(error) from error
    return made


def _feed(source: Source, at: Place) -> EntityMapping | None:
    table = source.tables.get(at.table)
    return next((f for f in table.feeds if f.entity == at.entity), None) if table else None


def _filled(content: Content | None) -> dict[str, Any]:
    """What fills each field, by table and field."""
    if content is None:
        return {}
    if FIELD in content:
        return {FIELD: content[FIELD]} if content[FIELD] is not None else {}
    tables = content[WHOLE]["tables"].items()
    return {f"{table}/{feed['entity']}.{field}": said for table, mapped in tables for feed in mapped.get("feeds", ()) for field, said in feed["fields"].items()}
