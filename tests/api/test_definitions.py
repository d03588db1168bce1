"""The dictionary in the company's own words, over the interface: terms, definitions, sheets; and what is known of an entry."""

import csv
import io
from collections.abc import Mapping
from itertools import count
from typing import Any

import openpyxl
import pytest
from fastapi.testclient import TestClient

from medthread.app import Installation
from medthread.derive.dictionary import Sort
from medthread.governance.dictionary.book import Dictionary
from medthread.governance.metrics.book import MetricBook, read_book
from medthread.governance.metrics.measured import Tables
from medthread.pipeline.build.known import Known, known_models
from tests.api.conftest import House
from tests.api.test_desks import ok
from tests.derive.dictionary_queries import QUERIES

API = "/api/v1"
NUMBERS = count(1)


class Two:
    """One who proposes, and one who decides."""

    def __init__(self, house: House) -> None:
        n = next(NUMBERS)
        self.names = (f"def-author{n}", f"def-approver{n}")
        self.author, self.approver = house.make(self.names[0], "steward"), house.make(self.names[1], "quality")

    def propose(self, *changes: dict[str, Any], **more: Any) -> str:
        return str(ok(self.author.post(f"{API}/definition-changes", json={"changes": list(changes), "reason": "统一口径", **more}), 201)["proposal"])

    def approve(self, proposal: str) -> None:
        ok(self.approver.post(f"{API}/definition-changes/{proposal}/decision", json={"approve": True, "reason": "同意"}))


@pytest.fixture
def two(house: House) -> Two:
    return Two(house)


def term(name: str, **more: Any) -> dict[str, Any]:
    content = {"zh": f"术语{name}", "en": f"Term {name}", "definition": {"zh": "含义", "en": "meaning"}, **more}
    return {"kind": "term", "subject": f"term:{name}", "content": content}


def own(subject: str, **content: Any) -> dict[str, Any]:
    return {"kind": "definition", "subject": subject, "content": content or None}


def test_a_term_is_found_by_its_synonyms_once_it_is_approved(two: Two) -> None:
    id_ = two.propose(term("sterility", zh="无菌保证", synonyms=["灭菌保证水平"], bound=["sterilisation_load.load_no"], owner="quality"))
    search = f"{API}/dictionary?q=灭菌保证水平"
    assert "term:sterility" not in [i["subject"] for i in ok(two.author.get(search))["items"]]
    waits = [[c["proposal"] for c in ok(one.get(f"{API}/inbox"))["changes"]] for one in (two.author, two.approver)]
    assert [id_ in w for w in waits] == [False, True]  # in the inbox of whoever may decide, and not of who proposed
    assert two.author.post(f"{API}/definition-changes/{id_}/decision", json={"approve": True, "reason": "自己"}).status_code == 403
    two.approve(id_)
    assert ok(two.author.get(search))["items"][0]["subject"] == "term:sterility"
    narrowed = ok(two.author.get(f"{API}/dictionary?term=sterility"))["items"]
    assert [i["subject"] for i in narrowed] == ["sterilisation_load.load_no"]
    page = ok(two.author.get(f"{API}/dictionary-entries/sterilisation_load.load_no"))
    assert [t["subject"] for t in page["terms"]] == ["term:sterility"]
    retired = term("sterility", zh="无菌保证", status="deprecated")
    two.approve(two.propose(retired))
    assert ok(two.author.get(f"{API}/dictionary-entries/term:sterility"))["status"] == "deprecated"


def test_own_words_stand_over_the_declaration_which_stays_visible(two: Two) -> None:
    before = ok(two.author.get(f"{API}/dictionary-entries/customer.name"))
    two.approve(two.propose(own("customer.name", meaning={"zh": "发票抬头", "en": "as on the invoice"}, synonyms=["抬头"], steward="sales")))
    after = ok(two.author.get(f"{API}/dictionary-entries/customer.name"))
    assert (after["definition"]["zh"], after["synonyms"], after["overlaid"]) == ("发票抬头", ["抬头"], True)
    assert after["declared"]["definition"] == before["definition"]
    assert {"kind": "steward", "name": "sales", "label": {"zh": "销售", "en": "Sales"}} in after["owners"]
    assert (after["history"][0]["proposer_name"], after["history"][0]["decider_name"]) == tuple(n.upper() for n in two.names)
    assert ok(two.author.get(f"{API}/dictionary-entries/customer.name?on=2020-01-01"))["definition"] == before["definition"]
    field = next(f for f in ok(two.author.get(f"{API}/dictionary/customer"))["fields"] if f["name"] == "name")
    assert (field["definition"]["zh"], field["overlaid"]) == ("发票抬头", True)


@pytest.mark.parametrize(("change", "why"), [
    (own("customer.nothing", synonyms=["x"]), "is not in the dictionary"),
    (term("lost", bound=["no.field"]), "no.field is not in the dictionary"),
    (term("orphan", parent="nobody"), "there is no term 'nobody'"),
    (term("ring", parent="ring"), "stands above itself"),
    ({"kind": "term", "subject": "lot", "content": None}, "is no term"),
    (own("customer.name", colour="red"), "colour"),
])
def test_what_cannot_be_said_is_refused(two: Two, change: dict[str, Any], why: str) -> None:
    answer = two.author.post(f"{API}/definition-changes", json={"changes": [change], "reason": "试一试"}, headers={"Accept-Language": "en"})
    assert answer.status_code == 422, answer.text
    assert why in answer.text


def sheet_of(client: TestClient) -> tuple[list[str], dict[str, dict[str, str]]]:
    rows = list(csv.DictReader(io.StringIO(client.get(f"{API}/dictionary.csv").content.decode("utf-8-sig"))))
    return list(rows[0]), {r["subject"]: r for r in rows}


def as_csv(names: list[str], *rows: dict[str, str]) -> dict[str, Any]:
    text = io.StringIO()
    writer = csv.DictWriter(text, names)
    writer.writeheader()
    writer.writerows(rows)
    return {"file": ("sheet.csv", text.getvalue().encode())}


def test_a_sheet_is_looked_at_line_by_line_taken_whole_and_taken_back_as_one(two: Two) -> None:
    names, rows = sheet_of(two.author)
    changed = rows["supplier.name"] | {"meaning_zh": "=1+1 供方全称", "technical": "it"}
    fresh = dict.fromkeys(names, "") | {"subject": "term:from_sheet", "zh": "表中术语", "en": "Of the sheet", "meaning_zh": "来自表", "bound": "supplier.name; supplier.code"}
    good = as_csv(names, rows["supplier"], changed, fresh)
    told = ok(two.author.post(f"{API}/dictionary-sheet/trial", files=good))
    assert (told["changed"], told["refused"]) == (2, 0)
    assert {c["column"] for c in told["items"][0]["cells"]} == {"meaning_zh", "technical"}
    wrong = as_csv(names, changed, rows["supplier.code"] | {"bound": "x"}, fresh | {"subject": "Term"})
    told = ok(two.author.post(f"{API}/dictionary-sheet/trial", files=wrong))
    assert (told["changed"], told["refused"], [i["row"] for i in told["items"]]) == (1, 2, [3, 4, 2])
    refused = two.author.post(f"{API}/dictionary-sheet?reason=整理", files=wrong)
    assert (refused.status_code, [r["row"] for r in refused.json()["rows"]]) == (422, [3, 4])
    id_ = ok(two.author.post(f"{API}/dictionary-sheet?reason=整理", files=good), 201)["proposal"]
    two.approve(id_)
    _, after = sheet_of(two.author)
    assert after["supplier.name"]["meaning_zh"] == "'=1+1 供方全称", "a spreadsheet runs nothing of it"
    again = ok(two.author.post(f"{API}/dictionary-sheet/trial", files=as_csv(names, *after.values())))
    assert (again["changed"], again["refused"], again["items"]) == (0, 0, []), "what was exported changes nothing"
    back = ok(two.author.post(f"{API}/definition-changes/{id_}/undo", json={"reason": "有误"}), 201)["proposal"]
    two.approve(back)
    assert sheet_of(two.author)[1].keys() == rows.keys()
    assert sheet_of(two.author)[1]["supplier.name"] == rows["supplier.name"]


def test_the_workbook_holds_text_alone_and_comes_back_as_it_is(two: Two) -> None:
    two.approve(two.propose(own("supplier.code", meaning={"zh": '=HYPERLINK("http://x")', "en": "@SUM(1)"})))
    made = two.author.get(f"{API}/dictionary.xlsx").content
    assert made == two.author.get(f"{API}/dictionary.xlsx").content
    cells = [c for row in openpyxl.load_workbook(io.BytesIO(made))["dictionary"].iter_rows() for c in row]
    assert {c.data_type for c in cells if c.value is not None} == {"s"}
    assert any(c.value == '=HYPERLINK("http://x")' for c in cells)
    told = ok(two.author.post(f"{API}/dictionary-sheet/trial", files={"file": ("dictionary.xlsx", made)}))
    assert (told["changed"], told["refused"]) == (0, 0)


def test_who_may_not_propose_is_refused(house: House) -> None:
    auditor = house.make(f"def-auditor{next(NUMBERS)}", "auditor")
    body = {"changes": [own("customer.name", synonyms=["x"])], "reason": "试一试"}
    assert auditor.post(f"{API}/definition-changes", json=body).status_code == 403
    n = next(NUMBERS)
    engineer = house.make(f"def-engineer{n}", "data_engineer")
    id_ = ok(engineer.post(f"{API}/definition-changes", json={"changes": [own("customer.code", synonyms=["客编"])], "reason": "补充"}), 201)["proposal"]
    assert house.make(f"def-other{n}", "data_engineer").post(f"{API}/definition-changes/{id_}/decision", json={"approve": True, "reason": "同意"}).status_code == 403
    assert ok(engineer.delete(f"{API}/definition-changes/{id_}"), 204) is None


def test_everything_in_the_book_leaves_the_search_as_good_as_before(installation: Installation) -> None:
    def measured(models: Mapping[str, Known]) -> MetricBook:
        return read_book(installation.metric_files(), Tables(installation.registry, models))

    book = Dictionary(installation.store, installation.registry, lambda: installation.rules, lambda: known_models(installation.context(), installation.models), measures=measured).book()
    assert {i.entry.sort for i in book.items.values()} >= set(Sort) - {Sort.TERM}
    missed = {q for q, meant in QUERIES.items() if meant not in [i.entry.subject for i in book.find(q, most=3)]}
    assert len(missed) <= len(QUERIES) * 0.05, missed
    assert [i.entry.subject for i in book.find("批次总览", most=1)] == ["marts.lot_overview"]


def test_examples_are_of_the_release_and_never_of_personal_fields(steward: TestClient) -> None:
    found = ok(steward.get(f"{API}/dictionary-entries/lot.lot_no/examples"))
    assert found["items"]
    rows = ok(steward.get(f"{API}/entities/lot?filter=lot_no:eq:{found['items'][0]}"))["items"]
    assert rows, "an example is a value of the current release"
    for field in ("person.phone", "customer.contact"):
        told = ok(steward.get(f"{API}/dictionary-entries/{field}/examples"))
        assert (told["items"], told["because"]["en"]) == ([], "no examples are given of personal data")


def test_quality_and_use_of_an_entry(steward: TestClient) -> None:
    quality = ok(steward.get(f"{API}/dictionary-entries/lot.lot_no/quality"))
    assert (quality["index"]["name"], [r["id"] for r in quality["rules"]]) == ("lot.lot_no", ["lot.lot_no.required"])
    use = ok(steward.get(f"{API}/dictionary-entries/lot.lot_no/use"))
    assert "lot_overview" in [m["name"] for m in use["models"]]
    assert "batch_record.lot_no" in [r["subject"] for r in use["references"]]
    assert [o["address"] for o in use["offers"]] == ["GET /api/v1/entities/lot"]
    for subject in ("marts.lot_overview", "codes:lot.kind", "rule:lot.lot_no.required"):
        for part in ("", "/examples", "/quality", "/use"):
            ok(steward.get(f"{API}/dictionary-entries/{subject}{part}"))
    column = ok(steward.get(f"{API}/dictionary?sort=column"))
    assert column["gaps"]["columns"] == column["total"] > 0
    assert steward.get(f"{API}/dictionary-entries/no.such").status_code == 404
