"""Lists with classified or personal fields in clear do not leave unnoted: which fields, by which filters, how many rows; never a value."""

from typing import Any

from sqlalchemy import select

from medthread.stores.postgres.tables import audit_event
from tests.api.conftest import House
from tests.api.test_desks import complain

API = "/api/v1"


def exported(house: House, entity: str) -> list[Any]:
    with house.installation.store.transaction() as tx:
        here = (audit_event.c.action == "entity.export") & (audit_event.c.object == f"{entity}/")
        return [(r.actor, r.outcome, r.detail) for r in tx.execute(select(audit_event).where(here).order_by(audit_event.c.seq))]


def test_an_export_in_clear_is_noted_without_a_value_and_one_under_masks_is_not(house: House) -> None:
    cleared, masked = house.make("reader-clear", "pms", "svc"), house.make("reader-masked", "whs")
    item = complain(cleared, phone="13911112222", complainant="李护士长")
    wanted = {"filter": f"complaint_no:eq:{item['complaint_no']}"}
    sheet = cleared.get(f"{API}/entities/complaint.csv", params=wanted)
    assert "13911112222" in sheet.text
    assert masked.get(f"{API}/entities/complaint.csv", params=wanted).status_code == 200
    [(actor, outcome, detail)] = [e for e in exported(house, "complaint") if e[0].startswith("reader-")]
    assert (actor, outcome) == ("reader-clear", "read")
    assert {"phone", "complainant", "address"} <= set(detail.pop("fields"))
    assert detail == {"rows": 1, "q": None, "filters": [f"complaint_no:eq:{item['complaint_no']}"], "as": "csv"}
    assert "13911112222" not in str(exported(house, "complaint"))


def test_a_list_of_nobodys_and_nothing_secret_leaves_no_note(house: House) -> None:
    cleared = house.make("reader-plain", "pms")
    assert cleared.get(f"{API}/entities/organisation.csv").status_code == 200
    assert exported(house, "organisation") == []
