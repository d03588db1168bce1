"""The columns of every table that models may read, from declarations alone."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import duckdb

from medthread.derive.columns import golden_columns, native_columns, standard_columns
from medthread.model import Home, Registry
from medthread.model.errors import DeclarationError
from medthread.pipeline.build.built import Columns
from medthread.pipeline.build.model import Model
from medthread.pipeline.match.crosswalk import XREF_COLUMNS
from medthread.pipeline.match.links import COLUMNS as LINK_COLUMNS
from medthread.stores.engines import DuckEngine, Input

NATIVE, GOLDEN = "native", "golden"
BESIDE = {"xref": XREF_COLUMNS, "link": LINK_COLUMNS}  # of a matched master: the codes of its records, what belongs under what
STEPS = "native.process_step"  # every act of every process, with the state that it led to
STEP_COLUMNS: Columns = (
    ("id", "bigint"), ("entity", "varchar"), ("record", "varchar"), ("action", "varchar"), ("from_state", "varchar"), ("to_state", "varchar"),
    ("actor", "varchar"), ("role", "varchar"), ("at", "timestamp"),
)


def declared_columns(table: str, registry: Registry) -> Columns:
    """The columns of a golden, standard or native table, or of one beside a golden one; none where no entity is called so."""
    layer, _, name = table.partition(".")
    if layer == NATIVE and name in registry and registry[name].about.home is Home.NATIVE:
        return tuple((c.name, c.duck) for c in native_columns(registry[name]))
    if table == STEPS:
        return STEP_COLUMNS
    master, _, beside = name.rpartition("_")
    if layer == GOLDEN and beside in BESIDE and master in registry and registry[master].about.match:
        return BESIDE[beside]
    made = {GOLDEN: golden_columns, "standard": standard_columns}.get(layer)
    if made is None or name not in registry or registry[name].about.home is Home.NATIVE:
        return ()
    return tuple((c.name, c.duck) for c in made(registry[name], registry))


def shapes(models: Iterable[Model], registry: Registry) -> dict[str, Columns]:
    """Of every table that the models read or are, models in their order. Raises `DeclarationError` where a statement cannot be run."""
    engine = DuckEngine(memory="256MB", threads=1)
    found: dict[str, Columns] = {}
    for model in models:
        for name in model.reads:
            found.setdefault(name, declared_columns(name, registry))
        with told(model):
            found[model.table] = tuple(engine.columns_of(model.text, inputs={n: Input((), found[n]) for n in model.reads}))
    return found


@contextmanager
def told(model: Model) -> Iterator[None]:
    """What the engine says of a statement, said of its model."""
    try:
        yield
    except duckdb.Error as error:
        raise DeclarationError(f"the model {model.name} cannot be made: {error}", hint="mend its statement or its tests, or the model that it reads", models=[model.name]) from error
