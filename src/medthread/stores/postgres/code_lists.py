"""Lists of codes in the database, kept as declared: a list that grows by a release grows in databases that exist, too."""

import re
from collections.abc import Mapping

from sqlalchemy import Connection, Table, text

from medthread.derive.table import CODES

LITERAL = re.compile(r"'((?:[^']|'')*)'")
_CHECKS = """
select c.relname, a.attname, k.conname, pg_get_constraintdef(k.oid) as said
from pg_constraint k join pg_class c on c.oid = k.conrelid join pg_namespace n on n.oid = c.relnamespace
join pg_attribute a on a.attrelid = c.oid and k.conkey = array[a.attnum]
where n.nspname = :schema and k.contype = 'c'
"""


def renew_code_lists(tx: Connection, tables: Mapping[str, Table]) -> list[str]:
    """Renew the checks whose codes are others than declared; gives their `table.column`. Codes that rows still hold stay allowed."""
    schema = next((t.schema for t in tables.values()), None)
    found = {(r.relname, r.attname): r for r in tx.execute(text(_CHECKS), {"schema": schema})}
    changed = []
    for name, table in tables.items():
        for column, codes in table.info.get(CODES, {}).items():
            check = found.get((name, column))
            allowed = set(LITERAL.findall(check.said)) if check else set(codes)
            if check is None or allowed == set(codes):
                continue
            held = tx.execute(text(f'select distinct "{column}" from {schema}."{name}" where "{column}" is not null')).scalars().all()
            wanted = [*codes, *sorted(set(held) - set(codes))]
            if allowed == set(wanted):
                continue
            listed = ", ".join(f"'{c}'" for c in wanted)
            tx.execute(text(f'alter table {schema}."{name}" drop constraint "{check.conname}", add constraint "{check.conname}" check ("{column}" in ({listed}))'))
            changed.append(f"{name}.{column}")
    return changed
