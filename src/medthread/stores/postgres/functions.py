"""Our own SQL functions in PostgreSQL, under the names that every engine has them by (`derive/functions.py`)."""

from sqlalchemy import Connection, text

from medthread.derive.functions import MASK_PARTIAL

# Collations that know the case of every script, best first; the server's own came with PostgreSQL 17.
COLLATIONS = ("pg_c_utf8", "und-x-icu")
PARTIAL = f"create or replace function medthread.mask_partial(x text) returns text language sql immutable parallel safe as $$ select {MASK_PARTIAL} $$"
FOLDED = "create or replace function medthread.folded(x text) returns text language sql immutable parallel safe as $$ select lower(x{collation}) $$"
_KNOWN = """
select collname from pg_collation
where collname = any(:names) and collencoding in (-1, pg_char_to_encoding(getdatabaseencoding()))
"""


def define_functions(tx: Connection) -> None:
    """Make them, or make them anew; where no collation folds all scripts, case is disregarded as the database's own does."""
    known = set(tx.execute(text(_KNOWN), {"names": list(COLLATIONS)}).scalars())
    best = next((f' collate "{c}"' for c in COLLATIONS if c in known), "")
    tx.execute(text(PARTIAL))
    tx.execute(text(FOLDED.format(collation=best)))
