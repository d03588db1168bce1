"""Who is told by mail that something waits: those who hold the role, or borrow it; once; nothing that was settled; nothing of the record's values."""

import time
import uuid
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import insert, select, update

from medthread.model.errors import InvalidError, StoreError
from medthread.stores.messengers import Letter, MailServer, NotDeliverableError, SmtpMessenger
from medthread.stores.postgres.tables import account, delegation, notice, notice_address, proposal
from medthread.workflow.courier import GIVEN_UP, Courier, Round, carry_letters
from medthread.workflow.notices import address_of, counts, set_address
from medthread.workflow.react import decide
from medthread.workflow.worker import sweep_deadlines
from tests.mail import Mailbox
from tests.waiting import settle
from tests.workflow.conftest import Plant
from tests.workflow.test_act import granted

CONSOLE = "https://medthread.example.com"


class Post:
    """Keeps what it is given; is away, or refuses an address, when told to."""

    def __init__(self) -> None:
        self.letters: list[Letter] = []
        self.away = False
        self.refused: set[str] = set()

    def send(self, letter: Letter) -> None:
        if self.away:
            raise StoreError("mail server: away", hint="wait")
        if letter.to in self.refused:
            raise NotDeliverableError("550 no such person", hint="is the address right?")
        self.letters.append(letter)


def tells(plant: Plant, *names: str) -> None:
    with plant.store.transaction() as tx:
        for name in names:
            set_address(tx, account=name, address=f"{name}@example.com", by=name)


def carry(plant: Plant, post: Post, *, now: datetime | None = None) -> Round:
    return carry_letters(plant.store, plant.context, post, address=CONSOLE, now=now)


def count(plant: Plant) -> dict[str, int]:
    with plant.store.transaction() as tx:
        return counts(tx)


def test_a_proposal_is_told_to_its_role_once_and_holds_no_values(plant: Plant) -> None:
    tells(plant, "dan", "ann")
    id_ = granted(plant)
    settle(plant.store, plant.context)
    post = Post()
    assert carry(plant, post) == Round(1)
    (letter,) = post.letters
    assert (letter.to, letter.subject) == ("dan@example.com", f"医脉:动火证 {plant.row(id_)['permit_no']}")
    assert "等您决定:结束" in letter.text
    assert f"{CONSOLE}/#/entities/hot_work/{id_}" in letter.text
    assert plant.row(id_)["place"] not in letter.text
    assert carry(plant, post) == Round(0)
    assert count(plant) == {"waiting": 0, "sent": 1}


def test_in_the_language_of_the_reader_and_all_at_once(plant: Plant) -> None:
    tells(plant, "dan")
    first, second = granted(plant), granted(plant)
    settle(plant.store, plant.context)
    with plant.store.transaction() as tx:
        tx.execute(update(account).where(account.c.name == "dan").values(language="en"))
    post = Post()
    carry(plant, post)
    (letter,) = post.letters
    assert letter.subject in {f"Medthread: Hot work permit {plant.row(i)['permit_no']} and 1 more" for i in (first, second)}
    assert letter.text.count("waits for your decision: End") == 2
    assert second in letter.text


def test_a_limit_that_came_near_and_passed(plant: Plant) -> None:
    tells(plant, "bob")
    plant.create("eve", kind="weld", place="hall 9")
    now, post = datetime.now(UTC), Post()
    sweep_deadlines(plant.store, plant.context, at=now + timedelta(hours=23))
    carry(plant, post)
    sweep_deadlines(plant.store, plant.context, at=now + timedelta(hours=25))
    carry(plant, post)
    assert ["时限将到:答复" in post.letters[0].text, "时限已过:答复" in post.letters[1].text] == [True, True]


def test_what_was_settled_meanwhile_is_not_told(plant: Plant) -> None:
    tells(plant, "dan")
    granted(plant)
    settle(plant.store, plant.context)
    with plant.store.transaction() as tx:
        decide(tx, plant.context, id_=tx.execute(select(proposal.c.id)).scalar_one(), actor=plant.actor("dan"), accept=False, reason="work goes on")
    post = Post()
    assert carry(plant, post) == Round(0)
    assert count(plant) == {"waiting": 0, "settled": 1}


def test_who_borrows_the_role_is_told_and_who_left_or_works_elsewhere_is_not(plant: Plant) -> None:
    tells(plant, "dan", "eve", "ann")
    now = datetime.now(UTC)
    with plant.store.transaction() as tx:
        lent = {"giver": "dan", "roles": ["qa"], "valid_from": now - timedelta(days=1), "reason": "away"}
        tx.execute(insert(delegation).values(id=uuid.uuid4().hex, taker="eve", valid_to=now + timedelta(days=1), **lent))
        tx.execute(insert(delegation).values(id=uuid.uuid4().hex, taker="ann", valid_to=now - timedelta(hours=1), **lent))
        tx.execute(insert(account).values(name="fay", printed_name="Fay", password_hash="x", roles=["qa"], plants=["P2"]))
        tx.execute(insert(account).values(name="gus", printed_name="Gus", password_hash="x", roles=["qa"], disabled_at=now))
        for name in ("fay", "gus"):
            tx.execute(insert(notice_address).values(account=name, address=f"{name}@example.com"))
    id_ = granted(plant)
    with plant.store.transaction() as tx:
        table = plant.context.tables["hot_work"]
        tx.execute(update(table).where(table.c.id == id_).values(_plant="P1"))
    settle(plant.store, plant.context)
    post = Post()
    carry(plant, post)
    assert sorted(x.to for x in post.letters) == ["dan@example.com", "eve@example.com"]


def test_a_server_that_is_away_puts_all_off_and_later_all_arrive(plant: Plant) -> None:
    tells(plant, "dan", "cai")
    granted(plant)
    settle(plant.store, plant.context)
    now, post = datetime.now(UTC), Post()
    post.away = True
    assert carry(plant, post, now=now).failed == "mail server: away"
    post.away = False
    assert carry(plant, post, now=now + timedelta(seconds=30)) == Round(0)
    assert carry(plant, post, now=now + timedelta(seconds=61)) == Round(1)


def test_an_address_that_takes_nothing_is_shown_to_its_owner_and_given_up_after_days(plant: Plant) -> None:
    tells(plant, "dan")
    granted(plant)
    settle(plant.store, plant.context)
    now, post = datetime.now(UTC), Post()
    post.refused.add("dan@example.com")
    carry(plant, post, now=now)
    with plant.store.transaction() as tx:
        assert address_of(tx, "dan") == {"address": "dan@example.com", "refused": "550 no such person"}
    carry(plant, post, now=now + GIVEN_UP + timedelta(hours=1))
    assert count(plant) == {"waiting": 0, "abandoned": 1}
    with plant.store.transaction() as tx:
        set_address(tx, account="dan", address="dan2@example.com", by="dan")
        assert address_of(tx, "dan") == {"address": "dan2@example.com", "refused": None}


def test_killed_after_handing_over_the_same_letter_is_handed_over_again(plant: Plant) -> None:
    tells(plant, "dan")
    granted(plant)
    settle(plant.store, plant.context)

    class Killed(Post):
        def send(self, letter: Letter) -> None:
            super().send(letter)
            raise KeyboardInterrupt

    post, killed, now = Post(), Killed(), datetime.now(UTC)
    with pytest.raises(KeyboardInterrupt):
        carry(plant, killed, now=now)
    assert carry(plant, post, now=now + timedelta(minutes=1)) == Round(0)
    carry(plant, post, now=now + timedelta(hours=1))
    assert [x.id for x in post.letters] == [x.id for x in killed.letters]


@pytest.mark.parametrize("address", ["lin", "lin@", "@example.com", "lin@example", "a b@example.com", "a@example.com\nBcc: x@y.z", "林@example.com", "a@b.c,d@e.f", ""])
def test_what_is_no_address_is_refused(plant: Plant, address: str) -> None:
    with pytest.raises(InvalidError, match="no mail address"), plant.store.transaction() as tx:
        set_address(tx, account="dan", address=address, by="dan")


def test_the_courier_tells_by_itself_and_says_when_it_cannot(plant: Plant) -> None:
    tells(plant, "dan")
    granted(plant)
    settle(plant.store, plant.context)
    box = Mailbox()
    courier = Courier(plant.store, plant.context, SmtpMessenger(MailServer("127.0.0.1", box.port, "medthread@example.com", "none")), address=CONSOLE)
    with box.open():
        courier.start()
        until = datetime.now(UTC) + timedelta(seconds=20)
        while not box.letters and datetime.now(UTC) < until:
            time.sleep(0.05)
        courier.stop()
    assert len(box.letters) == 1
    assert courier.alarms == ()
    with plant.store.transaction() as tx:
        assert tx.execute(select(notice.c.outcome)).scalar_one() == "sent"
