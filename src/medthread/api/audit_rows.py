"""Audit rows as a reader may see them: fields above their clearance masked in before and after, as in the record itself."""

import json
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Select, String, cast, func, or_, select
from sqlalchemy.exc import OperationalError

from medthread.api.act_names import act_label, kind_label
from medthread.api.naming import SEPARATOR, id_of
from medthread.api.services import Services
from medthread.derive.form import pair
from medthread.derive.sharing import WITHHELD
from medthread.derive.view import masked_fields
from medthread.model import Classification, Entity, Field, Mask
from medthread.model.errors import InvalidError, NotFoundError
from medthread.stores.postgres.tables import audit_event, audit_leaf
from medthread.trust.access import Actor
from medthread.trust.seal import mask_partial
from medthread.trust.sharing import NotSharedError
from medthread.workflow.titles import numbers

PATIENCE = 10_000  # milliseconds that one search may take
CANCELLED = "57014"  # SQLSTATE query_canceled
STEP = 1000
SAYING = ("message", "because")  # what a refusal said may hold values of records
CONFIRMING = ("content_hash", "made")  # of a signature: whoever guesses at signed content sees by its hash, and by the bytes made over it, that they guessed right


@dataclass(frozen=True)
class Sight:
    """What one reader sees of audit rows."""

    given: Services
    actor: Actor
    withheld: frozenset[str] | None = None  # of the one record that is looked at; else whatever sharing rules may keep back of its kind

    @property
    def searches_values(self) -> bool:
        """Whether text may be looked for in values: for others that would tell what is masked."""
        return self.actor.clearance == max(Classification) and self._sees_data and not self._is_restricted

    @property
    def _sees_data(self) -> bool:
        return self.given.access.refused_by(self.actor, "entities:read") is None

    @property
    def _is_restricted(self) -> bool:
        return self.given.workflow.sharing.restricts(self.actor)

    def hidden(self, object_: str) -> dict[str, Field | None]:
        """The masked fields of the entity that an audit row is about, `None` for what is withheld whole; all of them for those who look at no data."""
        name = object_.partition("/")[0]
        if name not in self.given.registry:
            return {}
        entity: type[Entity] = self.given.registry[name]
        masked = masked_fields(entity, self.actor.clearance) if self._sees_data else entity.fields
        return {n: entity.fields[n] for n in masked} | dict.fromkeys(self._unshared(entity))

    def _unshared(self, entity: type[Entity]) -> Collection[str]:
        """Fields that sharing rules keep from this reader: of rows of any origin, all that they may."""
        if self.withheld is not None:
            return self.withheld
        terms = self.given.workflow.sharing.terms(entity, self.actor)
        return entity.fields if terms.records else terms.fields

    def whole(self, row: Any) -> bool:
        """Whether nothing in the row is masked for this reader."""
        return all(self._values(v, row.object) == v for v in (row.before, row.after)) and self._detail(row.detail, row.object) == row.detail

    def all_told(self, tx: Connection, rows: Sequence[Any]) -> list[dict[str, Any]]:
        """Rows with the numbers of the records that they are about, and what their acts are called."""
        pairs = [(e, i) for e, _, i in (r.object.partition("/") for r in rows)] if self._sees_data else []
        called = numbers(tx, self.given.workflow, self.actor.reach, pairs, told=self.actor)
        return [
            {**self.told(r), "number": called.get(tuple(r.object.split("/", 1))), "label": pair(act_label(self.given, r.action)),
             "kind_label": pair(kind_label(self.given, r.object.partition("/")[0]))}
            for r in rows
        ]

    def meant(self, object_: str) -> str:
        """An object as the log names it, where it was named by a record's number as people write it."""
        kind, _, name = object_.partition("/")
        if not name or kind not in self.given.native or not self._sees_data:
            return object_
        try:
            return f"{kind}/{id_of(self.given, self.given.registry[kind], self.actor, name=name.replace('/', SEPARATOR))}"
        except (NotFoundError, NotSharedError):
            return object_

    def told(self, row: Any) -> dict[str, Any]:
        """A row as JSON; `leaf` is its place in the log once sealed."""
        parts = {"before": self._values(row.before, row.object), "after": self._values(row.after, row.object), "detail": self._detail(row.detail, row.object)}
        return {
            "id": row.seq, "at": row.at, "actor": row.actor, "action": row.action, "subject": row.object, "outcome": row.outcome,
            "reason": row.reason, "leaf": row.leaf_index, "detail": {k: v for k, v in parts.items() if v},
        }

    def _values(self, values: Any, object_: str) -> Any:
        if not isinstance(values, dict):
            return values
        hidden = self.hidden(object_)
        return {k: masked(hidden[k], v) if k in hidden else v for k, v in values.items()}

    def _detail(self, detail: Any, object_: str) -> Any:
        if not isinstance(detail, dict):
            return detail
        kept: tuple[str, ...] = () if self._sees_data and not self._is_restricted else SAYING
        kept += CONFIRMING if self._is_hidden_in_signed(object_) else ()
        return {k: v for k, v in detail.items() if k not in kept}

    def _is_hidden_in_signed(self, object_: str) -> bool:
        """Whether content that is signed of such a record, its lines included, may hold what is hidden from this reader."""
        name = object_.partition("/")[0]
        return any(self.hidden(f"{part}/") for part in (name, *self.given.workflow.parts(name))) if name in self.given.registry else False


def masked(field: Field | None, value: Any) -> str | None:
    """A value as those who are not cleared for its field see it; of no field that is shared with them, nothing."""
    if value is None or (field is not None and field.mark.mask is Mask.NULL):
        return None
    return WITHHELD if field is None or field.mark.mask is Mask.FULL else mask_partial(str(value))


def rows_query() -> Select[Any]:
    """Audit rows with their place in the log, newest first."""
    joined = audit_event.outerjoin(audit_leaf, audit_leaf.c.seq == audit_event.c.seq)
    return select(audit_event, audit_leaf.c.leaf_index).select_from(joined).order_by(audit_event.c.seq.desc())


def holding(query: Select[Any], text: str, *, values: bool) -> Select[Any]:
    """Rows with a text in them, whatever its case."""
    table = audit_event
    columns = [table.c.actor, table.c.action, table.c.object, table.c.reason, *((table.c.before, table.c.after, table.c.detail) if values else ())]
    return query.where(or_(*(func.lower(cast(c, String)).contains(text.lower(), autoescape=True) for c in columns)))


def patiently(tx: Connection, query: Select[Any]) -> list[Any]:
    """The rows of a search, if it comes to an end."""
    tx.execute(select(func.set_config("statement_timeout", str(PATIENCE), True)))  # noqa: FBT003 - for this transaction
    try:
        return list(tx.execute(query).all())
    except OperationalError as error:
        if getattr(error.orig, "sqlstate", None) != CANCELLED:
            raise
        raise InvalidError("the search takes too long", hint="narrow it by time, actor or object") from None


def streamed(sight: Sight, query: Select[Any]) -> Iterator[list[dict[str, Any]]]:
    """All rows of a search in steps, as this reader may see them; one of the few that may be read slowly at a time."""
    with sight.given.store.streaming() as tx:
        for rows in tx.execute(query, execution_options={"yield_per": STEP}).partitions():
            yield [sight.told(r) for r in rows]


def flat(told: dict[str, Any]) -> list[Any]:
    """A told row as the cells of a table."""
    parts = [json.dumps(told["detail"].get(n), ensure_ascii=False, default=str) if n in told["detail"] else "" for n in ("before", "after", "detail")]
    return [told["id"], told["at"].isoformat(), told["actor"], told["action"], told["subject"], told["outcome"], told["reason"] or "", *parts, told["leaf"]]


CELLS = ("seq", "at", "actor", "action", "object", "outcome", "reason", "before", "after", "detail", "leaf")
