"""A case of a model: rows given, rows expected. They lie beside the model, in `lot_overview.cases.yaml`.

    - about: 没有供应商的批次也在 | A lot without a supplier is there too
      given:
        golden.lot:
          - {id: L1, item: I1, lot_no: "001"}
      expect:
        - {id: L1, lot_no: "001", nonconformances: 0}

Tables that are not given are empty, columns that are not given are null. Only the columns that are expected are compared,
of all rows, in whatever order. `expect: []` says that no row comes out.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb
from pydantic import ConfigDict, TypeAdapter, ValidationError, with_config

from medthread.model import Label, Registry
from medthread.model.errors import DeclarationError
from medthread.model.yaml_file import read_yaml
from medthread.pipeline.build.built import Columns
from medthread.pipeline.build.model import Model, in_order
from medthread.pipeline.build.shapes import declared_columns, shapes
from medthread.stores.engines import DuckEngine, Input, job, literal, quote

ENDING = ".cases.yaml"
SHOWN = 20
Value = str | int | float | bool | None | list[Any]
Row = dict[str, Value]


@with_config(ConfigDict(extra="forbid"))
@dataclass(frozen=True)
class Case:
    """What is given by table, and what must come out."""

    about: str
    expect: list[Row]
    given: dict[str, list[Row]] = field(default_factory=dict)

    @property
    def label(self) -> Label:
        """What the case is about, in both languages where it is."""
        zh, bar, en = (part.strip() for part in self.about.partition("|"))
        return Label(zh, en if bar else zh)


@dataclass(frozen=True)
class Tried:
    """How a case went: rows that are missing and rows too many, of the columns compared. Both empty: it holds."""

    model: str
    label: Label
    missing: tuple[str, ...] = ()
    extra: tuple[str, ...] = ()
    error: str | None = None

    @property
    def holds(self) -> bool:
        """Whether exactly what was expected came out."""
        return not (self.missing or self.extra or self.error)


CASES: TypeAdapter[list[Case]] = TypeAdapter(list[Case])


def cases_of(model: Model) -> list[Case]:
    """The cases beside a model's file; none where there is no such file. Raises `DeclarationError` naming file and place."""
    if model.path is None or not (path := model.path.with_name(model.path.stem + ENDING)).is_file():
        return []
    try:
        return CASES.validate_python(read_yaml(path))
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"]))
        raise DeclarationError(f"{path.name}: {place}: {first['msg']}", hint="a case says about, given and expect") from error


def try_cases(chosen: Iterable[Model], models: Iterable[Model], registry: Registry) -> list[Tried]:
    """Try every case of the chosen among all models."""
    cases = [(model, case) for model in chosen for case in cases_of(model)]
    if not cases:
        return []
    near = {name: declared_columns(name, registry) for model, _ in cases for name in model.reads}
    columns = near | shapes(_above(near, in_order(models)), registry)
    return [try_case(model, case, columns) for model, case in cases]


def _above(tables: Iterable[str], ordered: Sequence[Model]) -> list[Model]:
    """The models behind tables, each after those it reads; what is wrong with another is nothing to them."""
    wanted, found = set(tables), []
    for model in reversed(ordered):
        if model.table in wanted:
            wanted |= set(model.reads)
            found.append(model)
    return found[::-1]


def try_case(model: Model, case: Case, columns: Mapping[str, Columns]) -> Tried:
    """Run the model's statement over what the case gives. `columns` are those of each table that it reads."""
    with TemporaryDirectory() as place:
        try:
            missing, extra = _compared(model, case, columns, Path(place))
        except duckdb.Error as error:
            return Tried(model.name, case.label, error=str(error))
        except DeclarationError as error:
            return Tried(model.name, case.label, error=error.message)
    return Tried(model.name, case.label, missing, extra)


def _compared(model: Model, case: Case, columns: Mapping[str, Columns], place: Path) -> tuple[tuple[str, ...], tuple[str, ...]]:
    strangers = sorted(case.given.keys() - set(model.reads))
    if strangers:
        raise DeclarationError(f"{model.name} does not read {strangers[0]}", hint=f"it reads {', '.join(model.reads)}")
    inputs = {name: _given(case.given.get(name, []), columns[name], place / f"{name}.parquet", table=name) for name in model.reads}
    engine = DuckEngine(memory="512MB", threads=1)
    made = engine.select_to_parquet(model.text, inputs=inputs, out=place / "made.parquet")
    if not case.expect:
        rows = engine.rows(f"select * from made limit {SHOWN}", inputs={"made": Input([str(made.path)])})
        return (), tuple(map(str, rows))
    shape = engine.columns_of("select * from made", inputs={"made": Input([str(made.path)])})
    names = list(dict.fromkeys(n for row in case.expect for n in row))
    expected = _given(case.expect, [(n, k) for n, k in shape if n in names], place / "expected.parquet", table=model.table)
    both = {"made": Input([str(made.path)]), "expected": expected}
    return _left(engine, "expected", "made", names, both), _left(engine, "made", "expected", names, both)


def _left(engine: DuckEngine, these: str, those: str, names: Sequence[str], inputs: Mapping[str, Input]) -> tuple[str, ...]:
    """Rows of one side that the other has not, as often as it has not."""
    taken = ", ".join(map(quote, names))
    sql = f"select to_json(t) from (select {taken} from {these} except all select {taken} from {those}) as t limit {SHOWN}"
    return tuple(str(r[0]) for r in engine.rows(sql, inputs=inputs))


def _given(rows: Sequence[Row], columns: Columns | Sequence[tuple[str, str]], path: Path, *, table: str) -> Input:
    """The rows as a table with the columns' own types; what cannot be one of that type is told by DuckDB."""
    known = dict(columns)
    unknown = sorted({n for row in rows for n in row} - known.keys())
    if unknown:
        raise DeclarationError(f"{table} has no column {unknown[0]}", hint=f"it has {', '.join(known)}")
    if not rows:
        return Input((), tuple(columns))
    with job(memory="256MB", threads=1) as con:
        lines = path.with_suffix(".ndjson")
        lines.write_text("\n".join(json.dumps({n: row.get(n) for n in known}, ensure_ascii=False) for row in rows), encoding="utf-8")
        kinds = ", ".join(f"{literal(name)}: {literal(kind)}" for name, kind in known.items())
        con.execute(f"copy (select * from read_json({literal(str(lines))}, format='newline_delimited', columns={{{kinds}}})) to {literal(str(path))} (format parquet)")
    return Input([str(path)])
