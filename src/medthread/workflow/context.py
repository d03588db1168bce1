"""The surroundings of the command path, handed in by `app.py`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from sqlalchemy import Table

from medthread.model import Registry, Rulebook
from medthread.model.errors import ConflictError, NotFoundError
from medthread.model.events import Row
from medthread.trust.access import Access
from medthread.trust.keys import Keyring
from medthread.trust.sharing import Sharing
from medthread.trust.signatures import Signer
from medthread.workflow.calendar import Calendar


class Genealogy(Protocol):
    """Follows lots over the release that readers see."""

    def lots(self, lots: Sequence[tuple[str, str]], *, direction: str) -> list[tuple[str, str]]:
        """Lots met from any of these, themselves included; only themselves where nothing is known of them."""

    def leading(self, lots: Sequence[tuple[str, str]], *, to: str) -> list[tuple[str, str]]:
        """Those of the lots from which something of a kind, such as "shipment", is reached going down."""


class Released(Protocol):
    """Answers queries over the release that readers see."""

    def rows(self, sql: str, parameters: Mapping[str, Any]) -> list[Row]:
        """Rows of a SELECT over `golden.<entity>`, parameters written `$name`."""

    def release(self) -> str | None:
        """Id of that release."""


@dataclass(frozen=True)
class Context:
    """What acts work with."""

    registry: Registry
    rulebook: Rulebook
    tables: Mapping[str, Table]
    keyring: Keyring
    access: Access
    signer: Signer
    calendar: Calendar
    genealogy: Genealogy
    released: Released
    sharing: Sharing = field(default_factory=Sharing)

    def table(self, entity: str) -> Table:
        """A native entity's table; refused for objects that come from elsewhere."""
        declared = self.registry[entity]
        if entity not in self.tables:
            raise ConflictError(f"{declared.name} comes from source systems", hint="correct it at the source; what arrives there is taken in again")
        return self.tables[entity]

    def parts(self, entity: str) -> list[str]:
        """Names of the entities whose records are lines of this one's."""
        found = []
        for e in self.registry.values():
            whole = e.fields[e.about.part_of].mark.ref if e.about.part_of else None
            if whole is not None and whole.entity == entity:
                found.append(e.name)
        return found

    def known(self, entity: str) -> None:
        """Refuse a name nobody declares."""
        if entity not in self.registry:
            raise NotFoundError(f"no entity {entity!r}", hint="the dictionary lists them")
