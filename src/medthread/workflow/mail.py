"""How a company's installation hands its notices over: `[mail]` in `medthread.toml`.

    [mail]
    host = "mail.example.com"
    port = 587                              # 465 with tls, 25 with none, if left out
    security = "starttls"                   # or tls, or none (only to a server in the same house)
    sender = "medthread@example.com"
    user = "medthread"                      # the password stands in MEDTHREAD_MAIL_PASSWORD
    ca = "ca.pem"                           # where the certificate is signed by one's own authority

Letters lead to `public_url`, which stands at the top of the same file. All of it is checked when the installation begins to serve.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

from medthread.model.errors import ConfigurationError
from medthread.stores.messengers import MailServer, Messenger, SmtpMessenger
from medthread.stores.messengers.smtp import Security
from medthread.workflow.settings import section_of

PORTS = {"starttls": 587, "tls": 465, "none": 25}
HIGHEST_PORT = 65535
WORDS = {"host", "port", "security", "sender", "user", "ca"}


@dataclass(frozen=True)
class Mail:
    """The mail server, as configured, and where letters say that the console is."""

    server: MailServer
    address: str

    def messenger(self) -> Messenger:
        """The way out; nothing is connected yet."""
        return SmtpMessenger(self.server)


def parse_mail(given: Any, *, home: Path, public_url: str | None, password: str | None) -> Mail | None:
    """What the section says; nothing where there is none. Raises `ConfigurationError`."""
    if given is None:
        return None
    section = section_of(given, WORDS, "[mail]")
    host, sender, user = (_text(section, word) for word in ("host", "sender", "user"))
    if host is None or sender is None or "@" not in sender:
        raise ConfigurationError("[mail] names no host and sender", hint='write host = "mail.example.com" and sender = "medthread@example.com"')
    security = section.get("security", "starttls")
    if security not in get_args(Security):
        raise ConfigurationError(f"[mail] security is {security!r}", hint=f"one of {', '.join(get_args(Security))}")
    port = section.get("port", PORTS[security])
    if not isinstance(port, int) or not 0 < port <= HIGHEST_PORT:
        raise ConfigurationError(f"[mail] port is {port!r}", hint="a number, such as 587")
    if user is not None and not password:
        raise ConfigurationError("[mail] has a user and no password", hint="set MEDTHREAD_MAIL_PASSWORD")
    if user is not None and security == "none":
        raise ConfigurationError("[mail] would send a password in the open", hint="use starttls or tls, or leave user out")
    ca = home / str(section["ca"]) if "ca" in section else None
    if ca is not None and not ca.is_file():
        raise ConfigurationError(f"[mail] ca: no file {ca}", hint="put the authority's certificate into the workspace")
    if public_url is None:
        raise ConfigurationError("[mail]: letters would lead nowhere", hint='write public_url = "https://medthread.example.com" at the top of medthread.toml')
    return Mail(MailServer(host, port, sender, security, user, password, ca), public_url.rstrip("/"))


def _text(section: dict[str, Any], word: str) -> str | None:
    value = section.get(word)
    if value is not None and (not isinstance(value, str) or not value.strip() or not value.isprintable()):
        raise ConfigurationError(f"[mail] {word} is {value!r}", hint="a text on one line")
    return value
