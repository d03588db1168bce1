"""Field mapping: how a source's tables become entities. Read from `sources/*.yaml`; checked before use.

A field is one of the forms below; a bare string is `{from: COLUMN}`.

    fields:
      po_no: FBILLNO
      ordered_on: {from: FDATE}                       # typed by the entity: 2024/1/5, 2024-01-05, 2024年01月05日
      qty: {from: FQTY, unit: {from: FUNITID, to: pcs}}
      kind: {from: FGROUP, codes: {原材料: raw, 成品: finished}}
      source_system: {constant: erp}
      key_text: {concat: [FBILLNO, "-", FENTRYSEQ]}     # a part in quotes of its own is a literal: '"-"'
      lot_no: {split: BATCH, by: "/", part: 2}
      city: {lookup: {table: erp_city, from: FCITY, match: CODE, give: NAME}}
      code: {from: FNUMBER, change: [trim, upper, narrow]}
"""

from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from medthread.model.errors import DeclarationError

Change = Literal["trim", "upper", "lower", "narrow", "strip_zeros", "digits"]


class Strict(BaseModel):
    """A workspace file's words are all known words."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class Unit(Strict):
    """Convert a quantity: the column that names the unit, the table of factors, the unit kept."""

    from_: str = Field(alias="from")
    to: str
    factors: dict[str, float]


class Lookup(Strict):
    """Take a value from another raw table of the same source."""

    table: str
    from_: str = Field(alias="from")
    match: str
    give: str


class FieldMapping(Strict):
    """Where one field's value comes from, and what is done to it on the way."""

    from_: str | None = Field(default=None, alias="from")
    constant: str | None = None
    concat: tuple[str, ...] | None = None
    split: str | None = None
    by: str = "/"
    part: int = 1
    path: str | None = None  # into a JSON value, e.g. "$[0].value"
    lookup: Lookup | None = None
    codes: dict[str, str] | None = None
    unit: Unit | None = None
    change: tuple[Change, ...] = ("trim",)
    scheme: str | None = None
    otherwise: str | None = None

    @model_validator(mode="after")
    def one_origin(self) -> Self:
        """Exactly one of the origins is given."""
        given = [o for o in (self.from_, self.constant, self.concat, self.split, self.lookup) if o is not None]
        if len(given) != 1:
            msg = "a field takes exactly one of: from, constant, concat, split, lookup"
            raise ValueError(msg)
        return self

    @property
    def columns(self) -> tuple[str, ...]:
        """The raw columns that the value depends on: its lineage."""
        parts: list[str] = []
        if self.from_ is not None:
            parts.append(self.from_)
        if self.split is not None:
            parts.append(self.split)
        if self.lookup is not None:
            parts.append(self.lookup.from_)
        if self.concat is not None:
            parts += [p for p in self.concat if not is_literal(p)]
        if self.unit is not None:
            parts.append(self.unit.from_)
        return tuple(parts)


def is_literal(part: str) -> bool:
    """A concatenation part written in double quotes stands for itself."""
    return len(part) > 1 and part[0] == part[-1] == '"'


class EntityMapping(Strict):
    """One entity fed by a table; a table may feed several, and one entity more than once."""

    entity: str
    fields: dict[str, FieldMapping]
    where: dict[str, tuple[str, ...]] = {}  # raw column -> the values that make a row one of these
    present: tuple[str, ...] = ()  # raw columns that must not be blank for the row to be one of these
    scheme: str | None = None  # whose codes the key is in, for masters; default: the source's own
    repeats: bool = False  # the table may name the same object in many rows; the last one counts

    @model_validator(mode="before")
    @classmethod
    def short_forms(cls, data: Any) -> Any:
        """A bare string is a column; under `where`, the one value."""
        if not isinstance(data, dict):
            return data
        short = dict(data)
        if isinstance(data.get("fields"), dict):
            short["fields"] = {k: {"from": v} if isinstance(v, str) else v for k, v in data["fields"].items()}
        if isinstance(data.get("where"), dict):
            short["where"] = {k: [v] if isinstance(v, str) else v for k, v in data["where"].items()}
        return short


class TableMapping(Strict):
    """One table of a source: where it lies, how it is read, what it feeds."""

    files: str | None = None
    query: str | None = None
    table: str | None = None
    format: Literal["csv", "xlsx", "json", "xml", "parquet", "sql"]
    options: dict[str, Any] = {}
    feeds: tuple[EntityMapping, ...] = ()  # none where other tables only look values up in it
    personal: tuple[str, ...] = ()  # raw columns with personal data that no field names
    ignore: tuple[str, ...] = ()  # raw columns known, unmapped and free of personal data

    @property
    def mapped(self) -> frozenset[str]:
        """Every raw column that a mapping reads."""
        columns = {c for feed in self.feeds for f in feed.fields.values() for c in f.columns}
        columns |= {c for feed in self.feeds for c in (*feed.where, *feed.present)}
        return frozenset(columns | set(self.ignore))


class Source(Strict):
    """A system that data comes from: who owns it, where it lies, how each table maps."""

    name: str = Field(pattern=r"[a-z][a-z0-9_]*")
    zh: str
    en: str
    owner: str
    system: str = ""
    org: str
    plant: str | None = None
    trust: int = 50
    url: str | None = None
    tables: dict[str, TableMapping]

    def personal_columns(self, table: str, personal_fields: dict[str, frozenset[str]]) -> frozenset[str]:
        """Raw columns of a table to encrypt: those feeding personal fields, and those declared so."""
        mapping = self.tables[table]
        fed = {
            column
            for feed in mapping.feeds
            for name, f in feed.fields.items()
            if name in personal_fields.get(feed.entity, frozenset())
            for column in f.columns
        }
        return frozenset(fed | set(mapping.personal))


def parse_source(data: Any, *, origin: str) -> Source:
    """A source from the content of its file; errors name the file and the place in it."""
    try:
        return Source.model_validate(data)
    except ValueError as error:
        details = error.errors(include_url=False) if isinstance(error, ValidationError) else []
        lines = [f"{'.'.join(str(p) for p in e['loc'])}: {e['msg']}" for e in details]
        raise DeclarationError(
            f"{origin} is not a source mapping: {'; '.join(lines) or error}",
            hint="the steward's guide has them, under 'The words of a mapping'",
            file=origin,
        ) from error
