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

from pydantic import BaseModel, ConfigDict, Field, model_validator

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
    """One table of a source: where it comes from, how it is read, what it feeds.

    It comes from files in the inbox, or from the source's address: a table or SELECT of a database, a resource of a
    REST interface, a subject (topic) of a broker.
    """

    files: str | None = None
    query: str | None = None
    table: str | None = None
    resource: str | None = None
    subject: str | None = None
    format: Literal["csv", "xlsx", "json", "xml", "parquet", "sql"]
    options: dict[str, Any] = {}
    changed_at: str | None = None  # raw column that grows with each change of a row: its newest version is the one with the most
    overlap: str = "10 min"  # read again behind what was read, for changes that were committed late
    snapshot: bool = False  # each file or read is the whole table: what is no longer in it was withdrawn
    most_withdrawn: float = Field(default=0.2, gt=0, le=1)  # share of a table that may be withdrawn at once before somebody is asked
    feeds: tuple[EntityMapping, ...] = ()  # none where other tables only look values up in it
    personal: tuple[str, ...] = ()  # raw columns with personal data that no field names
    ignore: tuple[str, ...] = ()  # raw columns known, unmapped and free of personal data

    @model_validator(mode="before")
    @classmethod
    def format_follows(cls, data: Any) -> Any:
        """Rows from a database are read as such; what interfaces and brokers give is JSON."""
        if isinstance(data, dict) and "files" not in data and "format" not in data:
            return {**data, "format": "json" if "resource" in data or "subject" in data else "sql"}
        return data

    @model_validator(mode="after")
    def one_place(self) -> Self:
        """Files, or one thing at the source's address."""
        asked = [n for n in ("files", "resource", "subject") if getattr(self, n) is not None]
        if len(asked) > 1:
            msg = f"a table comes from one place, not from {' and '.join(asked)}"
            raise ValueError(msg)
        if self.query is not None and self.table is not None:
            msg = "a table is read by its name or by a query, not by both"
            raise ValueError(msg)
        if not asked and self.table is None and self.query is None:
            msg = "say where the rows are: files, table, query, resource or subject"
            raise ValueError(msg)
        if self.files is None and self.format != ("json" if asked else "sql"):
            msg = f"{self.place} is not read as {self.format}: leave the format out"
            raise ValueError(msg)
        return self

    @property
    def is_collected(self) -> bool:
        """Whether its rows are fetched from the source's address, and not delivered as files."""
        return self.files is None

    @property
    def is_picture(self) -> bool:
        """Whether each load of it is the whole table."""
        return self.snapshot or (self.is_collected and self.subject is None and self.changed_at is None)

    @property
    def repeats_rows(self) -> bool:
        """Whether rows that are known come again, and are dropped."""
        return self.is_collected or self.snapshot

    @property
    def place(self) -> str:
        """Where the rows are, in the words of the mapping."""
        return self.files or self.resource or self.subject or self.query or self.table or ""

    @property
    def mapped(self) -> frozenset[str]:
        """Every raw column that a mapping reads."""
        columns = {c for feed in self.feeds for f in feed.fields.values() for c in f.columns}
        columns |= {c for feed in self.feeds for c in (*feed.where, *feed.present)}
        columns |= {self.changed_at} if self.changed_at else set()
        return frozenset(columns | set(self.ignore))
