"""What a release does with contracts: consumers' expectations are held against what it would give, then what it promises is kept.

A consumer that it would break is a verdict of the quality rule `contract.<name>`, so that an incident is opened and resolved as for
any other rule. An expectation that blocks keeps the release from readers.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from sqlalchemy import Connection

from medthread.governance.contracts.expected import FieldVerdict, held_against
from medthread.governance.contracts.kept import give_out
from medthread.governance.contracts.made import Contract, Making
from medthread.governance.contracts.others import OfOthers, Part, kept
from medthread.governance.dictionary.book import Dictionary
from medthread.methods.contracts import Verdict as Found
from medthread.model.errors import HeldError, InvalidError
from medthread.model.rule_file import Point, Severity
from medthread.pipeline.build.known import known_models
from medthread.pipeline.context import Context
from medthread.pipeline.judge import State, Verdict
from medthread.pipeline.judge.verdict import keep
from medthread.trust.audit import record

RULE = "contract."


@dataclass(frozen=True)
class ContractsAtRelease:
    """Asked by every run before and with its release. `tenant` is whose contracts they are; `zone` says which day it is."""

    tenant: str
    zone: str

    def judge(self, context: Context, *, run: str) -> None:
        """Hold consumers' expectations against the tables as they stand. Raises `HeldError` where one that blocks would be broken."""
        with context.store.transaction() as tx:
            expected = [o for o in kept(tx).values() if o.kind is Part.CONSUMER]
        if not expected:
            return
        now = self._making(context).all()
        verdicts = [judged(one, now, run=run) for one in expected]
        with context.store.transaction() as tx:
            keep(tx, verdicts)
        stopped = [o for o, v in zip(expected, verdicts, strict=True) if o.blocks and v.state is State.BROKEN]
        if stopped:
            raise HeldError(
                f"{stopped[0].subject}: the release would break what {stopped[0].name} expects; consumers that it would break: {len(stopped)}",
                hint="readers keep what they see; `medthread contract check` tells each field; change the model back, or agree on another contract with the consumer")

    def prepare(self, context: Context) -> Callable[[Connection, str, str], None]:
        """Make what the release promises; it is kept in its transaction."""
        return partial(_keep, self._making(context).all())

    def _making(self, context: Context) -> Making:
        models = known_models(context, context.models)
        book = Dictionary(context.store, context.registry, lambda: context.rules, lambda: models, self.zone).book()
        return Making(book, context.registry, context.sources, context.rules, self.tenant)


def _keep(now: Mapping[str, Contract], tx: Connection, release: str, by: str) -> None:
    told = give_out(tx, release, now)
    if told:
        breaks = [f"{v.subject} {v.version}" for v in told if v.verdict in (Found.BREAKING, Found.NOT_JUDGED)]
        record(tx, actor=by, action="contract.give_out", object_=f"release/{release}", detail={"contracts": len(told), "breaking": breaks[:100]})


def judged(one: OfOthers, now: Mapping[str, Contract], *, run: str) -> Verdict:
    """How an expectation stands, as a verdict of quality: fields that are expected, fields that would be broken. A table that is gone breaks all of them."""
    said, fields = _held(one, now.get(one.subject))
    broken = [v for v in fields if v.verdict is Found.BREAKING]
    unsure = [v for v in fields if v.verdict is Found.NOT_JUDGED]
    state = State.BROKEN if broken or said else State.TOLERATED if unsure else State.HOLDS
    contract = now.get(one.subject)
    table = contract.table if contract else one.subject
    return Verdict(
        round=run, asset=table, rule=f"{RULE}{one.name}", version=one.digest.removeprefix("sha256:")[:12], point=Point.RELEASE, state=state,
        checked=max(1, sum(v.field is not None for v in fields)), broken=len(broken) if broken else int(bool(said)), sample=tuple(v.field or "*" for v in broken[:5]), message=said or _first(broken or unsure),
        entity=one.subject if contract and contract.kind == "entity" else None, own=True, owner=one.owner, severity=(Severity.CRITICAL if one.blocks else Severity.MAJOR).value,
        zh=f"消费方契约“{one.name}”:表应当满足", en=f"the table meets what {one.name} expects", cause=table,
    )


def _held(one: OfOthers, contract: Contract | None) -> tuple[str | None, Sequence[FieldVerdict]]:
    if contract is None:
        return f"there is no table {one.subject}", ()
    try:
        return None, held_against(one.document, contract.content)
    except InvalidError as error:
        return error.message, ()


def _first(fields: Sequence[FieldVerdict]) -> str | None:
    told = [(v.field or "*", d) for v in fields for d in v.differences if d.verdict in (Found.BREAKING, Found.NOT_JUDGED)]
    return f"{told[0][0]}: {told[0][1].label.en}" if told else None
