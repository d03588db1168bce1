"""Metrics over the interface: one figure everywhere, within what the reader may see; what a company says of one is approved, with its effect seen before."""

import csv
import io
from dataclasses import replace
from datetime import date
from itertools import count
from typing import Any

import openpyxl
import pytest
from fastapi.testclient import TestClient

from medthread.api.metrics import Asking
from medthread.api.routes.metrics import book_of
from medthread.api.services import Services
from medthread.governance.metrics.answer import Wanted
from medthread.model.errors import ForbiddenError
from medthread.model.sharing import Data
from medthread.trust.access import Actor
from tests.api.conftest import House, SignIn
from tests.api.test_definitions import Two
from tests.api.test_desks import ok
from tests.api.test_sharing_lake import NAMES, outlet

API = "/api/v1"
ACCEPTED = """
    select strftime(date_trunc('month', judged_at + interval 8 hour), '%Y-%m-%d') as month, item,
        count(*) filter (where result = 'pass') as good, count(*) filter (where result is not null) as judged
    from {table} where stage = 'incoming' and judged_at >= timestamp '2024-02-29 16:00:00' and judged_at < timestamp '2024-09-30 16:00:00'
    group by all"""
ROWS = count(1)


@pytest.fixture
def services(sign_in: SignIn) -> Services:
    found: Services = sign_in("steward").app.state.services  # type: ignore[attr-defined]
    return found


def asking(services: Services, *roles: str, **more: Any) -> Asking:
    tables = services.metric_tables
    return Asking(services, Actor("somebody", "Somebody", roles, **more), book_of(services, tables), tables)


def by_hand(services: Services) -> list[dict[str, Any]]:
    snapshot = services.reader.current()
    return snapshot.query(ACCEPTED.format(table=snapshot.relation("golden.qms_inspection")))


def test_one_figure_in_the_interface_in_its_exports_and_by_hand(steward: TestClient, services: Services) -> None:
    wanted = "from=2024-03-01&to=2024-09-30&period=month&by=item"
    told = ok(steward.get(f"{API}/metrics/incoming_acceptance?{wanted}"))["figures"]
    hand = {(r["month"], r["item"]): (r["good"], r["judged"]) for r in by_hand(services)}
    assert {(i["period"], i["by"]["item"]): (i["of"], i["per"]) for i in told["items"]} == hand
    assert len(hand) > 20
    good, judged = (sum(c[n] for c in hand.values()) for n in (0, 1))
    assert told["whole"] == {"value": pytest.approx(100 * good / judged), "of": good, "per": judged}
    assert told["whole"]["value"] != pytest.approx(sum(i["value"] for i in told["items"]) / len(told["items"]))  # no average of rates
    lines = list(csv.reader(io.StringIO(steward.get(f"{API}/metrics/incoming_acceptance.csv?{wanted}").text)))
    assert [(ln[0], float(ln[3]), float(ln[4])) for ln in lines[1:-1]] == [(i["period"], i["of"], i["per"]) for i in told["items"]]
    assert (float(lines[-1][3]), float(lines[-1][4])) == (good, judged)
    book = openpyxl.load_workbook(io.BytesIO(steward.get(f"{API}/metrics/incoming_acceptance.xlsx?{wanted}").content))
    assert [tuple(str(c.value or "") for c in row) for row in book.active.iter_rows()][1:] == [tuple(ln) for ln in lines[1:]]
    behind = ok(steward.get(f"{API}/metrics/incoming_acceptance/rows?from=2024-03-01&to=2024-09-30&limit=1"))
    assert (behind["entity"], behind["total"]) == ("qms_inspection", good)
    assert ok(steward.get(f"{API}/metrics/incoming_acceptance/rows?from=2024-03-01&to=2024-09-30&part=per&limit=1"))["total"] == judged


def test_items_are_named_and_periods_without_rows_are_there(steward: TestClient) -> None:
    told = ok(steward.get(f"{API}/metrics/complaints?from=2023-12-01&to=2024-03-31"))["figures"]
    assert [i["period"] for i in told["items"]] == ["2023-12-01", "2024-01-01", "2024-02-01", "2024-03-01"]
    assert told["items"][0]["value"] == 0
    named = ok(steward.get(f"{API}/metrics/complaints?period=whole&from=2024-01-01&to=2024-12-31&by=item"))["figures"]
    assert {str(i["by"]["item"]) for i in named["items"] if i["by"]["item"]} == named["names"]["item"].keys()


def test_a_metric_made_of_two_divides_their_figures(steward: TestClient) -> None:
    span = "period=whole&from=2024-01-01&to=2024-12-31"
    of, per, rate = (ok(steward.get(f"{API}/metrics/{n}?{span}"))["figures"]["whole"]["value"] for n in ("complaints", "units_shipped", "complaint_rate"))
    assert rate == pytest.approx(1000 * of / per)


def test_compared_with_the_period_before_and_with_last_year(steward: TestClient) -> None:
    months = ok(steward.get(f"{API}/metrics/lots_received?from=2024-03-01&to=2024-06-30&compare=previous"))["figures"]
    values = [i["value"] for i in ok(steward.get(f"{API}/metrics/lots_received?from=2024-02-01&to=2024-06-30"))["figures"]["items"]]
    assert [i["before"] for i in months["items"]] == values[:-1]
    earlier = ok(steward.get(f"{API}/metrics/lots_received?from=2023-11-01&to=2024-02-29&period=whole"))["figures"]["whole"]["value"]
    assert months["whole"]["before"] == earlier
    year = ok(steward.get(f"{API}/metrics/lots_received?period=year_to_date&to=2025-06-30&compare=last_year"))["figures"]
    half = ok(steward.get(f"{API}/metrics/lots_received?period=whole&from=2024-01-01&to=2024-06-30"))["figures"]["whole"]["value"]
    assert (year["whole"]["value"], year["whole"]["before"]) == (0, half)


def test_an_earlier_release_is_asked_by_its_name(steward: TestClient, services: Services) -> None:
    now = services.reader.current().release.id
    assert ok(steward.get(f"{API}/metrics/stock_difference_share?as_of_release={now}"))["figures"]["release"] == now
    assert steward.get(f"{API}/metrics/stock_difference_share?as_of_release=R-none").status_code == 404
    assert steward.get(f"{API}/metrics/capa_actions_on_time?as_of_release={now}").status_code == 422


@pytest.mark.parametrize("wrong", [
    "period=fortnight", "by=phone", "by=item&by=item", "from=2024-02-01&to=2024-01-01", "period=year_to_date&from=2024-01-01", "where=phone:eq:1", "compare=never",
])
def test_what_cannot_be_asked_is_refused(steward: TestClient, wrong: str) -> None:
    assert steward.get(f"{API}/metrics/complaints?{wrong}").status_code == 422


def test_rows_beyond_reach_are_in_no_figure(services: Services) -> None:
    wanted = Wanted("whole", date(2024, 1, 1), date(2024, 12, 31))
    whole, bound = asking(services, "steward"), asking(services, "steward", organisations=("elsewhere",))
    for name in ("lots_received", "units_made"):
        assert whole.answer(whole.book[name], wanted).whole.value
        assert not bound.answer(bound.book[name], wanted).whole.value
    lot = asking(services, "steward", plants=("elsewhere",))
    assert lot.answer(lot.book["lot_size"], wanted).whole.value is None  # the mart's rows say of which plant they are
    with pytest.raises(ForbiddenError):
        lot.answer(lot.book["supplier_nonconformance_rate"], Wanted())  # these do not


def test_what_is_masked_makes_no_figure(services: Services) -> None:
    one = asking(services, "steward")
    metric = one.book["complaints"].model_copy(update={"of": one.book["lots_received"].of.model_copy(update={"distinct": ("complainant",)})})
    with pytest.raises(ForbiddenError):
        one.answer(metric, Wanted("whole", date(2024, 1, 1), date(2024, 12, 31)))


def test_what_a_sharing_rule_keeps_back_is_in_no_figure(services: Services) -> None:
    verdicts = replace(NAMES, name="verdicts_stay", data=Data(entities=("qms_inspection",), fields=("result",)))
    customers = replace(NAMES, name="complainers_stay", data=Data(entities=("crm_complaint",), fields=("customer",)))
    abroad = outlet(services, verdicts, customers)

    def asked(name: str, *, home: bool = False, by: str = "") -> Any:
        return ok(abroad.ask(f"/metrics/{name}?period=whole&from=2024-01-01&to=2024-12-31{by}", home=home))["figures"]

    home, told = asked("incoming_acceptance", home=True), asked("incoming_acceptance")
    assert (home["whole"]["per"] > 0, home["sharing"]) == (True, [])
    assert (told["whole"]["per"], [s["rule"] for s in told["sharing"]]) == (0, ["verdicts_stay"])
    whole, apart = asked("complaints"), asked("complaints", by="&by=customer")
    assert (whole["whole"]["value"] > 0, whole["sharing"]) == (True, [])  # who complained is not in it
    assert (apart["items"], [s["rule"] for s in apart["sharing"]]) == ([], ["complainers_stay"])
    assert abroad.ask("/metrics/lot_size").status_code == 403  # of a mart nobody can say what its rows are made from


def test_records_of_the_product_are_measured_live_within_reach(house: House) -> None:
    free, bound = house.make("metric-free", "quality"), house.make("metric-bound", "quality", plants=("A",))
    rows = [("A", "2026-01-10", "2026-01-10"), ("A", "2026-01-10", None), ("B", "2026-01-20", "2026-01-11")]
    with house.installation.store.transaction() as tx:
        for plant, due, done in rows:
            n = next(ROWS)
            tx.exec_driver_sql(
                "insert into native.capa_action (id, capa, action_no, kind, what, responsible, due_on, extended, done_on, _plant, _created_by, _updated_by)"
                " values (%s, 'C1', %s, 'corrective', 'x', 'P1', %s, 0, %s, %s, 'test', 'test')", (f"metric-{n}", n, due, done, plant))
    asked = f"{API}/metrics/capa_actions_on_time?from=2026-01-01&to=2026-01-31"
    told = ok(free.get(asked))["figures"]
    assert (told["whole"]["of"], told["whole"]["per"]) == (2, 3)
    assert told["items"][0]["period"] == "2026-01-01"
    assert (ok(bound.get(asked))["figures"]["whole"]["of"], ok(bound.get(asked))["figures"]["whole"]["per"]) == (1, 2)
    assert ok(bound.get(f"{API}/metrics/capa_actions_on_time/rows?from=2026-01-01&to=2026-01-31&part=per"))["total"] == 2


def test_another_definition_is_seen_on_history_before_it_is_approved(steward: TestClient) -> None:
    span = "from=2024-01-01&to=2024-12-31"
    content = {"zh": "严重不合格数", "where": ["nonconformance_severe"], "target": 3}
    told = ok(steward.post(f"{API}/metrics/nonconformances/effect?{span}", json={"content": content}))
    before, after = told["before"], told["after"]
    assert before["whole"] == ok(steward.get(f"{API}/metrics/nonconformances?{span}"))["figures"]["whole"]
    severe = ok(steward.get(f"{API}/metrics/severe_nonconformance_share?{span}"))["figures"]["whole"]
    assert (before["whole"]["value"], after["whole"]["value"]) == (severe["per"], severe["of"])
    assert severe["of"] < severe["per"]
    assert [i["period"] for i in after["items"]] == [i["period"] for i in before["items"]]
    assert told["target"] == {"before": None, "after": 3}
    assert "致命或严重" not in told["words"]["before"]["zh"]
    assert "致命或严重" in told["words"]["after"]["zh"]


@pytest.fixture
def two(house: House) -> Two:
    return Two(house)


def said(**content: Any) -> dict[str, Any]:
    return {"kind": "metric", "subject": "metric:nonconformances", "content": content or None}


def test_a_companys_own_words_of_a_metric_hold_once_approved(two: Two) -> None:
    id_ = two.propose(said(zh="NCR 数量", target=3, where=["nonconformance_severe"]))
    assert ok(two.author.get(f"{API}/metrics/capa_actions_on_time"))["said"] is None
    listed = {m["name"]: m for m in ok(two.author.get(f"{API}/metrics"))["items"]}
    assert listed["nonconformances"]["label"]["zh"] == "不合格品记录数"
    two.approve(id_)
    listed = {m["name"]: m for m in ok(two.author.get(f"{API}/metrics"))["items"]}
    assert (listed["nonconformances"]["label"]["zh"], listed["nonconformances"]["target"]) == ("NCR 数量", 3)
    entry = ok(two.author.get(f"{API}/dictionary-entries/metric:nonconformances"))
    assert (entry["label"]["zh"], entry["kind"], entry["history"][0]["proposal"]) == ("NCR 数量", "metric", id_)
    undo = ok(two.author.post(f"{API}/definition-changes/{id_}/undo", json={"reason": "改回"}), 201)["proposal"]
    two.approve(undo)
    listed = {m["name"]: m for m in ok(two.author.get(f"{API}/metrics"))["items"]}
    assert listed["nonconformances"]["label"]["zh"] == "不合格品记录数"


@pytest.mark.parametrize("change", [
    said(where=["stock_differs"]), said(where=["nothing_such"]), said(formula="1"), {**said(zh="x"), "subject": "metric:none"}, {**said(zh="x"), "kind": "definition"},
    {"kind": "metric", "subject": "metric:complaint_rate", "content": {"where": ["complaint_with_harm"]}},
])
def test_what_cannot_be_said_of_a_metric_is_refused(two: Two, change: dict[str, Any]) -> None:
    assert two.author.post(f"{API}/definition-changes", json={"changes": [change], "reason": "试"}).status_code == 422


def test_impact_and_the_dictionary_know_metrics(steward: TestClient) -> None:
    found = ok(steward.get(f"{API}/dictionary?q=一次合格率"))["items"][0]
    assert found["subject"] == "metric:final_first_pass_yield"
    reached = ok(steward.get(f"{API}/lineage/field?name=golden.crm_complaint.received_at"))
    assert {"metric:complaints", "metric:complaint_rate"} <= {s["to"]["table"] for s in reached["steps"] if s["direction"] == "down"}


def test_the_first_page_has_the_metrics_that_say_so(steward: TestClient) -> None:
    cards = {c["name"]: c for c in ok(steward.get(f"{API}/home/metrics"))["items"]}
    assert cards["complaint_rate"]["value"] > 0
    assert cards["complaint_rate"]["target"] == 5
    assert "units_shipped" not in cards
