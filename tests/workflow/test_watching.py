"""What only time brings about is told once, however often it is looked for and however long it stays so."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from sqlalchemy import select

from medthread.model import EventType, Watch
from medthread.stores.postgres.tables import outbox
from medthread.workflow.watching import look
from tests.workflow.conftest import Plant

LATE = EventType("hot_work.late", "动火证久未办", "A permit was not answered", "manufacturing")
WATCH = Watch(
    name="late_permits", zh="久未办的动火证", en="Permits not answered", event=LATE.name,
    finds="""
        select 'hot_work' as entity, w.id as record, (w.asked_on + 3)::text as due, w.place
        from native.hot_work as w join medthread.process_case as c on c.entity = 'hot_work' and c.record = w.id and c.state = 'asked'
        where w.asked_on + 3 <= :today""",
)
for kind, name in ((EventType, LATE.name), (Watch, WATCH.name)):
    kind.declared.pop(name)


def test_a_date_that_came_is_one_event(plant: Plant) -> None:
    book = plant.context.rulebook
    context = replace(plant.context, rulebook=replace(book, events={**book.events, LATE.name: LATE}, watches={WATCH.name: WATCH}))
    id_ = plant.create("eve", kind="weld", place="hall 1")
    now = datetime.now(UTC)
    assert look(plant.store, context, at=now) == 0
    assert look(plant.store, context, at=now + timedelta(days=4)) == 1
    assert look(plant.store, context, at=now + timedelta(days=4)) == 0
    assert look(plant.store, context, at=now + timedelta(days=9)) == 0
    with plant.store.transaction() as tx:
        (told,) = tx.execute(select(outbox)).all()
    assert (told.type, told.record, told.body["place"], told.by) == (LATE.name, id_, "hall 1", "system")
