"""Profiles as JSON for somebody: figures for whoever may look at held rows, values only of what they may see all of.

A profile counts rows of all plants, so that no row rule cuts it: its values are told to whoever sees every row of the table
and is cleared for the field; to others they are counted.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any

from medthread.api.row_names import names_rows
from medthread.api.services import Services
from medthread.derive.form import pair
from medthread.derive.view import masked_fields
from medthread.governance.profiles import Kept, Suggestion, changes, unsaid
from medthread.model import Label
from medthread.model.errors import NotFoundError
from medthread.pipeline.build.known import known_models
from medthread.pipeline.profile import ColumnProfile
from medthread.pipeline.profile.subject import fed_by, profiled_tables, raw_table
from medthread.trust.access import Actor, sources_seen


@dataclass(frozen=True)
class ProfileReader:
    """The tables and their profiles, for somebody."""

    given: Services
    actor: Actor

    def tables(self) -> list[str]:
        """The tables that may be profiled; of sources those that the actor sees."""
        known = profiled_tables(self.given.batch(), self.given.releases.heads())
        return [t for t in known if not t.startswith("raw.") or raw_table(self.given.sources, t)[0].name in sources_seen(self.actor, self.given.sources)]

    def checked(self, table: str) -> str:
        """The table, if it is there for the actor; of what they do not see it is not told whether it is."""
        if table not in self.tables():
            raise NotFoundError(f"no table {table!r} that can be profiled", hint="GET /api/v1/profiles lists them", table=table)
        return table

    def label(self, table: str) -> Label:
        """What people call it."""
        layer, _, name = table.partition(".")
        if layer == "raw":
            source, mapped = raw_table(self.given.sources, table)
            return Label(f"{source.zh} {mapped}", f"{source.en} {mapped}")
        if layer == "marts":
            return self._known[name].model.label if name in self._known else Label(name, name)
        return self.given.registry[name].about.label

    @cached_property
    def _known(self) -> Mapping[str, Any]:
        return known_models(self.given.batch(), self.given.models())

    def sees_values(self, table: str) -> bool:
        """Whether values of the table may be told at all."""
        if not table.startswith("raw."):
            return names_rows(self.given, self.actor, self._known, [table] if table.startswith("marts.") else [])
        return not self.given.workflow.sharing.restricts(self.actor)  # whoever sees the source sees all rows of it

    def hidden(self, table: str) -> frozenset[str]:
        """Columns whose values the actor is not cleared for."""
        layer, _, name = table.partition(".")
        if layer in ("standard", "golden"):
            return masked_fields(self.given.registry[name], self.actor.clearance)
        if layer == "raw":
            source, mapped = raw_table(self.given.sources, table)
            return frozenset(c for c, feeds in fed_by(self.given.batch(), source, mapped).items() if any(f in masked_fields(self.given.registry[e], self.actor.clearance) for e, f in feeds))
        return frozenset()

    def line(self, table: str) -> dict[str, Any]:
        """What the list says of a table."""
        head, kept = self.given.releases.heads()[table], self.given.profiler.shelf.last(table)
        return {"table": table, "label": pair(self.label(table)), "layer": table.partition(".")[0], "rows": head.rows, "taken_at": kept.profile.at if kept else None,
                "is_current": kept is not None and kept.profile.snapshot == head.snapshot, "findings": len(kept.profile.findings) if kept else None}

    def whole(self, table: str, language: str) -> dict[str, Any]:
        """The last profile of a table, what changed since the one before, and how far one is that is being taken."""
        kept, underway, fault = self.given.profiler.shelf.last(table), self.given.profiler.underway(table), self.given.profiler.fault(table)
        told = fault.told(language) if fault is not None else None
        return {**self.line(table), "profile": self._profile(kept) if kept else None, "changes": [asdict(c) for c in changes(kept.before, kept.profile)] if kept and kept.before else [],
                "underway": asdict(underway) if underway else None, "fault": told and {"text": told.message, "hint": told.hint}}

    def _profile(self, kept: Kept) -> dict[str, Any]:
        made = kept.profile
        sees, hidden = self.sees_values(made.table), self.hidden(made.table)
        columns = [self._column(made.table, c, sees=sees and not {c.name, c.field} & hidden) for c in made.columns]
        return {"at": made.at, "seconds": made.seconds, "rows": made.rows, "sampled": made.sampled, "columns": columns, "keys": [asdict(k) for k in made.keys],
                "decides": [asdict(d) for d in made.decides], "within": [asdict(w) for w in made.within]}

    def _column(self, table: str, column: ColumnProfile, *, sees: bool) -> dict[str, Any]:
        name = table.partition(".")[2]
        field = self.given.registry[name].fields.get(column.field or "") if name in self.given.registry and not table.startswith("raw.") else None
        told = asdict(column) | {"label": pair(field.label) if field else None, "kept_back": not sees}
        return told if sees else told | {"low": None, "high": None, "values": [], "quantiles": {}, "histogram": []}

    def suggestions(self, table: str) -> list[Suggestion]:
        """What the last profile suggests and nobody has said yet; not of fields that the actor is not cleared for, for a rule tells of values."""
        kept = self.given.profiler.shelf.last(table)
        if kept is None:
            raise NotFoundError(f"{table} was not profiled yet", hint=f"POST /api/v1/profiles/{table} takes its profile", table=table)
        if not self.sees_values(table):
            return []
        hidden = self.hidden(table)
        return [s for s in unsaid(kept.suggestions, self.given.registry, self.given.rules) if not _fields(s) & hidden]

    def suggested(self, table: str, name: str) -> Suggestion:
        """One of them."""
        found = next((s for s in self.suggestions(table) if s.rule.name == name), None)
        if found is None:
            raise NotFoundError(f"no suggested rule {name!r}", hint=f"`GET /api/v1/profiles/{table}/suggestions` lists those there are")
        return found

    def told(self, table: str, found: Suggestion, text: str) -> dict[str, Any]:
        """A suggestion as JSON; rows that break it are named to whoever sees all of them."""
        rule, layer = found.rule, table.partition(".")[0]
        tables = [table] if layer == "marts" else [f"standard.{rule.on.entity}"]
        named = bool(found.sample) and names_rows(self.given, self.actor, self._known, tables)
        return {"name": rule.name, "label": pair(rule.label), "dimension": rule.dimension.value, "gate": rule.gate.value, "tolerance": rule.tolerance, "at": rule.at.value, "asset": rule.on.relation,
                "field": rule.on.field, "kind": rule.check.kind, "check": rule.check.model_dump(mode="json", exclude_none=True), "checked": found.checked, "broken": found.broken,
                "share": found.share, "why": pair(found.why), "rows": list(found.sample) if named else [], "kept_back": bool(found.sample) and not named, "text": text}


def _fields(found: Suggestion) -> frozenset[str]:
    named = {found.rule.on.field, *(found.rule.check.unique or ())}
    return frozenset(n.partition("__")[0] for n in named if n)
