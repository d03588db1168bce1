import { address, query, type Row } from "../api";
import { useSpeech } from "../i18n";
import { Search } from "../meta/EntityList";
import { Conditions, FilterMaker, withFilters, wordsOf } from "../meta/Filters";
import { go, link, withSearch, type Route } from "../shell/route";
import { Button, Nothing, Pager, Problem, Table, Tag, type Column as Shown } from "../ui";
import { usePages } from "../ui/usePages";
import { filterable, isNumber, type Column, type Page } from "./model";

const FORMS = ["csv", "xlsx", "parquet", "arrow"] as const;

/** The rows of a mart, as lists of entities have them: searched, narrowed, in an order, as files. */
export function Data({ name, route }: { name: string; route: Route }) {
  const { t, word } = useSpeech();
  const wanted = { q: route.search.get("q"), sort: route.search.get("sort"), filter: route.search.getAll("filter") };
  const path = `/models/${encodeURIComponent(name)}/rows`;
  const { asked, trail, setTrail } = usePages<Row>(`${path}${query({ ...wanted, limit: 30 })}`);
  const page = asked.data as Page | undefined;
  const fields = filterable(page?.columns ?? []);
  const columns: Shown<Row>[] = (page?.columns ?? []).map((c) => ({
    name: c.name, title: word(c.label), sortable: !c.masked && !!c.kind, align: isNumber(c) ? "right" : undefined, show: (row) => <Cell of={c} value={row[c.name]} />,
  }));
  return (
    <>
      <div className="bar">
        <Search value={wanted.q ?? ""} onSearch={(text) => go(withSearch(route, { q: text || null }))} />
        <FilterMaker fields={fields} onAdd={(f) => go(withFilters(route, [...wanted.filter, f]))} />
        <Conditions of={wanted.filter} words={(f) => wordsOf(f, fields, t, word)} onRemove={(f) => go(withFilters(route, wanted.filter.filter((x) => x !== f)))} />
      </div>
      <Problem of={asked.problem} retry={asked.reload} />
      {!asked.problem && (
        <>
          <div className="bar">
            {FORMS.map((f) => <Button key={f} size="small" href={`${address(`${path}.${f}`)}${query(wanted)}`}>{f.toUpperCase()}</Button>)}
            <Button size="small" href={`${link("pivots", `marts.${name}`)}${query({ filter: wanted.filter })}`}>{t("nav.pivots")}</Button>
            {page && <span className="quiet">{t("reading.release")} <span className="mono">{page.release}</span></span>}
          </div>
          <Table<Row> label={t("models.tab.data")} columns={columns} rows={page?.items ?? []} id={(r) => String(r._id)} loading={asked.loading}
            sorted={wanted.sort ? { name: wanted.sort.replace(/^-/, ""), descending: wanted.sort.startsWith("-") } : null}
            onSort={(s) => go(withSearch(route, { sort: s ? `${s.descending ? "-" : ""}${s.name}` : null }))}
            empty={<Nothing>{wanted.q || wanted.filter.length ? t("nothing.found") : t("nothing")}</Nothing>} />
          <Pager trail={trail} next={page?.next ?? null} total={page?.total ?? undefined} shown={page?.items.length ?? 0} onTrail={setTrail} />
        </>
      )}
    </>
  );
}

/** A value of a mart: a code by its word, a record by the way to it, what is not shown as such. */
function Cell({ of, value }: { of: Column; value: unknown }) {
  const { t, word, number } = useSpeech();
  if (of.masked) return <Tag>{t("reading.masked")}</Tag>;
  if (value === null || value === undefined) return <span className="quiet">–</span>;
  const text = of.codes?.[String(value)] ? word(of.codes[String(value)]) : typeof value === "number" ? number(value) : Array.isArray(value) || typeof value === "object" ? JSON.stringify(value) : String(value);
  return of.record ? <a href={link("entities", of.record, String(value))}>{text}</a> : <>{text}</>;
}
