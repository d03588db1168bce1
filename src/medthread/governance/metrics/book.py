"""The metrics of an installation: those that ship with their domains and a company's own, checked against what they measure."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import lru_cache
from pathlib import Path

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from medthread.derive.metric import MOMENTS, NUMBERS, Measured
from medthread.model.errors import DeclarationError, NotFoundError
from medthread.model.metric import Metric, Qualifier, parse_metric, parse_qualifiers
from medthread.model.yaml_file import parse_yaml

QUALIFIERS = "qualifiers"
FOLDER = "metrics"
Measuring = Callable[[str], Measured | None]  # what is called so, where there is such a table
ORDERED = ("sum", "average", "min", "max", "percentile")


@dataclass(frozen=True)
class MetricBook:
    """Metrics and qualifiers by name; `faults` are files that cannot stand, which keep nobody from the others."""

    metrics: Mapping[str, Metric]
    qualifiers: Mapping[str, Qualifier]
    faults: tuple[DeclarationError, ...] = ()
    own: frozenset[str] = field(default_factory=frozenset)

    def __getitem__(self, name: str) -> Metric:
        if name not in self.metrics:
            near = get_close_matches(name, self.metrics, n=1)
            raise NotFoundError(f"no metric {name!r}", hint=f"did you mean {near[0]}?" if near else "GET /api/v1/metrics lists them")
        return self.metrics[name]

    @property
    def key(self) -> str:
        """Another whenever a definition is."""
        return repr((*self.metrics.values(), *self.qualifiers.values()))

    def holds(self, metric: Metric, *, dialect: str = "duckdb") -> dict[str, str]:
        """The conditions of a metric's qualifiers, as an engine reads them."""
        return {q: condition(self.qualifiers[q].holds).sql(dialect=dialect) for q in metric.qualifiers}

    def fields(self, metric: Metric) -> frozenset[str]:
        """The columns of its own table that a figure is made of."""
        conditions = [c.name for q in metric.qualifiers for c in condition(self.qualifiers[q].holds).find_all(exp.Column)]
        return frozenset((*(c for m in metric.measures for c in m.columns), *conditions, *([metric.at] if metric.at else [])))

    def behind(self, metric: Metric) -> tuple[Metric, ...]:
        """The metrics that have rows of their own: itself, or those that it is made of."""
        return tuple(self[m] for m in metric.made_of) or (metric,)


NOTHING = MetricBook({}, {})


def metric_files(folders: Sequence[Path], own: Callable[[], Sequence[Path]]) -> tuple[Path, ...]:
    """Files of metrics: those of the software under these folders, then a company's own as they lie there now."""
    return (*(p for f in folders for p in sorted(f.glob(f"**/{FOLDER}/*.yaml"))), *own())


def read_book(files: Sequence[Path], measuring: Measuring) -> MetricBook:
    """All metrics of these files, the earlier first; what is wrong with one is told in `faults`."""
    metrics: dict[str, Metric] = {}
    qualifiers: dict[str, Qualifier] = {}
    faults: list[DeclarationError] = []
    own: set[str] = set()
    for path in sorted(files, key=lambda p: p.stem != QUALIFIERS):
        try:
            for one in _read(path):
                _free(one.name, metrics if isinstance(one, Metric) else qualifiers, path.name)
                if isinstance(one, Qualifier):
                    qualifiers[one.name] = one
                    continue
                metrics[one.name] = one
                own |= set() if one.domain else {one.name}
        except DeclarationError as error:
            faults.append(error)
    book = MetricBook(metrics, qualifiers)
    for name, metric in list(metrics.items()):
        try:
            check_metric(metric, book, measuring)
        except DeclarationError as error:
            faults.append(error)
            del metrics[name]
    for name in [n for n, m in metrics.items() if any(o not in metrics for o in m.made_of)]:
        del metrics[name]  # of what cannot stand nothing can be made; what is wrong was told
    return MetricBook(metrics, qualifiers, tuple(faults), frozenset(own & metrics.keys()))


def _free(name: str, known: Iterable[str], file: str) -> None:
    if name in known:
        raise DeclarationError(f"{file}: there is a {name!r} already", hint="give each metric and each qualifier a name of its own", file=file)


def _read(path: Path) -> tuple[Metric, ...] | tuple[Qualifier, ...]:
    domain = path.parent.parent.name if path.parent.parent.parent.name == "domains" else ""
    try:
        return _parsed(path.read_text(encoding="utf-8"), path.stem, path.name, domain)
    except UnicodeDecodeError as error:
        raise DeclarationError(f"{path.name}: {error}", hint="mend the file; it is YAML in UTF-8", file=path.name) from error


@lru_cache(maxsize=1024)
def _parsed(text: str, stem: str, file: str, domain: str) -> tuple[Metric, ...] | tuple[Qualifier, ...]:
    data = parse_yaml(text, file=file)
    if stem == QUALIFIERS:
        return parse_qualifiers(data, origin=file)
    return (parse_metric(data, name=stem, origin=file, domain=domain),)


@lru_cache(maxsize=1024)
def condition(holds: str) -> exp.Expression:
    """The condition of a qualifier. Raises `DeclarationError` where it is none of a single row."""
    try:
        parsed = sqlglot.parse_one(f"select 1 where {holds}", read="duckdb")
    except SqlglotError as error:
        raise DeclarationError(f"{holds!r} is no condition: {str(error).splitlines()[0]}", hint="a qualifier is a condition in SQL on the columns of one row") from error
    where = parsed.args.get("where")
    strange = where is None or parsed.find(exp.Subquery, exp.AggFunc, exp.Window, exp.Table, exp.Placeholder, exp.Parameter) or len(list(parsed.find_all(exp.Select))) > 1
    if strange or not isinstance(parsed, exp.Select):
        raise DeclarationError(f"{holds!r} is no condition on one row", hint="a qualifier is a condition in SQL on the columns of one row")
    for column in parsed.find_all(exp.Column):
        column.this.set("quoted", True)  # noqa: FBT003 - sqlglot's way
    found: exp.Expression = where.this
    return found


def check_metric(metric: Metric, book: MetricBook, measuring: Measuring) -> None:
    """Refuse a metric that measures what there is not. Raises `DeclarationError` with what there is."""
    if metric.made_of:
        _check_made(metric, book)
        return
    measured = measuring(metric.over or "")
    if measured is None:
        raise DeclarationError(f"the metric {metric.name} measures {metric.over}, which nobody makes", hint="over: golden.ENTITY, native.ENTITY or marts.MODEL")
    for name in metric.qualifiers:
        _check_qualifier(metric, name, book, measured)
    for measure in metric.measures:
        for column in measure.columns:
            _known(metric, column, measured)
            if measure.kind in ORDERED and measured.columns[column].kind not in NUMBERS:
                raise DeclarationError(f"the metric {metric.name}: {measure.kind} of {column}, which is no number", hint="a number is measured so; of others count or distinct")
    for by in metric.dimensions:
        _known(metric, by.column, measured)
    if metric.at is not None:
        _known(metric, metric.at, measured)
        if measured.columns[metric.at].kind not in MOMENTS:
            raise DeclarationError(f"the metric {metric.name}: at {metric.at}, which is no day and no moment", hint="leave at out where rows belong to no period")


def _check_qualifier(metric: Metric, name: str, book: MetricBook, measured: Measured) -> None:
    if name not in book.qualifiers:
        raise DeclarationError(f"the metric {metric.name} is narrowed by {name}, which is declared nowhere", hint=f"declare it in {QUALIFIERS}.yaml beside it")
    if (over := book.qualifiers[name].over) != metric.over:
        raise DeclarationError(f"the metric {metric.name} measures {metric.over}, and {name} is about {over}", hint="a qualifier narrows the rows of its own table")
    for column in condition(book.qualifiers[name].holds).find_all(exp.Column):
        _known(metric, column.name, measured)


def _known(metric: Metric, column: str, measured: Measured) -> None:
    if column not in measured.columns:
        near = get_close_matches(column, measured.columns, n=1)
        hint = f"did you mean {near[0]}?" if near else f"it has {', '.join(measured.columns)}"
        raise DeclarationError(f"the metric {metric.name}: {metric.over} has no column {column}", hint=hint)


def _check_made(metric: Metric, book: MetricBook) -> None:
    others = []
    for name in metric.made_of:
        if name not in book.metrics:
            raise DeclarationError(f"the metric {metric.name} is made of {name}, which there is not", hint="declare it first")
        others.append(book.metrics[name])
        if others[-1].made_of:
            raise DeclarationError(f"the metric {metric.name} is made of {name}, which is made of others itself", hint="name the metrics that have rows of their own")
    if len({m.at is None for m in others}) > 1:
        raise DeclarationError(f"the metric {metric.name} is made of one with periods and one without", hint="both have a moment, or neither")
    for by in metric.dimensions:
        lacking = [m.name for m in others if by.column not in [d.column for d in m.dimensions]]
        if lacking:
            raise DeclarationError(f"the metric {metric.name}: {lacking[0]} is not told apart by {by.column}", hint="a dimension of both, or of neither")


def behind(book: MetricBook, names: Iterable[str]) -> set[str]:
    """The tables that these metrics are about."""
    return {m.over for n in names for m in book.behind(book[n]) if m.over}
