"""Calculations of quality that other systems ask for: the same as the forms use."""

from datetime import date
from decimal import Decimal
from typing import Any

from medthread.methods.sampling import AQLS, LEVELS, MASTER, sampling_plan
from medthread.methods.shelf_life import expiry, left
from medthread.model import Calculation
from medthread.model.errors import InvalidError


def _plan(lot_size: Decimal, aql: str, level: str = "II", severity: str = "normal") -> dict[str, Any]:
    try:
        return dict(sampling_plan(lot_size, aql, level, severity))
    except (ValueError, OverflowError) as error:
        words = f"AQL: {', '.join(AQLS)}; level: {', '.join(LEVELS)}; severity: {', '.join(MASTER)}"
        raise InvalidError(str(error), hint=words) from error


def _shelf_life(made_on: date, on: date, days: int | None = None, months: int | None = None) -> dict[str, Any]:
    try:
        end = expiry(made_on, days=days, months=months)
    except ValueError as error:
        raise InvalidError(str(error), hint="such as months: 24") from error
    remaining, share = left(made_on, end, on=on)
    return {"expires_on": end.isoformat(), "days_left": remaining, "share_left": round(share, 4), "expired": remaining < 0}


SAMPLING_PLAN = Calculation(
    name="sampling_plan", zh="抽样方案(一次抽样)", en="Sampling plan, single sampling", do=_plan, optional=("level", "severity"),
    takes={"lot_size": Decimal, "aql": str, "level": str, "severity": str}, standard="ISO 2859-1:1999 / GB/T 2828.1-2012",
)
SHELF_LIFE = Calculation(
    name="shelf_life", zh="有效期与剩余有效期", en="Shelf life and what is left of it", do=_shelf_life, optional=("days", "months"),
    takes={"made_on": date, "on": date, "days": int, "months": int}, standard="ISO 13485:2016 7.5.11",
)
