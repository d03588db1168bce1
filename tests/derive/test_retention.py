"""When a record is due: where each moment is found, and the same day as the calendar says."""

from calendar import monthrange
from datetime import date
from typing import Annotated, Any

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from medthread.derive.retention import due_sql, formula, needed, path_to, rule_of, rules
from medthread.model import About, Entity, F, Home, Kind, Ref, Registry, Retention, Span
from medthread.model.errors import DeclarationError
from tests.registry import registry

KEPT: dict[str, type[Entity]] = {}


def declare() -> Registry:
    """Goods, models, sales and certificates of a toy shop; taken out of the product's own declarations again."""
    if KEPT:
        return Registry(KEPT)
    before = dict(Entity.declared)
    words: dict[str, Any] = {"domain": "toys", "owner": "toys", "group": "toys"}

    class ToyGood(Entity):
        about = About("货", "Good", **words)
        code: Annotated[str, F("码", "Code", key=True)]

    class ToyModel(Entity):
        about = About("型", "Model", **words)
        no: Annotated[str, F("号", "No.", key=True)]
        good: Annotated[str | None, F("货", "Good", ref=Ref("toy_good"))]
        life: Annotated[int | None, F("期", "Life", kept_from="device_life")]
        implant: Annotated[bool | None, F("植", "Implant", kept_from="implant")]

    class ToySale(Entity):
        about = About("售", "Sale", **words)
        no: Annotated[str, F("号", "No.", key=True)]
        good: Annotated[str | None, F("货", "Good", ref=Ref("toy_good"))]
        sold_on: Annotated[date | None, F("日", "Sold on", kept_from="last_ship")]

    class ToyPaper(Entity):
        about = About(
            "证", "Paper", home=Home.NATIVE, retain=Retention(years=2, anchor="last_ship", device_life=True, at_least=(Span(years=5, anchor="close"),), implants_forever=True), **words)
        no: Annotated[str, F("号", "No.", key=True)]
        good: Annotated[str | None, F("货", "Good", ref=Ref("toy_good"))]
        ended_on: Annotated[date | None, F("止", "Ended on", kept_from="close")]

    KEPT.update({k: v for k, v in Entity.declared.items() if k not in before})
    for name in KEPT:
        del Entity.declared[name]
    return Registry(KEPT)


def later(day: date, months: int) -> date:
    """A calendar's months on: the same day, or the month's last."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def due_on(paper: date | None, life: int | None, implant: bool | None, sales: list[date | None]) -> date | None:  # noqa: FBT001 - a drawn value
    known = registry_rows(paper, life, implant, sales)
    toys = declare()
    with duckdb.connect() as con:
        con.execute("create schema kept")
        for name, (columns, rows) in known.items():
            con.execute(f'create table kept."{name}" (id varchar, {columns}, _creation timestamp, _close timestamp)')
            for row in rows:
                con.execute(f'insert into kept."{name}" values ({", ".join("?" for _ in row)}, null, null)', list(row))
        found = con.execute(f"select due_on from ({due_sql(rule_of(toys['toy_paper'], toys), toys)})").fetchall()
    assert len(found) == 1, "one row a record, however many sales"
    return found[0][0]  # type: ignore[no-any-return]


def registry_rows(paper: date | None, life: int | None, implant: bool | None, sales: list[date | None]) -> dict[str, tuple[str, list[tuple[Any, ...]]]]:  # noqa: FBT001 - as above
    return {
        "toy_good": ("code varchar", [("g1", "G1"), ("g2", "G2")]),
        "toy_model": ("no varchar, good varchar, life bigint, implant boolean", [("m1", "M1", "G1", life, implant), ("m2", "M2", "G2", 999, True)]),
        "toy_sale": ("no varchar, good varchar, sold_on date", [(f"s{n}", f"S{n}", "G1", d) for n, d in enumerate(sales)] + [("sx", "SX", "G2", date(2090, 1, 1))]),
        "toy_paper": ("no varchar, good varchar, ended_on date", [("p1", "P1", "G1", paper)]),
    }


DAYS = st.dates(date(1990, 1, 1), date(2060, 12, 31))


@given(DAYS, st.integers(0, 600), st.lists(DAYS, min_size=1, max_size=4))
def test_the_longest_span_from_the_latest_moment(ended: date, life: int, sales: list[date]) -> None:
    assert due_on(ended, life, implant=False, sales=list(sales)) == max(later(max(sales), 24 + life), later(ended, 60))


@pytest.mark.parametrize(("ended", "life", "implant", "sales"), [
    (None, 12, False, [date(2000, 1, 1)]), (date(2000, 1, 1), None, False, [date(2000, 1, 1)]), (date(2000, 1, 1), 12, True, [date(2000, 1, 1)]),
    (date(2000, 1, 1), 12, None, [date(2000, 1, 1)]), (date(2000, 1, 1), 12, False, []), (date(2000, 1, 1), 12, False, [None]),
])
def test_what_is_not_known_keeps_the_record_and_an_implant_is_kept_for_ever(ended: date | None, life: int | None, implant: bool | None, sales: list[date | None]) -> None:  # noqa: FBT001 - parameters
    assert due_on(ended, life, implant, sales) is None


def test_moments_are_found_where_they_are_told_and_the_rule_says_where() -> None:
    toys = declare()
    rule = rule_of(toys["toy_paper"], toys)
    assert {n: p.words for n, p in rule.found.items()} == {
        "last_ship": "→good ←good toy_sale.sold_on", "close": "toy_paper.ended_on", "device_life": "→good ←good toy_model.life", "implant": "→good ←good toy_model.implant"}
    assert rule.can_be_due
    assert set(needed(rule)) == {"toy_paper", "toy_good", "toy_sale", "toy_model"}
    assert path_to(toys["toy_good"], "expiry", toys) is None
    assert path_to(toys["toy_paper"], "creation", toys) is None, "what is in use has no end until somebody says so"
    assert "→good" in formula(rule).zh


def test_a_moment_of_another_records_life_is_not_taken_for_its_own() -> None:
    product = registry()
    for rule in rules(product):
        for need in ("creation", "close"):
            if need in rule.found:
                assert rule.found[need].entity == rule.entity.name


def test_every_rule_of_the_product_compiles_and_says_what_it_lacks() -> None:
    product = registry()
    found = {r.entity.name: r for r in rules(product)}
    assert found["batch_record"].can_be_due
    assert found["installed_unit"].can_be_due
    assert not found["registration_certificate"].can_be_due, "kept for ever"
    assert not found["equipment"].can_be_due
    assert found["equipment"].missing == ("creation",)
    assert "all are kept" in formula(found["equipment"]).en
    for rule in found.values():
        if rule.can_be_due:
            assert "due_on" in due_sql(rule, product)
    assert "supplier" not in found, "masters stay"
    assert "batch_record_step" not in found, "lines go with their whole"


def test_a_mark_on_a_field_of_the_wrong_kind_is_refused() -> None:
    for kind, mark in ((str, "expiry"), (date, "device_life"), (int, "implant")):
        with pytest.raises(DeclarationError, match="cannot tell"):
            type("ToyWrong", (Entity,), {
                "about": About("错", "Wrong", domain="toys", owner="toys", group="toys"), "__module__": __name__,
                "__annotations__": {"no": Annotated[str, F("号", "No.", key=True)], "wrong": Annotated[kind | None, F("错", "Wrong", kept_from=mark)]}})  # type: ignore[operator]
    assert "toy_wrong" not in Entity.declared
    assert {f.kind for f in registry()["lot"].fields.values() if f.mark.kept_from == "expiry"} == {Kind.DATE}
