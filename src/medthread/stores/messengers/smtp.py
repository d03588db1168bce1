"""Mail by SMTP, each letter over a connection of its own: notices are few."""

import smtplib
import ssl
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import format_datetime, localtime
from pathlib import Path
from typing import Literal

from medthread.model.errors import StoreError
from medthread.stores.messengers.port import Letter, NotDeliverableError

Security = Literal["starttls", "tls", "none"]
ANSWER = 20.0  # seconds
PERMANENT = 500


@dataclass(frozen=True)
class MailServer:
    """Where mail is handed over, and as whom."""

    host: str
    port: int
    sender: str
    security: Security = "starttls"
    user: str | None = None
    password: str | None = None
    ca: Path | None = None


class SmtpMessenger:
    """Hands letters over to a mail server (RFC 5321)."""

    def __init__(self, server: MailServer) -> None:
        self._server = server

    def send(self, letter: Letter) -> None:
        """Taken over when it returns."""
        try:
            with self._connect() as server:
                if self._server.user is not None:
                    server.login(self._server.user, self._server.password or "")
                server.send_message(self._written(letter))
        except smtplib.SMTPRecipientsRefused as refused:
            code, said = refused.recipients.get(letter.to, (0, b""))
            if code < PERMANENT:
                raise self._away(f"{code} {said.decode(errors='replace')}") from refused
            raise NotDeliverableError(f"{code} {said.decode(errors='replace')}", hint="is the address right?") from refused
        except (smtplib.SMTPException, OSError) as error:
            raise self._away(str(error) or type(error).__name__) from error

    def _away(self, said: str) -> StoreError:
        return StoreError(f"mail server {self._server.host}:{self._server.port}: {said}", hint="see [mail] in medthread.toml and MEDTHREAD_MAIL_PASSWORD")

    def _connect(self) -> smtplib.SMTP:
        at = self._server
        if at.security == "tls":
            return smtplib.SMTP_SSL(at.host, at.port, timeout=ANSWER, context=self._trusted())
        server = smtplib.SMTP(at.host, at.port, timeout=ANSWER)
        if at.security == "starttls":
            try:
                server.starttls(context=self._trusted())
            except BaseException:
                server.close()
                raise
        return server

    def _trusted(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=self._server.ca)

    def _written(self, letter: Letter) -> EmailMessage:
        message = EmailMessage()
        message["From"], message["To"], message["Subject"] = self._server.sender, letter.to, letter.subject
        message["Message-ID"] = f"<{letter.id}@medthread>"
        message["Date"] = format_datetime(localtime())
        message["Auto-Submitted"] = "auto-generated"  # RFC 3834: nobody's absence answers it
        message.set_content(letter.text)
        return message
