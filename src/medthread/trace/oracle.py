"""The same question in SQL: slower, and plainly right. Tests and benchmarks hold the index against it."""

DOWN = """
with recursive reached(node) as (
    select cast({start} as varchar)
    union
    select e.{to} from reached r join {edges} e on e.{by} = r.node
)
select node from reached order by node
"""


def recursive_sql(*, start: str, edges: str, direction: str) -> str:
    """SQL for the nodes below or above a start (an SQL text expression); DuckDB and PostgreSQL both run it."""
    by, to = ("parent", "child") if direction == "down" else ("child", "parent")
    return DOWN.format(start=start, edges=edges, by=by, to=to)
