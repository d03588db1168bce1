"""The functions that a question may call. What is not among them is refused: what reads files, settings, the catalogue or the machine is no part of a table.

By DuckDB 2.0 (`duckdb_functions()`), looked through by hand.
"""

ALLOWED = frozenset("""
abs acos acosh add age aggregate alias any_value apply approx_count_distinct approx_quantile arbitrary arg_max arg_max_null arg_min arg_min_null argmax argmin
array_agg array_aggregate array_append array_apply array_cat array_concat array_contains array_distinct array_extract array_filter array_has array_has_all array_has_any
array_indexof array_length array_position array_prepend array_reverse array_reverse_sort array_select array_slice array_sort array_to_string array_transform array_unique array_zip
ascii asin asinh atan atan2 atanh avg bin bit_and bit_count bit_length bit_or bit_xor bool_and bool_or cardinality cbrt ceil ceiling century char_length character_length chr
coalesce concat concat_ws contains corr cos cosh cot count count_if count_star countif covar_pop covar_samp current_date damerau_levenshtein date_add date_diff date_part date_sub
date_trunc datediff datepart datesub datetrunc day dayname dayofmonth dayofweek dayofyear days_in_month decade degrees divide element_at ends_with entropy epoch epoch_ms era even
exp factorial favg fdiv filter first first_value flatten floor fmod format fsum gcd geomean geometric_mean greatest greatest_common_divisor group_concat grouping grouping_id hamming histogram
hour if ifnull instr isfinite isinf isnan isodow isoyear jaccard jaro_similarity jaro_winkler_similarity json_array_length json_extract json_extract_string json_keys json_type
json_valid julian kahan_sum kurtosis kurtosis_pop lag last last_day last_value lcase lcm lead least least_common_multiple left len length levenshtein list list_aggregate list_any_value
list_append list_apply list_avg list_cat list_concat list_contains list_count list_distinct list_element list_extract list_filter list_first list_has list_has_all list_has_any
list_indexof list_last list_max list_median list_min list_mode list_pack list_position list_prepend list_product list_reverse list_reverse_sort list_select list_slice list_sort
list_stddev_pop list_stddev_samp list_string_agg list_sum list_transform list_unique list_value list_zip listagg ln log log10 log2 lower ltrim mad make_date make_time
make_timestamp map map_contains map_entries map_extract map_from_entries map_keys map_values max max_by md5 mean median microsecond millisecond min min_by minute mod mode
month monthname multiply now nth_value ntile cume_dist dense_rank percent_rank rank rank_dense row_number nullif ord percentile_cont percentile_disc pi position pow power prefix product
quantile quantile_cont quantile_disc quarter radians regexp_escape regexp_extract regexp_extract_all regexp_full_match regexp_matches regexp_replace regexp_split_to_array
regr_avgx regr_avgy regr_count regr_intercept regr_r2 regr_slope regr_sxx regr_sxy regr_syy replace reverse right round round_even row rtrim second sem sha256 sign sin sinh skewness
split split_part sqrt starts_with stddev stddev_pop stddev_samp str_split str_split_regex strftime string_agg string_split string_split_regex string_to_array strip_accents strlen
strpos strptime struct_extract struct_extract_at struct_keys struct_pack substr substring subtract suffix sum sum_no_overflow sumkahan tan tanh time_bucket to_days to_hours to_minutes to_months
to_quarters to_seconds to_timestamp to_weeks to_years today translate trim trunc try_strptime typeof ucase unicode unnest upper var_pop var_samp variance wavg week weekday weekofyear
weighted_avg xor year yearweek is_distinct_from not
narrow filled to_number to_exact_number to_integer to_moment to_day to_truth is_gtin is_sscc is_uscc
""".split())  # noqa: SIM905 - a list of five hundred lines reads worse

TABLES = frozenset({"unnest", "generate_series", "range"})  # that give tables out of nothing
