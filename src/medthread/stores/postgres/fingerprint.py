"""Whether a database is as it was left, without comparing it table by table, which takes seconds at every start.

What ships is hashed, and what the catalogue of the database holds; both hashes are noted in the database when they have
been compared. Where either is another now, by a new version, an extension or somebody's hand, it is compared again.
"""

from collections.abc import Sequence
from hashlib import sha256

from sqlalchemy import Connection, MetaData, text
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import CreateIndex, CreateTable

from medthread.stores.postgres.tables import metadata as machine

# Everything that a declaration can say of a database. Tables of the lake's own catalogue come and go with its use.
CATALOGUE = """
with ours as (select oid, nspname from pg_namespace where nspname in ('medthread', 'native')),
rel as (select nspname || '.' || relname as name, c.* from pg_class c join ours on ours.oid = relnamespace where relname !~ '^iceberg_'),
said as (
  select concat_ws(' ', 'column', name, relkind, attname, format_type(atttypid, atttypmod), attnotnull, attidentity, attgenerated,
                   pg_get_expr(adbin, adrelid)) as line
    from pg_attribute a join rel on rel.oid = attrelid left join pg_attrdef on adrelid = attrelid and adnum = attnum
   where attnum > 0 and not attisdropped and relkind in ('r', 'p', 'v', 'm', 'f')
  union all select concat_ws(' ', 'relation', name, relkind, relrowsecurity, relforcerowsecurity, relacl) from rel
  union all select concat_ws(' ', 'schema', s.nspname, s.nspacl) from pg_namespace s join ours using (oid)
  union all select concat_ws(' ', 'policy', name, polname, polcmd, polpermissive, polroles::regrole[], pg_get_expr(polqual, polrelid), pg_get_expr(polwithcheck, polrelid))
              from pg_policy join rel on rel.oid = polrelid
  union all select concat_ws(' ', 'role', rolname, pg_has_role(current_user, oid, 'MEMBER')) from pg_roles where rolname like 'medthread%'
  union all select concat_ws(' ', 'constraint', name, conname, convalidated, pg_get_constraintdef(k.oid)) from pg_constraint k join rel on rel.oid = conrelid
  union all select concat_ws(' ', 'index', indisvalid, pg_get_indexdef(indexrelid)) from pg_index join rel on rel.oid = indrelid
  union all select concat_ws(' ', 'trigger', tgenabled, pg_get_triggerdef(t.oid)) from pg_trigger t join rel on rel.oid = tgrelid where not tgisinternal
  union all select concat_ws(' ', 'function', proname, prosrc, prosecdef) from pg_proc join ours on ours.oid = pronamespace
)
select encode(sha256(convert_to(string_agg(line, e'\n' order by line collate "C"), 'UTF8')), 'hex') from said
"""
NOTED = "select obj_description(oid, 'pg_namespace') from pg_namespace where nspname = 'medthread'"
MAY_NOTE = "select pg_has_role(nspowner, 'MEMBER') from pg_namespace where nspname = 'medthread'"


def fingerprint(native: MetaData, texts: Sequence[str]) -> str:
    """What ships, as one hash: declared tables and indexes, and what else is run or kept, in words."""
    dialect = postgresql.dialect()  # type: ignore[no-untyped-call]
    said = list(texts)
    for table in sorted((*machine.tables.values(), *native.tables.values()), key=lambda t: t.key):
        said.append(str(CreateTable(table).compile(dialect=dialect)))
        said += sorted(str(CreateIndex(i).compile(dialect=dialect)) for i in table.indexes)
    return sha256("\0".join(said).encode()).hexdigest()


def is_as_noted(connection: Connection, shipped: str) -> bool:
    """Whether what ships and what is there are what was compared last."""
    noted = connection.execute(text(NOTED)).scalar_one_or_none()
    return noted is not None and noted == _note(connection, shipped)


def was_noted(connection: Connection, shipped: str) -> bool:
    """Whether what ships was compared before: then what differs was changed by somebody's hand."""
    noted = connection.execute(text(NOTED)).scalar_one_or_none()
    return noted is not None and noted.startswith(f"{shipped} ")


def note(connection: Connection, shipped: str) -> None:
    """Keep both hashes, where the schema is ours to write on."""
    if connection.execute(text(MAY_NOTE)).scalar_one():
        connection.execute(text(f"comment on schema medthread is '{_note(connection, shipped)}'"))


def _note(connection: Connection, shipped: str) -> str:
    return f"{shipped} {connection.execute(text(CATALOGUE)).scalar_one()}"
