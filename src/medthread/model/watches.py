"""Watches: what only time brings about. A daily look for dates that came, each told once as an event."""

from dataclasses import dataclass
from typing import Literal

from medthread.model.declared import Declared
from medthread.model.errors import DeclarationError
from medthread.model.labels import Label

COLUMNS = ("entity", "record", "due")


@dataclass(frozen=True, kw_only=True)
class Watch(Declared):
    """A question asked once a day whose every row is an event.

    `finds` is one SELECT whose first three columns are `entity`, `record` (the id) and `due`, the date that came, as
    text; the others go into the event's body under their names. A row is told once: the same record and due date again
    is the same event, so a watch may find a row for as long as it is so. `:today` and `:now` are always there. `over`
    says where it looks, as for guards: `records` is PostgreSQL, `release` DuckDB over the release readers see.
    """

    name: str
    zh: str
    en: str
    event: str
    finds: str
    over: Literal["records", "release"] = "records"

    def __post_init__(self) -> None:
        """It can only find what it names."""
        lost = [c for c in COLUMNS if c not in self.finds]
        if lost:
            raise DeclarationError(f"watch {self.name} finds no {lost[0]}", hint=f"let it select {', '.join(COLUMNS)} and what the event should tell")
        super().__post_init__()

    @property
    def label(self) -> Label:
        """What it looks for, in both languages."""
        return Label(self.zh, self.en)
