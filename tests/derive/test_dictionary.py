"""The dictionary is found in by the words that people use."""

from medthread.derive.dictionary import Entry, Finder, entries
from tests.derive.dictionary_queries import QUERIES
from tests.registry import registry


def named(entry: Entry) -> str:
    return f"{entry.entity}.{entry.field}" if entry.field else entry.entity


def test_what_is_meant_is_among_the_first_three() -> None:
    finder = Finder(entries(registry()))
    missed = {q: meant for q, meant in QUERIES.items() if meant not in [named(e) for e in finder.find(q, most=3)]}
    assert len(missed) <= len(QUERIES) * 0.05, missed


def test_every_entity_is_found_by_its_own_name() -> None:
    found = entries(registry())
    finder = Finder(found)
    for entry in (e for e in found if e.field is None):
        assert entry.entity in {e.entity for e in finder.find(entry.label.zh, most=5)}
        assert entry.entity in {e.entity for e in finder.find(entry.entity, most=5)}
