"""What sharing rules leave: said in SQL for many rows and for one row alike, the first rule that speaks deciding."""

from dataclasses import replace
from typing import Annotated, Any, ClassVar

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from medthread.derive.sharing import WITHHELD, Terms, terms_of
from medthread.derive.view import masked_view
from medthread.model import About, Classification, Entity, F, Home, Registry
from medthread.model.sharing import Data, Effect, Origins, Places, Recipients, SharingRule
from tests.registry import registry

PLACES = Places(organisations={"O1": "CN", "O2": "EU"}, plants={"P1": "CN", "P'2": "US"}, systems={"erp": "EU"})
AWAY = Recipients(outside=("CN",))


def rule(name: str, effect: Effect, *, from_: Origins = Origins(), data: Data = Data()) -> SharingRule:  # noqa: B008 - values, not calls with effects
    return SharingRule(name=name, zh=name, en=name, effect=effect, clause="c", to=AWAY, from_=from_, data=data)


def some(*values: str) -> st.SearchStrategy[tuple[str, ...]]:
    return st.lists(st.sampled_from(values), max_size=2, unique=True).map(tuple)


ORIGINS = st.builds(Origins, some("CN", "EU", "US"), some("O1", "O2", "O3"), some("P1", "P'2"), some("erp", "crm"))
DATA = st.sampled_from([Data(), Data(personal=True), Data(fields=("city",)), Data(entities=("customer",), at_least=Classification.PERSONAL), Data(entities=("lot",))])
RULES = st.lists(st.builds(rule, st.just("r"), st.sampled_from(Effect), from_=ORIGINS, data=DATA), max_size=5).map(
    lambda found: tuple(replace(r, name=f"r{n}") for n, r in enumerate(found)))
ROWS = st.fixed_dictionaries({"_org": st.sampled_from([None, "O1", "O2", "O3"]), "_plant": st.sampled_from([None, "P1", "P'2"]), "_source": st.sampled_from([None, "erp", "crm"])})


@settings(deadline=None, max_examples=150)
@given(RULES, st.lists(ROWS, min_size=1, max_size=6))
def test_many_rows_in_sql_are_as_one_row_alone(rules: tuple[SharingRule, ...], rows: list[dict[str, Any]]) -> None:
    customer = registry()["customer"]
    terms = terms_of(customer, rules, PLACES)
    values = ", ".join(f"({n}, {', '.join(_text(r[c]) for c in ('_org', '_plant', '_source'))})" for n, r in enumerate(rows))
    columns = ", ".join([f"{terms.shared()} as shared", *terms.rule_columns()])
    with duckdb.connect() as con:
        answer = con.execute(f'select n, {columns} from (values {values}) t(n, "_org", "_plant", "_source") order by n')
        names = [d[0] for d in answer.description]
        told = [dict(zip(names, r, strict=True)) for r in answer.fetchall()]
    for row, found in zip(rows, told, strict=True):
        origin = terms.origin_of(row)
        refusal = terms.refusal(origin)
        assert found["shared"] is (refusal is None)
        if refusal is None:
            assert terms.withheld_in(found) == {n: r.name for n, r in terms.withheld(origin).items()}


def _text(value: str | None) -> str:
    return "cast(null as varchar)" if value is None else "'" + value.replace("'", "''") + "'"


def test_the_first_rule_that_speaks_decides() -> None:
    customer = registry()["customer"]
    allowed = rule("named", Effect.ALLOW, from_=Origins(plants=("P1",)), data=Data(fields=("phone",)))
    refused = rule("law", Effect.REFUSE, from_=Origins(regions=("CN",)), data=Data(personal=True))
    terms = terms_of(customer, (allowed, refused), PLACES)
    at_p1, at_o1 = (terms.origin_of(r) for r in ({"_plant": "P1"}, {"_org": "O1"}))
    assert set(terms.withheld(at_p1)) == {"contact"}
    assert {"contact", "phone"} <= set(terms.withheld(at_o1))
    assert terms_of(customer, (refused, allowed), PLACES).withheld(at_p1)["phone"].name == "law"


def test_no_rule_leaves_the_view_as_it_was() -> None:
    customer = registry()["customer"]
    assert not terms_of(customer, (), PLACES)
    assert masked_view(customer, registry(), of="t", masked=(), terms=terms_of(customer, (), PLACES)) == masked_view(customer, registry(), of="t", masked=())


class Visit(Entity):
    """A record with a value of every kind that may be withheld."""

    about: ClassVar[About] = About("来访", "Visit", domain="t", owner="t", group="t", home=Home.NATIVE, region="land")
    number: Annotated[str, F("号", "No.", key=True)]
    land: Annotated[str | None, F("地", "Land")]
    minutes: Annotated[int | None, F("分", "Minutes", classification=Classification.CONFIDENTIAL)]
    topic: Annotated[str | None, F("题", "Topic", classification=Classification.CONFIDENTIAL)]


Entity.declared.pop("visit")


@pytest.mark.parametrize(("effect", "topic"), [(Effect.REFUSE, WITHHELD), (Effect.MASK, "pa***ce"), (Effect.ALLOW, "patience")])
def test_what_is_no_text_becomes_nothing_and_the_columns_keep_their_kinds(effect: Effect, topic: str) -> None:
    terms = terms_of(Visit, (rule("r", effect, from_=Origins(regions=("CN",)), data=Data(at_least=Classification.CONFIDENTIAL)),), Places())
    view = masked_view(Visit, Registry({"visit": Visit}), of="t", masked=(), terms=terms)
    with duckdb.connect() as con:
        con.execute("create schema medthread; create macro medthread.mask_partial(v) as left(v, 2) || '***' || right(v, 2)")
        con.execute("create table t as select * from (values ('1', 'n1', 'CN', 7, 'patience', null, null), ('2', 'n2', 'EU', 8, 'patience', null, null)) v(id, number, land, minutes, topic, _org, _plant)")
        rows = con.execute(f"select land, minutes + 0, topic from ({view}) order by id").fetchall()
    assert rows == [("CN", 7 if effect is Effect.ALLOW else None, topic), ("EU", 8, "patience")]


def test_what_says_where_a_record_belongs_is_never_withheld() -> None:
    terms = terms_of(Visit, (rule("r", Effect.MASK),), Places())
    assert set(terms.fields) == {"number", "minutes", "topic"}


def test_where_the_origin_is_not_known_all_goes_that_may_be_withheld() -> None:
    refused = rule("r", Effect.REFUSE, from_=Origins(regions=("CN",)), data=Data(fields=("topic",)))
    terms = terms_of(Visit, (refused,), Places())
    assert terms.without({"topic": "t", "state": "open", "minutes": None}) == {"topic": WITHHELD, "state": "open", "minutes": None}
    assert terms_of(Visit, (rule("all", Effect.REFUSE),), Places()).without({"topic": "t"}) == {}
    assert Terms(Visit).without({"topic": "t"}) == {"topic": "t"}
