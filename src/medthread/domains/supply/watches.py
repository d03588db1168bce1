"""What only the calendar brings about in supply: certificates that run out, audits not held, lots near their end."""

from medthread.model import EventType, Watch

CLOCK = "daily clock"
EVENTS = (
    EventType("supplier.certificate_expiring", "供方证照将到期", "Supplier's certificate expiring", "supply", source=CLOCK),
    EventType("supplier.certificate_expired", "供方证照已过期", "Supplier's certificate expired", "supply", source=CLOCK),
    EventType("supplier.audit_overdue", "供方审核逾期", "Supplier's audit overdue", "supply", source=CLOCK),
    EventType("lot.expiring", "批次临近失效", "Lot near its expiry", "supply", source=CLOCK),
)
# Another certificate of the same kind that holds longer makes an old one of no interest.
REPLACED = """
    exists (
        select 1 from native.supplier_certificate as newer
        where newer.supplier = k.supplier and newer.kind = k.kind and newer.cert_no <> k.cert_no and coalesce(newer.status, 'valid') <> 'revoked'
            and (newer.issued_on is null or newer.issued_on <= :today) and (newer.expires_on is null or newer.expires_on > k.expires_on))"""
CERTIFICATE_EXPIRING = Watch(
    name="supplier_certificate_expiring",
    zh="供方证照到期前 90、30、7 天",
    en="90, 30 and 7 days before a supplier's certificate ends",
    event="supplier.certificate_expiring",
    finds=f"""
        select 'supplier_certificate' as entity, k.id as record, cast(k.expires_on - s.days as text) as due,
            k.supplier, k.kind, k.cert_no, k.expires_on, s.days
        from native.supplier_certificate as k
        cross join lateral (select min(v.days) as days from (values (90), (30), (7)) as v(days) where k.expires_on - v.days <= :today) as s
        where s.days is not null and k.expires_on >= :today and coalesce(k.status, 'valid') <> 'revoked' and not {REPLACED}""",
)
CERTIFICATE_EXPIRED = Watch(
    name="supplier_certificate_expired",
    zh="供方证照过期",
    en="a supplier's certificate has ended",
    event="supplier.certificate_expired",
    finds=f"""
        select 'supplier_certificate' as entity, k.id as record, cast(k.expires_on + 1 as text) as due, k.supplier, k.kind, k.cert_no, k.expires_on
        from native.supplier_certificate as k
        where k.expires_on < :today and coalesce(k.status, 'valid') <> 'revoked' and not {REPLACED}""",
)
AUDIT_OVERDUE = Watch(
    name="supplier_audit_overdue",
    zh="供方审核到期未做",
    en="the audit of a source was due and is not done",
    event="supplier.audit_overdue",
    finds="""
        select 'supplier_qualification' as entity, q.id as record, cast(q.audit_due as text) as due, q.qualification_no, q.supplier, q.item, q.audit_due
        from native.supplier_qualification as q
        join medthread.process_case as c on c.entity = 'supplier_qualification' and c.record = q.id
        where c.state in ('approved', 'conditional') and q.audit_due < :today""",
)
LOT_EXPIRING = Watch(
    name="lot_expiring",
    zh="在库批次失效前 90、30 天",
    en="90 and 30 days before a lot in stock ends",
    event="lot.expiring",
    over="release",
    finds="""
        select 'lot' as entity, l.id as record, cast(l.expires_on - s.days as varchar) as due, l.item, l.lot_no, l.expires_on, s.days, b.on_hand
        from golden.lot as l
        cross join (values (90), (30)) as s(days)
        join (select item, lot_no, sum(on_hand) as on_hand from golden.stock_balance group by all) as b on b.item = l.item and b.lot_no = l.lot_no
        where b.on_hand > 0 and l.expires_on >= :today and l.expires_on - s.days <= :today and (s.days = 30 or l.expires_on - 30 > :today)""",
)
