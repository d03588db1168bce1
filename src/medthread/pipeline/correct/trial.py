"""What would become of held rows with new values: tried against the same rules by the same statement, and nothing written."""

from dataclasses import dataclass

import pyarrow as pa

from medthread.model.errors import NotFoundError
from medthread.pipeline.context import Context
from medthread.pipeline.correct.again import columns_of, edited
from medthread.pipeline.standardise import outputs
from medthread.pipeline.standardise.codes import coded_sources
from medthread.pipeline.standardise.critical import know_standing
from medthread.pipeline.standardise.scan import APPROVED, Scan
from medthread.pipeline.standardise.stage import Made, know_keys, look_ups
from medthread.pipeline.standardise.statement import statement, twins
from medthread.stores.engines import job
from medthread.stores.readers import GONE


@dataclass(frozen=True)
class Tried:
    """A held row as it would be: the rules that it would still break, and whether it would be accepted."""

    held: str
    rules: tuple[str, ...]

    @property
    def passes(self) -> bool:
        """Whether it would be accepted."""
        return not self.rules


def try_rows(context: Context, source: str, table: str, rows: pa.Table) -> list[Tried]:
    """Try rows of one table: `held`, `raw` and `edits`, both as JSON. They are tried together, as they would come in."""
    mapped = next((s for s in coded_sources(context) if s.name == source and table in s.tables), None)
    if mapped is None:
        raise NotFoundError(f"{source}.{table} is mapped no more", hint="reject the row, or map its table again")
    scan = Scan(mapped, table, context.registry, corrects_from=context.corrects_from)
    with job(memory=context.memory, threads=context.threads) as con:
        con.register("given", rows)
        con.execute("create temp table chosen as select *, row_number() over () as n from given where json_valid(raw)")
        columns = columns_of(con, context, (source, table))
        own = f"'' as _load, '' as _file, now()::timestamp as _recorded_at, n as _row, cast(null as bigint) as _version, false as {GONE}, false as {APPROVED}"
        con.execute(f"create temp view came_view as select * exclude (n), {own} from ({edited(columns, of='chosen', beside='n')})")
        look_ups(context, con, scan)
        know_keys(context, con, scan, Made())
        know_standing(context, con, scan, came="came_view")
        for seen_twice, sql in twins(scan, came="came_view").items():
            con.execute(f"create temp table {seen_twice} as {sql}")
        con.execute(f"create temp view tried as {statement(scan, came='came_view')}")
        found = con.execute(
            f"select c.held, list_distinct(t._held) from (select _row, {outputs.held(scan)} as _held from tried) as t join chosen as c on c.n = t._row order by c.n").fetchall()
    return [Tried(held, tuple(rules)) for held, rules in found]
