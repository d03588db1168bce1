"""Electronic signatures against the log: each stands, each is told of with the very bytes that were made, none is gone."""

from sqlalchemy import Connection, select

from medthread.stores.postgres.tables import audit_event, signature, signing_key
from medthread.trust.log.fault import Findings
from medthread.trust.signatures import stands


def check_signatures(tx: Connection, findings: Findings) -> int:
    """Compare the table with the log; gives how many signatures there are."""
    details = tx.execute(select(audit_event.c.detail).where(audit_event.c.action == "signature.create")).scalars()
    told = {d["signature"]: (d["key"], d["made"]) for d in details}
    keys = tx.execute(select(audit_event.c.object, audit_event.c.after, audit_event.c.actor).where(audit_event.c.action == "signing_key.create")).all()
    announced, owners = {r.object: r.after["public"] for r in keys}, {r.object: r.actor for r in keys}
    public = {f"signing_key/{r.id}": bytes(r.public).hex() for r in tx.execute(select(signing_key.c.id, signing_key.c.public))}
    rows = tx.execute(select(signature.c.id, signature.c.key, signature.c.signature, signature.c.signer)).all()
    held, signers = {r.id: (r.key, bytes(r.signature).hex()) for r in rows}, {r.id: r.signer for r in rows}
    for id_ in sorted(told.keys() - held.keys()):
        findings.add("signature.removed", id_)
    for id_, (key, made) in sorted(held.items()):
        if told.get(id_) != (key, made):
            findings.add("signature.foreign", id_)
        named = f"signing_key/{key}"
        if named not in public or not stands(tx, id_) or announced.get(named) != public.get(named):
            findings.add("signature.broken", id_)
        elif owners[named] != signers[id_]:
            findings.add("signature.another", f"{id_}: {signers[id_]}, {owners[named]}")
    return len(held)
