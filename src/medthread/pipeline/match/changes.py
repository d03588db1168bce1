"""What became of each golden record from one matching to the next, told once and never again: the history of the masters, and what others take over.

A row says what happened to which golden record: `created`; `parted` from another (`before`); `merged` into another
(`after`); a record `joined` it (from `before`) or `left` it (to `after`); a field `changed` (from `before` to `after`, and the record and source that the new
value is of). Of personal fields it says that they changed, not what they hold. `seq` rises without a gap.

All are SELECTs over these relations: `survived` (golden records as they are now), `celled` (where each value is from), `assigned`
(rid, golden_id), `before` (record_id, golden_id as they were), `gone` (golden_id, merged_into), `link`.
"""

from collections.abc import Sequence

from medthread.derive.columns import INDEX
from medthread.model import Entity, Field
from medthread.pipeline.match.links import LINKED as STANDING
from medthread.stores.engines import file_list, literal, quote

NONE = "cast(null as varchar)"
CREATED = f"""
select s.id as golden_id, case when f.old is null then 'created' else 'parted' end as kind, {NONE} as field, f.old as before, {NONE} as after, {NONE} as record_id, {NONE} as source
from survived s left join (
  select a.golden_id, min(b.golden_id) as old from assigned a join before b on b.record_id = a.rid group by 1
) f on f.golden_id = s.id
where s.id not in (select golden_id from before)
"""
MERGED = f"select golden_id, 'merged', {NONE}, {NONE}, merged_into, {NONE}, {NONE} from gone"
MOVED = "from assigned a left join before b on b.record_id = a.rid where b.golden_id is distinct from a.golden_id"
JOINED = f"select a.golden_id, 'joined', {NONE}, b.golden_id, {NONE}, a.rid, {NONE} {MOVED}"
LEFT = f"select b.golden_id, 'left', {NONE}, {NONE}, a.golden_id, a.rid, {NONE} {MOVED} and b.golden_id is not null"


def changes(entity: type[Entity], *, golden: Sequence[str], links: Sequence[str], told: Sequence[str], at: str) -> str:
    """SELECT seq, golden_id, kind, field, before, after, record_id, source, at. `golden` and `links` are the files of the golden records and links as they were, `told` those of the changes told so far."""
    parts = [CREATED, MERGED, JOINED, LEFT, *_linked(links), *([_changed(entity, golden)] if golden else [])]
    last = f"(select coalesce(max(seq), 0) from read_parquet({file_list(tuple(told))}))" if told else "0"
    order = "golden_id, kind, field nulls first, record_id nulls first, before nulls first, after nulls first"
    return (
        f"select {last} + row_number() over (order by {order}) as seq, golden_id, kind, field, before, after, record_id, source, cast({at} as timestamp) as at"
        f" from ({' union all '.join(parts)}) order by seq"
    )


def _linked(earlier: Sequence[str]) -> tuple[str, str]:
    """What it belongs under now and did not, and what no longer. Other dates alone end the one and begin the other."""
    each = "select distinct child, kind, parent, valid_from, valid_until"
    now = f"{each} from link where status = '{STANDING}'"
    was = f"{each} from read_parquet({file_list(tuple(earlier))}) where status = '{STANDING}'" if earlier else f"{now} and false"
    return (
        f"select child, 'linked', kind, {NONE}, parent, {NONE}, {NONE} from ({now} except {was})",
        f"select child, 'unlinked', kind, parent, {NONE}, {NONE}, {NONE} from ({was} except {now})",
    )


def _changed(entity: type[Entity], golden: Sequence[str]) -> str:
    """One row for each field whose value is another; golden records of which no field is are left out before they are taken apart."""
    fields = list(entity.fields.values())
    # A field that is new has no column in older files: its value was empty.
    was = f"select * from survived where false union all by name select * from read_parquet({file_list(tuple(golden))}, union_by_name = true)"
    differs = " or ".join(f"o.{_alike(f)} is distinct from n.{_alike(f)}" for f in fields)
    each = ", ".join(
        f"{{'field': {literal(f.name)}, 'before': {_shown(f, 'o')}, 'after': {_shown(f, 'n')}, 'other': o.{_alike(f)} is distinct from n.{_alike(f)}}}" for f in fields
    )
    return (
        "select d.id, 'changed', d.said.field, d.said.before, d.said.after, c.record_id, c.source from ("
        f"select n.id, unnest([{each}]) as said from survived n join ({was}) o on o.id = n.id where {differs}"
        ") d left join celled c on c.golden_id = d.id and c.field = d.said.field where d.said.other"
    )


def _alike(field: Field) -> str:
    """What two values of a field are compared by."""
    return quote(field.name + INDEX if field.is_personal else field.name)


def _shown(field: Field, side: str) -> str:
    return NONE if field.is_personal else f"cast({side}.{quote(field.name)} as varchar)"
