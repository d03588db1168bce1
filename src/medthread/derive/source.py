"""A source's mapping held against the entities it feeds: what could not work is said before anything is read."""

from pathlib import PurePath

from medthread.model import EntityMapping, Registry, Source, TableMapping
from medthread.model.errors import DeclarationError


def check_source(source: Source, registry: Registry, *, origin: str) -> None:
    """Every word of the mapping means something, and every field that an object must have is filled."""
    for name, table in source.tables.items():
        at = f"{origin}: {name}"
        if table.files is not None:
            _check_pattern(table.files, at=at)
        for feed in table.feeds:
            if feed.entity not in registry:
                raise DeclarationError(
                    f"{at} feeds {feed.entity!r}, which nobody declares", hint=f"entities: {', '.join(sorted(registry))}"
                )
            _check_fields(feed, registry, at=at)
            _check_codes(feed, registry, at=at)
        _check_personal(source, name, registry, at=at)
        _check_picture(source, name, registry, at=at)


def identifying_columns(table: TableMapping, registry: Registry) -> tuple[str, ...]:
    """Raw columns that tell one row of a table from the others: those of the keys of what it feeds; none where it feeds only events."""
    feeds = [f for f in table.feeds if not f.repeats and not registry[f.entity].about.repeats]
    keys = (f.fields[k] for f in feeds for k in registry[f.entity].key())
    return tuple(dict.fromkeys(c for mapping in keys for c in mapping.columns))


def _check_picture(source: Source, name: str, registry: Registry, *, at: str) -> None:
    """What is compared from read to read cannot be sealed: two seals of one value differ."""
    personal = {e.name: frozenset(f.name for f in e.fields.values() if f.is_personal) for e in registry.values()}
    table = source.tables[name]
    sealed = sorted(source.personal_columns(name, personal) & set(identifying_columns(table, registry))) if table.is_picture else ()
    if sealed:
        raise DeclarationError(
            f"{at} is told apart by the personal column {sealed[0]!r}, which is sealed on arrival: what was withdrawn cannot be found",
            hint="name a column with the moment of each row's last change under changed_at instead",
        )


def _check_pattern(pattern: str, *, at: str) -> None:
    parts = PurePath(pattern).parts
    if not parts or any("**" in part and part != "**" for part in parts):
        raise DeclarationError(f"{at}: {pattern!r} names no files", hint="write a pattern such as 'erp/supplier*.csv'")


def _check_fields(feed: EntityMapping, registry: Registry, *, at: str) -> None:
    fields = registry[feed.entity].fields
    strangers = sorted(set(feed.fields) - set(fields))
    if strangers:
        raise DeclarationError(f"{at} maps {feed.entity}.{strangers[0]}, which is no field", hint=f"fields: {', '.join(fields)}")
    missing = [f.name for f in fields.values() if f.required and f.name not in feed.fields]
    if missing:
        raise DeclarationError(
            f"{at} leaves {feed.entity}.{missing[0]} empty, which must have a value",
            hint=f"map {', '.join(missing)}: to a column, or to a {{constant: …}} where it is always the same",
        )


def _check_codes(feed: EntityMapping, registry: Registry, *, at: str) -> None:
    for name, mapping in feed.fields.items():
        known = registry[feed.entity].fields[name].mark.codes
        if known is None:
            continue
        given = {*(mapping.codes or {}).values(), mapping.constant or "", mapping.otherwise or ""} - {""}
        strangers = sorted(given - set(known))
        if strangers:
            raise DeclarationError(f"{at} gives {feed.entity}.{name} the code {strangers[0]!r}", hint=f"codes: {', '.join(known)}")


def _check_personal(source: Source, name: str, registry: Registry, *, at: str) -> None:
    """A column with personal data is sealed on arrival, so nothing else can be read from it."""
    personal = {e.name: frozenset(f.name for f in e.fields.values() if f.is_personal) for e in registry.values()}
    sealed = source.personal_columns(name, personal)
    for feed in source.tables[name].feeds:
        for field, mapping in feed.fields.items():
            used = sorted(set(mapping.columns) & sealed)
            if used and field not in personal[feed.entity]:
                raise DeclarationError(
                    f"{at} maps the personal column {used[0]!r} to {feed.entity}.{field}, which is not personal",
                    hint="map it to personal fields only; what else is needed from it belongs in a column of its own",
                )
