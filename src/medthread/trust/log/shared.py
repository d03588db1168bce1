"""A bundle for somebody in another region: records of the log that tell what sharing rules keep from them stand as hashes."""

from collections.abc import Iterable
from typing import Any

from medthread.model import Entity
from medthread.model.sharing import Recipient
from medthread.trust.log.bundle import Chosen
from medthread.trust.sharing import Sharing

ABOUT = "split_part(e.object, '/', 1)"


def chosen_for(sharing: Sharing, entities: Iterable[type[Entity]], recipient: Recipient, chosen: Chosen) -> Chosen:
    """Of the records that are chosen, those that may be shared with a recipient, whatever the origin of what they are about.

    Personal values that are stored sealed are never in the log; what was signed holds their masks, and a refusal may say
    values in its words: of an entity of which anything may be kept back, neither is given.
    """
    conditions: list[str] = []
    values: list[tuple[str, Any]] = []
    for n, entity in enumerate(entities):
        terms = sharing.terms_for(entity, recipient)
        if not terms:
            continue
        told = [f for f in terms.fields if not entity.fields[f].is_personal]
        about = f"{ABOUT} = :entity_{n}"
        values.append((f"entity_{n}", entity.name))
        if not terms.records:
            about += f" and (e.action = 'signature.create' or e.outcome = 'refused' or jsonb_exists_any(e.before, :told_{n}) or jsonb_exists_any(e.after, :told_{n}))"
            values.append((f"told_{n}", told))
        conditions.append(f"({about})")
    if not conditions:
        return chosen
    # A condition over nothing is neither true nor false: what is not certainly kept back goes.
    return Chosen(f"({chosen.sql}) and ({' or '.join(conditions)}) is not true", (*chosen.values, *values))
