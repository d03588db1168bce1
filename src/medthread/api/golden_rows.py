"""Golden records as far as somebody may see them."""

from dataclasses import dataclass
from typing import Any

from medthread.api.services import Services
from medthread.derive.sharing import Terms
from medthread.derive.view import shared_value
from medthread.model import Entity, Home, Registry
from medthread.model.errors import ForbiddenError, NotFoundError
from medthread.pipeline.match.crosswalk import XREF_COLUMNS
from medthread.stores.serving import LakeRows, Snapshot
from medthread.trust.access import Actor, row_rule, sources_seen

RETIRED = (("golden_id", "varchar"), ("merged_into", "varchar"))
MASKED = "***"


def matched_masters(registry: Registry) -> list[type[Entity]]:
    """Masters whose records are matched."""
    return [e for e in registry.at_home(Home.MASTER) if e.about.match]


def master_named(registry: Registry, name: str) -> type[Entity]:
    """One of them. Raises `NotFoundError` for any other name."""
    found = next((e for e in matched_masters(registry) if e.name == name), None)
    if found is None:
        raise NotFoundError(f"{name!r} is not a matched master", hint=f"there are: {', '.join(e.name for e in matched_masters(registry))}")
    return found


def master_seen_whole(given: Services, actor: Actor, name: str) -> type[Entity]:
    """One of them, for somebody who sees all of it: what concerns every record is done by those who see every record. Raises `ForbiddenError`."""
    declared = master_named(given.registry, name)
    if not GoldenRows(given, given.reader.current(), declared, actor).is_all:
        raise ForbiddenError(f"{actor.name} does not see every {name}", hint="let somebody do it who sees all of its sources", actor=actor.name, action="masters:decide")
    return declared


@dataclass(frozen=True)
class GoldenRows:
    """Golden records of one kind as far as somebody may see them: within their reach, by what is shared with them, from sources of theirs."""

    given: Services
    snapshot: Snapshot
    entity: type[Entity]
    actor: Actor

    @property
    def terms(self) -> Terms:
        """What is shared with them of the entity."""
        return self.given.workflow.sharing.terms(self.entity, self.actor)

    @property
    def sources(self) -> list[str]:
        """Those they see."""
        return sorted(sources_seen(self.actor, self.given.sources))

    @property
    def is_all(self) -> bool:
        """Whether nothing is kept from them: no row by reach or by sharing, no source."""
        return not self.actor.reach.is_bound and self.terms.shared() == "true" and len(self.sources) == len(self.given.sources)

    @property
    def title(self) -> str:
        """The field that a golden record is called by."""
        return self.entity.about.title or self.entity.key()[-1]

    def counts(self) -> dict[str, int]:
        """How many records, golden records, records merged away and conflicts they see; of everything, as the release counted it."""
        name = f"golden.{self.entity.name}"
        if self.is_all or not self.snapshot.has(name):
            records, golden, conflicts = (self.snapshot.rows_of(n) for n in (f"{name}_xref", name, f"{name}_conflict"))
        else:
            sql, bound = self.summary()
            counted = "count(*) as golden, coalesce(sum(records), 0) as records, coalesce(sum(conflicts), 0) as conflicts"
            row = self.snapshot.query(f"select {counted} from ({sql})", list(bound))[0]
            records, golden, conflicts = int(row["records"]), int(row["golden"]), int(row["conflicts"])
        return {"records": records, "golden": golden, "merged": records - golden, "conflicts": conflicts}

    def _conflicts(self) -> tuple[str, tuple[Any, ...]]:
        """How many fields of each golden record do not agree, between records of sources that they see."""
        name = f"golden.{self.entity.name}"
        conflict = self.snapshot.relation(f"{name}_conflict", (("golden_id", "varchar"), ("field", "varchar"), ("values", "varchar")))
        if self.is_all:
            return f"select golden_id, count(*) as n from {conflict} group by 1", ()
        each = f"""select golden_id, field, unnest(from_json("values", '[{{"record_id": "VARCHAR", "value": "VARCHAR"}}]')) as said from {conflict}"""
        seen = (f"select c.golden_id, c.field from ({each}) c join {self.snapshot.relation(name + '_xref', XREF_COLUMNS)} x on x.golden_id = c.golden_id and x.record_id = c.said.record_id"
                " where x.source in (select unnest(?)) group by 1, 2 having count(distinct coalesce(c.said.value, '')) > 1")
        return f"select golden_id, count(*) as n from ({seen}) group by 1", (self.sources,)

    def golden(self) -> tuple[str, tuple[str, ...]]:
        """The rows within reach, as the lists of the entity show them too, and their parameters."""
        rule, bound = row_rule(self.actor, self.entity)
        rows = LakeRows(self.snapshot, self.entity, self.given.registry).relation()
        return f"(select * from {rows} where {self.terms.shared()} and {rule})", bound

    def summary(self) -> tuple[str, tuple[Any, ...]]:
        """Each with its name, its codes and how many records of which sources it is made of."""
        name, called = f"golden.{self.entity.name}", shared_value(self.entity.fields[self.title], f'"{self.title}"', self.terms)
        rows, bound = self.golden()
        conflicts, of_theirs = self._conflicts()
        return (
            "select g.id, g.name, x.codes, x.codes as code, x.records, x.sources, coalesce(c.n, 0) as conflicts"
            f" from (select id, cast({called} as varchar) as name from {rows}) g"
            " join (select golden_id, count(*) as records, list(distinct source order by source) as sources,"
            f" string_agg(source_key, ' ' order by source_key) as codes from {self.snapshot.relation(name + '_xref', XREF_COLUMNS)}"
            " where source in (select unnest(?)) group by 1) x on x.golden_id = g.id"
            f" left join ({conflicts}) c on c.golden_id = g.id"
        ), (*bound, self.sources, *of_theirs)

    def require(self, golden_id: str) -> None:
        """Refuse what lies beyond reach as what is not there."""
        rows, bound = self.golden()
        if not self.snapshot.query(f"select 1 from {rows} where id = ?", (*bound, golden_id)):
            raise NotFoundError(f"no {self.entity.name} {golden_id!r}", hint="search the list by name or code")
