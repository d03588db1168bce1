"""Models that ship: every column says what it means, in both languages, and no head speaks of one that is not there."""

import pytest

from medthread.app import declared
from medthread.pipeline.build.model import Model, in_order, read_model
from medthread.pipeline.build.shapes import shapes

REGISTRY, FOLDERS = declared()
MODELS = in_order(read_model(f) for folder in FOLDERS for f in sorted(folder.rglob("*.sql")))


def test_there_are_models() -> None:
    assert MODELS


@pytest.mark.parametrize("model", MODELS, ids=lambda m: m.name)
def test_every_column_has_a_meaning(model: Model) -> None:
    columns = [name for name, _ in shapes(MODELS, REGISTRY)[model.table]]
    assert [c for c in columns if c not in model.columns] == [], "write `-- column: name = 中文 | English` into its head"
    assert [c for c in model.columns if c not in columns] == [], "the head speaks of columns that it does not have"
