"""A company with quality rules of its own."""

from pathlib import Path
from typing import Any

import yaml

from medthread.app import Installation
from medthread.pipeline.judge.verdict import Verdict, latest
from tests.scenarios import company

LOTS = """
  lot:
    files: "lot*.csv"
    format: csv
    feeds: [{entity: lot, fields: {item: item, lot_no: lot, quantity: qty, made_on: made}}]
"""


def rule(name: str, check: dict[str, Any], **more: Any) -> dict[str, Any]:
    said = {"name": name, "zh": f"规则{name}", "en": f"Rule {name}", "dimension": "validity", "owner": "quality", "at": "release", "on": {"entity": "lot"}}
    return said | {"check": check} | more


def found(home: Path, *rules: dict[str, Any]) -> Path:
    """A company with a hundred lots, the last five without a day."""
    company.found(home)
    mapping = home / "sources" / "erp.yaml"
    mapping.write_text(mapping.read_text(encoding="utf-8") + LOTS, encoding="utf-8")
    lots(home, "lot1.csv", 0, 100)
    (home / "rules").mkdir()
    write(home, *rules)
    return home


def lots(home: Path, name: str, first: int, count: int, *, form: str = "L{}", quantity: int | None = None) -> None:
    rows = [(f"M{n % 30}", form.format(n), n + 1 if quantity is None else quantity, "2026/1/5" if n % 20 else "") for n in range(first, first + count)]
    company.write(home / "inbox" / name, "item,lot,qty,made", list(rows))


def write(home: Path, *rules: dict[str, Any]) -> None:
    (home / "rules" / "own.yaml").write_text(yaml.safe_dump(list(rules), allow_unicode=True), encoding="utf-8")
    if not rules:
        (home / "rules" / "own.yaml").unlink()


def verdicts(installation: Installation) -> dict[str, Verdict]:
    """The last verdict of each rule by its name; of those at intake by their id."""
    with installation.store.transaction() as tx:
        return {rule: v for (rule, _), v in latest(tx).items()}
