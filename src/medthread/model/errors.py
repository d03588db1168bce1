"""Errors: classes with attributes; the message and the way out are built from them.

Every error a user can meet derives from `MedthreadError`. It carries a stable `code`, the HTTP
`status` the API answers with, and a `hint` saying what to do next.
"""

from collections.abc import Iterable
from typing import Any, ClassVar, NamedTuple

from medthread.model.labels import Label
from medthread.model.wording import worded

HINT = "\n\nHint: "  # between an error's message and its hint, where they are one text


class Told(NamedTuple):
    """An error in one language: what happened, and what to do; no hint is empty."""

    message: str
    hint: str


class MedthreadError(Exception):
    """A failure a person can act on. `labels` are the names in it that have two languages, as those of roles and of rules."""

    code: ClassVar[str] = "error"
    status: ClassVar[int] = 500

    def __init__(self, message: str, *, hint: str = "", labels: Iterable[Label] = (), **attributes: Any) -> None:
        self.message = message
        self.hint = hint
        self.labels = tuple(labels)
        self.attributes = attributes
        super().__init__(f"{message}{HINT}{hint}" if hint else message)

    def told(self, language: str) -> Told:
        """Message and hint for a reader of `language`, a BCP 47 tag."""
        return Told(worded(self.message, language, labels=self.labels), worded(self.hint, language, labels=self.labels))

    def stands(self, tx: Any) -> None:
        """What is written in the transaction `tx` although the refused act is undone: nothing, unless a class says so."""


class DeclarationError(MedthreadError):
    """A declaration that cannot stand; raised at import or at load of a workspace file."""

    code = "declaration"


class ConfigurationError(MedthreadError):
    """The installation is not set up for what was asked."""

    code = "configuration"


class SourceError(MedthreadError):
    """A source or one of its files cannot be read; names file, row and column where known."""

    code = "source"
    status = 422


class RefusedError(MedthreadError):
    """A rule stands in the way. `because` lists each objection: guard, record, detail."""

    code = "refused"
    status = 409


class NotFoundError(MedthreadError):
    """Nothing by that name."""

    code = "not-found"
    status = 404


class GoneError(MedthreadError):
    """What was there was withdrawn, after it had been announced; `successor` is the address of what replaces it."""

    code = "gone"
    status = 410


class ForbiddenError(MedthreadError):
    """The actor may not do this."""

    code = "forbidden"
    status = 403


class UnauthenticatedError(MedthreadError):
    """Nobody is signed in."""

    code = "unauthenticated"
    status = 401


class SecondFactorError(UnauthenticatedError):
    """The password fits; the code of the second factor is missing or wrong."""

    code = "second-factor"


class ConflictError(MedthreadError):
    """Somebody else changed the record first, or it exists already."""

    code = "conflict"
    status = 409


class HeldError(MedthreadError):
    """A table does not meet what is expected of it, and readers do not get to see it."""

    code = "held"
    status = 409


class PreconditionError(MedthreadError):
    """The given version is not the current one."""

    code = "precondition"
    status = 412


class PreconditionRequiredError(MedthreadError):
    """A write needs the version it starts from."""

    code = "precondition-required"
    status = 428


class InvalidError(MedthreadError):
    """The content is malformed or breaks a rule of its declaration."""

    code = "invalid"
    status = 422


class TooManyError(MedthreadError):
    """More is asked for at once than is answered; `seconds` says when to come back."""

    code = "too-many"
    status = 429


class StoreError(MedthreadError):
    """A store could not do its part."""

    code = "store"
    status = 503
