"""What statements write where, column by column: queries, INSERT, UPDATE, DELETE, MERGE, CREATE … AS, and scripts of them.

What a temporary table or a view was made of is followed through to what lasts. What cannot be told is said (`gap`, `gaps`),
never left out: the columns are held against those that the engine itself gives where it was asked.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from medthread.pipeline.lineage.flow import (
    CONSTANT,
    NOTHING,
    Column,
    Direct,
    Flow,
    Indirect,
    Influences,
    Relation,
    Source,
    Word,
    leaf,
    together,
    unknown,
)
from medthread.pipeline.lineage.query import Queries
from medthread.pipeline.lineage.scope import Scope

Columns = Sequence[tuple[str, str]]
Engine = Callable[[str], Columns | None]
RESULT = ""  # the target of a query that writes nowhere
KEPT = Flow(word=Word.KEPT)


@dataclass(frozen=True)
class Output:
    """A column that is written. Without `values` there is a `word` why, or a `gap` that says what cannot be told."""

    name: str
    values: Mapping[Source, Direct]
    influences: Influences
    word: Word | None
    gap: str = ""


@dataclass(frozen=True)
class Target:
    """What one statement writes into one table; `gaps` are of the statement as a whole."""

    table: str
    columns: tuple[Output, ...]
    gaps: tuple[str, ...] = ()

    def __getitem__(self, name: str) -> Output:
        return next(c for c in self.columns if c.name == name)


def read_query(statement: exp.Expression, tables: Mapping[str, Columns], *, described: Columns | None = None) -> Target:
    """The lineage of one query; `described` are its columns in the engine's words, where it was asked."""
    return Script(tables, None if described is None else lambda _: described).read(statement)[0]


def read_script(sql: str, tables: Mapping[str, Columns], *, engine: Engine | None = None) -> list[Target]:
    """The lineage of every statement of a script that writes something that lasts, or gives a result. Never raises for what it cannot read."""
    try:
        statements = [s for s in sqlglot.parse(sql, read="duckdb") if s is not None]
    except (SqlglotError, RecursionError) as error:
        return [Target(RESULT, (), (f"the text cannot be read: {str(error).splitlines()[0]}",))]
    script = Script(tables, engine)
    return [target for s in statements for target in script.read(s)]


class Script:
    """Statements one after the other, each over what those before it left."""

    def __init__(self, tables: Mapping[str, Columns], engine: Engine | None = None) -> None:
        self._tables = {name.lower(): _leaves(name, columns) for name, columns in tables.items()}
        self._passing: set[str] = set()  # temporary tables and views
        self._engine = engine

    def read(self, node: exp.Expression) -> list[Target]:
        """What one statement writes; nothing where that passes."""
        try:
            return self._read(node)
        except RecursionError:
            return [Target(RESULT, (), ("the statement is nested too deeply to be read",))]

    def _read(self, node: exp.Expression) -> list[Target]:
        if isinstance(node, exp.Query | exp.Pivot):
            return [self._target(RESULT, self._relation(node))]
        act = {exp.Create: self._create, exp.Insert: self._insert, exp.Update: self._update, exp.Delete: self._delete, exp.Merge: self._merge}.get(type(node))
        if act is not None:
            return act(node)
        if isinstance(node, exp.Drop):
            self._tables.pop(_name(node.this).lower(), None)
            return []
        if isinstance(node, exp.Set | exp.Use | exp.Pragma | exp.Transaction | exp.Commit | exp.Rollback | exp.Describe | exp.Comment | exp.Semicolon):
            return []
        return [Target(RESULT, (), (f"a statement {node.sql(dialect='duckdb')[:40]!r}, which is not read",))]

    def _relation(self, node: exp.Expression) -> Relation:
        """A query's relation, its columns as the engine gives them."""
        relation = Queries(self._tables).query(node, Scope())
        described = self._engine(node.sql(dialect="duckdb")) if self._engine else None
        return relation if described is None else checked(relation, described)

    def _create(self, node: exp.Create) -> list[Target]:
        name, query = _name(node.this), node.expression
        if node.kind not in ("TABLE", "VIEW"):
            return []
        if not isinstance(query, exp.Query | exp.Pivot | exp.Subquery):
            if isinstance(node.this, exp.Schema):
                made = _leaves(name, [(d.name, d.args["kind"].sql(dialect="duckdb") if d.args.get("kind") else "") for d in node.this.expressions if isinstance(d, exp.ColumnDef)])
                passes = node.find(exp.TemporaryProperty) is not None
                self._keep(name, Relation(tuple(replace(c, flow=CONSTANT) for c in made.columns)) if passes else made, passes=passes)
            return [Target(name, (), (f"a table made of {type(query).__name__}, which is not read",))] if query is not None and not isinstance(query, exp.Schema) else []
        names = [c.name for c in node.this.expressions] if isinstance(node.this, exp.Schema) else []
        relation = self._relation(query).called(names)
        if node.kind == "VIEW" or node.find(exp.TemporaryProperty) is not None:
            self._keep(name, relation, passes=True)
            return []
        self._keep(name, _leaves(name, [(c.name, c.kind) for c in relation.columns]), passes=False)
        return [self._target(name, relation)]

    def _keep(self, name: str, relation: Relation, *, passes: bool) -> None:
        self._tables[name.lower()] = relation
        (self._passing.add if passes else self._passing.discard)(name.lower())

    def _insert(self, node: exp.Insert) -> list[Target]:
        name = _name(node.this)
        into, listed = self._known(name), [c.name for c in node.this.expressions] if isinstance(node.this, exp.Schema) else []
        if node.args.get("with_") is not None and node.expression is not None:
            node = node.copy()
            node.expression.set("with_", node.args["with_"])
        relation = self._relation(node.expression) if node.expression is not None else Relation()
        if (conflict := node.args.get("conflict")) is not None and conflict.expressions:
            relation = replace(relation, gaps=(*relation.gaps, "ON CONFLICT DO UPDATE, which is not read"))
        if not node.args.get("by_name"):
            names = listed or [c.name for c in into.columns][: len(relation.columns)]
            if relation.rest is not None or any(c.name == "*" for c in relation.columns):
                relation = Relation(tuple(Column(n, unknown("it is filled by place from columns that are not known")) for n in names), relation.rows, None, relation.gaps)
            elif not names:
                relation = replace(relation, gaps=(*relation.gaps, f"the columns of {name} are not known: values go by place"))
                relation = replace(relation, columns=tuple(Column(f"#{i + 1}", c.flow) for i, c in enumerate(relation.columns)))
            else:
                relation = relation.called(names)
        return self._written(name, {c.name: [c.flow] for c in relation.columns}, relation.rows, relation.gaps, adds=True)

    def _known(self, name: str) -> Relation:
        return self._tables.get(name.lower(), Relation())

    def _scope(self, node: exp.Expression, *parts: exp.Expression | None) -> tuple[Scope, Queries, Influences, tuple[str, ...]]:
        """What a statement sees beside the table that it writes, with what decides the rows of that."""
        queries, scope = Queries(self._tables), Scope()
        gaps = queries._with(node, scope)  # noqa: SLF001 - one reader in two files
        rows: Influences = NOTHING
        for part in parts:
            for one in queries.sources.add(part, scope) if part is not None else ():
                rows, gaps = rows | one.rows, gaps + one.gaps
        return scope, queries, rows, gaps

    def _update(self, node: exp.Update) -> list[Target]:
        given = node.args.get("from_")
        scope, queries, rows, gaps = self._scope(node, node.this, given.this if given else None)
        if (where := node.args.get("where")) is not None:
            found, more = queries.reader.deciding([where.this], scope, Indirect.FILTER)
            rows, gaps = rows | found, gaps + more
        sets = {e.this.name: [queries.reader.flow(e.expression, scope)] for e in node.expressions}
        return self._written(_name(node.this), sets, rows, gaps, adds=False)

    def _delete(self, node: exp.Delete) -> list[Target]:
        scope, queries, rows, gaps = self._scope(node, node.this, *(node.args.get("using") or []))
        if (where := node.args.get("where")) is not None:
            found, more = queries.reader.deciding([where.this], scope, Indirect.FILTER)
            rows, gaps = rows | found, gaps + more
        name = _name(node.this)
        return self._written(name, {c.name: [KEPT] for c in self._known(name).columns} or {"*": [KEPT]}, rows, gaps, adds=False)

    def _merge(self, node: exp.Merge) -> list[Target]:
        scope, queries, rows, gaps = self._scope(node, node.this, node.args["using"])
        name = _name(node.this)
        using = [c.name if isinstance(c, exp.Expression) else str(c) for c in node.args.get("using_cond") or []]
        source = scope.relations[[*scope.relations][1]]
        if using:
            target = next(iter(scope.relations.values()))
            for column in using:
                rows |= together([f for f in (target.flow(column), source.flow(column)) if f]).deciding(Indirect.JOIN)
        elif (on := node.args.get("on")) is not None:
            found, more = queries.reader.deciding([on], scope, Indirect.JOIN)
            rows, gaps = rows | found, gaps + more
        written: dict[str, list[Flow]] = {}
        adds = False
        for when in node.args["whens"].expressions:
            if (condition := when.args.get("condition")) is not None:
                found, more = queries.reader.deciding([condition], scope, Indirect.CONDITIONAL)
                rows, gaps = rows | found, gaps + more
            pairs, why = self._branch(when.args["then"], source, name)
            adds |= isinstance(when.args["then"], exp.Insert)
            gaps += why
            for column, value in pairs:
                written.setdefault(column, []).append(value if isinstance(value, Flow) else queries.reader.flow(value, scope))
        return self._written(name, written, rows, gaps, adds=adds)

    def _branch(self, then: exp.Expression, source: Relation, name: str) -> tuple[list[tuple[str, exp.Expression | Flow]], tuple[str, ...]]:
        """Which column gets what in one branch of a MERGE."""
        columns = [c.name for c in self._known(name).columns]
        if isinstance(then, exp.Update) and all(isinstance(e, exp.EQ) for e in then.expressions) and then.expressions:
            return [(e.this.name, e.expression) for e in then.expressions], ()
        if isinstance(then, exp.Insert) and isinstance(then.expression, exp.Tuple):
            names = [e.name for e in then.this.expressions] if isinstance(then.this, exp.Tuple) else columns
            return list(zip(names, then.expression.expressions, strict=False)), ()
        if isinstance(then, exp.Update | exp.Insert):  # UPDATE SET *, INSERT *: by name
            by_name = [(c, source.flow(c)) for c in columns]
            return [(c, f) for c, f in by_name if f is not None], () if columns else (f"the columns of {name} are not known",)
        if then.name.upper() == "DELETE":
            return [(c, KEPT) for c in columns] or [("*", KEPT)], ()
        return [], () if then.name.upper() in ("DO NOTHING", "NOTHING") else (f"a branch {then.sql()[:30]!r}, which is not read",)

    def _written(self, name: str, sets: Mapping[str, list[Flow]], rows: Influences, gaps: tuple[str, ...], *, adds: bool) -> list[Target]:
        """The columns that were set; where rows were added, the others with what they are then by themselves."""
        known = self._known(name)
        spelt = {c.name.lower(): c.name for c in known.columns}
        merged = {spelt.get(n.lower(), n): together(flows) for n, flows in sets.items()}
        if adds:
            merged = {c.name: merged.get(c.name, CONSTANT) for c in known.columns} | merged
        if strangers := [n for n in merged if known.columns and n.lower() not in spelt and n != "*"]:
            gaps += (f"{name} has no column {strangers[0]}",)
        if name.lower() not in self._passing:
            return [self._target(name, Relation(tuple(Column(n, f) for n, f in merged.items()), rows, None, gaps))]
        columns = tuple(replace(c, flow=together([c.flow, merged[c.name]])) if c.name in merged else c for c in known.columns)
        self._keep(name, replace(known, columns=columns, rows=known.rows | rows, gaps=(*known.gaps, *gaps)), passes=True)
        return []

    def _target(self, name: str, relation: Relation) -> Target:
        columns = [_output(c, relation.rows) for c in relation.columns if not (c.name == "*" and relation.rest)]
        if relation.rest is not None:
            columns.append(_output(Column("*", unknown("not all columns are known")), relation.rows))
        return Target(name, tuple(columns), tuple(dict.fromkeys(relation.gaps)))


def checked(relation: Relation, described: Columns) -> Relation:
    """A relation held against the columns that the engine gives: these count, and what does not fit them is a gap."""
    given = [(n, k) for n, k in described]
    if relation.rest is None and not any(c.name == "*" for c in relation.columns):
        if len(given) != len(relation.columns):
            why = f"the engine gives {len(given)} columns where {len(relation.columns)} were read"
            return Relation(tuple(Column(n, unknown(why), k) for n, k in given), relation.rows, None, relation.gaps)
        columns = [
            Column(n, c.flow if c.name.lower() in ("", n.lower()) else unknown(f"the engine calls it {n} where {c.name} was read"), k)
            for c, (n, k) in zip(relation.columns, given, strict=True)
        ]
        return replace(relation, columns=tuple(columns))
    star = next((c.flow for c in relation.columns if c.name == "*"), unknown("not all columns are known"))
    found = [Column(n, c.flow if (c := relation.column(n)) else relation.rest(n) if relation.rest else star, k) for n, k in given]
    return Relation(tuple(found), relation.rows, None, relation.gaps)


def _output(column: Column, rows: Influences) -> Output:
    flow = column.flow
    gap = flow.gap or ("" if flow.values or flow.word else "no source was found for it")
    return Output(column.name, flow.values, flow.influences | rows, None if flow.values else flow.word, gap)


def _leaves(table: str, columns: Columns) -> Relation:
    return Relation(tuple(Column(n, leaf(table, n), k) for n, k in columns)) if columns else Relation(rest=lambda name: leaf(table, name))


def _name(node: exp.Expression) -> str:
    table = node.find(exp.Table) if not isinstance(node, exp.Table) else node
    return f"{table.db}.{table.name}" if table is not None and table.db else table.name if table is not None else ""
