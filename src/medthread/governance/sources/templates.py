"""Templates become sources: the file that maps a company's own system, to be read before it is used, and probed before it is believed."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from medthread.derive import check_source
from medthread.model import Entity, EntityMapping, Registry, Source, parse_source
from medthread.model.errors import ConflictError, InvalidError, NotFoundError
from medthread.model.template import SourceTemplate, TemplateTable, read_template
from medthread.model.yaml_file import parse_yaml

FOLDER = "source_templates"
SCHEMES = {"tsql": ("mssql",), "mysql": ("mysql", "mariadb"), "postgres": ("postgresql", "postgres")}
WIDE = 160


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What a company says of its system: what it is called here, who answers for it, where it is; none: files are delivered into the inbox."""

    name: str
    org: str
    owner: str
    url: str | None = None
    secret: str | None = None
    plant: str | None = None
    tables: tuple[str, ...] = field(default=())  # all when none are named
    language: str = "zh"  # of the columns of sheets


def templates(folders: Iterable[Path]) -> dict[str, SourceTemplate]:
    """Every template of packages, by name; files are read once, when they are first asked for."""
    return dict(_templates(tuple(sorted(p for f in folders for p in f.glob(f"**/{FOLDER}/*.yaml")))))


@lru_cache(maxsize=4)
def _templates(paths: tuple[Path, ...]) -> dict[str, SourceTemplate]:
    found: dict[str, SourceTemplate] = {}
    for path in paths:
        template = read_template(path)
        if template.name in found:
            raise ConflictError(f"there are two templates {template.name!r}", hint="give yours another name")
        found[template.name] = template
    return found


def known_template(known: Mapping[str, SourceTemplate], name: str) -> SourceTemplate:
    """A template by its name."""
    if name not in known:
        raise NotFoundError(f"no template {name!r}", hint=f"there are: {', '.join(sorted(known))}")
    return known[name]


def written(template: SourceTemplate, wanted: Wanted, registry: Registry) -> str:
    """The text of the source's file, checked as it would be when it is read. Raises `InvalidError`, or `DeclarationError` for what it cannot be."""
    strangers = [t for t in wanted.tables if t not in template.tables]
    if strangers:
        raise InvalidError(f"{template.name} has no table {strangers[0]!r}", hint=f"there are: {', '.join(template.tables)}")
    if wanted.url is not None:
        _check_address(template, wanted.url)
    chosen = {n: t for n, t in template.tables.items() if not wanted.tables or n in wanted.tables}
    said: dict[str, Any] = {"name": wanted.name, "zh": template.zh, "en": template.en, "owner": wanted.owner, "system": template.zh, "org": wanted.org}
    said |= {n: v for n in ("plant", "url", "secret") if (v := getattr(wanted, n)) is not None}
    said |= {"trust": template.trust, "tables": {n: mapping_of(t, n, wanted, registry) for n, t in chosen.items()}}
    text = _comment(template, wanted) + yaml.dump(said, Dumper=_Tidy, sort_keys=False, allow_unicode=True, width=WIDE, default_flow_style=None)
    check_source(parse_source(parse_yaml(text, file=f"{wanted.name}.yaml"), origin=f"{wanted.name}.yaml"), registry, origin=f"{wanted.name}.yaml")
    return text


def source_of(template: SourceTemplate, registry: Registry, *, language: str = "zh", tables: tuple[str, ...] = ()) -> Source:
    """The template, or these tables of it, as the source that it would become, delivered as files."""
    wanted = Wanted(name=template.name, org="ORG", owner="owner", language=language, tables=tables)
    return parse_source(parse_yaml(written(template, wanted, registry), file=template.name), origin=template.name)


def mapping_of(table: TemplateTable, name: str, wanted: Wanted, registry: Registry) -> dict[str, Any]:
    """One table's mapping: read by its query where the source has an address, else out of files with the same columns."""
    asked = wanted.url is not None and table.query is not None
    place: dict[str, Any] = {"query": (table.query or "").strip()} if asked else {"files": f"{wanted.name}/{name}*.csv", "format": "csv"}
    if table.entity is not None:
        entity = registry[table.entity]
        return {**place, "feeds": [{"entity": entity.name, "fields": sheet(entity, wanted.language)}]}
    changed = {"changed_at": table.changed_at} if table.changed_at else {}
    return {**place, **changed, "feeds": [_feed(f) for f in table.feeds]}


def _feed(mapping: EntityMapping) -> dict[str, Any]:
    """As people write it: a field that is a column is its name."""
    said = mapping.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    return said | {"fields": {n: f["from"] if set(f) == {"from"} else f for n, f in said["fields"].items()}}


def sheet(entity: type[Entity], language: str) -> dict[str, Any]:
    """A sheet's columns: each field by what it is called; codes may be written as they are or in words."""
    found: dict[str, Any] = {}
    for f in entity.fields.values():
        column = f.label.in_(language)
        words = {label.in_(tongue): code for code, label in (f.mark.codes or {}).items() for tongue in ("zh", "en")}
        spoken = {w: c for w, c in words.items() if w != c}
        found[f.name] = {"from": column, "codes": spoken} if spoken else column
    return found


def handouts(template: SourceTemplate, registry: Registry, language: str) -> dict[str, str]:
    """What whoever runs the system is given, by file name: the queries whose results are delivered, and empty sheets to be filled in."""
    found = {}
    for name, table in template.tables.items():
        if table.query is not None:
            found[f"{name}.sql"] = table.query
        if table.entity is not None:
            found[f"{name}.csv"] = empty_sheet(registry[table.entity], language)
    return found


def empty_sheet(entity: type[Entity], language: str) -> str:
    """The first line alone, as spreadsheet programs read it."""
    cells = [f'"{c}"' if "," in c else c for c in header(entity, language)]
    return "\ufeff" + ",".join(cells) + "\r\n"


def header(entity: type[Entity], language: str) -> Sequence[str]:
    """The first line of a sheet."""
    return [f.label.in_(language) for f in entity.fields.values()]


def _check_address(template: SourceTemplate, url: str) -> None:
    scheme = url.partition(":")[0]
    if template.dialect is None:
        raise InvalidError(f"{template.name} is made of sheets", hint="leave the address out: the sheets go into the inbox")
    if scheme not in SCHEMES[template.dialect]:
        raise InvalidError(f"{template.name} is not read from {scheme}", hint=f"its database is {' or '.join(SCHEMES[template.dialect])}; leave the address out to deliver files")


def _comment(template: SourceTemplate, wanted: Wanted) -> str:
    zh = wanted.language.startswith("zh")
    lines = [f"{template.zh} · {template.en}  {template.versions}".rstrip()]
    lines.append("由模板生成,未在真实系统上试过:先运行 medthread source probe 再使用。" if zh else "From a template that was not tried on a live system: `medthread source probe` says what fits.")
    lines += [t.label.in_(wanted.language) for t in template.traps]
    return "".join(f"# {line}\n" for line in lines)


class _Tidy(yaml.SafeDumper):
    """Queries as blocks of text, fields of one word on one line."""


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)


_Tidy.add_representer(str, _text)
