"""What a release does with contracts: versions that follow, consumers that would be broken, a release that is held, a plan that says so before."""

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.exc import DBAPIError

from medthread.app import Installation
from medthread.governance.contracts.kept import promised, promised_by, versions
from medthread.governance.contracts.others import OfOthers, Part, keep_one, of_others
from medthread.governance.contracts.planned import contracts_of_plan
from medthread.governance.contracts.suggested import suggested_by_consumer, suggested_by_source
from medthread.methods.contracts import Verdict
from medthread.model.errors import ConflictError, HeldError
from medthread.pipeline.run import apply_models, run_pipeline
from medthread.stores.postgres.tables import contract_version, rule_verdict
from tests.conftest import Opening
from tests.scenarios.company import write

SOURCE = """name: erp
zh: 采购
en: ERP
owner: purchasing
org: T
fresh_within: 1 h
tables:
  item:
    files: "item*.csv"
    format: csv
    feeds: [{entity: item, fields: {code: code, name: name, shelf_life_days: days}}]
"""
HEAD = "-- about: 物料一览 | Items\n-- meaning: 每个物料一行 | One row per item\n-- owner: purchasing\n-- grain: id\n"
FIRST = HEAD + "select id, name, shelf_life_days as days from golden.item"
MORE = HEAD + "select id, name, shelf_life_days as days, length(name) as long from golden.item"
LESS = HEAD + "select id, name, length(name) as long from golden.item"
MART = "marts.items"


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory, open_beside: Opening) -> Iterator[Installation]:
    home = tmp_path_factory.mktemp("contracts") / "home"
    for folder in ("sources", "models"):
        (home / folder).mkdir(parents=True)
    (home / "medthread.toml").write_text('name = "试验"\n', encoding="utf-8")
    (home / "sources" / "erp.yaml").write_text(SOURCE, encoding="utf-8")
    (home / "models" / "items.sql").write_text(FIRST, encoding="utf-8")
    write(home / "inbox" / "item1.csv", "code,name,days", [(f"M{n}", f"零件{n}" if n else "垫片", 30) for n in range(40)])
    with open_beside(home) as installation:
        yield installation


def run(installation: Installation, model: str | None = None) -> str | None:
    if model is not None:
        (installation.workspace.home / "models" / "items.sql").write_text(model, encoding="utf-8")
        return apply_models(installation.context(), by="test", index_trace=installation.index_trace, reason=None).release
    return run_pipeline(installation.context(), by="test", index_trace=installation.index_trace).release


def expect(installation: Installation, *fields: dict[str, Any], blocks: bool) -> OfOthers:
    document = {"apiVersion": "v3.1.0", "kind": "DataContract", "id": "bi", "version": "1.0.0", "schema": [{"name": "items", "properties": list(fields)}]}
    one = of_others(document, name="bi", kind=Part.CONSUMER, subject=MART, owner="quality", blocks=blocks, by="test")
    with installation.store.transaction() as tx:
        keep_one(tx, one)
    return one


def told(installation: Installation) -> list[tuple[str, str, int, bool, str | None]]:
    columns = [rule_verdict.c[n] for n in ("state", "asset", "broken", "own", "severity")]
    with installation.store.transaction() as tx:
        return [tuple(r) for r in tx.execute(select(*columns).where(rule_verdict.c.rule == "contract.bi").order_by(rule_verdict.c.at))]


def test_contracts_live_with_releases(opened: Installation) -> None:
    """One story: given out, added to, planned to be broken, held back, broken with an incident's verdict, and asked of by release."""
    first = run(opened)
    with opened.store.transaction() as tx:
        given = promised(tx)
    assert (given[MART].version, given["item"].version, given[MART].release) == ("1.0.0", "1.0.0", first)
    assert given[MART].content is not None
    assert given[MART].content["slaProperties"][0] | {"description": ""} == {"id": "latency_erp", "property": "latency", "value": 1, "unit": "h", "driver": "operational", "description": ""}
    assert run(opened) is None, "nothing new, nothing given out"

    run(opened, MORE)
    with opened.store.transaction() as tx:
        [latest, _] = versions(tx, MART)
    assert (latest.version, latest.verdict, {d.kind for d in latest.differences}) == ("1.1.0", Verdict.COMPATIBLE, {"field.added", "values.changed"})

    expect(opened, {"name": "days", "logicalType": "integer"}, {"name": "name", "logicalType": "string"}, blocks=True)
    (opened.workspace.home / "models" / "items.sql").write_text(LESS, encoding="utf-8")
    with opened.services(None) as services, opened.store.transaction() as tx:
        [planned] = contracts_of_plan(tx, opened.plan(), services.contracts.making)
    assert (planned.subject, planned.verdict, planned.consumers) == (MART, Verdict.BREAKING, (("bi", ("days",)),))

    with pytest.raises(HeldError, match="break what bi expects"):
        run(opened, LESS)
    assert told(opened)[-1] == ("broken", MART, 1, True, "critical")
    with opened.store.transaction() as tx:
        assert promised(tx)[MART].version == "1.1.0", "readers keep what they see"

    expect(opened, {"name": "days", "logicalType": "integer"}, blocks=False)
    second = run(opened, LESS)
    assert told(opened)[-1] == ("broken", MART, 1, True, "major"), "told, and let pass"
    with opened.store.transaction() as tx:
        assert (promised(tx)[MART].version, promised_by(tx, str(first))[MART].version, promised_by(tx, str(second))[MART].version) == ("2.0.0", "1.0.0", "2.0.0")
        with pytest.raises(ConflictError, match="is kept for"):
            keep_one(tx, of_others({}, name="bi", kind=Part.SOURCE, subject="erp.item", owner="it", blocks=False, by="test"))

    (opened.workspace.home / "models" / "items.sql").unlink()
    apply_models(opened.context(), by="test", index_trace=opened.index_trace, reason=None)
    with opened.store.transaction() as tx:
        gone = promised(tx)[MART]
    assert (gone.version, gone.content, [d.kind for d in gone.differences]) == ("3.0.0", None, ["object.removed"])
    assert told(opened)[-1][0] == "broken", "a table that is gone breaks whoever reads it"


def test_what_was_given_out_stays_as_it_was(opened: Installation) -> None:
    with pytest.raises(DBAPIError, match="stays as it was"), opened.store.transaction() as tx:
        tx.execute(update(contract_version).values(version="9.9.9"))
    with pytest.raises(DBAPIError, match="stays as it was"), opened.store.transaction() as tx:
        tx.execute(text("delete from medthread.contract_version"))


def test_rules_are_suggested_with_what_the_rows_say(opened: Installation) -> None:
    context, heads = opened.context(), opened.releases.heads()
    fields = [{"name": "code", "logicalType": "string", "required": True}, {"name": "days", "logicalType": "integer", "logicalTypeOptions": {"minimum": 1, "maximum": 3650}},
              {"name": "name", "logicalType": "string", "required": True, "logicalTypeOptions": {"pattern": "^零件.*$"}}]
    document = {"apiVersion": "v3.2.0", "kind": "DataContract", "id": "erp", "version": "1.0.0", "schema": [{"name": "item", "properties": fields}]}
    promise = of_others(document, name="erp-item", kind=Part.SOURCE, subject="erp.item", owner="purchasing", blocks=False, by="test")
    found = {s.rule.check.kind: s for s in suggested_by_source(promise, opened.sources[0], "item", context, heads)}
    assert found.keys() == {"pattern"}, "what the declaration says already is not suggested"
    assert (found["pattern"].checked, found["pattern"].broken, found["pattern"].rule.on.entity) == (40, 1, "item")
    with opened.services(None) as services:
        asked = of_others(document | {"schema": [{"name": "item", "properties": [{"name": "shelf_life_days", "logicalType": "integer", "required": True, "logicalTypeOptions": {"maximum": 10}}]}]},
                          name="bi-item", kind=Part.CONSUMER, subject="item", owner="quality", blocks=False, by="test")
        wanted = suggested_by_consumer(asked, services.contracts.one("item"), context, heads)
    assert {(s.rule.check.kind, s.rule.on.table, s.broken) for s in wanted} == {("filled", "golden.item", 0), ("range", "golden.item", 40)}
