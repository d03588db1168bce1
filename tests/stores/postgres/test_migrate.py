"""Migrations and declarations say the same."""

import psycopg
import pytest
from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import MetaData, text
from sqlalchemy.exc import IntegrityError, ProgrammingError

from medthread.derive import tables_of
from medthread.stores.postgres import Store, upgrade
from medthread.stores.postgres.cluster import Cluster
from medthread.stores.postgres.code_lists import renew_code_lists
from medthread.stores.postgres.migrate import SCHEMAS, _config, differences, target_metadata
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


def test_the_single_administrator_became_one_of_three(cluster: Cluster) -> None:
    """A database from before, with accounts in it, is brought to the present."""
    with psycopg.connect(cluster.conninfo, autocommit=True) as admin:
        admin.execute("create database before_three")
    store = Store(cluster.url.replace("@/medthread?", "@/before_three?"))
    native = MetaData()
    tables_of(registry(), native)
    with store.transaction() as tx:
        config = _config(tx, target_metadata(native))
        step = next(s for s in ScriptDirectory.from_config(config).walk_revisions() if "Three administrators" in s.doc)
        for schema in SCHEMAS:
            tx.execute(text(f"create schema {schema}"))
        command.upgrade(config, str(step.down_revision))
        made = "insert into medthread.account (name, printed_name, password_hash, roles) values (:name, :name, 'x', :roles)"
        tx.execute(text(made), [{"name": "a", "roles": ["administrator"]}, {"name": "b", "roles": ["steward", "administrator"]}, {"name": "c", "roles": ["qa"]}])
    upgrade(store, native)
    with store.transaction() as tx:
        assert tx.execute(text("select name, roles from medthread.account order by name")).all() == [("a", ["system_admin"]), ("b", ["steward"]), ("c", ["qa"])]
        said = tx.execute(text("select object, after from medthread.audit_event where action = 'account.rights' order by object")).all()
        assert said == [("account/a", {"roles": ["system_admin"]}), ("account/b", {"roles": ["steward"]})]
    store.close()


def test_a_list_of_codes_that_grew_grows_in_the_database(cluster: Cluster) -> None:
    """A database from before a release added a code takes the new one, keeps its rows, and still refuses what is in no list."""
    with psycopg.connect(cluster.conninfo, autocommit=True) as admin:
        admin.execute("create database shorter_list")
    store = Store(cluster.url.replace("@/medthread?", "@/shorter_list?"))
    native = MetaData()
    certificate = tables_of(registry(), native)["supplier_certificate"]
    upgrade(store, native)
    row = "insert into native.supplier_certificate (id, supplier, kind, cert_no, _created_by, _updated_by) values (:kind, 'S', :kind, :kind, 'a', 'a')"
    with store.transaction() as tx:
        assert renew_code_lists(tx, {"supplier_certificate": certificate}) == [], "upgrading did it"
        named = next(c for c in tx.execute(text("select conname from pg_constraint where conrelid = 'native.supplier_certificate'::regclass and contype = 'c'")).scalars() if "kind" in c)
        tx.execute(text(f"alter table native.supplier_certificate drop constraint {named}"))
        tx.execute(text("insert into native.supplier_certificate (id, supplier, kind, cert_no, _created_by, _updated_by) values ('o', 'S', 'withdrawn', 'o', 'a', 'a')"))
        tx.execute(text(f"alter table native.supplier_certificate add constraint {named} check (kind in ('iso13485', 'withdrawn'))"))
    upgrade(store, native)
    with store.transaction() as tx:
        tx.execute(text(row), {"kind": "gmp"})
        assert tx.execute(text("select kind from native.supplier_certificate order by kind")).scalars().all() == ["gmp", "withdrawn"]
        with pytest.raises(IntegrityError), tx.begin_nested():
            tx.execute(text(row), {"kind": "unheard_of"})
    store.close()


def test_what_rules_counted_before_are_verdicts(cluster: Cluster) -> None:
    """And they are counts again where the step is taken back."""
    with psycopg.connect(cluster.conninfo, autocommit=True) as admin:
        admin.execute("create database before_verdicts")
    store = Store(cluster.url.replace("@/medthread?", "@/before_verdicts?"))
    native = MetaData()
    tables_of(registry(), native)
    counted = [("B1", "erp", "lot", "lot.lot_no.required", "lot", 10, 2, 0), ("B1", "erp", "lot", "lot.key.duplicate", "lot", 10, 0, 0), ("B1", "erp", "lot", "lot.quantity.width", "lot", 10, 3, 3)]
    with store.transaction() as tx:
        config = _config(tx, target_metadata(native))
        step = next(s for s in ScriptDirectory.from_config(config).walk_revisions() if "verdicts of quality rules" in s.doc)
        for schema in SCHEMAS:
            tx.execute(text(f"create schema {schema}"))
        command.upgrade(config, str(step.down_revision))
        for row in counted:
            tx.execute(text('insert into medthread.rule_count (batch, source, "table", rule, entity, checked, broken, corrected) values (:a, :b, :c, :d, :e, :f, :g, :h)'), dict(zip("abcdefgh", row, strict=True)))
        command.upgrade(config, step.revision)
        told = tx.execute(text("select rule, asset, field, point, state, checked, broken, corrected from medthread.rule_verdict order by rule")).all()
        assert told == [
            ("lot.key.duplicate", "erp.lot", None, "intake", "holds", 10, 0, 0), ("lot.lot_no.required", "erp.lot", "lot_no", "intake", "broken", 10, 2, 0),
            ("lot.quantity.width", "erp.lot", "quantity", "intake", "holds", 10, 3, 3),
        ]
        command.downgrade(config, str(step.down_revision))
        assert sorted(tx.execute(text('select batch, source, "table", rule, entity, checked, broken, corrected from medthread.rule_count')).all()) == sorted(counted)
    store.close()
