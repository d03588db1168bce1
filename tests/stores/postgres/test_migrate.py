"""Migrations and declarations say the same."""

import pytest
from sqlalchemy import MetaData, text
from sqlalchemy.exc import ProgrammingError

from medthread.derive import tables_of
from medthread.stores.postgres import Store, upgrade
from medthread.stores.postgres.cluster import Cluster
from medthread.stores.postgres.migrate import differences
from medthread.trust.audit import record
from tests.registry import registry


def test_the_migrated_database_equals_the_declarations(cluster: Cluster) -> None:
    native = MetaData()
    tables_of(registry(), native)
    store = Store(cluster.url)
    upgrade(store, native)
    with store.transaction() as tx:
        assert differences(tx, native) == []
        tx.execute(text("alter table medthread.load add column planted text"))
        assert differences(tx, native) != []
        tx.execute(text("alter table medthread.load drop column planted"))
    store.close()


@pytest.mark.parametrize("change", ["update medthread.audit_event set actor = 'x'", "delete from medthread.audit_event",
                                    "truncate medthread.audit_event"])
def test_audit_rows_are_written_once(cluster: Cluster, change: str) -> None:
    store = Store(cluster.url)
    native = MetaData()
    tables_of(registry(), native)
    upgrade(store, native)
    with store.transaction() as tx:
        record(tx, actor="a", action="b", object_="c")
    with pytest.raises(ProgrammingError, match="written once"), store.transaction() as tx:
        tx.execute(text(change))
    store.close()
