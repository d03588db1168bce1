"""What is compared: one row of features per master record, made by versioned pure functions."""

from typing import Any

import pyarrow as pa

from medthread.derive.columns import INDEX
from medthread.model import MatchModel
from medthread.pipeline.match.kinds import kind_of

VERSION = "4"  # of the normalisation; a change here matches everything again
Rows = dict[str, list[Any]]


def inputs_of(model: MatchModel) -> tuple[str, ...]:
    """The columns of a record that its features are made of, beside its id."""
    columns = (_column_of(model, part) for part in ("name", *kind_of(model).parts))
    return tuple(dict.fromkeys(c for c in (*columns, model.unique, *kind_of(model).standard) if c))


def features_of(model: MatchModel, records: Rows) -> pa.Table:
    """Features of records; `records` holds `record_id` and the raw columns that the model names."""
    kind, nothing = kind_of(model), [None] * len(records["record_id"])
    told = kind.features(lambda part: records.get(_column_of(model, part) or "", nothing))
    made = {"rid": records["record_id"], **told, "code": records.get(model.unique or "", nothing), "sure": records.get("_sure", nothing)}
    return pa.table({name: pa.array(values, pa.bool_() if name in kind.flags else pa.string()) for name, values in made.items()})


def _column_of(model: MatchModel, part: str) -> str | None:
    """Where the values of a part stand: of personal ones what is compared is their blind index."""
    if part in kind_of(model).standard:
        return part
    field = model.name if part == "name" else model.parts.get(part)
    return field + INDEX if field and part in kind_of(model).sealed else field
