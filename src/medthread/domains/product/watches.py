"""Authorisations near their end and past it; identifiers that do not agree."""

from medthread.model import EventType, Watch

EVENTS = (
    EventType("certificate.expiring", "注册证将到期", "Authorisation expiring", "product", source="daily clock"),
    EventType("certificate.expired", "注册证已过期", "Authorisation expired", "product", source="daily clock"),
    EventType("udi.mismatch", "UDI 不一致", "UDI does not match", "product", source="daily comparison of item, model and register"),
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
UDI_MISMATCH = Watch(
    name="udi_mismatch",
    zh="型号的 UDI-DI 与物料条码或已公布标识不符",
    en="a model's UDI-DI is not the item's trade number, or is not published",
    event="udi.mismatch",
    over="release",
    finds="""
        select 'device_model' as entity, m.id as record, m.udi_di || ' <> ' || found.other as due, m.model_no, m.item, m.udi_di, found.other, found.where_
        from golden.device_model as m
        join (
            select a.id, i.gtin as other, 'item' as where_ from golden.device_model as a
            join golden.item as i on i.id = a.item where i.gtin is not null and i.gtin <> a.udi_di
            union all
            select a.id, 'not published', 'register' from golden.device_model as a
            where exists (select 1 from golden.udi_di as d where d.model_no = a.model_no)
                and not exists (select 1 from golden.udi_di as d where d.di = a.udi_di)
        ) as found on found.id = m.id
        where m.udi_di is not null""",
)
