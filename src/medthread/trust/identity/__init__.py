"""Identity from elsewhere: a port, its OpenID Connect adapter, and what its claims mean for accounts here."""

from medthread.trust.identity.admit import Admission, admit, link
from medthread.trust.identity.configured import Configured, configured
from medthread.trust.identity.port import Begun, Claims, IdentityError, Provider, UnreachableError
from medthread.trust.identity.requests import begin_request, end_request

__all__ = [
    "Admission", "Begun", "Claims", "Configured", "IdentityError", "Provider", "UnreachableError", "admit", "begin_request",
    "configured", "end_request", "link",
]
