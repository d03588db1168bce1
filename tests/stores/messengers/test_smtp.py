"""Letters handed to a real mail server: as they were written, only over a connection that is trusted, and with a clear word when not."""

import ssl
from pathlib import Path

import pytest

from medthread.model.errors import StoreError
from medthread.stores.messengers import Letter, MailServer, NotDeliverableError, SmtpMessenger
from tests.mail import Mailbox, knows
from tests.stores.messengers.certificate import certificate

LETTER = Letter("id-1", "lin@example.com", "医脉:不良事件 AE-2026-00001", "时限将到\n")


def test_a_letter_arrives_as_written() -> None:
    with Mailbox().open() as box:
        SmtpMessenger(MailServer("127.0.0.1", box.port, "medthread@example.com", "none")).send(LETTER)
    (came,) = box.letters
    assert (came["Subject"], came["To"], came["From"]) == (LETTER.subject, LETTER.to, "medthread@example.com")
    assert came["Message-ID"] == "<id-1@medthread>"
    assert came["Auto-Submitted"] == "auto-generated"
    assert came.get_content() == LETTER.text.replace("\n", "\r\n") or came.get_content() == LETTER.text


def test_over_tls_with_a_user(tmp_path: Path) -> None:
    cert, key = certificate(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)
    box = Mailbox()
    with box.open(tls_context=context, require_starttls=True, authenticator=knows("medthread", "secret"), auth_required=True):
        server = MailServer("localhost", box.port, "medthread@example.com", "starttls", "medthread", "secret", cert)
        SmtpMessenger(server).send(LETTER)
        assert len(box.letters) == 1
        stranger = MailServer("localhost", box.port, "medthread@example.com", "starttls", "medthread", "wrong", cert)
        with pytest.raises(StoreError, match="535"):
            SmtpMessenger(stranger).send(LETTER)
        untrusted = MailServer("localhost", box.port, "medthread@example.com", "starttls", "medthread", "secret")
        with pytest.raises(StoreError, match=r"(?i)certificate"):
            SmtpMessenger(untrusted).send(LETTER)
    assert len(box.letters) == 1


def test_tls_is_asked_for_and_not_done_without() -> None:
    with Mailbox().open() as box, pytest.raises(StoreError, match="STARTTLS"):
        SmtpMessenger(MailServer("127.0.0.1", box.port, "medthread@example.com")).send(LETTER)
    assert not box.letters


def test_an_address_that_takes_nothing_is_told_apart_from_a_server_that_does_not_answer() -> None:
    box = Mailbox()
    messenger = SmtpMessenger(MailServer("127.0.0.1", box.port, "medthread@example.com", "none"))
    with pytest.raises(StoreError, match=f"127.0.0.1:{box.port}"):
        messenger.send(LETTER)
    with box.open():
        box.refused[LETTER.to] = "550 no such person"
        with pytest.raises(NotDeliverableError, match="no such person"):
            messenger.send(LETTER)
        box.refused[LETTER.to] = "451 later"
        with pytest.raises(StoreError, match="later"):
            messenger.send(LETTER)
