"""Rows of an entity where they live, asked for in the same SQL in every home."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from medthread.derive.columns import golden_columns
from medthread.model import Entity, Registry
from medthread.stores.serving.snapshot import Snapshot

ORIGIN = ("_source", "_table", "_load", "_row", "_org", "_plant", "_flags")


class Rows(Protocol):
    """One entity's rows. SQL over them marks parameters with `?` and takes the words that DuckDB and PostgreSQL share."""

    @property
    def technical(self) -> tuple[str, ...]:
        """Columns beside the fields that readers get."""

    def relation(self) -> str:
        """SQL for the rows in a FROM."""

    def query(self, sql: str, parameters: Sequence[Any] = ()) -> list[dict[str, Any]]:
        """Rows as dictionaries, moments in UTC without a zone."""

    def stream(self, sql: str, parameters: Sequence[Any] = ()) -> Iterator[tuple[list[str], Sequence[Sequence[Any]]]]:
        """Column names and rows in batches, for exports of any size."""


@dataclass(frozen=True)
class LakeRows:
    """The golden rows of an entity in one release, asked in DuckDB."""

    snapshot: Snapshot
    entity: type[Entity]
    registry: Registry
    technical: tuple[str, ...] = ORIGIN

    def relation(self) -> str:
        """SQL for the rows in a FROM; empty where the release has none yet."""
        columns = [(c.name, c.duck) for c in golden_columns(self.entity, self.registry)]
        return self.snapshot.relation(f"golden.{self.entity.name}", columns)

    def query(self, sql: str, parameters: Sequence[Any] = ()) -> list[dict[str, Any]]:
        """Rows as dictionaries."""
        return self.snapshot.query(sql, parameters)

    def stream(self, sql: str, parameters: Sequence[Any] = ()) -> Iterator[tuple[list[str], Sequence[Sequence[Any]]]]:
        """Column names and rows in batches."""
        return self.snapshot.stream(sql, parameters)
