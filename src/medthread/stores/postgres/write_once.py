"""What keeps the tables of the audit log written once, and lets every row wait to be sealed: triggers, made and compared.

They stop mistakes and programs. Who owns the tables can switch them off: then rows and tree still tell (`trust.log`), and
here it is told that a trigger is not as it was made, or that there is one that nobody here made.
"""

from collections.abc import Iterator

from sqlalchemy import Connection, text

WRITTEN_ONCE = ("audit_event", "audit_leaf", "audit_node", "audit_checkpoint")
REFUSED = """
begin
  raise exception 'audit rows are written once' using errcode = 'insufficient_privilege';
end """
AWAITED = """
begin
  insert into medthread.audit_unsealed (seq) select seq from written;
  return null;
end """
REFUSE_CHANGE = f"create or replace function medthread.refuse_change() returns trigger language plpgsql as $${REFUSED}$$;"
APPEND_ONLY = """
create or replace trigger {table}_append_only before update or delete on medthread.{table}
  for each row execute function medthread.refuse_change();
create or replace trigger {table}_no_truncate before truncate on medthread.{table}
  for each statement execute function medthread.refuse_change();
"""
# A trigger, so that a row waits to be sealed whoever wrote it and however.
AWAIT_SEALING = f"""
create or replace function medthread.await_sealing() returns trigger language plpgsql security definer as $${AWAITED}$$;
create or replace trigger audit_event_await_sealing after insert on medthread.audit_event
  referencing new table as written for each statement execute function medthread.await_sealing();
"""
# What pg_trigger.tgtype says (PostgreSQL, src/include/catalog/pg_trigger.h): row 1, before 2, insert 4, delete 8, update 16, truncate 32.
CHANGE, TRUNCATE, INSERTED = 1 + 2 + 8 + 16, 2 + 32, 4
FOUND = text("""
    select c.relname as table, t.tgname as name, t.tgtype as kind, t.tgenabled::text as enabled, t.tgqual is null and t.tgnargs = 0 and t.tgattr = '' as always,
           p.pronamespace::regnamespace::text || '.' || p.proname as calls, p.prosrc as body, p.prosecdef as definer
    from pg_trigger t join pg_class c on c.oid = t.tgrelid join pg_proc p on p.oid = t.tgfoid
    where not t.tgisinternal and c.relnamespace = 'medthread'::regnamespace and c.relname = any(:tables)
""")
RULES = text("select tablename, rulename from pg_rules where schemaname = 'medthread' and tablename = any(:tables)")


def make_triggers(tx: Connection) -> None:
    """Make them, or make them anew."""
    tx.execute(text(REFUSE_CHANGE))
    for table in WRITTEN_ONCE:
        tx.execute(text(APPEND_ONLY.format(table=table)))
    tx.execute(text(AWAIT_SEALING))


def altered_triggers(tx: Connection) -> Iterator[str]:
    """By `table.trigger`: those that are missing, switched off, changed, or not ours; rules, of which there are none, too."""
    tables = list(WRITTEN_ONCE)
    found = {(r.table, r.name): (r.kind, r.enabled, r.always, r.calls, r.body, r.definer) for r in tx.execute(FOUND, {"tables": tables})}
    made = _made()
    yield from (f"{table}.{name}" for table, name in sorted(made.keys() | found.keys()) if found.get((table, name)) != made.get((table, name)))
    yield from (f"{r.tablename}.{r.rulename}" for r in tx.execute(RULES, {"tables": tables}))


def _made() -> dict[tuple[str, str], tuple[int, str, bool, str, str, bool]]:
    made = {("audit_event", "audit_event_await_sealing"): (INSERTED, "O", True, "medthread.await_sealing", AWAITED, True)}
    for table in WRITTEN_ONCE:
        for name, kind in ((f"{table}_append_only", CHANGE), (f"{table}_no_truncate", TRUNCATE)):
            made[table, name] = (kind, "O", True, "medthread.refuse_change", REFUSED, False)
    return made
