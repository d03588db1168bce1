"""A suggested rule accepted by a person: its file is written as a person would, read back, and never written over."""

import hashlib
from pathlib import Path
from typing import Any

import yaml
from sqlalchemy import Connection

from medthread.governance.profiles.suggestions import Suggestion
from medthread.model import Registry
from medthread.model.errors import ConflictError
from medthread.model.rule_file import QualityRule, parse_rules
from medthread.model.yaml_file import parse_yaml
from medthread.pipeline.context import Context
from medthread.pipeline.judge.accept import check_rule
from medthread.pipeline.judge.conditions import add_intake_rules
from medthread.stores.whole_file import write_new
from medthread.trust.audit import record

ORDER = ("name", "zh", "en", "dimension", "owner", "severity", "gate", "tolerance", "at", "on", "check")


def written(found: Suggestion) -> str:
    """The text of the file: the rule in the words and the order of the guide, above it what made it likely."""
    said = found.rule.model_dump(mode="json", exclude_none=True, exclude={"origin"})
    evidence = f"{found.checked - found.broken:,} / {found.checked:,}"
    lines = [f"# {found.origin.zh}:{found.zh};成立 {evidence}", f"# {found.origin.en}: {found.en}; holds for {evidence}"]
    lines += [f"{name}: {_inline(said[name])}" for name in ORDER if name in said and not (name == "tolerance" and not said[name])]
    return "\n".join(line.replace("\r", " ") for line in lines) + "\n"


def _inline(value: Any) -> str:
    return str(yaml.safe_dump(value, allow_unicode=True, default_flow_style=True, sort_keys=False, width=10_000)).removesuffix("\n").removesuffix("\n...")


def accept_suggestion(tx: Connection, *, context: Context, folder: Path, found: Suggestion, by: str) -> QualityRule:
    """Write `rules/<name>.yaml`; gives the rule as it is read from there.

    Raises `ConflictError` where a rule or a file of the name is there, or where what would be written could not be read as the same rule.
    """
    path, text = folder / f"{found.rule.name}.yaml", written(found)
    if path.exists() or any(r.name == found.rule.name for r in context.rules):
        raise ConflictError(f"there is a rule {found.rule.name!r} already", hint="look at it with `medthread rule show`; nothing is written over")
    [read] = parse_rules(parse_yaml(text, file=path.name), origin=f"rules/{path.name}")
    if read.model_copy(update={"origin": ""}) != found.rule.model_copy(update={"origin": ""}):
        raise ConflictError(f"the rule {found.rule.name!r} would not be read as it was meant", hint="write it by hand: the guide to data quality has the words of a rule")
    check_rule(read, context.registry, frozenset(m.name for m in context.models))
    add_intake_rules(Registry(dict(context.registry)), (read,))  # on a registry of its own: whether it could be tried, nothing more
    told = {"file": path.name, "sha256": hashlib.sha256(text.encode()).hexdigest(), "checked": found.checked, "broken": found.broken}
    record(tx, actor=by, action="rule.accept", object_=f"rule/{found.rule.name}", detail=told)
    write_new(path, text)
    return read
