-- The functions that rules, mappings and models may call, as DuckDB macros.
-- Each returns null for null and never raises. Another engine brings its own definitions under the same names.

-- Full-width forms (U+FF01-FF5E and the ideographic space) to their ASCII twins. Text that is all ASCII, which is as many
-- bytes as characters, is passed over: that is 200 times faster, and nearly all there is.
create or replace macro narrow(x) as if(strlen(x) = length(x), x, translate(x,
    '０１２３４５６７８９ＡＢＣＤＥＦＧＨＩＪＫＬＭＮＯＰＱＲＳＴＵＶＷＸＹＺａｂｃｄｅｆｇｈｉｊｋｌｍｎｏｐｑｒｓｔｕｖｗｘｙｚ．，－＋／：（）＿＃％＆＊　',
    '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz.,-+/:()_#%&* '));

-- Blank text is no value.
create or replace macro filled(x) as nullif(trim(x), '');

-- A number as people write it: thousands separators only where they belong.
create or replace macro to_number(x) as case
    when regexp_full_match(x, '[+-]?([0-9]{1,3}(,[0-9]{3})+|[0-9]+)(\.[0-9]+)?([eE][+-]?[0-9]+)?')
    then try_cast(try_cast(replace(x, ',', '') as double) as decimal(38, 6)) end;
create or replace macro to_exact_number(x) as case
    when regexp_full_match(x, '[+-]?([0-9]{1,3}(,[0-9]{3})+|[0-9]+)(\.[0-9]+)?')
    then try_cast(replace(x, ',', '') as decimal(24, 6)) else try_cast(to_number(x) as decimal(24, 6)) end;
create or replace macro to_integer(x) as case
    when regexp_full_match(x, '[+-]?([0-9]{1,3}(,[0-9]{3})+|[0-9]+)(\.0+)?')
    then try_cast(regexp_replace(replace(x, ',', ''), '\.0+$', '') as bigint) end;

-- The usual form is cast, 15 times faster than trying the formats in turn.
create or replace macro to_moment(x) as case
    when regexp_full_match(x, '[0-9]{4}-[0-9]{2}-[0-9]{2}([ T][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?)?')
    then try_cast(x as timestamp)
    -- A moment with its zone is that moment in UTC.
    when regexp_full_match(x, '[0-9]{4}-[0-9]{2}-[0-9]{2}[ T][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?(Z|[+-][0-9]{2}(:[0-9]{2})?)')
    then try_cast(x as timestamptz) at time zone 'UTC' else try_strptime(x, [
    '%Y/%m/%d', '%Y年%m月%d日', '%Y%m%d', '%Y.%m.%d',
    '%Y-%m-%d %H:%M:%S', '%Y/%m/%d %H:%M:%S', '%Y年%m月%d日 %H:%M:%S', '%Y-%m-%dT%H:%M:%S',
    '%Y-%m-%d %H:%M:%S.%f', '%Y-%m-%dT%H:%M:%S.%f', '%Y%m%d%H%M%S',
    '%Y-%m-%d %H:%M', '%Y/%m/%d %H:%M', '%Y年%m月%d日 %H:%M', '%d-%b-%y', '%d-%b-%Y', '%Y-%m-%d']) end;
create or replace macro to_day(x) as cast(to_moment(x) as date);
create or replace macro to_truth(x) as case
    when lower(x) in ('1', 'true', 't', 'y', 'yes', '是', '真') then true
    when lower(x) in ('0', 'false', 'f', 'n', 'no', '否', '假') then false end;

-- GS1 General Specifications 7.9: weights 3 and 1 from the right, sum divisible by ten.
create or replace macro is_gtin(x) as regexp_full_match(x, '[0-9]{8}|[0-9]{12,14}') and list_sum(list_transform(
    range(1, length(x) + 1),
    lambda i: try_cast(substr(x, length(x) - i + 1, 1) as int) * if(i % 2 = 0, 3, 1))) % 10 = 0;

create or replace macro is_sscc(x) as regexp_full_match(x, '[0-9]{18}') and list_sum(list_transform(
    range(1, 19), lambda i: try_cast(substr(x, 19 - i, 1) as int) * if(i % 2 = 0, 3, 1))) % 10 = 0;

-- GB 32100-2015: 31 signs (no I, O, S, V, Z), weights 3^(i-1) mod 31.
create or replace macro uscc_sign(x, i) as strpos('0123456789ABCDEFGHJKLMNPQRTUWXY', substr(x, i, 1)) - 1;
create or replace macro is_uscc(x) as regexp_full_match(x, '[0-9A-HJ-NPQRTUWXY]{2}[0-9]{6}[0-9A-HJ-NPQRTUWXY]{10}') and
    (31 - list_sum(list_transform([1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28],
        lambda w, i: w * uscc_sign(x, i))) % 31) % 31 = uscc_sign(x, 18);

-- GB 11714-1997, positions 9-17 of the credit code: 36 signs, mod 11, ten is written X.
create or replace macro is_uscc_inner(x) as
    case (11 - list_sum(list_transform([3, 7, 9, 10, 5, 8, 4, 2],
        lambda w, i: w * (strpos('0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ', substr(x, 8 + i, 1)) - 1))) % 11)
    when 10 then 'X' when 11 then '0'
    else cast(11 - list_sum(list_transform([3, 7, 9, 10, 5, 8, 4, 2],
        lambda w, i: w * (strpos('0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ', substr(x, 8 + i, 1)) - 1))) % 11 as varchar)
    end = substr(x, 17, 1);

-- The only reading of letters a credit code cannot hold that makes both check digits right.
create or replace macro uscc_repair(x) as case
    when x is null or is_uscc(x) then null
    when is_uscc(translate(upper(x), 'OISZ', '0152')) and is_uscc_inner(translate(upper(x), 'OISZ', '0152'))
    then translate(upper(x), 'OISZ', '0152') end;

-- The GTIN inside a scanned GS1 string, bracketed or plain; null where there is none.
create or replace macro udi_gtin(x) as coalesce(
    nullif(regexp_extract(x, '\(01\)([0-9]{14})', 1), ''),
    nullif(regexp_extract(x, '^(?:\][a-zA-Z][0-9])?01([0-9]{14})', 1), ''));

-- GB 11643-1999: 17 digits weighted 2^(18-i) mod 11, ten is written X; the birth date inside is a day that there is.
create or replace macro is_resident_id(x) as regexp_full_match(x, '[1-8][0-9]{5}(18|19|20)[0-9]{9}[0-9X]') and try_strptime(substr(x, 7, 8), '%Y%m%d') is not null and
    (list_sum(list_transform([7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2],
        lambda w, i: w * try_cast(substr(x, i, 1) as int))) + if(substr(x, 18, 1) = 'X', 10, try_cast(substr(x, 18, 1) as int))) % 11 = 1;

-- ISO/IEC 7812: 16 to 19 digits of a bank's range, Luhn's sum divisible by ten. Eighteen zeros and the like are no cards.
create or replace macro is_bank_card(x) as regexp_full_match(x, '[3-6][0-9]{15,18}') and list_sum(list_transform(
    range(1, length(x) + 1), lambda i: if(i % 2 = 1, try_cast(substr(x, length(x) - i + 1, 1) as int),
        try_cast(substr(x, length(x) - i + 1, 1) as int) * 2 // 10 + try_cast(substr(x, length(x) - i + 1, 1) as int) * 2 % 10))) % 10 = 0;
