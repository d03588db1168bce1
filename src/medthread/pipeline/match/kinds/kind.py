"""What a kind of matching declares: the parts that fields play, the features made of them, the comparisons of those."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from medthread.pipeline.match.comparisons import Comparisons

Column = Callable[[str], Sequence[Any]]  # the values of a part, one per record; of a part that no field plays, None for each
Features = Mapping[str, Sequence[Any]]


@dataclass(frozen=True, kw_only=True)
class Kind:
    """A way to tell whether two records are one thing.

    `features` is a pure function from columns to columns of one length; `poor`, whether the record's name is badly written,
    is always among them, and those in `flags` are yes or no, the others text. The machine adds `rid`, and of the model's
    `unique` field `code`, and `sure` where it is valid. Parts in `sealed` are personal: their blind index is compared.
    Those in `standard` are columns that every record has, whatever it is.
    """

    parts: tuple[str, ...]
    features: Callable[[Column], Features]
    comparisons: Comparisons
    flags: tuple[str, ...] = ("poor",)
    sealed: tuple[str, ...] = ()
    standard: tuple[str, ...] = ()
