"""Pairs of golden records that may be one, as far as somebody may see them."""

from collections.abc import Sequence
from typing import Any

from medthread.api.golden_rows import GoldenRows
from medthread.api.services import Services
from medthread.model import Entity
from medthread.trust.access import Actor

REVIEW = (
    ("one", "varchar"), ("other", "varchar"), ("a", "varchar"), ("b", "varchar"), ("tier", "varchar"), ("score", "double"), ("parts", "varchar"),
    ("kind", "varchar"), ("against", "varchar"),
)


class GoldenPairs:
    """The pairs that somebody may see: those of two golden records that they see."""

    def __init__(self, given: Services, actor: Actor, entity: type[Entity]) -> None:
        self._snapshot = given.reader.current()
        rows, bound = GoldenRows(given, self._snapshot, entity, actor).summary()
        review = self._snapshot.relation(f"golden.{entity.name}_review", REVIEW)
        described = ", ".join(f"{s}_.name as {s}_name, {s}_.codes as {s}_codes, {s}_.records as {s}_records, {s}_.sources as {s}_sources" for s in ("one", "other"))
        self._bound = list(bound)
        # DuckDB reads a common table once and knows its parameters once.
        self._sql = (
            f"with seen as materialized ({rows}) select r.one || '|' || r.other as id, r.*, {described} from {review} r"
            " join seen one_ on one_.id = r.one join seen other_ on other_.id = r.other"
        )

    def query(self, sql: str, parameters: Sequence[Any] = ()) -> list[dict[str, Any]]:
        """Ask something of them: `{}` stands for the pairs."""
        return self._snapshot.query(sql.format(self._sql), [*self._bound, *parameters])
