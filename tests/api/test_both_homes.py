"""One filter, one order, one mask: what PostgreSQL answers of native rows is what DuckDB answers of the same rows."""

import itertools
import random
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import insert

from medthread.api.board import board_of
from medthread.api.listing import Listing, has_process, list_page, listing_of, rows_for_export
from medthread.api.services import Services
from medthread.cli import main
from medthread.model import Entity, Field, Home, Kind
from medthread.model.errors import InvalidError
from medthread.stores.engines import connect
from medthread.stores.postgres.tables import deadline, process_case
from medthread.trust.access import Actor
from tests.api.arrow_rows import ArrowRows
from tests.conftest import Opening
from tests.registry import registry

ROWS = 40
START = datetime(2026, 11, 25, 8, tzinfo=UTC)
NATIVE = [e.name for e in registry().at_home(Home.NATIVE)]
WORDS = (
    "", "a", "A", "aB", "Ä", "ä", "批号一", "批号", "%", "_", "a%b", "ＡＢＣ", "ａｂｃ", "😀", "É", "e", "zz", "'", '"', "?", "\\", "I", "ı", "İ", "ß", "ΟΔΟΣ", "$1",
    "%s", "{}", "13800138000", "a@b.cn", "12345678", "null", " a ", "\n", "01", "1", "true",
)
POOL: dict[Kind, tuple[Any, ...]] = {
    Kind.TEXT: WORDS,
    Kind.INTEGER: (0, 1, -1, 7, 10, 2**62, -(2**62)),
    Kind.DECIMAL: tuple(Decimal(d) for d in ("0", "0.5", "-0.5", "1", "1.000001", "12.5", "123456789012345678.123456", "-123456789012345678.123456")),
    Kind.BOOLEAN: (True, False),
    Kind.DATE: (date(2026, 11, 25), date(2026, 2, 28), date(1999, 12, 31), date(2099, 1, 1)),
    Kind.TIMESTAMP: (START, START + timedelta(microseconds=1), START + timedelta(milliseconds=500), START - timedelta(days=400), START + timedelta(hours=16)),
}
ACTORS = (
    Actor("x", "X", ("steward",)), Actor("x", "X", ("qa",)), Actor("x", "X", ("buyer",)), Actor("x", "X", ("qa",), plants=("A",)),
    Actor("x", "X", ("pms",), plants=("A", "B"), organisations=("T1",)), Actor("x", "X", ("steward",), regions=("CN",)),
)
PLAIN = settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@dataclass(repr=False)  # what failed is told by the question
class Company:
    """An installation with rows of every native entity, whose values are often alike, often odd and often missing."""

    given: Services
    engine: duckdb.DuckDBPyConnection
    held: dict[tuple[str, Actor], ArrowRows] = field(default_factory=dict)

    def entity(self, name: str) -> type[Entity]:
        found: type[Entity] = self.given.registry[name]
        return found

    def arrow(self, entity: type[Entity], actor: Actor) -> ArrowRows:
        if (entity.name, actor) not in self.held:
            self.held[entity.name, actor] = ArrowRows.of(self.engine, self.given, entity, actor.reach)
        return self.held[entity.name, actor]

    def asked(self, name: str, actor: Actor, **words: Any) -> tuple[Listing, Listing]:
        """The same list in PostgreSQL and over Arrow."""
        listing = listing_of(self.given, self.entity(name), actor, **{"q": None, "filters": (), "sort": None, **words})
        return listing, replace(listing, rows=self.arrow(self.entity(name), actor))


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory, open_beside: Opening) -> Iterator[Company]:
    home = tmp_path_factory.mktemp("homes") / "company"
    with pytest.raises(SystemExit):
        main(["init", str(home)])
    with open_beside(home) as opened, opened.services(None) as services:  # limits that pass would open records between two answers
        rng = random.Random(20261125)
        for name in NATIVE:
            fill(services, services.registry[name], rng)
        engine = connect(memory="256MB", threads=1)
        yield Company(services, engine)
        engine.close()


def fill(given: Services, entity: type[Entity], rng: random.Random) -> None:
    ids = [f"{entity.name[:3]}{rng.choice(('A', 'a', 'é', '批'))}{i:02d}" for i in range(ROWS)]
    rows = [{f"{n}": v for f in entity.fields.values() for n, v in columns(f, rng, i)} | {
        "id": id_, "_plant": rng.choice(("A", "B", None)), "_org": rng.choice(("T1", "T2", None)), "_created_by": "t", "_updated_by": "t", "_revision": rng.randrange(1, 9),
    } for i, id_ in enumerate(ids)]
    with given.store.transaction() as tx:
        tx.execute(insert(given.native[entity.name]), rows)
        if not has_process(given, entity):
            return
        process = given.workflow.rulebook.processes[entity.name]
        for id_ in ids[: ROWS * 3 // 4]:
            state = rng.choice([*(s.name for s in process.states), "Zz", "ä"])
            tx.execute(insert(process_case).values(
                entity=entity.name, record=id_, process=process.name, version=1, state=state, opened_by=rng.choice(WORDS), opened_at=START,
                state_since=rng.choice(POOL[Kind.TIMESTAMP])))
            for clock in range(rng.randrange(3)):
                tx.execute(insert(deadline).values(
                    entity=entity.name, record=id_, clock=f"c{clock}", started_at=START, due_at=rng.choice(POOL[Kind.TIMESTAMP]), statutory=False, basis="b", escalate="qa",
                    met_at=rng.choice((None, None, START))))


def columns(f: Field, rng: random.Random, number: int) -> Iterator[tuple[str, Any]]:
    if f.is_personal:
        value = None if rng.random() < 0.3 and not f.required else rng.choice(WORDS)
        yield from ((f.name + suffix, value) for suffix in ("", "__masked", "__index"))
    elif f.mark.codes:
        yield f.name, None if not f.required and rng.random() < 0.3 else rng.choice(sorted(f.mark.codes))
    elif f.mark.key:  # keys are given once: the last bits of the number tell them apart where nothing else does
        yield f.name, {Kind.TEXT: f"{WORDS[number % 7]}{number // 3}{WORDS[number % 11]}", Kind.INTEGER: number, Kind.DATE: START.date() + timedelta(days=number),
                       Kind.TIMESTAMP: START + timedelta(minutes=number)}[f.kind]
    else:
        yield f.name, None if not f.required and rng.random() < 0.3 else rng.choice(POOL[f.kind])


def pages(listing: Listing, other: Listing, *, limit: int) -> None:
    """Both page by page, each going on where the other stopped."""
    after = None
    for _ in itertools.count():
        one, two = list_page(listing, limit=limit, after=after), list_page(other, limit=limit, after=after)
        assert one == two
        after = two["next"]
        listing, other = other, listing
        if after is None:
            return


@st.composite
def questions(draw: st.DrawFn) -> tuple[str, Actor, dict[str, Any], int]:
    name, actor = draw(st.sampled_from(NATIVE)), draw(st.sampled_from(ACTORS))
    fields = registry()[name].fields
    kinds = {n: f.kind for n, f in fields.items()} | {"_state": Kind.TEXT, "_since": Kind.TIMESTAMP, "_due": Kind.TIMESTAMP, "_opened_by": Kind.TEXT}
    column = st.sampled_from(sorted(kinds))

    @st.composite
    def condition(draw: st.DrawFn) -> str:
        on = draw(column)
        operator = draw(st.sampled_from(("eq", "ne", "lt", "le", "gt", "ge", "contains", "in")))
        if operator == "contains":
            return f"{on}:contains:{draw(st.sampled_from(WORDS) | st.text(alphabet='aA批%_é0-', max_size=3))}"
        values = st.sampled_from(POOL[kinds[on]]).map(str)
        several = draw(st.lists(values, min_size=1, max_size=3 if operator == "in" else 1))
        return f"{on}:{operator}:{','.join(several)}"

    sort = draw(st.none() | st.sampled_from(("id", "-id")) | st.tuples(st.sampled_from(("", "-")), column).map("".join))
    words = {"q": draw(st.none() | st.sampled_from(WORDS)), "filters": tuple(draw(st.lists(condition(), max_size=2))), "sort": sort}
    return name, actor, words, draw(st.sampled_from((5, 13, 50)))


@settings(PLAIN, max_examples=100)
@given(asked=questions())
def test_the_same_question_has_the_same_answer(company: Company, asked: tuple[str, Actor, dict[str, Any], int]) -> None:
    name, actor, words, limit = asked
    try:
        listing, other = company.asked(name, actor, **words)
    except InvalidError:
        return  # masked for them, or in no process: refused before any store is asked
    pages(listing, other, limit=limit)
    assert list(rows_for_export(listing)) == list(rows_for_export(other))
    if has_process(company.given, listing.entity):
        assert board_of(listing, limit=2) == board_of(other, limit=2)


@pytest.mark.parametrize("name", NATIVE)
def test_every_field_sorts_and_masks_alike(company: Company, name: str) -> None:
    actor = ACTORS[0]
    listing, _ = company.asked(name, actor)
    for sort in (f"{'-' * (i % 2)}{k}" for i, k in enumerate((*listing.kinds, "id"))):
        pages(*company.asked(name, actor, sort=sort), limit=ROWS // 2)
    plain = {n for n, f in listing.entity.fields.items() if not f.is_personal}
    for masked in (frozenset(plain), frozenset(listing.entity.fields)):
        shown = [replace(one, masked=masked) for one in company.asked(name, actor, sort="id")]
        one, two = (x.rows.query(f"select * from {x.source} order by id") for x in shown)
        assert one == two


def test_rows_are_read_the_same_when_a_database_sorts_by_a_language(company: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    """Such a database is told to compare by code points, column by column."""
    monkeypatch.setattr(company.given.store, "sorts_by_code_point", False)
    for name in ("complaint", "inspection_result"):
        for sort in (None, "-id"):
            pages(*company.asked(name, ACTORS[3], sort=sort), limit=9)


def test_a_cursor_of_another_order_is_refused(company: Company) -> None:
    listing, _ = company.asked("inspection_result", ACTORS[0])
    after = list_page(listing, limit=3, after=None)["next"]
    for sort in ("id", "measured_by", "-value"):
        with pytest.raises(InvalidError, match="cursor"):
            list_page(company.asked("inspection_result", ACTORS[0], sort=sort)[0], limit=3, after=after)
