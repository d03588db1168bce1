"""The command path of the product over a database of the test's own: every shipped process, persons with their roles."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from argon2 import PasswordHasher
from sqlalchemy import MetaData

from medthread.derive import tables_of
from medthread.model import Rulebook
from medthread.stores.lakehouse import Releases
from medthread.stores.postgres import Store
from medthread.stores.serving import LakeReader, Released
from medthread.trace import Tracer
from medthread.trust.access import Access
from medthread.trust.keys import Keyring
from medthread.trust.signatures import KeptKeys
from medthread.workflow import Calendar, Context, keep_definitions
from tests.registry import registry

PASSWORD = "a long enough word 7"
QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)  # thousands of signatures, each with its password


@contextmanager
def command_path(store: Store, folder: Path) -> Iterator[Context]:
    declared = registry()
    reader, keyring = LakeReader(Releases(store)), Keyring.open(folder / "keys" / "master.key")
    context = Context(
        registry=declared, rulebook=Rulebook.declared(declared), tables=tables_of(declared, MetaData()), keyring=keyring, access=Access(),
        signer=KeptKeys(keyring), calendar=Calendar(), genealogy=Tracer(reader, folder), released=Released(reader, declared))
    with store.transaction() as tx:
        keep_definitions(tx, context.rulebook)
    yield context
    reader.close()
