"""What a plan of models does to contracts: to what was promised of each table, and to each consumer that expects something of it."""

from dataclasses import dataclass

from sqlalchemy import Connection

from medthread.governance.contracts.expected import FieldVerdict, held_against
from medthread.governance.contracts.kept import promised
from medthread.governance.contracts.made import Contract, Making
from medthread.governance.contracts.others import OfOthers, Part, kept
from medthread.methods.contracts import Difference, Verdict, compare, worst
from medthread.methods.contracts.kinds import B
from medthread.model.errors import InvalidError
from medthread.pipeline.build.built import Columns
from medthread.pipeline.build.change import Change
from medthread.pipeline.build.model import PREFIX
from medthread.pipeline.build.plan import Plan


@dataclass(frozen=True)
class PlannedContract:
    """What becomes of the contract of a table; `consumers` are those whose expectation would be broken, with the fields."""

    subject: str
    version: str
    verdict: Verdict
    differences: tuple[Difference, ...]
    consumers: tuple[tuple[str, tuple[str, ...]], ...]


def contracts_of_plan(tx: Connection, plan: Plan, making: Making) -> list[PlannedContract]:
    """Of every changed model whose contract was given out, what of it would change."""
    before, expected = promised(tx), [o for o in kept(tx).values() if o.kind is Part.CONSUMER]
    found = []
    for planned in plan.changes:
        change = planned.change
        given = before.get(PREFIX + change.name)
        if given is None or given.content is None:
            continue
        after = making.model(change.after, _columns(making, change)) if change.after else None
        told = tuple(compare(given.content, after.content, sides=after.sides)) if after else (Difference("object.removed", f"schema.{change.name}", B, given.subject, None),)
        if told:
            consumers = tuple((o.name, fields) for o in expected if o.subject == given.subject and (fields := _broken(o, after)))
            found.append(PlannedContract(given.subject, given.version, worst(d.verdict for d in told), told, consumers))
    return found


def _columns(making: Making, change: Change) -> Columns:
    """The columns that the table would have: as they are, with what the plan says of them."""
    known = making.book.models.get(change.name)
    there = dict(known.made.columns) if known is not None and known.made is not None else {}
    for column in change.columns:
        if column.after is None:
            there.pop(column.name, None)
        else:
            there[column.name] = column.after
    return tuple(there.items())


def _broken(one: OfOthers, after: Contract | None) -> tuple[str, ...]:
    if after is None:
        return ("*",)
    try:
        fields: list[FieldVerdict] = held_against(one.document, after.content)
    except InvalidError:
        return ("*",)
    return tuple(v.field or "*" for v in fields if v.verdict is Verdict.BREAKING)
