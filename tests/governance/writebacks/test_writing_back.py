"""What is decided here reaches the systems that have to know it: once, in their words, with a receipt, and held against what they say later."""

import csv
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, text

from medthread.app import Installation
from medthread.governance.writebacks.queue import act, listed
from medthread.governance.writebacks.writer import Writer
from medthread.model.errors import ConflictError, DeclarationError, InvalidError, NotFoundError
from medthread.model.writeback import parse_writeback
from medthread.stores.serving import LakeReader
from tests.conftest import Opening
from tests.scenarios import company

SUPPLIERS = "code,name,uscc,golden"
RULE = """
name: codes
zh: 主数据编码回写
en: Master codes to the ERP
to: erp
of: supplier
values: {{SUPPLIER: code, GOLDEN: id, BY: {{constant: medthread}}}}
way: {way}
check: {{table: supplier, key: {{SUPPLIER: code}}, values: {{GOLDEN: golden}}}}
"""


class Target:
    """An interface of another system, as ill as it is told to be."""

    def __init__(self) -> None:
        self.answers: list[int] = []
        self.got: list[tuple[str, dict[str, Any]]] = []
        target = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                target.got.append((self.headers["Idempotency-Key"], body))
                self.send_response(target.answers.pop(0) if target.answers else 201)
                self.end_headers()
                self.wfile.write(b"said")

            def log_message(self, *_: Any) -> None:
                """Silence."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/in"


@contextmanager
def target() -> Iterator[Target]:
    found = Target()
    thread = threading.Thread(target=found.server.serve_forever, daemon=True)
    thread.start()
    try:
        yield found
    finally:
        found.server.shutdown()
        found.server.server_close()
        thread.join()


class House:
    """A company with three suppliers, two of them one firm."""

    def __init__(self, installation: Installation) -> None:
        self.installation = installation
        self.reader = LakeReader(installation.releases)
        self.writer: Writer = installation.writer(self.reader)
        self.now = datetime.now(UTC)

    def round(self, *, later: timedelta = timedelta()) -> dict[str, int]:
        self.now = max(self.now, datetime.now(UTC)) + later
        return self.writer.round(self.now)

    def rows(self, *states: str) -> list[dict[str, Any]]:
        with self.installation.store.transaction() as tx:
            return listed(tx, sources=["erp"], states=states)

    def states(self) -> dict[str, str]:
        """Of each record the state of what was said last."""
        return {r["payload"]["SUPPLIER"]: r["state"] for r in reversed(self.rows()) if r["state"] != "superseded"}

    def suppliers(self, name: str, **golden: str) -> None:
        rows = [(c, f"苏州{c}五金有限公司", "", golden.get(c, "")) for c in ("V1", "V2", "V3")]
        company.write(self.installation.workspace.inbox / name, SUPPLIERS, list(rows))
        company.run(self.installation)


@contextmanager
def house(home: Path, open_beside: Opening, way: str, *, more: str = "") -> Iterator[House]:
    company.found(home)
    mapping = home / "sources" / "erp.yaml"
    text_ = mapping.read_text(encoding="utf-8").replace("feeds: [{entity: supplier,", "ignore: [golden]\n    feeds: [{entity: supplier,")
    mapping.write_text(text_, encoding="utf-8")
    (home / "writebacks").mkdir()
    (home / "writebacks" / "codes.yaml").write_text(RULE.format(way=way) + more, encoding="utf-8")
    company.write(home / "inbox" / "supplier.csv", SUPPLIERS, [(c, f"苏州{c}五金有限公司", "", "") for c in ("V1", "V2", "V3")])
    company.write(home / "inbox" / "receipt1.csv", "no,line,supplier,item,slot,lot,qty,at", [("R1", 1, "V1", "M1", "S1", "L1", 5, "2026/1/5")])
    with open_beside(home) as installation:
        company.run(installation)
        made = House(installation)
        try:
            yield made
        finally:
            made.reader.close()


def test_codes_of_masters_are_posted_once_and_held_against_what_the_source_says(tmp_path: Path, open_beside: Opening) -> None:
    with target() as there, house(tmp_path / "c", open_beside, f"{{post: '{there.url}'}}") as desk:
        assert desk.round() == {"codes": 3}
        assert desk.round() == {"codes": 0}
        said = {body["SUPPLIER"]: body for _, body in there.got}
        assert (sorted(said), {b["BY"] for b in said.values()}, len({k for k, _ in there.got})) == (["V1", "V2", "V3"], {"medthread"}, 3)
        assert [r["receipt"] for r in desk.rows()] == [{"status": 201, "answer": "said"}] * 3

        # What the source delivers next says the same of one, otherwise of another; of the third it is silent.
        desk.suppliers("supplier2.csv", V1=said["V1"]["GOLDEN"], V2="somebody else")
        desk.round()
        assert desk.states() == {"V1": "confirmed", "V2": "drifted", "V3": "drifted"}
        assert [r["found"] for r in desk.rows("drifted") if r["payload"]["SUPPLIER"] == "V2"] == [{"GOLDEN": "somebody else"}]
        [drifted] = [r["id"] for r in desk.rows("drifted") if r["payload"]["SUPPLIER"] == "V2"]
        with desk.installation.store.transaction() as tx:
            assert act(tx, id_=drifted, what="retry", by="guan", reason="再发一次", sources=["erp"]) == "waiting"
        assert desk.round() == {"codes": 1}
        assert there.got[-1] == (drifted, said["V2"])


def test_a_target_that_is_ill_is_tried_again_and_one_that_refuses_waits_for_a_person(tmp_path: Path, open_beside: Opening) -> None:
    with target() as there, house(tmp_path / "c", open_beside, f"{{post: '{there.url}'}}") as desk:
        there.answers = [201, 503]
        assert desk.round() == {"codes": 1}
        assert sorted(desk.states().values()) == ["done", "waiting", "waiting"]
        assert desk.round() == {"codes": 0}  # not at once
        there.answers = [422]
        assert desk.round(later=timedelta(hours=1)) == {"codes": 1}
        assert sorted(desk.states().values()) == ["done", "done", "refused"]
        # What was said twice bears the same key.
        assert len({k for k, _ in there.got}) == 3
        [refused] = desk.rows("refused")
        assert refused["error"].startswith("422")
        with desk.installation.store.transaction() as tx:
            for what, reason, error in (("done", " ", InvalidError),):
                with pytest.raises(error):
                    act(tx, id_=refused["id"], what=what, by="guan", reason=reason, sources=["erp"])
            with pytest.raises(NotFoundError):
                act(tx, id_=refused["id"], what="done", by="guan", reason="x y", sources=["mes"])
            assert act(tx, id_=refused["id"], what="give_up", by="guan", reason="目标已停用", sources=["erp"]) == "given_up"
            with pytest.raises(ConflictError):
                act(tx, id_=refused["id"], what="retry", by="guan", reason="再试", sources=["erp"])
        # What was given up does not come back with the next release that says the same.
        desk.suppliers("supplier2.csv")
        assert desk.round() == {"codes": 0}
        assert len(there.got) == 4


def test_a_target_that_is_away_is_told_of_and_loses_nothing(tmp_path: Path, open_beside: Opening) -> None:
    with house(tmp_path / "c", open_beside, "{post: 'http://127.0.0.1:9/in', secret: NOT_SET}") as desk:
        assert desk.round() == {}
        assert ["NOT_SET" in a.label.en for a in desk.writer.alarms] == [True]
        assert set(desk.states().values()) == {"waiting"}


def test_a_token_goes_over_no_open_line(tmp_path: Path, open_beside: Opening, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ERP_TOKEN", "secret")
    with house(tmp_path / "c", open_beside, "{post: 'http://erp.example.com/in', secret: ERP_TOKEN}") as desk:
        assert desk.round() == {}
        assert ["not encrypted" in a.label.en for a in desk.writer.alarms] == [True]


def test_files_are_whole_and_in_the_outbox(tmp_path: Path, open_beside: Opening) -> None:
    with house(tmp_path / "c", open_beside, "{file: erp/codes}") as desk:
        assert desk.round() == {"codes": 3}
        [path] = sorted((tmp_path / "c" / "outbox" / "erp" / "codes").iterdir())
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file))
        assert ([r["SUPPLIER"] for r in rows], list(rows[0])) == (["V1", "V2", "V3"], ["_id", "SUPPLIER", "GOLDEN", "BY"])
        assert {r["receipt"]["file"] for r in desk.rows()} == {path.name}


def test_rows_of_a_table_are_put_in_once(tmp_path: Path, open_beside: Opening) -> None:
    base = tmp_path / "target.db"
    engine = create_engine(f"sqlite:///{base}")
    with engine.begin() as tx:
        tx.execute(text("create table MT_CODES (medthread_id text primary key, SUPPLIER text check (SUPPLIER <> 'V2'), GOLDEN text, \"BY\" text)"))
    with house(tmp_path / "c", open_beside, f"{{table: MT_CODES, url: 'sqlite:///{base}'}}") as desk:
        assert desk.round() == {"codes": 2}  # one is refused by itself, and holds up no other
        assert desk.states() == {"V1": "done", "V2": "refused", "V3": "done"}
        with desk.installation.store.transaction() as tx:  # died between the target and the note: said again, known there
            tx.execute(text("update medthread.writeback set state = 'waiting', next_at = at where state = 'done'"))
        assert desk.round() == {"codes": 2}
        with engine.begin() as tx:
            assert tx.execute(text("select count(*) from MT_CODES")).scalar_one() == 2
        with engine.begin() as tx:
            tx.execute(text("drop table MT_CODES"))
        with desk.installation.store.transaction() as tx:
            tx.execute(text("update medthread.writeback set state = 'waiting', next_at = at where state = 'done'"))
        assert desk.round() == {}
        assert len(desk.writer.alarms) == 1
    engine.dispose()


def test_where_there_is_no_way_in_a_person_does_it_and_says_so(tmp_path: Path, open_beside: Opening) -> None:
    with house(tmp_path / "c", open_beside, "{hand: {zh: 在 ERP 中维护主编码, en: Enter it in the ERP}}", more="begin: now\n") as desk:
        desk.round()
        assert set(desk.states().values()) == {"noted"}  # what stood when the rule came
        desk.installation.workspace.inbox.joinpath("more").mkdir()
        company.write(desk.installation.workspace.inbox / "supplier9.csv", SUPPLIERS, [("V9", "无锡新厂有限公司", "", "")])
        company.run(desk.installation)
        desk.round()
        [waits] = desk.rows("by_hand")
        assert waits["payload"]["SUPPLIER"] == "V9"
        with desk.installation.store.transaction() as tx:
            with pytest.raises(ConflictError):
                act(tx, id_=waits["id"], what="retry", by="guan", reason="再试", sources=["erp"])
            assert act(tx, id_=waits["id"], what="done", by="guan", reason="ERP 截图 12", sources=["erp"]) == "done"


@pytest.mark.parametrize(("change", "says"), [
    ({"to": "nobody"}, "no source 'nobody'"), ({"of": "lot"}, "nothing of 'lot'"), ({"values": {"A": "colour"}}, "no 'colour'"),
    ({"values": {"A": "phone"}}, "personal"), ({"values": {"A": {"field": "code", "code_of": "lot"}}}, "no matched master"),
    ({"way": {"table": "T"}}, "is no database"), ({"way": {"file": "../up"}}, "inside the outbox"), ({"way": {"file": "a", "post": "https://x"}}, "exactly one"),
    ({"way": {"post": "ftp://x"}}, "https"), ({"way": {"post": "https://a:b@x"}}, "no password"), ({"way": {"table": "T; drop"}}, "pattern"),
    ({"check": {"table": "supplier", "key": {"Z": "code"}, "values": {"A": "golden"}}}, "not written"),
    ({"check": {"table": "none", "key": {"A": "code"}, "values": {"A": "golden"}}}, "has no table"),
    ({"check": {"table": "supplier", "key": {"A": "code"}, "values": {"A": "unknown"}}}, "sealed on arrival"),
])
def test_a_rule_that_could_not_work_says_so(tmp_path: Path, change: dict[str, Any], says: str) -> None:
    from medthread.governance.writebacks.rules import check_rule
    from medthread.workspace import Workspace
    from tests.registry import registry

    home = company.found(tmp_path / "c")
    given = {"name": "r", "zh": "甲", "en": "A", "to": "erp", "of": "supplier", "values": {"A": "code"}, "way": {"file": "a"}} | change
    with pytest.raises(DeclarationError, match=says):
        check_rule(parse_writeback(given, origin="r.yaml"), registry(), {s.name: s for s in Workspace.open(home).sources(registry())}, origin="r.yaml")
