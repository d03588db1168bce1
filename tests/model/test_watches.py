"""A watch finds what it names, and tells an event that somebody declares."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from medthread.model import Rulebook, Watch
from medthread.model.errors import DeclarationError
from tests.registry import registry, rulebook

FINDS = "select 'lot' as entity, id as record, cast(:today as text) as due from native.hold"


@pytest.fixture(autouse=True)
def only_shipped() -> Iterator[None]:
    """What a test declares, no other test hears of."""
    rulebook()
    shipped = Watch.all()
    yield
    Watch.declared.clear()
    Watch.declared.update(shipped)


@pytest.mark.parametrize("column", ["entity", "record", "due"])
def test_it_says_which_record_and_which_date(column: str) -> None:
    with pytest.raises(DeclarationError, match=f"finds no {column}"):
        Watch(name="blind", zh="盲", en="Blind", event="lot.expiring", finds=FINDS.replace(column, "x"))


def test_it_tells_an_event_that_is_declared() -> None:
    Watch(name="deaf", zh="聋", en="Deaf", event="lot.melted", finds=FINDS)
    with pytest.raises(DeclarationError, match=r"watch deaf tells event 'lot\.melted'"):
        Rulebook.declared(registry())


def test_two_of_a_name_are_refused() -> None:
    watch = rulebook().watches["lot_expiring"]
    with pytest.raises(DeclarationError, match="there are two of watch"):
        replace(watch, event="certificate.expired")
