"""The door to the console: floods, strangers' guesses and tickets cost those who are inside nothing, and are told apart in the log."""

import socket
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime

import httpx2
import pytest
import uvicorn
from sqlalchemy import select, update

from medthread.model.errors import TooManyError
from medthread.stores.postgres.tables import account, audit_event
from medthread.trust import credentials, turns
from medthread.trust.credentials import FAILURES_ALLOWED, issue_ticket
from medthread.trust.turns import Guesses, Turns
from tests.api.conftest import HOUSE_PASSWORD, MARK, House

API = "/api/v1"
GUESSERS = 60
PROMPT_SECONDS = 3.0


@pytest.fixture
def served(house: House) -> Iterator[str]:
    """The house behind a real socket; gives its address."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(house.app, lifespan="off", log_level="warning"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        while not server.started:
            time.sleep(0.01)
        yield f"http://127.0.0.1:{listening.getsockname()[1]}{API}"
        server.should_exit = True
        thread.join()


def test_sixty_wrong_logins_at_once_leave_a_signed_in_reader_served(house: House, served: str) -> None:
    house.make("flooded", "steward")
    answers: list[httpx2.Response] = []

    def guess() -> None:
        answers.extend(stranger.post(f"{served}/session", json={"username": "flooded", "password": "wrong"}) for _ in range(3))

    many = httpx2.Limits(max_connections=GUESSERS)
    with httpx2.Client(timeout=60, limits=many) as stranger, httpx2.Client(timeout=60, headers=MARK) as reader:
        assert reader.post(f"{served}/session", json={"username": "flooded", "password": HOUSE_PASSWORD}).status_code == 200
        guessers = [threading.Thread(target=guess) for _ in range(GUESSERS)]
        for g in guessers:
            g.start()
        slowest = 0.0
        while any(g.is_alive() for g in guessers):
            begun = time.monotonic()
            assert reader.get(f"{served}/session").status_code == 200
            slowest = max(slowest, time.monotonic() - begun)
            time.sleep(0.05)
    assert slowest < PROMPT_SECONDS
    assert len(answers) == 3 * GUESSERS
    assert {a.status_code for a in answers} == {401, 429}
    later = next(a for a in answers if a.status_code == 429)
    assert later.headers["content-type"] == "application/problem+json"
    assert int(later.headers["Retry-After"]) >= 1
    assert later.json()["type"] == "/problems/too-many"


def test_no_connection_is_held_while_a_password_is_compared(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    house.make("unheld", "steward")
    held: list[int] = []
    real = credentials.matches

    def watched(hashed: str | None, password: str) -> bool:
        held.append(house.installation.store.engine.pool.checkedout())  # type: ignore[attr-defined]
        return real(hashed, password)

    monkeypatch.setattr(credentials, "matches", watched)
    before = house.installation.store.engine.pool.checkedout()  # type: ignore[attr-defined]
    assert house.enter(house.browser(), "unheld", "wrong").status_code == 401
    assert held == [before]


def test_strangers_who_guess_keep_nobody_from_signing(house: House) -> None:
    client = house.make("target", "qa")
    for _ in range(FAILURES_ALLOWED):
        assert house.enter(house.browser(), "target", "wrong").status_code == 401
    assert house.enter(house.browser(), "target").status_code == 401, "no stranger goes on guessing"
    changed = client.put(f"{API}/account/password", json={"password": HOUSE_PASSWORD, "fresh": "quite other words"})
    assert changed.status_code == 204, "but who is inside proves who they are"


def test_guesses_within_a_session_lock_proofs_and_no_sign_in(house: House) -> None:
    client = house.make("inside", "qa")
    for _ in range(FAILURES_ALLOWED):
        assert client.put(f"{API}/account/password", json={"password": "wrong", "fresh": "quite other words"}).status_code == 403
    refused = client.put(f"{API}/account/password", json={"password": HOUSE_PASSWORD, "fresh": "quite other words"})
    assert refused.status_code == 403
    assert ("reauthenticate", "refused", "locked") in house.audited("inside")
    assert house.enter(house.browser(), "inside").status_code == 200


def test_tickets_sign_nobody_in_and_lock_nobody_out(house: House) -> None:
    house.make("ticketed", "qa")
    with house.installation.store.transaction() as tx:
        ticket = issue_ticket(tx, name="ticketed", factor="company", now=datetime.now(UTC))
    for given in [ticket, *["mdp_x"] * (FAILURES_ALLOWED + 1)]:
        answer = house.enter(house.browser(), "ticketed", given)
        assert (answer.status_code, answer.json()["type"]) == (401, "/problems/unauthenticated")
    assert house.audited("ticketed")[-1] == ("session.create", "refused", "ticket")
    client = house.browser()
    assert house.enter(client, "ticketed").status_code == 200
    for _ in range(FAILURES_ALLOWED + 1):
        assert client.put(f"{API}/account/password", json={"password": "mdp_x", "fresh": "quite other words"}).status_code == 403
    assert client.put(f"{API}/account/password", json={"password": ticket, "fresh": "quite other words"}).status_code == 204, "unused until now"


def test_a_ticket_tells_nothing_of_an_account(house: House) -> None:
    house.make("shut_away", "qa")
    with house.installation.store.transaction() as tx:
        tx.execute(update(account).where(account.c.name == "shut_away").values(disabled_at=datetime.now(UTC)))
    said = [house.enter(house.browser(), name, "mdp_x").json() for name in ("shut_away", "no_such_account")]
    assert said[0] == said[1]


@pytest.mark.parametrize("name", ["system", "cli", "\u202eqa", "my secret pass phrase", "x" * 200])
def test_what_was_typed_as_a_name_is_no_actor(house: House, name: str) -> None:
    assert house.enter(house.browser(), name, "wrong").status_code == 401
    with house.installation.store.transaction() as tx:
        row = tx.execute(select(audit_event).order_by(audit_event.c.seq.desc()).limit(1)).one()
    assert (row.actor, row.object, row.action, row.outcome) == ("nobody", "account", "session.create", "refused")
    assert set(row.detail) == {"name_sha256", "length"}
    assert name not in str(row.detail)


def test_a_long_address_makes_no_long_row(house: House) -> None:
    client = house.make("longwinded", "steward")
    assert client.post(f"{API}/accounts/{'A' * 8000}/password", json={"reason": "because"}).status_code == 403
    with house.installation.store.transaction() as tx:
        row = tx.execute(select(audit_event).where(audit_event.c.actor == "longwinded").order_by(audit_event.c.seq.desc()).limit(1)).one()
    assert max(len(row.action), len(row.object)) <= 500
    assert row.action.startswith("post /api/v1/accounts/AAA")


def test_a_carrier_that_nobody_can_read_is_logged_by_its_hash(house: House) -> None:
    client = house.make("scanner", "steward")
    assert client.post(f"{API}/udi/judge", json={"text": "\u4e2d" * 4000}).json()["verdict"] == "unknown"
    with house.installation.store.transaction() as tx:
        row = tx.execute(select(audit_event).where(audit_event.c.actor == "scanner", audit_event.c.action == "udi.queue")).one()
    assert set(row.detail) == {"sha256", "length"}


def test_one_address_guesses_so_often_and_then_waits() -> None:
    guesses = Guesses(allowed=3)
    for _ in range(3):
        guesses.check("203.0.113.9")
        guesses.count("203.0.113.9")
    with pytest.raises(TooManyError) as found:
        guesses.check("203.0.113.9")
    assert 1 <= found.value.attributes["seconds"] <= turns.WINDOW_SECONDS + 1
    guesses.check("203.0.113.10")
    for _ in range(9):
        guesses.count("127.0.0.1")
    guesses.check("127.0.0.1")


def test_guesses_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    guesses = Guesses(allowed=1)
    guesses.count("203.0.113.9")
    monkeypatch.setattr(turns, "WINDOW_SECONDS", -1.0)
    guesses.check("203.0.113.9")
    monkeypatch.setattr(turns, "ADDRESSES_KEPT", 1)
    monkeypatch.setattr(turns, "WINDOW_SECONDS", 60.0)
    guesses.count("203.0.113.9")
    guesses.count("203.0.113.10")
    guesses.check("203.0.113.9")


def test_turns_are_few_and_so_are_those_who_wait() -> None:
    taken = Turns(at_once=1, waiting=1, seconds=0.05)
    with taken.take(), pytest.raises(TooManyError), taken.take():
        raise AssertionError("nobody had a turn to give")
    with taken.take():
        refused: list[TooManyError] = []

        def wait() -> None:
            try:
                with taken.take():
                    raise AssertionError("nobody had a turn to give")
            except TooManyError as error:
                refused.append(error)

        waiting = threading.Thread(target=wait)
        waiting.start()
        time.sleep(0.01)
        with pytest.raises(TooManyError), taken.take():
            raise AssertionError("there was no room to wait in")
        waiting.join()
        assert len(refused) == 1
    with taken.take():
        pass
