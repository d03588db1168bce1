"""Models as JSON: one line of the list, one model whole."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any

from medthread.api.row_names import named_models
from medthread.api.services import Services
from medthread.derive.form import pair
from medthread.model import Label
from medthread.model.errors import DeclarationError
from medthread.model.owners import owner_label
from medthread.model.wording import worded
from medthread.pipeline.build.built import heads
from medthread.pipeline.build.case import Tried, cases_of
from medthread.pipeline.build.expectation import Expectation, Finding
from medthread.pipeline.build.fields import fields_used
from medthread.pipeline.build.known import Known
from medthread.pipeline.build.model import PREFIX, Model
from medthread.pipeline.build.shapes import declared_columns
from medthread.pipeline.build.versions import Version
from medthread.stores.lakehouse import Releases
from medthread.trust.access import Actor


@dataclass(frozen=True)
class Shown:
    """Every model there is, for somebody who asks in a language."""

    given: Services
    known: Mapping[str, Known]
    actor: Actor
    language: str

    @cached_property
    def named(self) -> frozenset[str]:
        """The models that may name failing rows to them."""
        return named_models(self.given, self.actor, self.known)

    def line(self, one: Known) -> dict[str, Any]:
        """What the list says of a model."""
        model, made = one.model, one.made
        said = one.version or one.declared
        return {
            "name": model.name, "label": pair(model.label), "meaning": pair(model.meaning), "owner": model.owner, "owner_label": pair(owner_label(model.owner)),
            "domain": model.domain, "origin": said.origin if said else model.origin, "standing": one.standing,
            "version": one.version.version if one.version else None, "grain": list(model.grain), "reads": list(model.reads),
            "rows": made.rows if made else None, "seconds": made.seconds if made else None, "built_at": made.at if made else None,
            "tests": {
                "asked": len(model.expectations), "failed": sum(f.blocks and f.failed > 0 for f in one.findings.values()),
                "warned": sum(f.failed > 0 and not f.blocks for f in one.findings.values()), "held": len(one.held.held) if one.held else 0,
            },
        }

    def whole(self, one: Known, versions: list[Version]) -> dict[str, Any]:
        """Everything about a model."""
        model = one.model
        return {
            **self.line(one), "table": model.table, "partition": str(model.partition) if model.partition else None, "text": model.text,
            "columns": [{"name": n, "type": k} for n, k in one.made.columns] if one.made else [],
            "tests_said": [self._told(model, e, one.findings.get((e.condition, e.blocks))) for e in model.expectations],
            "held": self._held(one), "inputs": self._inputs(one), "readers": list(self._readers(one)),
            "versions": [_version(v) for v in versions], **self._cases(one),
        }

    def _held(self, one: Known) -> dict[str, Any] | None:
        """What was made and may not be seen, and why."""
        if one.held is None:
            return None
        failed = [f for f in one.held.findings if f.failed]
        return {"at": one.held.at, "rows": one.held.rows, "tests": [self._told(one.model, f, f) for f in failed]}

    def _told(self, model: Model, asked: Expectation | Finding, found: Finding | None) -> dict[str, Any]:
        may = model.name in self.named
        return {
            "condition": asked.condition, "blocks": asked.blocks, "failed": found.failed if found else None,
            "rows": list(found.rows) if found and may else [], "kept_back": bool(found and found.rows) and not may,
        }

    def _inputs(self, one: Known) -> list[dict[str, Any]]:
        """What the table is made from, and whether it is still what it was then."""
        with self.given.store.transaction() as tx:
            made = heads(tx)
        lake = self.given.batch().committer.heads()
        rows = {name: t.rows for name, t in Releases(self.given.store).heads().items()}
        before = one.made.inputs if one.made else {}
        now = {t: made[t].fingerprint if t.startswith(PREFIX) and t in made else str(lake.get(t)) for t in one.model.reads}
        return [
            {"table": t, "label": pair(self._called(t)), "rows": rows.get(t), "changed": one.made is not None and before.get(t) != now[t]}
            for t in one.model.reads
        ]

    def _called(self, table: str) -> Label | None:
        layer, _, name = table.partition(".")
        if f"{layer}." == PREFIX:
            return self.known[name].model.label if name in self.known else None
        return self.given.registry[name].about.label if name in self.given.registry else None

    def _readers(self, one: Known) -> Iterator[dict[str, Any]]:
        """Models and parts of the product that read the table, with the fields that they take."""
        table = one.model.table
        for other in (k.model for k in self.known.values() if table in k.model.reads):
            columns = {t: c for t in other.reads if (c := self._columns(t))}
            used = fields_used(other.statement, columns)[table]
            yield {"name": other.name, "kind": "model", "label": pair(other.label), "fields": None if used is None else sorted(used)}
        for part in self.given.consumers:
            if table in part.reads:
                yield {"name": part.name, "kind": "part", "label": pair(part.label), "fields": list(part.reads[table])}

    def _columns(self, table: str) -> Any:
        made = self.known[table.removeprefix(PREFIX)].made if table.startswith(PREFIX) and table.removeprefix(PREFIX) in self.known else None
        return made.columns if made else declared_columns(table, self.given.registry)

    def _cases(self, one: Known) -> dict[str, Any]:
        try:
            cases = cases_of(one.declared) if one.declared else []
        except DeclarationError as error:
            return {"cases": [], "cases_fault": error.told(self.language)._asdict()}
        return {"cases": [{"label": pair(c.label), "given": c.given, "expect": c.expect} for c in cases], "cases_fault": None}


def tried(one: Tried, language: str) -> dict[str, Any]:
    """How a case went."""
    return {
        "label": pair(one.label), "holds": one.holds, "missing": list(one.missing), "extra": list(one.extra),
        "error": worded(one.error, language) if one.error else None,
    }


def _version(version: Version) -> dict[str, Any]:
    return {n: v for n, v in asdict(version).items() if n not in ("name", "text")}
