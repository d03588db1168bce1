"""Records, cases with their limits, steps, rights, delegations and credentials against what the log tells of them.

The log tells of every act; the tables hold what came of it, and who may write the database can write there without an
act. Each table is compared with the last that the log tells: values, revision and state of a record, the steps of its
case one by one, who opened it and whom it binds, when its limits began, are due and were met, the roles of an account, what
was lent. Questions are put to the database for a whole table at once and read as they come, so memory does not grow with it.
What the log does not tell is not compared: values of personal fields, of batches (`entity.create_many` tells a hash), the
place of a record, whether somebody was warned of a limit. Limits and bonds of records that were made before the log
told of them (their `entity.create` has no `clocks`) are not compared either.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, RowMapping, Table, text

from medthread.model import Entity, Field, Kind, Process
from medthread.stores.postgres.tables import process_case
from medthread.trust.log.credentials import check_credentials
from medthread.trust.log.fault import Findings

STEP = 500
FINEST = Decimal("0.000001")  # as many digits as a column holds (`derive.table`)
ERASED = "***"  # also what the log writes of a personal value
# The last value that the log tells of each field of each record: `jsonb_object_agg` keeps the last of a name.
ACT = "(starts_with(e.action, :entity || '.') and e.detail ? 'role' and e.detail ? 'signature')"
TOLD = f"""
    select split_part(e.object, '/', 2) as told_id, bool_or(e.action = 'entity.create') as created, bool_or(e.action = 'entity.remove') as removed,
           count(*) filter (where e.action in ('entity.update', 'privacy.erase_record') or ({ACT} and not e.detail ? 'signed')) as changed,
           count(*) filter (where {ACT} and e.detail ? 'signed' and e.before is distinct from e.after) as waited,
           (select jsonb_object_agg(v.key, v.value order by o.seq) from medthread.audit_event o, jsonb_each(o.after) v
            where o.object = e.object and o.outcome = 'done' and jsonb_typeof(o.after) = 'object'
            and (o.action in ('entity.create', 'entity.update', 'privacy.erase_record', 'process.migrate') or starts_with(o.action, :entity || '.'))) as said
    from medthread.audit_event e where starts_with(e.object, :entity || '/') and e.outcome = 'done' group by e.object
"""
BATCHES = "select split_part(object, '/', 2) as batch from medthread.audit_event where action = 'entity.create_many' and outcome = 'done' and starts_with(object, :entity || '/')"
RECORDS = f"""
    with told as materialized ({TOLD}), batch as materialized ({BATCHES})
    select r.*, told.*, exists (select from batch where batch.batch = split_part(r.id, '-', 1)) as in_batch, c.state as case_state, c.version as case_version
    from native."{{entity}}" r full join told on told.told_id = r.id
    left join medthread.process_case c on c.entity = :entity and c.record = r.id
"""
DESTROYED = text("select coalesce(sum((detail->>'records')::bigint), 0) from medthread.audit_event where action = 'retention.execute' and outcome = 'done' and detail->>'entity' = :entity")
# An act writes one step and one audit row, the record locked: they stand in the same order in both.
STEPS = text("""
    with s as (
      select entity, record, action, from_state, to_state, actor, coalesce(on_behalf_of, '') as behalf, role, coalesce(reason, '') as reason, coalesce(signature, '') as signature, at,
             row_number() over (partition by entity, record order by id) as n from medthread.process_step
    ), a as (
      select split_part(object, '/', 1) as entity, split_part(object, '/', 2) as record, substr(action, length(split_part(object, '/', 1)) + 2) as action,
             before->>'state' as from_state, after->>'state' as to_state, actor, coalesce(detail->>'on_behalf_of', '') as behalf, detail->>'role' as role, coalesce(reason, '') as reason,
             coalesce(detail->>'signature', '') as signature, detail ? 'signed' as waits, row_number() over (partition by object order by seq) as n
      from medthread.audit_event where outcome = 'done' and detail ? 'role' and detail ? 'signature' and starts_with(action, split_part(object, '/', 1) || '.')
    )
    select entity, record, n, coalesce(s.action, a.action) as action from s full join a using (entity, record, n)
    where (a.action is null or s.action is null
      or (s.action, s.from_state, s.actor, s.behalf, s.role, s.reason, s.signature) <> (a.action, a.from_state, a.actor, a.behalf, a.role, a.reason, a.signature)
      or (not a.waits and s.to_state is distinct from a.to_state) or exists (select from medthread.signature g where g.id = s.signature and g.signed_at <> s.at))
      and (s.action is not null or exists (select from medthread.process_case c where c.entity = a.entity and c.record = a.record))
    order by entity, record, n
""")
ACCOUNTS = text("""
    with told as (
      select split_part(e.object, '/', 2) as name, jsonb_object_agg(v.key, v.value order by e.seq) as said from medthread.audit_event e, jsonb_each(e.after) v
      where e.object like 'account/%' and e.action in ('account.create', 'account.rights') and e.outcome = 'done' and jsonb_typeof(e.after) = 'object' group by 1
    )
    select coalesce(a.name, told.name) as name from medthread.account a full join told on told.name = a.name
    where a.name is null or told.name is null or exists (
      select from (values ('roles', a.roles), ('plants', a.plants), ('organisations', a.organisations), ('regions', a.regions)) held(key, list)
      where case when told.said ? held.key then to_jsonb(held.list) <> told.said->held.key else cardinality(held.list) > 0 end)
    order by 1
""")
DELEGATIONS = text("""
    with told as (select split_part(object, '/', 2) as id, actor, reason, after from medthread.audit_event where action = 'delegation.create' and outcome = 'done'),
    ended as (select distinct split_part(object, '/', 2) as id from medthread.audit_event where action = 'delegation.revoke' and outcome = 'done')
    select coalesce(d.id, t.id) as id from medthread.delegation d full join told t on t.id = d.id left join ended e on e.id = d.id
    where d.id is null or t.id is null or (d.revoked_at is not null) <> (e.id is not null)
      or (d.giver, d.taker, to_jsonb(d.roles), d.reason, d.valid_from, d.valid_to) is distinct from
         (t.actor, t.after->>'taker', t.after->'roles', t.reason, (t.after->>'valid_from')::timestamptz, (t.after->>'valid_to')::timestamptz)
    order by 1
""")


# Each act tells of the limits that it moved, each as it stands then: the last that is told of one is what there must be.
LIMITS = text("""
    with followed as (select object from medthread.audit_event where action = 'entity.create' and outcome = 'done' and detail ? 'clocks'),
    told as (
      select distinct on (e.object, c->>'clock', (c->>'since')::timestamptz) split_part(e.object, '/', 1) as entity, split_part(e.object, '/', 2) as record,
             c->>'clock' as clock, (c->>'since')::timestamptz as started_at, (c->>'due')::timestamptz as due, (c->>'met')::timestamptz as met
      from medthread.audit_event e, jsonb_array_elements(e.detail->'clocks') with ordinality as moved(c, n)
      where e.outcome = 'done' and jsonb_typeof(e.detail->'clocks') = 'array' and e.object in (select object from followed)
      order by e.object, c->>'clock', (c->>'since')::timestamptz, e.seq desc, n desc
    ), held as (select * from medthread.deadline where entity || '/' || record in (select object from followed))
    select entity, record, clock from held full join (select * from told where due is not null) t using (entity, record, clock, started_at)
    where (held.due_at, held.met_at) is distinct from (t.due, t.met)
      and (held.id is not null or exists (select from medthread.process_case c where c.entity = t.entity and c.record = t.record))
    order by 1, 2, 3
""")
BONDS = text("""
    with followed as (select object, actor, detail ? 'clocks' as all_told from medthread.audit_event where action = 'entity.create' and outcome = 'done'),
    told as (
      select e.object, b.name from medthread.audit_event e, jsonb_array_elements_text(e.detail->'bound') as b(name)
      where e.action = 'entity.update' and e.outcome = 'done' and jsonb_typeof(e.detail->'bound') = 'array'
    )
    select c.entity, c.record from medthread.process_case c join followed f on f.object = c.entity || '/' || c.record
    where c.opened_by <> f.actor or (f.all_told and (
      exists (select from unnest(c.bound) as held(name) where not exists (select from told t where t.object = f.object and t.name = held.name))
      or exists (select from told t where t.object = f.object and t.name <> all (c.bound))))
    order by 1, 2
""")


def check_records(tx: Connection, tables: Mapping[str, Table], entities: Mapping[str, type[Entity]], processes: Mapping[str, Process], findings: Findings) -> int:
    """Compare everything, in the snapshot of the caller's transaction; gives how many records there are."""
    count = sum(_entity(tx, entities[name], table, processes.get(name), findings) for name, table in sorted(tables.items()))
    for row in tx.execute(STEPS):
        findings.add("step.differs", f"{row.entity}/{row.record}, {row.n}: {row.action}")
    for row in tx.execute(LIMITS):
        findings.add("limit.differs", f"{row.entity}/{row.record}: {row.clock}")
    for row in tx.execute(BONDS):
        findings.add("case.differs", f"{row.entity}/{row.record}")
    for name in tx.execute(ACCOUNTS).scalars():
        findings.add("account.differs", f"account/{name}")
    for id_ in tx.execute(DELEGATIONS).scalars():
        findings.add("delegation.differs", f"delegation/{id_}")
    check_credentials(tx, findings)
    return count


def _entity(tx: Connection, entity: type[Entity], table: Table, process: Process | None, findings: Findings) -> int:
    count, missing = 0, []
    for row in _rows(tx, entity, table):
        if row["id"] is None:
            if row["created"] and not row["removed"]:
                missing.append(row["told_id"])
            continue
        count += 1
        for what in _differing(row, entity, process):
            findings.add("record.differs", f"{entity.name}/{row['id']}: {what}")
    if entity.about.part_of is None:  # lines go with the record that they belong to, and the log tells of that one
        destroyed = tx.execute(DESTROYED, {"entity": entity.name}).scalar_one()
        if len(missing) > destroyed:
            for id_ in missing:
                findings.add("record.missing", f"{entity.name}/{id_}")
    return count


def _rows(tx: Connection, entity: type[Entity], table: Table) -> Iterator[RowMapping]:
    said = text(RECORDS.format(entity=table.name)).columns(*(c for c in table.c), told_id=process_case.c.record.type)
    for row in tx.execute(said, {"entity": entity.name}, execution_options={"yield_per": STEP}):
        yield row._mapping  # noqa: SLF001 - SQLAlchemy's documented way to a row's columns


def _differing(row: RowMapping, entity: type[Entity], process: Process | None) -> Iterator[str]:
    """What of a record is not as the log tells it."""
    if row["told_id"] is None and row["in_batch"]:
        if row["_revision"] != 1:
            yield "_revision"
        return
    if not (row["created"] or row["in_batch"]):
        yield "nobody made it"
        return
    least = 1 + row["changed"]
    if not least <= row["_revision"] <= least + row["waited"]:
        yield "_revision"
    said = row["said"] or {}
    yield from (n for n, f in entity.fields.items() if n in said and not f.is_personal and not _same(f, row[n], said[n]))
    if process is not None:
        yield from _case(row, process, said)


def _case(row: RowMapping, process: Process, said: Mapping[str, Any]) -> Iterator[str]:
    """The state of its case: the one that the last act led to, else one that cases begin in."""
    if row["case_state"] is None:
        yield "no case"
    elif "state" in said:
        if said["state"] != row["case_state"]:
            yield "state"
    elif row["case_version"] == process.version and row["case_state"] not in {*process.initial, *(o.state for o in process.opens)}:
        yield "state"


# How the text that the log tells of a value is read again; of the other kinds it is the value's own.
READ: dict[Kind, Callable[[str], Any]] = {
    Kind.DECIMAL: lambda told: Decimal(told).quantize(FINEST),
    Kind.TIMESTAMP: datetime.fromisoformat,
    Kind.BOOLEAN: lambda told: told.lower() == "true",
}


def _same(field: Field, held: Any, told: str | None) -> bool:
    """Whether a value is the one that the log tells."""
    if held is None or told is None or held == ERASED:
        return held == told or (told is None and held == ERASED)
    try:
        return bool(READ.get(field.kind, str)(told) == (held if field.kind in READ else str(held)))
    except (ValueError, ArithmeticError, TypeError):  # the log tells no value of this kind
        return False
