"""A company in two regions: records of China, asked for from the EU; which of their values may go is known from what was written, not from the port."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import insert, select, update

from medthread.model import Entity, Field
from medthread.model.events import Mode
from medthread.stores.postgres.tables import proposal
from medthread.trust.access import Actor
from medthread.trust.audit import record
from medthread.trust.seal import is_sealed, key_id_of, mask_partial, unseal
from medthread.workflow.native import safe
from medthread.workflow.outbox import emit
from tests.api.authorisation import OWN, Company

RULES = """
[regions.CN]
organisations = ["CN"]

[regions.EU]
organisations = ["EU"]
systems = ["portal", "relay"]

[[rules]]
name = "disputes_under_contract"
zh = "争议相对人信息按标准合同提供"
en = "parties of disputes are told under the standard contract"
effect = "allow"
clause = "PIPL art. 38(1)(3)"
basis = "standard contract of 2026-03-01"
data = { entities = ["dispute"], personal = true }
from = { regions = ["CN"] }
to = { regions = ["EU"] }

[[rules]]
name = "descriptions_stay"
zh = "投诉描述不出境"
en = "descriptions of complaints stay"
effect = "refuse"
clause = "own rule 7"
data = { entities = ["complaint"], fields = ["description"] }
from = { organisations = ["CN"] }
to = { outside = ["CN"] }

[[rules]]
name = "capas_stay"
zh = "CAPA 不出境"
en = "CAPA stay"
effect = "refuse"
clause = "own rule 8"
data = { entities = ["capa"] }
from = { regions = ["CN"] }
to = { outside = ["CN"] }

[[rules]]
name = "patients_masked"
zh = "不良事件的敏感信息脱敏后提供"
en = "what adverse events tell of patients is masked"
effect = "mask"
clause = "own rule 9"
basis = "assessment of 2026-05-01"
data = { entities = ["adverse_event"], at_least = "confidential" }
from = { regions = ["CN"] }
to = { outside = ["CN"] }
"""


@dataclass
class Values:
    """Values of records of China by what a rule says of them."""

    refused: set[str]
    masked: set[str]
    free: set[str]

    def leaked(self, text: str) -> set[str]:
        """What of it is in an answer although a rule says no."""
        found = {v for v in self.refused | self.masked if v in text}
        return found | {m for m in map(mask_partial, self.refused) if m and m in text}


def settle(company: Company) -> Values:
    """Move one record of every kind to China, with its history, an event and a proposal; gives its values."""
    values = Values(set(), set(), set())
    with company.installation.store.transaction() as tx:
        for entity in company.native:
            table, id_ = company.context.tables[entity.name], company.ids[entity.name][OWN]
            tx.execute(update(table).where(table.c.id == id_).values(_org="CN", **({entity.about.region: "CN"} if entity.about.region else {})))
            row = dict(tx.execute(select(table).where(table.c.id == id_)).one()._mapping)
            clear = {n: _clear(company, tx, row[n]) for n in entity.fields}
            for field in entity.fields.values():
                if isinstance(clear[field.name], str) and re.fullmatch(r"OWN-\d-\d{6}", clear[field.name]):
                    _sort(entity, field, values).add(clear[field.name])
            told = safe(entity, clear)
            record(tx, actor="somebody", action="entity.update", object_=f"{entity.name}/{id_}", reason="settled", before=dict.fromkeys(told, ""), after=told)
        _propose(company, tx)
    return values


def _propose(company: Company, tx: Any) -> None:
    """Events that tell of records, and proposals that show them."""
    context = company.context
    for reaction in context.rulebook.reactions.values():
        for name in ("complaint", "capa", "dispute"):
            if reaction.mode is not Mode.PROPOSE:
                continue
            table, id_ = context.tables[name], company.ids[name][OWN]
            row = dict(tx.execute(select(table).where(table.c.id == id_)).one()._mapping)
            event = emit(tx, context, type_=reaction.on, entity=name, record=id_, by="somebody", at=datetime.now(UTC), body=safe(context.registry[name], row))
            tx.execute(insert(proposal).values(id=event.id, reaction=reaction.name, event=event.id, entity=name, record=id_, role=reaction.role))


def _clear(company: Company, tx: Any, value: Any) -> Any:
    return unseal(value, key=company.context.keyring.find(tx, key_id_of(value))) if isinstance(value, str) and is_sealed(value) else value


def _sort(entity: type[Entity], field: Field, values: Values) -> set[str]:
    """As the rules above and those that ship say, read by a person."""
    if field.name in (entity.about.region, entity.about.plant):
        return values.free
    if entity.name == "capa" or (entity.name == "complaint" and field.name == "description"):
        return values.refused
    if entity.name == "dispute" or not field.is_about_persons:
        return values.free
    return values.masked if entity.name == "adverse_event" else values.refused


def abroad(role: str) -> Actor:
    """Somebody in the EU."""
    return Actor(role, role, (role,), session="session", regions=("EU",))


def portal(role: str, can: Callable[[Actor], frozenset[str]]) -> Actor:
    """A system in the EU, with a token of somebody who is bound to nothing."""
    owner = Actor(role, role, (role,))
    return Actor(role, role, (role,), token="t", system="portal", scopes=can(owner))
