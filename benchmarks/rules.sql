-- The same 38 rules, written by hand for DuckDB: what the compiled scan is measured against.
-- Typed once, counted once, one pass; duplicates are what is left over from the distinct keys.
with narrowed as (
    select
        *,
        narrow("began") as "n_began",
        narrow("ended") as "n_ended",
        narrow("on") as "n_on",
        narrow("torque") as "n_torque",
        narrow("temperature") as "n_temperature",
        narrow("pressure") as "n_pressure",
        narrow("total") as "n_total",
        narrow("good") as "n_good"
    from raw
),

filled_in as (
    select
        *,
        nullif(trim("key_no"), '') as "v_key_no",
        nullif(trim("item"), '') as "v_item",
        nullif(trim("lot"), '') as "v_lot",
        nullif(trim("unit"), '') as "v_unit",
        nullif(trim("result"), '') as "v_result",
        nullif(trim("n_began"), '') as "v_began",
        nullif(trim("n_ended"), '') as "v_ended",
        nullif(trim("n_on"), '') as "v_on",
        nullif(trim("n_torque"), '') as "v_torque",
        nullif(trim("n_temperature"), '') as "v_temperature",
        nullif(trim("n_pressure"), '') as "v_pressure",
        nullif(trim("n_total"), '') as "v_total",
        nullif(trim("n_good"), '') as "v_good"
    from narrowed
),

typed as (
    select
        *,
        to_moment("v_began") as "t_began",
        to_moment("v_ended") as "t_ended",
        to_day("v_on") as "t_on",
        to_exact_number("v_torque") as "t_torque",
        to_exact_number("v_temperature") as "t_temperature",
        to_exact_number("v_pressure") as "t_pressure",
        to_integer("v_total") as "t_total",
        to_integer("v_good") as "t_good"
    from filled_in
)

select
    count(*) - count("v_key_no") as key_no_required,
    count(*) - count("v_item") as item_required,
    count(*) - count("v_lot") as lot_required,
    count(*) - count("v_unit") as unit_required,
    count(*) - count("v_result") as result_required,
    count(*) - count("v_began") as began_required,
    count(*) - count("v_ended") as ended_required,
    count(*) - count("v_on") as on_required,
    count(*) - count("v_torque") as torque_required,
    count(*) - count("v_temperature") as temperature_required,
    count(*) - count("v_total") as total_required,
    count(*) - count("v_good") as good_required,
    count(*) filter (v_result not in ('OK', 'NG')) as result_code,
    count("v_began") - count("t_began") as began_type,
    count("v_ended") - count("t_ended") as ended_type,
    count("v_on") - count("t_on") as on_type,
    count("v_torque") - count("t_torque") as torque_type,
    count("v_temperature") - count("t_temperature") as temperature_type,
    count("v_pressure") - count("t_pressure") as pressure_type,
    count("v_total") - count("t_total") as total_type,
    count("v_good") - count("t_good") as good_type,
    count(*) filter ("n_began" <> "began") as began_width,
    count(*) filter ("n_ended" <> "ended") as ended_width,
    count(*) filter ("n_on" <> "on") as on_width,
    count(*) filter ("n_torque" <> "torque") as torque_width,
    count(*) filter ("n_temperature" <> "temperature") as temperature_width,
    count(*) filter ("n_pressure" <> "pressure") as pressure_width,
    count(*) filter ("n_total" <> "total") as total_width,
    count(*) filter ("n_good" <> "good") as good_width,
    count(v_key_no) - count(distinct v_key_no) as key_duplicate,
    count(*) filter (not regexp_full_match(v_key_no, 'K[0-9]{10}')) as key_no_pattern,
    count(*) filter (not regexp_full_match(v_item, 'FG-[0-9]{6}')) as item_pattern,
    count(*) filter (not regexp_full_match(v_lot, 'L[0-9]{8}')) as lot_pattern,
    count(*) filter (t_torque < 0 or t_torque > 9000) as torque_range,
    count(*) filter (t_temperature < -40 or t_temperature > 150) as temperature_range,
    count(*) filter (t_pressure < 0 or t_pressure > 1000) as pressure_range,
    count(*) filter (t_ended < t_began) as order_,
    count(*) filter (t_total < t_good) as sum_
from typed
