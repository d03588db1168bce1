"""The crosswalk of codes: what each source's words for coded fields mean, and the words that nobody has said anything about yet."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from medthread.governance.review.desk import Desk, State, Wanted
from medthread.model import Entity, FieldMapping, Label, Registry, Source
from medthread.model.errors import InvalidError
from medthread.pipeline.standardise.codes import MEANS, CodeWord, parsed
from medthread.pipeline.standardise.expression import cleaned, is_plain
from medthread.stores.engines import literal

MOST_WORDS = 200  # of one field of one source


class Meaning(BaseModel):
    """What a source's word means: one of the field's codes, or nothing, so that the field stays empty."""

    model_config = ConfigDict(extra="forbid")
    means: str | None = Field(max_length=100)


@dataclass(frozen=True)
class Place:
    """A coded field that a table of a source fills from one column."""

    source: str
    table: str
    entity: type[Entity]
    field: str
    mapping: FieldMapping

    @property
    def codes(self) -> Mapping[str, Label]:
        """Those of the field."""
        return self.entity.fields[self.field].mark.codes or {}

    @property
    def rule(self) -> str:
        """What a row is held by whose word is no code."""
        return f"{self.entity.name}.{self.field}.code"

    @property
    def text(self) -> str:
        """SQL of the word in a raw row `raw`, as the mapping reads it."""
        column = (self.mapping.from_ or "").replace("~", "~0").replace("/", "~1")
        return cleaned(self.mapping, f"json_extract_string(raw, {literal('/' + column)})")

    @property
    def held(self) -> Wanted:
        """The rows that wait for it."""
        return Wanted(state=(State.OPEN,), source=self.source, table=self.table, rule=self.rule)


def places(sources: Iterable[Source], registry: Registry) -> Iterator[Place]:
    """Every coded field of every source that is filled from one column: what is put together has no word of its own."""
    for source in sources:
        for table, mapped in source.tables.items():
            for feed in mapped.feeds:
                entity = registry[feed.entity]
                for name, mapping in feed.fields.items():
                    if entity.fields[name].mark.codes and is_plain(mapping):
                        yield Place(source.name, table, entity, name, mapping)


def declared(of: Iterable[Place]) -> list[dict[str, Any]]:
    """What mappings say, each word once for a source and field."""
    found = {
        (p.source, p.entity.name, p.field, theirs): {"source": p.source, "entity": p.entity.name, "field": p.field, "theirs": theirs, "ours": ours or None, "by": "mapping"}
        for p in of for theirs, ours in (p.mapping.codes or {}).items()
    }
    return [found[k] for k in sorted(found)]


def unknown(desk: Desk, of: Iterable[Place], *, said: Iterable[CodeWord]) -> list[dict[str, Any]]:
    """Words that rows are held for: how many rows wait, what the word may mean and why; or what was said meanwhile, so that the rows can be tried again."""
    every, words = list(of), list(said)
    waiting = {(r["source"], r["table"], r["rule"]) for r in desk.by_place(Wanted(state=(State.OPEN,)))}
    found: dict[tuple[str, str, str, str], dict[str, Any]] = {}
    known = {(*w.place, w.theirs): w.ours for w in words}
    for place in (p for p in every if (p.source, p.table, p.rule) in waiting):
        for row in desk.words(place.held, place.text, most=MOST_WORDS):
            theirs = str(row["theirs"])
            if theirs in place.codes or theirs in (place.mapping.codes or {}):
                continue  # held for something else
            at = (place.source, place.entity.name, place.field, theirs)
            ours, why = _likely(place, theirs, every, words)
            item = found.setdefault(at, {
                "source": place.source, "entity": place.entity.name, "field": place.field, "theirs": theirs, "rows": 0,
                "likely": ours, "why": why, "said": at in known, "ours": known.get(at),
            })
            item["rows"] += int(row["rows"])
    return sorted(found.values(), key=lambda i: (-i["rows"], i["source"], i["entity"], i["field"], i["theirs"]))


def _likely(place: Place, theirs: str, every: Iterable[Place], words: Iterable[CodeWord]) -> tuple[str | None, str | None]:
    """What the word may mean: a code's own name, or what another source's same word means in the same list of codes."""
    folded = theirs.casefold().strip()
    for code, label in place.codes.items():
        if folded in (code.casefold(), label.zh.casefold(), label.en.casefold()):
            return code, "name"
    for other in every:
        if other.codes is place.codes:
            for word, ours in (other.mapping.codes or {}).items():
                if ours and word.casefold().strip() == folded:
                    return ours, other.source
    for said in words:
        if said.ours in place.codes and said.theirs.casefold().strip() == folded:
            return said.ours, said.source
    return None, None


def check_code(subject: str, content: Mapping[str, Any] | None, of: Iterable[Place]) -> dict[str, Any] | None:
    """The content as it is kept. Refuses a word of a field that no source fills so, and a meaning that is no code of it."""
    at = parsed(subject)
    found = next((p for p in of if at and (p.source, p.entity.name, p.field) == at[:3]), None)
    if found is None:
        raise InvalidError(f"{subject} is no word of a coded field", hint="write code:source/entity.field/word; GET /api/v1/code-crosswalk lists what there is")
    if content is None:
        return None
    try:
        said = Meaning.model_validate(content)
    except ValidationError as error:
        first = error.errors()[0]
        raise InvalidError(f"{'.'.join(map(str, first['loc']))}: {first['msg']}", hint="see the description of the interface") from error
    if said.means is not None and said.means not in found.codes:
        raise InvalidError(f"{said.means!r} is no code of {found.entity.name}.{found.field}", hint=f"one of: {', '.join(found.codes)}")
    return {MEANS: said.means}
