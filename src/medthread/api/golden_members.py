"""The records that golden records are made of, as far as somebody may see them."""

from collections.abc import Sequence
from typing import Any

from medthread.api.listing import shown
from medthread.api.services import Services
from medthread.api.sharing import WITHHELD_IN
from medthread.derive.columns import NEWEST_FIRST, standard_columns
from medthread.derive.view import masked_fields, shared_columns
from medthread.model import Entity
from medthread.pipeline.match.crosswalk import XREF_COLUMNS
from medthread.stores.serving import Snapshot
from medthread.trust.access import Actor, sources_seen


def members(given: Services, snapshot: Snapshot, entity: type[Entity], actor: Actor, *, golden: str | None = None, records: Sequence[str] = ()) -> list[dict[str, Any]]:
    """The records of a golden record, or those that are named, as the sources hold them: those of sources that the reader may see."""
    masked = masked_fields(entity, actor.clearance)
    opened = frozenset(n for n, f in entity.fields.items() if f.is_personal and n not in masked)
    terms = given.workflow.sharing.terms(entity, actor)
    columns = ", ".join([f"{terms.shared()} as _shared", *(f'{value} as "{n}"' for n, value in shared_columns(entity, masked=masked, terms=terms)), *terms.rule_columns()])
    declared = [(c.name, c.duck) for c in standard_columns(entity, given.registry)]
    whose = "x.golden_id = ?" if golden else "x.record_id in (select unnest(?))"
    rows = snapshot.query(
        f"select x.record_id as id, x.source, x.source_key, x.score, x.tier, s.* from {snapshot.relation(f'golden.{entity.name}_xref', XREF_COLUMNS)} x"
        f" join (select _key as record_id, {columns}, _version, _recorded_at, _load, _row"
        # Files that an older version of the product wrote do not tell it.
        f" from (select * from {snapshot.relation(f'standard.{entity.name}', declared)} union all by name select cast(null as bigint) as _version where false)"
        f" qualify row_number() over (partition by _key order by {NEWEST_FIRST}) = 1) s"
        f" on s.record_id = x.record_id where s._shared and {whose} and x.source in (select unnest(?)) order by x.source, x.source_key",
        [golden or list(records), sorted(sources_seen(actor, given.sources))],
    )
    return [
        {"record_id": r["record_id"], "source": r["source"], "source_key": r["source_key"], "score": r["score"], "tier": r["tier"],
         **({WITHHELD_IN: withheld} if (withheld := terms.withheld_in(r)) else {}),
         "values": {k: v for k, v in shown(given, {"id": r["id"], **{n: r[n] for n in entity.fields}}, opened=opened).items() if not k.startswith("_")}}
        for r in rows
    ]
