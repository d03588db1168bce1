"""SQL functions that every engine has in schema `medthread`, so that one text of a query means the same wherever it is read.

`medthread.mask_partial(x)`: what a reader without clearance sees of a value. `medthread.folded(x)`: text as it is searched,
without regard to case, in all scripts; how an engine folds is its own, so each brings that one itself.
"""

# Over a text `x`, in words that DuckDB and PostgreSQL share.
MASK_PARTIAL = """case
    when x is null then null
    when strpos(x, '@') > 1 then left(x, 1) || '***' || substr(x, strpos(x, '@'))
    when length(x) >= 11 then left(x, 3) || '****' || right(x, 4)
    when length(x) >= 8 then left(x, 2) || '****' || right(x, 2)
    when length(x) >= 2 then left(x, 1) || repeat('*', length(x) - 1)
    else '*' end"""


def as_text(column: str, sql_type: str) -> str:
    """SQL for a column as text, the same in every engine: a moment without its zone, which is UTC."""
    return column if sql_type == "varchar" else f"cast(cast({column} as {sql_type}) as varchar)"
