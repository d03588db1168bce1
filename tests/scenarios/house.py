"""A device maker small enough to follow by eye: one resin, what became of it, its people; stories are played in it.

    supplier lot S-1 -> resin R-1 -> housings H-1, H-2 -> pumps P-1 (shipped), P-2
    supplier lot S-2 -> resin R-2 -> housing  H-9      -> pump  P-9
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import select

from medthread.app import Installation
from medthread.model.events import Row
from medthread.pipeline.run import run_pipeline
from medthread.stores.postgres.tables import process_case
from medthread.stores.serving import LakeReader
from medthread.trust.access import Actor
from medthread.trust.accounts import create_account
from medthread.workflow import Act, Change, Context, Credentials, Outcome, create_native, do, handle, replace_native
from medthread.workflow.react import decide
from medthread.workflow.reading import preview
from tests.conftest import Opening
from tests.scenarios.company import write
from tests.waiting import settle

Result = TypeVar("Result")
PASSWORD = "a long enough word 7"
PEOPLE = {
    "lin": ("林检", ("qc",)), "gao": ("高检", ("qc_mgr",)), "qian": ("钱质", ("qa",)), "sun": ("孙质", ("qa",)), "zhou": ("周总", ("qa_mgr",)),
    "wu": ("吴研", ("eng_mgr",)), "zheng": ("郑产", ("prod_mgr",)), "wang": ("王操", ("prod",)), "feng": ("冯操", ("prod",)), "chen": ("陈仓", ("whs",)),
    "chu": ("褚量", ("metro",)), "wei": ("卫放", ("release",)), "jiang": ("蒋上", ("market_release",)), "shen": ("沈工", ("eng",)), "han": ("韩修", ("maint",)),
    "yang": ("杨用", ("user_dept",)), "zhu": ("朱法", ("ra",)),
}
MAPPING = """
name: erp
zh: 企业资源计划
en: ERP
owner: purchasing
org: T
trust: 60
tables:
  supplier: {files: "supplier*.csv", format: csv, feeds: [{entity: supplier, fields: {code: code, name: name}}]}
  item: {files: "item*.csv", format: csv, feeds: [{entity: item, fields: {code: code, name: name, base_uom: uom}}]}
  lot: {files: "lot*.csv", format: csv, feeds: [{entity: lot, fields: {item: item, lot_no: lot, quantity: qty, expires_on: exp}}]}
  receipt:
    files: "receipt*.csv"
    format: csv
    feeds: [{entity: receipt, fields: {receipt_no: no, line_no: line, supplier: supplier, item: item, supplier_lot: slot, lot_no: lot, quantity: qty, received_at: at}}]
  edge:
    files: "edge*.csv"
    format: csv
    feeds:
      - entity: genealogy_edge
        fields: {parent_kind: pk, parent_item: pi, parent_no: pn, child_kind: ck, child_item: ci, child_no: cn, activity_kind: kind, activity: act, quantity: qty, at: at}
  shipment:
    files: "shipment*.csv"
    format: csv
    feeds: [{entity: shipment, fields: {shipment_no: no, line_no: line, customer: customer, item: item, lot_no: lot, quantity: qty, shipped_at: at}}]
  customer: {files: "customer*.csv", format: csv, feeds: [{entity: customer, fields: {code: code, name: name}}]}
  model:
    files: "model*.csv"
    format: csv
    feeds:
      - {entity: device_model, fields: {model_no: model, item: item, name: name, udi_di: di, certificate_no: cert}}
      - {entity: udi_di, fields: {agency: {constant: GS1}, di: di, record: model, level: {constant: primary}, item: item, model_no: model, name: name, published_on: published}}
  movement:
    files: "movement*.csv"
    format: csv
    feeds: [{entity: stock_movement, fields: {movement_no: no, line_no: line, kind: kind, item: item, lot_no: lot, to_location: place, quantity: qty, posted_at: at}}]
"""
RESIN, HOUSING, PUMP = "RES-1", "HSG-1", "PMP-1"
DI, CERTIFICATE, MODEL = "06912345678902", "国械注准20243140001", "PM-100"
DAY = "2026-01-05"


def _edges() -> list[tuple[object, ...]]:
    made = [("lot", RESIN, "R-1", HOUSING, "H-1"), ("lot", RESIN, "R-1", HOUSING, "H-2"), ("lot", RESIN, "R-2", HOUSING, "H-9"),
            ("lot", HOUSING, "H-1", PUMP, "P-1"), ("lot", HOUSING, "H-2", PUMP, "P-2"), ("lot", HOUSING, "H-9", PUMP, "P-9")]
    rows: list[tuple[object, ...]] = [(kind, pi, pn, "lot", ci, cn, "produce", f"WO-{cn}", 10, DAY) for kind, pi, pn, ci, cn in made]
    rows += [("supplier_lot", RESIN, s, "lot", RESIN, r, "receive", f"GR-{r}", 100, DAY) for s, r in (("S-1", "R-1"), ("S-2", "R-2"))]
    return [*rows, ("lot", PUMP, "P-1", "shipment", "", "SH-1#1", "ship", "SH-1", 5, "2026-02-01")]


def found(home: Path) -> Path:
    """The company's files and mapping."""
    (home / "sources").mkdir(parents=True)
    (home / "medthread.toml").write_text('name = "试验"\ninbox = "inbox"\n', encoding="utf-8")
    (home / "sources" / "erp.yaml").write_text(MAPPING, encoding="utf-8")
    inbox = home / "inbox"
    write(inbox / "supplier.csv", "code,name", [("V1", "苏州树脂材料有限公司"), ("V2", "无锡新材料有限公司")])
    write(inbox / "customer.csv", "code,name", [("C1", "苏州市第一人民医院")])
    write(inbox / "item.csv", "code,name,uom", [(RESIN, "医用树脂", "kg"), (HOUSING, "泵壳", "pcs"), (PUMP, "输注泵", "pcs")])
    lots = [(RESIN, "R-1", 100), (RESIN, "R-2", 100), (HOUSING, "H-1", 60), (HOUSING, "H-2", 40), (HOUSING, "H-9", 50), (PUMP, "P-1", 20), (PUMP, "P-2", 15), (PUMP, "P-9", 30)]
    write(inbox / "lot.csv", "item,lot,qty,exp", [(i, n, q, "2030-12-31") for i, n, q in lots])
    write(inbox / "receipt.csv", "no,line,supplier,item,slot,lot,qty,at", [("GR-R-1", 1, "V1", RESIN, "S-1", "R-1", 100, DAY), ("GR-R-2", 1, "V2", RESIN, "S-2", "R-2", 100, DAY)])
    write(inbox / "edge.csv", "pk,pi,pn,ck,ci,cn,kind,act,qty,at", _edges())
    write(inbox / "shipment.csv", "no,line,customer,item,lot,qty,at", [("SH-1", 1, "C1", PUMP, "P-1", 5, "2026-02-01")])
    write(inbox / "model.csv", "model,item,name,di,cert,published", [(MODEL, PUMP, "输注泵", DI, CERTIFICATE, "2025-01-01")])
    write(inbox / "movement.csv", "no,line,kind,item,lot,place,qty,at", [("MV-1", 1, "receipt", RESIN, "R-2", "COLD-1", 100, DAY)])
    return home


class House:
    """An installation with its people, and the short ways in which a story acts."""

    def __init__(self, installation: Installation, context: Context) -> None:
        self.installation, self.store, self.context = installation, installation.store, context
        self.meddled: set[str] = set()  # records that a story changes past the system, as if time had gone by

    def actor(self, name: str) -> Actor:
        printed, roles = PEOPLE[name]
        return Actor(name, printed, roles)

    def _handled(self, name: str, action: str, object_: str, act: Callable[[Any], Result]) -> Result:
        return handle(self.store, by=name, action=action, object_=object_, act=act)

    def create(self, name: str, entity: str, /, **values: Any) -> str:
        return self._handled(name, "entity.create", entity, lambda tx: create_native(tx, self.context, entity=entity, values=values, by=name, hands=self.actor(name)))

    def opened(self, name: str, entity: str, /, **values: Any) -> Row:
        """A new record, as it stands."""
        return self.row(entity, self.create(name, entity, **values))

    def row(self, entity: str, id_: str) -> Row:
        return next(r for r in self.find(entity) if r["id"] == id_)

    def find(self, entity: str, /, **where: Any) -> list[Row]:
        """Records with those values, and the state they stand in."""
        table = self.context.tables[entity]
        joined = table.outerjoin(process_case, (process_case.c.entity == entity) & (process_case.c.record == table.c.id))
        query = select(table, process_case.c.state.label("state")).select_from(joined).where(*(table.c[k] == v for k, v in where.items()))
        with self.store.transaction() as tx:
            return [dict(r._mapping) for r in tx.execute(query.order_by(*(table.c[k] for k in self.context.registry[entity].key())))]

    def state(self, entity: str, id_: str) -> str:
        return str(self.row(entity, id_)["state"])

    def act(self, name: str, entity: str, id_: str, action: str, /, *, reason: str | None = None, **values: Any) -> Outcome:
        """Look at what would be signed, and sign that."""
        version = str(self.row(entity, id_)["_revision"])
        with self.store.transaction() as tx:
            shown = preview(tx, self.context, Act(entity=entity, record=id_, action=action, version=version, values=values), self.actor(name))
        given = Credentials(shown=shown["content_hash"], password=PASSWORD) if shown["meaning"] else None
        wanted = Act(entity=entity, record=id_, action=action, version=version, values=values, reason=reason, credentials=given)
        return self._handled(name, f"{entity}.{action}", f"{entity}/{id_}", lambda tx: do(tx, self.context, wanted, self.actor(name)))

    def mend(self, name: str, entity: str, id_: str, /, **values: Any) -> None:
        """Change values of a record, saying why."""
        row = self.row(entity, id_)
        body = {n: row[n] for n in self.context.registry[entity].fields} | values
        change = Change(values=body, version=str(row["_revision"]), reason="补充 / added")
        self._handled(name, "entity.update", f"{entity}/{id_}", lambda tx: replace_native(tx, self.context, entity=entity, id_=id_, change=change, by=name, hands=self.actor(name)))

    def settle(self) -> int:
        """Let everything follow that follows by itself."""
        return settle(self.store, self.context)

    def accept(self, name: str, proposal: str) -> None:
        self._handled(name, "proposal.decide", proposal, lambda tx: decide(tx, self.context, id_=proposal, actor=self.actor(name), accept=True, reason="同意 / agreed"))


@contextmanager
def open_house(home: Path, opening: Opening) -> Iterator[House]:
    """The company taken in, its people given accounts."""
    with opening(found(home)) as installation:
        _take_in(installation)
        reader = LakeReader(installation.releases)
        try:
            house = House(installation, installation.commands(reader))
            yield house
            # Whatever was played: the log tells every record, step, right and delegation as the tables hold it.
            faults = [f for f in installation.check().findings.faults if not f.where.startswith(tuple(house.meddled))]
            assert not faults, faults
        finally:
            reader.close()


def _take_in(installation: Installation) -> None:
    run_pipeline(installation.context(), by="test", index_trace=installation.index_trace)
    with installation.store.transaction() as tx:
        for name, (printed, roles) in PEOPLE.items():
            create_account(tx, name=name, printed_name=printed, password=PASSWORD, roles=roles, by="test")
