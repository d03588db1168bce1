"""That by which somebody is proven, against what the log tells of it: passwords, second factors, identities, tokens.

Compared are digests of what is kept (`trust.verifiers`). What was kept when this was not told yet is not compared until it is
changed; a second factor that is gone was told when it was confirmed.
"""

from sqlalchemy import Connection, text

from medthread.trust.log.fault import Findings

DIGEST = "'sha256:' || encode(sha256(convert_to({}, 'UTF8')), 'hex')"
KEPT = text(f"""
    with told as (
      select distinct on (e.object, v.kind) substr(e.object, 9) as name, v.kind, v.digest
      from medthread.audit_event e, jsonb_each_text(e.detail->'verifier') as v(kind, digest)
      where e.object like 'account/%' and e.outcome = 'done' and jsonb_typeof(e.detail->'verifier') = 'object'
      order by e.object, v.kind, e.seq desc
    ), held as (
      select name, 'password' as kind, {DIGEST.format("password_hash")} as digest from medthread.account where password_hash is not null
      union all select account, 'second_factor', {DIGEST.format("sealed")} from medthread.second_factor where confirmed_at is not null
      union all select account, 'recovery_codes', {DIGEST.format('''string_agg(code_hash, ' ' order by code_hash collate "C")''')} from medthread.recovery_code group by account
    )
    select name, kind from told left join held using (name, kind) where told.digest is distinct from held.digest order by 1, 2
""")
PLANTED = text("""
    select i.account as name, 'identity' as kind from medthread.external_identity i where not exists (
      select from medthread.audit_event e where e.object = 'account/' || i.account and e.action = 'account.link' and e.outcome = 'done'
      and e.after->>'issuer' = i.issuer and e.after->>'subject' = i.subject)
    union all select t.account, 'token ' || t.id from medthread.api_token t where not exists (
      select from medthread.audit_event e where e.object = 'token/' || t.id and e.action = 'token.create' and e.outcome = 'done' and e.actor = t.account
      and e.after->'scopes' = to_jsonb(t.scopes) and coalesce(e.detail->'verifier'->>'token', t.digest) = t.digest)
      or (not t.revoked and exists (select from medthread.audit_event e where e.object = 'token/' || t.id and e.action = 'token.revoke' and e.outcome = 'done'))
    order by 1, 2
""".replace("medthread.api_token t", f"(select *, {DIGEST.format('token_hash')} as digest from medthread.api_token) t"))
# Signatures and sign-ins whose password was compared with something else than what the log tells was kept then.
PROVEN = text("""
    with told as (
      select substr(object, 9) as name, seq, detail->'verifier'->>'password' as digest, lead(seq) over (partition by object order by seq) as until
      from medthread.audit_event where object like 'account/%' and outcome = 'done' and jsonb_typeof(detail->'verifier') = 'object' and detail->'verifier' ? 'password'
    )
    select e.actor as name, e.action || ' ' || e.seq as what from medthread.audit_event e
    join told t on t.name = e.actor and t.seq < e.seq and (t.until is null or e.seq < t.until)
    where e.action in ('signature.create', 'session.create') and e.outcome = 'done' and e.detail ? 'proven_by' and e.detail->>'proven_by' is distinct from t.digest
    order by e.seq
""")


def check_credentials(tx: Connection, findings: Findings) -> None:
    """Compare all of it, in the snapshot of the caller's transaction."""
    for query in (KEPT, PLANTED):
        for row in tx.execute(query):
            findings.add("credential.differs", f"account/{row.name}: {row.kind}")
    for row in tx.execute(PROVEN):
        findings.add("credential.foreign", f"account/{row.name}: {row.what}")
