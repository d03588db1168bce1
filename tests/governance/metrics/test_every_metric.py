"""Every declared metric: its files stand, it has cases, they hold, and it says in both languages what it is."""

import pytest

from medthread.app import declared
from medthread.derive.metric import metric_words
from medthread.governance.metrics.book import MetricBook, read_book
from medthread.governance.metrics.case import try_metric
from medthread.governance.metrics.measured import Tables
from medthread.pipeline.build.known import Known
from medthread.pipeline.build.model import read_model

REGISTRY, FOLDERS = declared()
MODELS = [read_model(p) for f in FOLDERS for p in sorted(f.glob("**/marts/*.sql"))]
TABLES = Tables(REGISTRY, {m.name: Known(m, m, None, None) for m in MODELS})
BOOK: MetricBook = read_book([p for f in FOLDERS for p in sorted(f.glob("**/metrics/*.yaml"))], TABLES)


def test_the_files_stand() -> None:
    assert [f.message for f in BOOK.faults] == []
    assert len(BOOK.metrics) >= 15
    assert BOOK.own == frozenset()


@pytest.mark.parametrize("name", sorted(BOOK.metrics))
def test_its_cases_hold(name: str) -> None:
    tried = try_metric(BOOK[name], BOOK, TABLES)
    assert tried, f"{name} has no case"
    assert [(t.label.en, t.wrong) for t in tried if not t.holds] == []


@pytest.mark.parametrize("name", sorted(BOOK.metrics))
def test_it_is_told_in_both_languages(name: str) -> None:
    metric = BOOK[name]
    told = metric_words(metric, TABLES(metric.over) if metric.over else None, BOOK.qualifiers, BOOK.metrics)
    assert told.zh != told.en
    assert "{" not in told.zh + told.en
    if metric.times != 1:
        assert f"{metric.times:,g}" in told.zh
    for case in metric.cases:
        assert case.label.zh != case.label.en


def test_a_case_that_expects_another_figure_is_told() -> None:
    """What tries cases would say so."""
    metric = BOOK["incoming_acceptance"]
    case = metric.cases[0].model_copy(update={"expect": [{"value": 51}]})
    (tried,) = try_metric(metric.model_copy(update={"cases": (case,)}), BOOK, TABLES)
    assert not tried.holds
    assert "50.0" in tried.wrong[0]
