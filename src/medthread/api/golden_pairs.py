"""Pairs of golden records that may be one, as far as somebody may see them."""

from collections.abc import Mapping, Sequence
from datetime import UTC
from typing import Any

from medthread.api.golden_rows import GoldenRows
from medthread.api.services import Services
from medthread.model import Entity
from medthread.trust.access import Actor

REVIEW = (
    ("one", "varchar"), ("other", "varchar"), ("a", "varchar"), ("b", "varchar"), ("tier", "varchar"), ("score", "double"), ("parts", "varchar"),
    ("kind", "varchar"), ("against", "varchar"),
)


NEVER = "9999"  # sorts behind every day


class GoldenPairs:
    """The pairs that somebody may see: those of two golden records that they see.

    With what is `kept` of some, each has `due_by`, as text that sorts, and those that are kept have `due`.
    """

    def __init__(self, given: Services, actor: Actor, entity: type[Entity], *, kept: Sequence[Mapping[str, Any]] | None = None) -> None:
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
        if kept is not None:
            self._bound += [[str(k["one"]) for k in kept], [str(k["other"]) for k in kept], [k["due_at"].astimezone(UTC).isoformat() if k["due_at"] else NEVER for k in kept]]
            each = ", ".join(f"unnest(cast(? as varchar[])) as {n}" for n in ("one", "other", "due"))
            self._sql = f"select p.*, c.due, coalesce(c.due, '{NEVER}') as due_by from ({self._sql}) p left join (select {each}) c on c.one = p.one and c.other = p.other"

    def query(self, sql: str, parameters: Sequence[Any] = ()) -> list[dict[str, Any]]:
        """Ask something of them: `{}` stands for the pairs."""
        return self._snapshot.query(sql.format(self._sql), [*self._bound, *parameters])
