"""Statements with the lineage that a person wrote down for them.

One line for each output column: `name <- sources | influences`. A source is `table.column`, `~` before it where the value
is changed, `+` where it is aggregated; `constant`, `counted`, `kept` or `gap` stand in place of sources. An influence is
`WORD table.column`. The line `*` holds the influences that every column is under.
"""

from dataclasses import dataclass

TABLES = {
    "lot": [("id", "INTEGER"), ("item", "INTEGER"), ("qty", "INTEGER"), ("state", "VARCHAR"), ("made", "STRUCT(place VARCHAR, line INTEGER)"), ("tags", "VARCHAR[]")],
    "item": [("id", "INTEGER"), ("code", "VARCHAR"), ("price", "INTEGER"), ("parent", "INTEGER")],
    "test": [("lot", "INTEGER"), ("nth", "INTEGER"), ("result", "VARCHAR"), ("score", "INTEGER")],
    "stock": [("id", "INTEGER"), ("qty", "INTEGER"), ("code", "VARCHAR")],
}


@dataclass(frozen=True)
class Truth:
    """A statement and what is true of it."""

    name: str
    sql: str
    told: str
    target: str = ""


TRUTHS = (
    Truth("star exclude replace rename", "select * exclude (made, tags, state) replace (qty * 2 as qty) rename (item as article) from lot", """
        id <- lot.id
        article <- lot.item
        qty <- ~lot.qty"""),
    Truth("join using, star", "select * from test join stock on test.lot = stock.id join item using (code)", """
        lot <- test.lot
        nth <- test.nth
        result <- test.result
        score <- test.score
        id <- stock.id
        qty <- stock.qty
        code <- stock.code
        id <- item.id
        price <- item.price
        parent <- item.parent
        * | JOIN test.lot, JOIN stock.id, JOIN stock.code, JOIN item.code"""),
    Truth("full join using", "select id, qty, price from stock full join item using (id)", """
        id <- ~stock.id, ~item.id
        qty <- stock.qty
        price <- item.price
        * | JOIN stock.id, JOIN item.id"""),
    Truth("right join using", "select id, qty from stock right join item using (id)", """
        id <- item.id
        qty <- stock.qty
        * | JOIN stock.id, JOIN item.id"""),
    Truth("natural join", "select id, code, qty, price from stock natural join item", """
        id <- stock.id
        code <- stock.code
        qty <- stock.qty
        price <- item.price
        * | JOIN stock.id, JOIN item.id, JOIN stock.code, JOIN item.code"""),
    Truth("cte with a list of columns", "with a(x, y) as (select id, qty from lot where state = 'open'), b as (select y, x + 1 as x from a) select x, y from b", """
        x <- ~lot.id
        y <- lot.qty
        * | FILTER lot.state"""),
    Truth("recursive cte", """with recursive up(id, top, depth) as (
            select id, parent, 0 from item where price > 5 union all select up.id, item.parent, depth + 1 from up join item on item.id = up.top where depth < 3)
        select id, top, depth from up""", """
        id <- item.id
        top <- item.parent
        depth <- constant
        * | FILTER item.price, JOIN item.id, JOIN item.parent"""),
    Truth("union by position", "select id, qty as n from lot union all select price, parent from item where code = 'c1'", """
        id <- lot.id, item.price
        n <- lot.qty, item.parent
        * | FILTER item.code"""),
    Truth("union by name", "select id, qty from lot union all by name select price as qty, code, id from item", """
        id <- lot.id, item.id
        qty <- lot.qty, item.price
        code <- item.code"""),
    Truth("union, each row once", "select state from lot union select code from item", """
        state <- lot.state, item.code
        * | GROUP_BY lot.state, GROUP_BY item.code"""),
    Truth("except", "select item from lot except select id from item", """
        item <- lot.item
        * | FILTER lot.item, FILTER item.id"""),
    Truth("intersect", "select item from lot intersect select id from item", """
        item <- lot.item
        * | FILTER lot.item, FILTER item.id"""),
    Truth("correlated scalar subquery", "select id, (select max(score) from test where test.lot = lot.id) as best from lot", """
        id <- lot.id
        best <- +test.score | FILTER test.lot, FILTER lot.id"""),
    Truth("lateral: the value, not the outer column", "select lot.id, x.v from lot, lateral (select item.price as v from item where item.id = lot.item) as x", """
        id <- lot.id
        v <- item.price
        * | FILTER item.id, FILTER lot.item"""),
    Truth("lateral join with a limit", "select lot.id, x.score from lot left join lateral (select score from test where test.lot = lot.id order by nth desc limit 1) as x on true", """
        id <- lot.id
        score <- test.score
        * | FILTER test.lot, FILTER lot.id, SORT test.nth"""),
    Truth("named window", "select id, sum(qty) over w as running, row_number() over w as nth from lot window w as (partition by item order by id)", """
        id <- lot.id
        running <- +lot.qty | WINDOW lot.item, WINDOW lot.id
        nth <- counted | WINDOW lot.item, WINDOW lot.id"""),
    Truth("window over another row", "select id, lag(qty) over (partition by state order by id) as before from lot", """
        id <- lot.id
        before <- ~lot.qty | WINDOW lot.state, WINDOW lot.id"""),
    Truth("pivot in from", "select * from (select item, state, qty from lot) pivot (sum(qty) as n for state in ('open', 'done'))", """
        item <- lot.item
        open_n <- +lot.qty | CONDITIONAL lot.state
        done_n <- +lot.qty | CONDITIONAL lot.state
        * | GROUP_BY lot.item"""),
    Truth("pivot statement", "pivot lot on state in ('open', 'done') using sum(qty) group by item", """
        item <- lot.item
        open <- +lot.qty | CONDITIONAL lot.state
        done <- +lot.qty | CONDITIONAL lot.state
        * | GROUP_BY lot.item"""),
    Truth("pivot statement, two aggregates", "pivot lot on state in ('open') using sum(qty) as s, max(id) as m group by item", """
        item <- lot.item
        open_s <- +lot.qty | CONDITIONAL lot.state
        open_m <- +lot.id | CONDITIONAL lot.state
        * | GROUP_BY lot.item"""),
    Truth("unpivot in from", "select * from stock unpivot (n for what in (id, qty))", """
        code <- stock.code
        what <- constant
        n <- stock.id, stock.qty
        * | FILTER stock.id, FILTER stock.qty"""),
    Truth("unpivot statement", "unpivot item on columns(* exclude (id, code)) into name what value n", """
        id <- item.id
        code <- item.code
        what <- constant
        n <- item.price, item.parent
        * | FILTER item.price, FILTER item.parent"""),
    Truth("columns by pattern", "select min(columns('^(id|qty)$')) from lot", """
        0 <- +lot.id
        1 <- +lot.qty"""),
    Truth("columns by star", "select columns(* exclude (made, tags, state, item)) + 1 from lot", """
        0 <- ~lot.id
        1 <- ~lot.qty"""),
    Truth("struct fields", "select made.place as p, lot.made.line as l, made['line'] as m from lot", """
        p <- ~lot.made
        l <- ~lot.made
        m <- ~lot.made"""),
    Truth("struct star", "select id, made.* from lot", """
        id <- lot.id
        place <- ~lot.made
        line <- ~lot.made"""),
    Truth("unnest in the select list", "select id, unnest(tags) as tag from lot", """
        id <- lot.id
        tag <- ~lot.tags
        * | JOIN lot.tags"""),
    Truth("unnest in from", "select lot.id, t.tag from lot, unnest(lot.tags) as t(tag)", """
        id <- lot.id
        tag <- ~lot.tags
        * | JOIN lot.tags"""),
    Truth("lateral alias", "select qty + 1 as more, more * 2 as twice from lot where more > 3", """
        more <- ~lot.qty
        twice <- ~lot.qty
        * | FILTER lot.qty"""),
    Truth("a column goes before an alias of its name", "select item as qty, qty + 1 as more from lot", """
        qty <- lot.item
        more <- ~lot.qty"""),
    Truth("values", "select v.a, v.b, lot.qty from (values (1, 'x'), (2, 'y')) as v(a, b) join lot on lot.id = v.a", """
        a <- constant
        b <- constant
        qty <- lot.qty
        * | JOIN lot.id"""),
    Truth("count(*)", "select state, count(*) as n, count(qty) as m from lot group by state", """
        state <- lot.state
        n <- counted
        m <- +lot.qty
        * | GROUP_BY lot.state"""),
    Truth("exists has no value", "select id, exists (select 1 from test where test.lot = lot.id and score > 5) as tested from lot", """
        id <- lot.id
        tested <- counted | FILTER test.lot, FILTER lot.id, FILTER test.score"""),
    Truth("in a subquery", "select id from lot where item in (select id from item where price > 3)", """
        id <- lot.id
        * | FILTER lot.item, FILTER item.id, FILTER item.price"""),
    Truth("qualify", "select lot, score from test qualify row_number() over (partition by lot order by nth desc) = 1", """
        lot <- test.lot
        score <- test.score
        * | WINDOW test.lot, WINDOW test.nth"""),
    Truth("group by all, aggregate filter", "select item, state, sum(qty) filter (where id > 2) as n from lot group by all", """
        item <- lot.item
        state <- lot.state
        n <- +lot.qty | FILTER lot.id
        * | GROUP_BY lot.item, GROUP_BY lot.state"""),
    Truth("group by number, having, order by alias", "select item, sum(qty) as n from lot group by 1 having max(id) > 1 order by n desc limit 2", """
        item <- lot.item
        n <- +lot.qty
        * | GROUP_BY lot.item, FILTER lot.id, SORT lot.qty"""),
    Truth("case", "select case when state = 'open' then qty else item end as n from lot", """
        n <- ~lot.qty, ~lot.item | CONDITIONAL lot.state"""),
    Truth("the one with the most", "select arg_max(result, nth) as last, list(score order by nth) as scores from test group by lot", """
        last <- +test.result | SORT test.nth
        scores <- +test.score | SORT test.nth
        * | GROUP_BY test.lot"""),
    Truth("lambda", "select list_transform(tags, lambda t: t || state) as told from lot", """
        told <- ~lot.tags, ~lot.state"""),
    Truth("semi and anti join", "select id from lot semi join item on item.id = lot.item anti join test on test.lot = lot.id", """
        id <- lot.id
        * | JOIN item.id, JOIN lot.item, JOIN test.lot, JOIN lot.id"""),
    Truth("distinct on", "select distinct on (item) item, qty from lot order by item, id", """
        item <- lot.item
        qty <- lot.qty
        * | GROUP_BY lot.item, SORT lot.item, SORT lot.id"""),
    Truth("distinct", "select distinct item, state from lot", """
        item <- lot.item
        state <- lot.state
        * | GROUP_BY lot.item, GROUP_BY lot.state"""),
    Truth("asof join", "select lot.id, test.score from lot asof join test on test.lot = lot.id and lot.qty >= test.nth", """
        id <- lot.id
        score <- test.score
        * | JOIN test.lot, JOIN lot.id, JOIN lot.qty, JOIN test.nth"""),
    Truth("from first, nested brackets", "from (select * from (stock join item using (id))) select id, qty, price", """
        id <- stock.id
        qty <- stock.qty
        price <- item.price
        * | JOIN stock.id, JOIN item.id"""),
    Truth("alias that hides a table", "with item as (select id, qty as price from stock) select price from item", """
        price <- stock.qty"""),
    Truth("rollup", "select item, state, sum(qty) as n from lot group by rollup (item, state)", """
        item <- lot.item
        state <- lot.state
        n <- +lot.qty
        * | GROUP_BY lot.item, GROUP_BY lot.state"""),
    Truth("quantile within group", "select item, percentile_cont(0.5) within group (order by qty) as mid from lot group by item", """
        item <- lot.item
        mid <- +lot.qty
        * | GROUP_BY lot.item"""),
    Truth("insert with a list of columns", "insert into stock (qty, id) select price, id from item where parent = 1", """
        id <- item.id
        qty <- item.price
        code <- constant
        * | FILTER item.parent""", "stock"),
    Truth("insert by name", "insert into stock by name select price as qty, id from item", """
        id <- item.id
        qty <- item.price
        code <- constant""", "stock"),
    Truth("insert by place", "insert into stock select price, id, code from item", """
        id <- item.price
        qty <- item.id
        code <- item.code""", "stock"),
    Truth("update from", "update stock set qty = item.price + stock.id from item where item.id = stock.id", """
        qty <- ~item.price, ~stock.id
        * | FILTER item.id, FILTER stock.id""", "stock"),
    Truth("delete using", "delete from stock using item where item.id = stock.id and price > 4", """
        id <- kept
        qty <- kept
        code <- kept
        * | FILTER item.id, FILTER stock.id, FILTER item.price""", "stock"),
    Truth("merge", """merge into stock using (select distinct on (id) * from item order by id, price) as item on item.id = stock.id when matched and item.price > 4 then update set qty = item.price
        when not matched then insert (id, code) values (item.id, item.code)""", """
        id <- item.id
        qty <- item.price
        code <- item.code
        * | JOIN item.id, JOIN stock.id, CONDITIONAL item.price, GROUP_BY item.id, SORT item.id, SORT item.price""", "stock"),
    Truth("create table as", "create table made as with x as (select item, sum(qty) as n from lot group by item) select item.code, x.n from x join item on item.id = x.item", """
        code <- item.code
        n <- +lot.qty
        * | GROUP_BY lot.item, JOIN item.id, JOIN lot.item""", "made"),
    Truth("script through a temporary table", """create temp table near as select lot, max(score) as best from test where result = 'ok' group by lot;
        create temp view nearer as select lot, best * 2 as twice from near;
        insert into stock (id, qty) select lot, twice from nearer""", """
        id <- test.lot
        qty <- +test.score
        code <- constant
        * | FILTER test.result, GROUP_BY test.lot""", "stock"),
    Truth("temporary table filled and changed later", """create temp table near (lot integer, n integer);
        insert into near select id, qty from lot; update near set n = n + item.price from item where item.id = near.lot;
        insert into stock (id, qty) select lot, n from near""", """
        id <- lot.id
        qty <- ~lot.qty, ~item.price
        code <- constant
        * | FILTER item.id, FILTER lot.id""", "stock"),
)
GAPS = (
    ("a column of nobody", "select nothing from lot", "no column nothing"),
    ("of one of two tables that nobody knows", "select x from here, there", "more than one"),
    ("star over a table that nobody knows", "select * from here", "not all columns"),
    ("pivot whose columns come from the data", "pivot lot on state using sum(qty) group by item", "not all columns"),
    ("natural join with a table that nobody knows", "select lot.qty from lot natural join here", "NATURAL JOIN"),
    ("columns by a function", "select columns(c -> c like 'q%') from lot", "COLUMNS"),
    ("file", "select * from read_csv('x.csv')", "not all columns"),
    ("not SQL", "selekt 1 frum", "cannot be read"),
    ("update on conflict", "insert into stock select id, price, code from item on conflict (id) do update set qty = excluded.qty", "ON CONFLICT"),
    ("procedure", "call something(1)", "not read"),
)
