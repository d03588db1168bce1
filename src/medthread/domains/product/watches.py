"""Authorisations near their end and past it."""

from medthread.model import EventType, Watch

EVENTS = (
    EventType("certificate.expiring", "注册证将到期", "Authorisation expiring", "product", source="daily clock"),
    EventType("certificate.expired", "注册证已过期", "Authorisation expired", "product", source="daily clock"),
)
EXPIRING = Watch(
    name="certificate_expiring",
    zh="注册证到期前 365、270、183、30 天",
    en="365, 270, 183 and 30 days before an authorisation ends",
    event="certificate.expiring",
    finds="""
        select 'registration_certificate' as entity, r.id as record, cast(r.expires_on - s.days as text) as due,
            r.jurisdiction, r.certificate_no, r.product, r.expires_on, s.days
        from native.registration_certificate as r
        cross join lateral (select min(v.days) as days from (values (365), (270), (183), (30)) as v(days) where r.expires_on - v.days <= :today) as s
        where s.days is not null and r.expires_on >= :today and r.status in ('approved', 'renewing')""",
)
EXPIRED = Watch(
    name="certificate_expired",
    zh="注册证过期",
    en="an authorisation has ended",
    event="certificate.expired",
    finds="""
        select 'registration_certificate' as entity, r.id as record, cast(r.expires_on + 1 as text) as due, r.jurisdiction, r.certificate_no, r.product, r.expires_on
        from native.registration_certificate as r
        where r.expires_on < :today and r.status in ('approved', 'renewing')""",
)
