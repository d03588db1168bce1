"""One transaction for an act and its audit row, or for a refusal and its audit row."""

from collections.abc import Callable
from typing import TypeVar

from sqlalchemy import Connection

from medthread.model.errors import MedthreadError
from medthread.stores.postgres.store import Store, undo
from medthread.trust.audit import record

Result = TypeVar("Result")


def handle(store: Store, *, by: str, action: str, object_: str, act: Callable[[Connection], Result]) -> Result:
    """Do it whole. What is refused is undone to the savepoint, written down as refused, committed, and raised.

    `act` writes its own audit row, for only it knows what was there before and after.
    """
    with store.undoable() as tx:
        try:
            return act(tx)
        except MedthreadError as error:
            refused = error
            undo(tx)
            refused.stands(tx)
            record(
                tx, actor=by, action=action, object_=object_, outcome="refused", reason=refused.code,
                detail={"message": refused.message, "because": refused.attributes.get("because", [])},
            )
    raise refused
