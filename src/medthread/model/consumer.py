"""A part of the product that reads tables of models by name: what it needs of them, so that no change takes it away unseen."""

from collections.abc import Mapping
from dataclasses import dataclass

from medthread.model.labels import Label


@dataclass(frozen=True)
class Consumer:
    """`reads` names the fields it takes, by table."""

    name: str
    label: Label
    reads: Mapping[str, tuple[str, ...]]
