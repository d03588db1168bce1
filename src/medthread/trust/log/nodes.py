"""Kept nodes of the tree in the database, as proofs ask for them."""

from sqlalchemy import Connection, select

from medthread.methods.merkle import Read
from medthread.model.errors import StoreError
from medthread.stores.postgres.tables import audit_leaf, audit_node


def reading(tx: Connection) -> Read:
    """Kept nodes, as proofs ask for them."""

    def read(level: int, first: int, count: int) -> list[bytes]:
        query, at = (select(audit_node.c.hash).where(audit_node.c.level == level), audit_node.c.node_index) if level else (select(audit_leaf.c.hash), audit_leaf.c.leaf_index)
        query = query.where(at >= first, at < first + count).order_by(at)
        found = [bytes(h) for h in tx.execute(query).scalars()]
        if len(found) != count:
            raise StoreError("nodes of the audit log are missing", hint="medthread audit verify says which")
        return found

    return read
