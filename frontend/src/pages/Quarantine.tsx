import { useState } from "react";
import { address, asProblem, query, send, type Asked, type Problem as ProblemError } from "../api";
import { useSpeech } from "../i18n";
import { Many } from "../quarantine/Many";
import { Opened } from "../quarantine/Opened";
import { SheetBack } from "../quarantine/SheetBack";
import { TONES, type DeskPage, type HeldRow, type State, type Which } from "../quarantine/model";
import { useCalled } from "../shell/names";
import { go, link, withSearch, type Route } from "../shell/route";
import { useMay } from "../shell/session";
import { Button, Due, Head, Nothing, Pager, Panel, Problem, Segmented, Select, Table, Tag } from "../ui";
import { usePages } from "../ui/usePages";

const FILTERS = { entity: "entity", load: "file", act: "held.act" } as const;
const ASKED = ["rule", "source", "table", "entity", "load", "act"] as const;
const FOLDERS: Record<string, State[]> = { open: ["open"], decided: ["waiting", "rejected", "returned"], taken: ["taken"], superseded: ["superseded"] };

export default function Quarantine({ route }: { route: Route }) {
  const { t, word, number, moment } = useSpeech();
  const called = useCalled();
  const may = useMay("quarantine:decide");
  const folder = route.search.get("state") ?? (route.search.get("load") || route.search.get("act") ? "all" : "open");
  const wanted = Object.fromEntries(ASKED.map((f) => [f, route.search.get(f)])) as Record<(typeof ASKED)[number], string | null>;
  const { asked, trail, setTrail } = usePages<HeldRow>(`/quarantine/desk${query({ ...wanted, state: FOLDERS[folder]?.join(",") ?? "", limit: 30 })}`);
  const page = (asked as Asked<DeskPage>).data;
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [many, setMany] = useState<{ which: Which; count: number } | null>(null);
  const rows = asked.data?.items ?? [];
  const counted = (states: State[]) => states.reduce((n, s) => n + (page?.counts[s] ?? 0), 0);
  const selects = may && folder === "open";
  const filter = Object.fromEntries((["source", "table", "entity", "rule", "load"] as const).filter((f) => wanted[f]).map((f) => [f, wanted[f]!])) as Which;
  const done = () => { setMany(null); setChosen(new Set()); asked.reload(); };
  const toggle = (id: string) => setChosen((old) => { const next = new Set(old); if (!next.delete(id)) next.add(id); return next; });
  const table = wanted.source && wanted.table ? `${wanted.source}.${wanted.table}` : "";
  const filtered = Object.values(wanted).some(Boolean);
  return (
    <>
      <Head title={t("nav.quarantine")} about={t("quarantine.about")}>
        {table ? <Button href={address(`/quarantine/sheet.csv${query({ source: wanted.source, table: wanted.table, rule: wanted.rule })}`)}>{t("held.sheet.out")}</Button> : <Button href={address(`/quarantine.csv${query({ rule: wanted.rule, source: wanted.source, entity: wanted.entity })}`)}>{t("export")}</Button>}
        {may && <SheetBack onDone={done} />}
        {counted(["waiting"]) > 0 && <RunNow n={counted(["waiting"])} />}
      </Head>
      <Panel>
        <div className="bar slide">
          <Segmented aria-label={t("status")} value={folder} onChange={(v) => { setChosen(new Set()); go(withSearch(route, { state: String(v) === "open" ? null : String(v) })); }}
            options={[...Object.entries(FOLDERS).map(([f, states]) => ({ value: f, label: `${t(`held.folder.${f}` as "held.folder.open")} ${page ? number(counted(states)) : ""}` })), { value: "all", label: t("held.folder.all") }]} />
          {page && page.overdue > 0 && <Tag tone="bad">{t("held.overdue", { n: number(page.overdue) })}</Tag>}
          {page?.review_within && <span className="quiet">{t("held.within", { span: page.review_within.endsWith(" wd") ? t("held.span.wd", { n: page.review_within.slice(0, -3) }) : page.review_within })}</span>}
        </div>
        <div className="bar">
          <Select style={{ width: 220 }} aria-label={t("table")} value={table} showSearch={{ optionFilterProp: "label" }}
            onChange={(v: string) => { const [source, ...name] = v.split("."); go(withSearch(route, { source: v ? source! : null, table: v ? name.join(".") : null })); }}
            options={[{ value: "", label: t("held.tables.all") }, ...(page?.tables ?? []).map((x) => ({ value: `${x.source}.${x.table}`, label: `${x.source}.${x.table} · ${number(x.count)}` }))]} />
          <Select style={{ width: 380 }} aria-label={t("rule")} value={wanted.rule ?? ""} onChange={(v: string) => go(withSearch(route, { rule: v || null }))} showSearch={{ optionFilterProp: "label" }}
            options={[{ value: "", label: t("rule.all") }, ...(page?.rules ?? []).map((r) => ({ value: r.id, label: `${word(r.label)} · ${r.id} · ${number(r.count)}` }))]} />
          {wanted.source && !wanted.table && <Button size="small" onClick={() => go(withSearch(route, { source: null }))}>{t("source")}: {wanted.source} ×</Button>}
          {(Object.keys(FILTERS) as (keyof typeof FILTERS)[]).filter((f) => wanted[f]).map((f) => (
            <Button key={f} size="small" onClick={() => go(withSearch(route, { [f]: null }))}>{t(FILTERS[f])}: {f === "entity" ? called(wanted[f]!) : wanted[f]} ×</Button>
          ))}
        </div>
        {selects && rows.length > 0 && (
          <div className="bar">
            <label><input type="checkbox" checked={rows.every((r) => chosen.has(r.id))} onChange={(e) => setChosen(e.target.checked ? new Set(rows.map((r) => r.id)) : new Set())} /> {t("held.choose.all")}</label>
            <Button disabled={chosen.size === 0} onClick={() => setMany({ which: { ids: [...chosen] }, count: chosen.size })}>{t("held.many.chosen", { n: number(chosen.size) })}</Button>
            {Object.keys(filter).length > 0 && <Button onClick={() => setMany({ which: filter, count: asked.data?.total ?? 0 })}>{t("held.many.all", { n: number(asked.data?.total ?? 0) })}</Button>}
          </div>
        )}
        <Problem of={asked.problem} retry={asked.reload} />
        {!asked.problem && <Table<HeldRow> fit label={t("nav.quarantine")} rows={rows} id={(h) => h.id} loading={asked.loading}
          empty={asked.loading ? <span /> : <Nothing>{filtered ? t("nothing.found") : folder === "open" ? t("quarantine.none") : t("held.none")}</Nothing>}
          columns={[
            ...(selects ? [{
              name: "chosen", width: 44, title: "✓",
              show: (h: HeldRow) => <input type="checkbox" aria-label={t("held.choose", { key: h.key ?? `${h.file} ${h.row}` })} checked={chosen.has(h.id)} onChange={() => toggle(h.id)} />,
            }] : []),
            { name: "key", title: t("key"), show: (h) => <><a href={withSearch(route, { row: h.id })} className="mono break">{h.key ?? h.file}</a><div className="quiet">{called(h.entity)}</div></> },
            { name: "rules", title: t("rules"), width: 260, show: (h) => h.rules.map((r) => <div key={r.id} className="broken"><Tag tone="warn">{word(r.label)}</Tag>{r.columns.map((c) => <span key={c} className="mono quiet"> {c} = {String(h.raw[c] ?? "∅")}</span>)}</div>) },
            { name: "file", title: t("file"), show: (h) => <><span className="mono break">{h.file}</span><div className="quiet">{t("held.line", { n: number(h.row) })}{h.times > 1 && ` · ${t("held.times.n", { n: number(h.times) })}`}</div></> },
            folder === "open"
              ? { name: "due", title: t("held.due"), show: (h) => (h.due_at ? <Due at={h.due_at} /> : <span className="quiet">{moment(h.first_at)}</span>) }
              : { name: "state", title: t("status"), show: (h) => <><Tag tone={TONES[h.state]}>{word(h.state_label)}</Tag><div className="quiet break">{h.reason}</div></> },
          ]} />}
        <Pager trail={trail} next={asked.data?.next ?? null} total={asked.data?.total} shown={rows.length} onTrail={setTrail} />
      </Panel>
      <Opened id={route.search.get("row")} onClose={() => go(withSearch(route, { row: null }))} onDone={asked.reload} onOpen={(id) => go(withSearch(route, { row: id }))} />
      <Many which={many?.which ?? null} count={many?.count ?? 0} onClose={() => setMany(null)} onDone={done} proposals={rows.filter((r) => r.proposed && (!many || !("ids" in many.which) || chosen.has(r.id))).length}
        columns={[...new Set(rows.filter((r) => !many || !("ids" in many.which) || chosen.has(r.id)).flatMap((r) => r.columns))].sort()} />
    </>
  );
}

/** What was corrected waits for a run; whoever may start one need not look for the page. */
function RunNow({ n }: { n: number }) {
  const { t, number } = useSpeech();
  const may = useMay("runs:start");
  const [problem, setProblem] = useState<ProblemError>();
  if (!may) return <span className="quiet">{t("held.waits", { n: number(n) })}</span>;
  const start = async () => {
    try {
      go(link("runs", (await send<{ run_id: string }>("POST", "/runs")).run_id));
    } catch (error) {
      setProblem(asProblem(error));
    }
  };
  return <><Button type="primary" onClick={() => void start()}>{t("held.run", { n: number(n) })}</Button><Problem of={problem} /></>;
}
