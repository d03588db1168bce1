"""What is compared: one row of features per master record, made by versioned pure functions."""

import re
from collections.abc import Callable
from typing import Any

import pyarrow as pa

from medthread.methods.names import OrganisationName, address_core, parse_organisation, plain, sound
from medthread.model import MatchModel

VERSION = "4"  # of the normalisation; a change here matches everything again
Rows = dict[str, list[Any]]
_TORN = re.compile(r"[一-鿿]\s+[一-鿿]")  # Chinese is written without blanks: one among its characters came in by hand


def inputs_of(model: MatchModel) -> tuple[str, ...]:
    """The columns of a record that its features are made of, beside its id."""
    phone = f"{model.phone}__index" if model.phone else None
    given = {"organisation": (model.name, model.place, model.address, phone), "article": (model.code, model.name, model.spec)}[model.kind]
    return tuple(dict.fromkeys(c for c in (*given, model.unique) if c))


def features_of(model: MatchModel, records: Rows) -> pa.Table:
    """Features of records; `records` holds `record_id` and the raw columns that the model names."""
    return {"organisation": _organisation, "article": _article}[model.kind](model, records)


def _wild(text: str | None) -> str | None:
    """A pattern that matches any text holding these characters in this order: a short form fits its long one."""
    return ".*" + ".*".join(c if c.isalnum() else "." for c in text) + ".*" if text else None


def _organisation(model: MatchModel, records: Rows) -> pa.Table:
    parsed = [parse_organisation(n or "") for n in records[model.name]]
    # A place in the name says which of a group's firms it is; a place column only where the firm is.
    places = [plain(c).removesuffix("市") if c else None for c in _column(records, model.place)]
    cities = [p.city or c for p, c in zip(parsed, places, strict=True)]

    def each(part: Callable[[OrganisationName], Any]) -> list[Any]:
        return [part(p) for p in parsed]

    return pa.table({
        "rid": records["record_id"],
        "norm": each(lambda p: p.norm), "brand": each(lambda p: p.brand), "sound": each(lambda p: p.sound),
        "brand_wild": each(lambda p: _wild(p.brand)),
        "city": pa.array(cities, pa.string()), "trade": pa.array(each(lambda p: p.trade), pa.string()),
        "whole": pa.array(each(lambda p: p.whole), pa.string()),
        "trade_wild": pa.array(each(lambda p: _wild(p.trade)), pa.string()),
        "branch": pa.array(each(lambda p: p.branch), pa.string()),
        "latin": each(lambda p: p.latin), "institution": each(lambda p: p.institution),
        "poor": [p.noisy or p.latin or not p.formal or bool(_TORN.search(n or "")) for p, n in zip(parsed, records[model.name], strict=True)],
        "address": pa.array([address_core(a) if a else None for a in _column(records, model.address)], pa.string()),
        "phone": pa.array(_column(records, f"{model.phone}__index" if model.phone else None), pa.string()),
        "code": pa.array(_column(records, model.unique), pa.string()),
        "sure": pa.array(_column(records, "_sure"), pa.string()),
    })


def _article(model: MatchModel, records: Rows) -> pa.Table:
    return pa.table({
        "rid": records["record_id"],
        "norm": [_bare_code(c or "") for c in records[model.code]],
        "name": [plain(n or "") for n in records[model.name]],
        "spec": pa.array([plain(s) if s else None for s in _column(records, model.spec)], pa.string()),
        "poor": [False] * len(records["record_id"]),
        "code": pa.array(_column(records, model.unique), pa.string()),
        "sure": pa.array(_column(records, "_sure"), pa.string()),
    })


def _column(records: Rows, name: str | None) -> list[Any]:
    return records[name] if name and name in records else [None] * len(records["record_id"])


def _bare_code(code: str) -> str:
    """RM-000123 and rm-123 are one code: case, width and leading zeros of a number are habits of systems."""
    parts = "".join(c if c.isalnum() else " " for c in plain(code)).split()
    return "-".join(p.lstrip("0") or "0" if p.isdigit() else p for p in parts)


__all__ = ["VERSION", "Rows", "features_of", "sound"]
