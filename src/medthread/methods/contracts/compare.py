"""The comparison: section by section, table by table, field by field. What has no place here is told as unknown, never passed over."""

from collections.abc import Callable, Mapping
from typing import Any

from medthread.methods.contracts.fields import compare_customs, compare_fields, compare_references
from medthread.methods.contracts.form import normal
from medthread.methods.contracts.kinds import BOTH, Difference, Side
from medthread.methods.contracts.promises import compare_promises, compare_rules
from medthread.methods.contracts.report import Json, Report, paired

SAID_ELSEWHERE = frozenset({"apiVersion", "kind", "version", "contractCreatedTs", "schema", "slaProperties", "slaDefaultElement", "servers", "roles", "status", "price", "team", "id", "customProperties"})
WORDS = frozenset({"name", "domain", "dataProduct", "tenant", "tags", "description", "support", "context", "authoritativeDefinitions"})
OBJECT_WORDS = frozenset({"businessName", "description", "synonyms", "tags", "authoritativeDefinitions", "context", "logicalType"})
OBJECT_KNOWN = OBJECT_WORDS | {"id", "name", "physicalName", "physicalType", "dataGranularityDescription", "properties", "relationships", "quality", "customProperties", "deprecated"}


def compare(before: Mapping[str, Any], after: Mapping[str, Any], *, sides: frozenset[Side] = BOTH) -> list[Difference]:
    """Every difference between two contracts of one thing, in the order of the document; none for the same contract.

    Both are read in the newest form, so an older version of the standard is no difference. `sides` says whose contract it is.
    """
    old, new, report = normal(before), normal(after), Report(sides)
    for name, kind in (("id", "identity.changed"), ("price", "price.changed"), ("team", "owner.changed")):
        report.plain(kind, name, "contract", old, new)
    for name in sorted((old.keys() | new.keys()) - SAID_ELSEWHERE):
        report.plain("words" if name in WORDS else "unknown", name, "contract", old, new)
    _status(report, old, new)
    _each(report, "server", old.get("servers"), new.get("servers"), lambda s: s.get("server") or s.get("id") or s.get("type"))
    _each(report, "role", old.get("roles"), new.get("roles"), lambda r: r.get("role"))
    _objects(report, old, new)
    compare_promises(report, old.get("slaProperties"), new.get("slaProperties"))
    compare_customs(report, "contract", old, new)
    return report.found


def _status(report: Report, old: Json, new: Json) -> None:
    was, is_ = (str(c.get("status") or "active") for c in (old, new))
    if was != is_:
        report.add(f"status.{is_}" if is_ in ("retired", "deprecated") else "status.changed", "contract.status", was, is_)


def _each(report: Report, what: str, old: Any, new: Any, key: Callable[[Json], Any]) -> None:
    for name, was, is_ in paired(old, new, key):
        at = f"{what}s.{name}"
        if was is None or is_ is None:
            report.add(f"{what}.added" if was is None else f"{what}.removed", at, was and name, is_ and name)
            continue
        report.plain("words", "description", at, was, is_)
        for word in sorted((was.keys() | is_.keys()) - {"description", "id", "customProperties"}):
            report.plain(f"{what}.changed", word, at, was, is_)
        compare_customs(report, at, was, is_)


def _objects(report: Report, old: Json, new: Json) -> None:
    called = {o.get("id"): o.get("name") for o in old.get("schema") or () if o.get("id")}

    def before_it_was_renamed(there: Json) -> Any:
        """The name that it had; one that says none keeps its own."""
        return called.get(there.get("id"), there.get("name"))

    for name, was, is_ in paired(old.get("schema"), new.get("schema"), before_it_was_renamed):
        at = f"schema.{name}"
        if was is None or is_ is None:
            report.add("object.added" if was is None else "object.removed", at, was and name, is_ and name)
            continue
        if was.get("name") != is_.get("name"):
            report.add("object.renamed", at, was.get("name"), is_.get("name"))
        compare_object(report, at, was, is_)


def compare_object(report: Report, at: str, was: Json, is_: Json) -> None:
    """One table against another."""
    table = f"{at}.[table]"
    report.plain("place.changed", "physicalName", table, was, is_)
    report.plain("table.kind", "physicalType", table, was, is_)
    report.plain("grain.changed", "dataGranularityDescription", table, was, is_)
    for word in sorted((was.keys() | is_.keys()) - OBJECT_KNOWN):
        report.plain("unknown", word, table, was, is_)
    for word in sorted(OBJECT_WORDS):
        report.plain("words", word, table, was, is_)
    if bool(was.get("deprecated")) != bool(is_.get("deprecated")):
        report.add("deprecated" if is_.get("deprecated") else "reinstated", at)
    keys = [_key(o) for o in (was, is_)]
    if keys[0] != keys[1]:
        report.add("key.changed", f"{at}.[key]", *keys)
    compare_fields(report, at, was.get("properties"), is_.get("properties"))
    compare_references(report, f"{at}.[relationships]", was.get("relationships"), is_.get("relationships"))
    compare_rules(report, f"{at}.[quality]", was.get("quality"), is_.get("quality"))
    compare_customs(report, f"{at}.[customProperties]", was, is_)


def _key(there: Json) -> list[str]:
    """The names of the key's fields, in their order."""
    parts = [(p.get("primaryKeyPosition", 0), n, p["name"]) for n, p in enumerate(there.get("properties") or ()) if p.get("primaryKey")]
    return [name for _, _, name in sorted(parts)]
