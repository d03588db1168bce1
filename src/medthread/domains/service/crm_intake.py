"""Complaints that the customer system told become cases here: once each, and only while they are fresh."""

from datetime import UTC, datetime

from medthread.domains.service.codes import PROBLEMS
from medthread.model import Event, EventType, Mode, Watch, Work, reaction

ARRIVED = EventType("complaint.arrived", "CRM 投诉到达", "A complaint arrived from the CRM", "service", source="a release with a complaint that is new")
FRESH = Watch(
    name="crm_complaint_arrived",
    zh="CRM 里有六十天内的新投诉",
    en="the CRM told of a complaint, not older than sixty days",
    event=ARRIVED.name,
    over="release",
    finds="""
        select 'crm_complaint' as entity, q.id as record, cast(q.received_at as varchar) as due, q.complaint_no, q.received_at, q.description,
            coalesce(c.code, q.customer, q.customer__code) as customer, coalesce(i.code, q.item, q.item__code) as item,
            any_value(m.model_no) as device_model, q.udi, q.lot_no, q.serial_no, q.problem_code, q.harm
        from golden.crm_complaint as q
        left join golden.customer as c on c.id = q.customer
        left join golden.item as i on i.id = q.item
        left join golden.device_model as m on m.item = q.item
        where q.received_at >= cast(:today as date) - 60
        group by all""",
)
SAME = ("customer", "description", "device_model", "item", "udi", "lot_no", "serial_no", "harm")


@reaction(ARRIVED.name, domain="service", mode=Mode.AUTO, zh="CRM 投诉开立为投诉", en="Open it as a complaint")
def take_over(event: Event, work: Work) -> None:
    """Who complained stays where it was told, under the CRM's number: personal values are in no event."""
    told = event.body
    if work.find("complaint", crm_complaint=told["complaint_no"]):
        return
    received = datetime.fromisoformat(str(told["received_at"])).replace(tzinfo=UTC)
    problem = told["problem_code"] if told["problem_code"] in PROBLEMS else None
    work.create("complaint", {
        **{n: told[n] for n in SAME}, "problem_code": problem, "received_at": received, "aware_at": received, "channel": "crm",
        "crm_complaint": told["complaint_no"],
    })
