"""What is written back to a source: which records, in which words, by which way in. Read from `writebacks/*.yaml`.

    name: erp_holds
    zh: 冻结回写 ERP
    en: Holds to the ERP
    to: erp                                   # the source that is written to
    of: hold                                  # records that are written here, or a master: then each record of the source gets what its golden record says
    where: {state: [placed, lifted]}          # only those; others are left as they were written last
    values:                                   # the target's word ← what it is of the record
      FITEM: {field: item, code_of: item}     # the code that the source itself has for it
      FLOT: lot_no
      FSTATUS: {field: state, codes: {placed: H, lifted: A}}
      FBY: {constant: medthread}
    way: {file: erp/holds}                    # or {post: https://erp.example.com/holds, secret: ERP_TOKEN}, {table: MT_HOLD, url: mssql://writer@erp/AIS, secret: ERP_WRITE}, {hand: {zh: …, en: …}}
    check: {table: lot_status, key: {FITEM: ITEM, FLOT: BATCH}, values: {FSTATUS: STATUS}}   # where the source says it again
    begin: all                                # or `now`: what stands when the rule comes is taken as written

`state` is where a record stands in its process; of a master `id` is its golden id, `code` the source's own key.
"""

from collections.abc import Mapping
from typing import Any, Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, ValidationError, field_validator, model_validator

from medthread.model.bilingual import Bilingual
from medthread.model.errors import DeclarationError
from medthread.model.mapping import Strict
from medthread.model.source import DATABASES

STATE, CODE, ID = "state", "code", "id"
NAME = r"^[a-z][a-z0-9_]{0,59}$"
COLUMN = r"^[^\s\"'`;\[\]][^\"'`;\[\]]*$"  # of a target: what no database takes for more than a name
HINT = "the guide to sources has the words, under 'Writing back'"


class Written(Strict):
    """One value: of a field, with the source's own code for a master that it names, in other codes; or always the same."""

    field: str | None = None
    constant: str | None = None
    code_of: str | None = None
    codes: dict[str, str] | None = None

    @model_validator(mode="after")
    def one_origin(self) -> Self:
        """A field or a constant."""
        if (self.field is None) == (self.constant is None):
            msg = "a value is of a field, or a constant"
            raise ValueError(msg)
        return self


class Way(Strict):
    """How it gets there: exactly one way. `hand` says in plain words that there is none, and what somebody has to do."""

    file: str | None = None
    post: str | None = None
    secret: str | None = Field(default=None, pattern=r"^[A-Z][A-Z0-9_]*$")
    table: str | None = Field(default=None, pattern=COLUMN)
    url: str | None = None  # of a table: the address with an account that may insert; none: the source's own
    hand: Bilingual | None = None

    @model_validator(mode="after")
    def one_way(self) -> Self:
        """Exactly one, and one that stays where it belongs."""
        given = [w for w in ("file", "post", "table", "hand") if getattr(self, w) is not None]
        if len(given) != 1:
            msg = "say exactly one of: file, post, table, hand"
            raise ValueError(msg)
        if self.file is not None and (self.file.startswith(("/", "\\")) or ".." in self.file.replace("\\", "/").split("/")):
            msg = "file is a folder inside the outbox of the workspace"
            raise ValueError(msg)
        if urlsplit(self.post or "https://x").scheme not in ("https", "http"):
            msg = "post is an address that begins with https://"
            raise ValueError(msg)
        if any(urlsplit(u).password is not None for u in (self.post, self.url) if u):
            msg = "an address holds no password: name the environment variable with it under `secret`"
            raise ValueError(msg)
        if self.url is not None and (self.table is None or urlsplit(self.url).scheme not in DATABASES):
            msg = "url is of a table's database"
            raise ValueError(msg)
        return self

    @property
    def kind(self) -> Literal["file", "post", "table", "hand"]:
        """Which."""
        return next(w for w in ("file", "post", "table", "hand") if getattr(self, w) is not None)


class Check(Strict):
    """Where the source says again what was written: one of its tables, which columns name the thing there, which say it."""

    table: str
    key: dict[str, str] = Field(min_length=1)  # the target's word → column
    values: dict[str, str] = Field(min_length=1)


class Writeback(Bilingual):
    """One rule of writing back."""

    name: str = Field(pattern=NAME)
    to: str
    of: str
    where: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    values: dict[str, Written] = Field(min_length=1)
    way: Way
    check: Check | None = None
    begin: Literal["all", "now"] = "all"
    owner: str = "it"

    @field_validator("values", mode="before")
    @classmethod
    def named(cls, given: Any) -> Any:
        """A bare word is a field."""
        return {k: {"field": v} if isinstance(v, str) else v for k, v in given.items()} if isinstance(given, dict) else given

    @field_validator("where", mode="before")
    @classmethod
    def several(cls, given: Any) -> Any:
        """One value stands for a list of it."""
        return {k: [v] if isinstance(v, str) else v for k, v in given.items()} if isinstance(given, dict) else given

    @model_validator(mode="after")
    def fits(self) -> Self:
        """What is checked was written."""
        strangers = [w for w in (*(self.check.key if self.check else ()), *(self.check.values if self.check else ())) if w not in self.values]
        if strangers:
            msg = f"check names {strangers[0]!r}, which is not written"
            raise ValueError(msg)
        return self



def parse_writeback(given: Any, *, origin: str) -> Writeback:
    """A rule from its file. Raises `DeclarationError` naming file and place."""
    if not isinstance(given, Mapping):
        raise DeclarationError(f"{origin} is no rule of writing back", hint=HINT)
    try:
        return Writeback.model_validate(given)
    except ValidationError as error:
        first = error.errors()[0]
        raise DeclarationError(f"{origin}: {'.'.join(map(str, first['loc']))}: {first['msg']}", hint=HINT) from error
