"""Features of a million firms, some of them several times: names shortened, mistyped, without place, with a wrong identifier."""

# By hashes of numbers: the same rows on every machine, and no list of words that the matching knows.
ROWS = """
with firm as (
  select n, hash(n) as h, hash(n, 1) as h1, hash(n, 2) as h2, hash(n, 3) as h3, hash(n, 4) as h4 from range({firms}) t(n)
), told as (
  select n, h, h1, h2, h3, h4, 0 as copy from firm
  union all select n, h, h1, h2, h3, h4, 1 from firm where h1 % 4 = 0
  union all select n, h, h1, h2, h3, h4, 2 from firm where h1 % 40 = 0
), said as (
  select *, 'r' || lpad(cast(row_number() over (order by hash(n, copy, 9)) as varchar), 8, '0') as rid, hash(n, copy, 5) as w,
    chr(cast(19968 + h2 % 1200 as int)) || chr(cast(21400 + h3 % 1200 as int)) || case when h4 % 3 = 0 then chr(cast(23000 + h4 % 900 as int)) else '' end as true_brand,
    'c' || h % 300 as true_city, 't' || (h3 // 7) % 40 as true_trade,
    'K' || lpad(cast(h2 % 1000000000 as varchar), 9, '0') || lpad(cast(h3 % 100000000 as varchar), 8, '0') as true_code
  from told
), spoken as (
  select *, case when copy > 0 and w % 11 = 0 then chr(cast(24000 + w % 500 as int)) || true_brand[2:] else true_brand end as brand,
    case when w % 10 < 7 then true_city end as city, case when (w // 10) % 10 < 8 then true_trade end as trade,
    case when (w // 100) % 10 < 6 then case when (w // 1000) % 17 = 0 then true_code[:17] || 'X' else true_code end end as code
  from said
)
select rid, coalesce(city, '') || brand || coalesce(trade, '') as norm, brand, brand as sound, cast(null as varchar) as brand_wild, city, trade,
  case when city is not null and trade is not null then city || brand || trade end as whole, cast(null as varchar) as trade_wild,
  cast(null as varchar) as branch, false as latin, false as institution, false as poor,
  case when (w // 10000) % 10 < 4 then 'a' || h4 % 100000007 end as address, case when (w // 100000) % 10 < 5 then 'p' || h1 % 1000000007 end as phone,
  code, case when code = true_code then code end as sure, n as firm
from spoken order by rid
"""
