import { useEffect, useState } from "react";
import { address, query, useAsk, type EntityMeta, type Row } from "../api";
import { useSpeech } from "../i18n";
import { since } from "../i18n/time";
import { KeptBack } from "../sharing/KeptBack";
import { link, withSearch, go, type Route } from "../shell/route";
import { useSession } from "../shell/session";
import { Button, Drawer, Due, Head, Input, Nothing, Pager, Panel, Problem, Segmented, Table, Tag, Waiting, type Column } from "../ui";
import { usePages } from "../ui/usePages";
import { Board } from "./Board";
import { EntityForm } from "./EntityForm";
import { Conditions, FilterMaker, withFilters, wordsOf } from "./Filters";
import { FromFile } from "./FromFile";
import { Value } from "./Value";

/** The list of any entity: columns, search, filter and order come from its declaration; records of a process have a board too. */
export function EntityList({ name, route }: { name: string; route: Route }) {
  const { t, word, language } = useSpeech();
  const meta = useAsk<EntityMeta>(`/meta/${name}`);
  const [made, setMade] = useState(0);
  if (meta.problem) return <><Head title={t("nav.entities")} /><Problem of={meta.problem} retry={meta.reload} /></>;
  if (!meta.data) return <Waiting />;
  const filing = route.search.get("new") === "many" && meta.data.can.many;
  const adding = route.search.get("new") === "1" && meta.data.can.create;
  const wanted = { q: route.search.get("q"), sort: route.search.get("sort"), filter: route.search.getAll("filter") };
  const view = meta.data.process ? route.search.get("view") ?? "board" : "list";
  const move = (changes: Record<string, string | null>) => go(withSearch(route, changes));
  return (
    <>
      <Head title={word(meta.data.label)} about={word(meta.data.about)}>
        {meta.data.process && (
          <Segmented aria-label={t("view")} value={view} onChange={(v) => move({ view: v === "board" ? null : v })}
            options={[{ value: "board", label: t("view.board") }, { value: "list", label: t("view.list") }]} />
        )}
        <Button href={address(`/entities/${name}.csv${query(wanted)}`)}>{t("export")}</Button>
        {meta.data.can.many && <Button onClick={() => move({ new: "many" })}>{t("many.open")}</Button>}
        {meta.data.can.create && <Button type="primary" onClick={() => move({ new: "1" })}>{t("new")}</Button>}
      </Head>
      <Panel>
        <Narrowing meta={meta.data} route={route} filters={wanted.filter} q={wanted.q} />
        {view === "board" ? <Board meta={meta.data} wanted={wanted} /> : <Rows key={made} meta={meta.data} route={route} wanted={wanted} />}
      </Panel>
      {filing && <FromFile meta={meta.data} onMade={() => setMade(made + 1)} onClose={() => move({ new: null })} />}
      <Drawer open={adding} title={t("new.of", { what: within(word(meta.data.label), language) })} onClose={() => move({ new: null })} size="large" destroyOnHidden>
        <EntityForm meta={meta.data} onSaved={(id) => go(link("entities", name, id))} />
      </Drawer>
    </>
  );
}

/** A name within a sentence: English begins it small, unless it is an abbreviation such as CAPA. */
const within = (name: string, language: string): string => (language === "en" && /^[A-Z][a-z]/.test(name) ? name.charAt(0).toLowerCase() + name.slice(1) : name);

type Wanted = { q: string | null; sort: string | null; filter: string[] };

function Rows({ meta, route, wanted }: { meta: EntityMeta; route: Route; wanted: Wanted }) {
  const { t, word } = useSpeech();
  const { name, title } = meta;
  const { asked, trail, setTrail } = usePages<Row>(`/entities/${name}${query({ ...wanted, limit: 30 })}`);
  const listed = meta.fields.filter((f) => f.list);
  const columns: Column<Row>[] = listed.map((f) => ({
    name: f.name, title: word(f.label), sortable: f.sortable, align: f.type === "integer" || f.type === "number" ? "right" : undefined,
    show: (row) => f.name === title ? <a href={link("entities", name, String(row._id))}><Value field={{ ...f, type: f.type === "reference" ? "text" : f.type }} row={row} /></a> : <Value field={f} row={row} />,
  }));
  const process = meta.process;
  const standing: Column<Row>[] = process ? [
    { name: "_state", title: t("status"), sortable: true, show: (row) => <Tag tone={process.states.find((s) => s.name === row._state)?.terminal ? "plain" : "busy"}>{word(process.states.find((s) => s.name === row._state)?.label) || String(row._state ?? "–")}</Tag> },
    { name: "_due", title: t("limit.due"), sortable: true, show: (row) => <Due at={row._due as string | null} /> },
    { name: "_since", title: t("inbox.since"), sortable: true, show: (row) => (typeof row._since === "string" ? since(t, row._since) : "–") },
  ] : [];
  const ordered = [...columns.filter((c) => c.name === title), ...standing, ...columns.filter((c) => c.name !== title)];
  return (
    <>
      <Problem of={asked.problem} retry={asked.reload} />
      <KeptBack of={asked.data?.sharing} fields={meta.fields} />
      <Table<Row>
        label={word(meta.label)} columns={ordered} rows={asked.data?.items ?? []} id={(r) => String(r._id)} loading={asked.loading}
        sorted={wanted.sort ? { name: wanted.sort.replace(/^-/, ""), descending: wanted.sort.startsWith("-") } : null}
        onSort={(s) => go(withSearch(route, { sort: s ? `${s.descending ? "-" : ""}${s.name}` : null }))}
        empty={<Nothing>{wanted.q || wanted.filter.length ? t("nothing.found") : meta.native ? t("nothing.native") : t("nothing.lake")}</Nothing>}
      />
      <Pager trail={trail} next={asked.data?.next ?? null} total={asked.data?.total} shown={asked.data?.items.length ?? 0} onTrail={setTrail} />
    </>
  );
}

/** Search and filters; a process offers the questions that are asked every day. */
function Narrowing({ meta, route, filters, q }: { meta: EntityMeta; route: Route; filters: string[]; q: string | null }) {
  const { t, word } = useSpeech();
  const { session } = useSession();
  const set = (next: string[]) => go(withFilters(route, next));
  const mine = `_opened_by:eq:${session?.username ?? ""}`;
  const late = filters.find((f) => f.startsWith("_due:lt:"));
  const today = () => `_due:lt:${new Date().toISOString()}`;
  const quick = (text: string, on: string | undefined, fresh: () => string) => (
    <Button size="small" aria-pressed={!!on} type={on ? "primary" : "default"} onClick={() => set(on ? filters.filter((f) => f !== on) : [...filters, fresh()])}>{text}</Button>
  );
  const words = (filter: string): string => {
    const [field, , ...rest] = filter.split(":");
    const value = rest.join(":");
    return field === "_state" ? `${t("status")}: ${word(meta.process?.states.find((s) => s.name === value)?.label) || value}` : wordsOf(filter, meta.fields, t, word);
  };
  return (
    <div className="bar">
      <Search value={q ?? ""} onSearch={(text) => go(withSearch(route, { q: text || null }))} />
      {meta.process && quick(t("desk.late"), late, today)}
      {meta.process && quick(t("desk.opened"), filters.find((f) => f === mine), () => mine)}
      <FilterMaker fields={meta.fields} onAdd={(f) => set([...filters, f])} />
      <Conditions of={filters.filter((f) => f !== mine && f !== late)} words={words} onRemove={(f) => set(filters.filter((x) => x !== f))} />
    </div>
  );
}

export function Search({ value, onSearch, label }: { value: string; onSearch: (text: string) => void; label?: string }) {
  const { t } = useSpeech();
  const [text, setText] = useState(value);
  useEffect(() => setText(value), [value]);
  return (
    <Input.Search
      style={{ width: 280 }} type="search" aria-label={label ?? t("search")} placeholder={label ?? t("search")} value={text} allowClear
      onChange={(e) => setText(e.target.value)} onSearch={onSearch} enterButton={t("find")}
    />
  );
}
