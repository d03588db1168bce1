"""Ways to reach a person outside the console, behind a port."""

from medthread.stores.messengers.port import Letter, Messenger, NotDeliverableError
from medthread.stores.messengers.smtp import MailServer, SmtpMessenger

__all__ = ["Letter", "MailServer", "Messenger", "NotDeliverableError", "SmtpMessenger"]
