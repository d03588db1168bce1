"""Whether an item may be sold into a market, asked by a sales system and by ourselves alike."""

from medthread.model import Decision, Guard

MARKET_AUTHORISED = Guard(
    name="market_authorised",
    zh="该物料在该法域有有效的注册证或备案",
    en="an authorisation in force covers the item in the jurisdiction",
    takes=("item", "jurisdiction"),
    blocks="""
        with covering as (
            select r.certificate_no, r.status, r.approved_on, r.expires_on,
                r.status in ('approved', 'renewing') and coalesce(r.approved_on <= cast(:today as date), false)
                    and coalesce(r.expires_on >= cast(:today as date), true) as in_force
            from native.certificate_scope as s
            join native.registration_certificate as r on r.jurisdiction = s.jurisdiction and r.certificate_no = s.certificate_no
            where s.item = cast(:item as text) and s.jurisdiction = cast(:jurisdiction as text))
        select 'registration_certificate/' || certificate_no as record,
            status || coalesce(', 有效期至 / until ' || expires_on, '') as detail
        from covering where not exists (select 1 from covering where in_force)
        union all
        select 'item/' || cast(:item as text), '该法域没有覆盖它的注册证 / no authorisation covers it in ' || cast(:jurisdiction as text)
        where not exists (select 1 from covering)""",
    clause="医疗器械监督管理条例(国务院令第739号); Regulation (EU) 2017/745 Art. 5",
)
MAY_SELL = Decision(
    name="may_sell",
    zh="这个物料可以卖到这个市场吗",
    en="May this item be sold into this market?",
    takes=("item", "jurisdiction"),
    guards=(MARKET_AUTHORISED.name,),
)
