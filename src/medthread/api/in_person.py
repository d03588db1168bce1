"""Proof at the moment of an act that it is oneself who acts: the password again, or a provider's ticket; and a code where a second factor is set."""

from pydantic import BaseModel, Field
from sqlalchemy import Connection

from medthread.api.services import Services
from medthread.model.errors import ForbiddenError, InvalidError
from medthread.trust.access import Actor
from medthread.trust.accounts import reauthenticate


class InPerson(BaseModel):
    """The proof that it is oneself: the password, and a one-time code where a second factor is set."""

    password: str = Field(max_length=1000)
    code: str | None = Field(default=None, max_length=20)


class Proof(BaseModel):
    """The same beside something else; that it is missing is told when it is asked for."""

    password: str | None = Field(default=None, max_length=1000, description="one's own, again")
    code: str | None = Field(default=None, max_length=20, description="of the second factor, where one is set")


def prove_in_person(tx: Connection, given: Services, actor: Actor, proof: InPerson | Proof, *, action: str) -> list[str]:
    """The factors that it was proven with, in the transaction of the act. Whoever came with a token is refused: a program is nobody in person."""
    if actor.session is None:
        raise ForbiddenError(f"{actor.name} came with an API token: this takes a person", hint="sign in and do it in person", actor=actor.name, action=action)
    if proof.password is None:
        raise InvalidError("this takes the proof that it is you", hint="give your password again in `password`")
    return reauthenticate(tx, name=actor.name, password=proof.password, totp=proof.code, keyring=given.keyring)
