import { useState } from "react";
import { address, query, useAsk } from "../api";
import { useSpeech, type Key } from "../i18n";
import { KeptBack } from "../sharing/KeptBack";
import { go, link, withSearch, type Route } from "../shell/route";
import { useMay } from "../shell/session";
import { Button, DayInput, Facts, Head, Nothing, Panel, Problem, Select, Table, Tag, Waiting } from "../ui";
import { Changing } from "./Changing";
import { Chart } from "./Chart";
import { better, called, figure, lastOf, meets, type Dimension, type Figure, type Item, type One } from "./model";

const FIRST = 20; // values of a dimension shown at first
const END = { up: Number.MAX_VALUE, down: -Number.MAX_VALUE, none: -Number.MAX_VALUE }; // where what has no figure is sorted: last
const CHOSEN = ["period", "from", "to", "compare"] as const;

/** One metric: what it is in words, how it went, what tells its figures apart, and the way to the rows behind each. */
export function MetricPage({ name, route }: { name: string; route: Route }) {
  const { t, word, language } = useSpeech();
  const proposes = useMay("definitions:propose");
  const [changing, setChanging] = useState(false);
  const chosen = Object.fromEntries(CHOSEN.map((c) => [c, route.search.get(c)]));
  const where = route.search.getAll("where");
  const asked = useAsk<One>(`/metrics/${encodeURIComponent(name)}${query({ ...chosen, where })}`);
  const [shown, setShown] = useState<One>();
  if (asked.data && asked.data !== shown) setShown(asked.data); // while another span is asked for, the last one stays
  const m = asked.data ?? shown;
  if (asked.problem && !m) return <><Head title={t("nav.metrics")} /><Problem of={asked.problem} retry={asked.reload} /></>;
  if (!m) return <Waiting />;
  const sent = query({ ...chosen, where, by: route.search.getAll("by") });
  return (
    <>
      <p><a href="#/metrics">← {t("nav.metrics")}</a></p>
      <Head title={word(m.label)} about={word(m.meaning)}>
        <Button href={`${address(`/metrics/${m.name}.csv`)}${sent}`}>CSV</Button>
        <Button href={`${address(`/metrics/${m.name}.xlsx`)}${sent}`}>XLSX</Button>
        <Button href={link("dictionary", `metric:${m.name}`)}>{t("nav.dictionary")}</Button>
        {proposes && <Button onClick={() => setChanging(true)}>{t("metrics.change")}</Button>}
      </Head>
      <Panel title={t("metrics.definition")}><Definition of={m} /></Panel>
      <KeptBack of={m.figures.sharing} fields={[]} />
      <Problem of={asked.problem} retry={asked.reload} />
      <Panel title={m.periods ? t("metrics.course") : t("metrics.standing")}>
        {m.periods && <Asking of={m} route={route} />}
        {where.map((w) => <Button key={w} size="small" onClick={() => go(withSearch(route, { where: null }))}>{w.replace(/:eq:/, " = ")} ×</Button>)}
        <Whole of={m} />
        {m.figures.grain && <Course of={m} route={route} />}
      </Panel>
      {m.dimensions.length > 0 && <Apart key={m.figures.from} of={m} route={route} where={where} />}
      {changing && <Changing of={m} language={language} onClose={() => setChanging(false)} />}
    </>
  );
}

function Definition({ of: m }: { of: One }) {
  const { t, word, language } = useSpeech();
  const comma = language === "en" ? ", " : "、";
  return (
    <Facts of={[
      [t("metrics.words"), word(m.words)],
      ...(m.where.length ? [[t("metrics.where"), m.where.map((w) => word(m.qualifiers[w]) || w).join(comma)] as [string, string]] : []),
      ...(m.made_of.length ? [[t("metrics.made_of"), <>{m.made_of.map((o, n) => <span key={o}>{n > 0 && comma}<a href={link("metrics", o)}>{o}</a></span>)}</>] as [string, React.ReactNode]] : []),
      [t("metrics.over"), <span className="mono">{m.over.join(comma)}</span>],
      [t("metrics.direction"), t(`metrics.direction.${m.direction}` as Key)],
      [t("metrics.adds"), t(m.additive ? "metrics.adds.yes" : "metrics.adds.no")],
      ...(m.target !== null ? [[t("metrics.target"), figure(m.target, m.decimals, language, m.unit)] as [string, string]] : []),
      [t("owner"), word(m.owner_label)],
      ...(m.said ? [[t("metrics.said"), <><a href={link("changes", m.said.proposal)}>{m.said.since}</a> <span className="quiet">{m.said.proposed_by} → {m.said.approved_by}</span></>] as [string, React.ReactNode]] : []),
    ]} />
  );
}

function Asking({ of: m, route }: { of: One; route: Route }) {
  const { t } = useSpeech();
  const ask = (changes: Record<string, string | null>) => go(withSearch(route, changes));
  const grained = m.figures.grain !== null || m.figures.period === "whole";
  const name = (p: string) => (p.startsWith("trailing_") ? t("metrics.period.trailing", { n: p.replace(/\D/g, "") }) : t(`metrics.period.${p}` as Key));
  return (
    <div className="bar">
      <Select style={{ width: 170 }} aria-label={t("metrics.period")} value={m.figures.period ?? "month"} onChange={(v: string) => ask({ period: v, from: null })} options={m.all_periods.map((p) => ({ value: p, label: name(p) }))} />
      {grained && <span style={{ width: 150 }}><DayInput aria-label={t("metrics.from")} value={m.figures.from} onChange={(v: unknown) => ask({ from: v ? String(v) : null })} /></span>}
      <span style={{ width: 150 }}><DayInput aria-label={t("metrics.to")} value={m.figures.to} onChange={(v: unknown) => ask({ to: v ? String(v) : null })} /></span>
      <Select style={{ width: 170 }} aria-label={t("metrics.compare")} value={m.figures.compare ?? ""} onChange={(v: string) => ask({ compare: v || null })}
        options={[{ value: "", label: t("metrics.compare.none") }, { value: "previous", label: t("metrics.compare.previous") }, { value: "last_year", label: t("metrics.compare.last_year") }]} />
    </div>
  );
}

function Whole({ of: m }: { of: One }) {
  const { t, language, number } = useSpeech();
  const { whole, from, to } = m.figures;
  const held = meets({ ...m, value: whole.value });
  return (
    <p className="bar">
      <strong style={{ fontSize: 26 }}>{figure(whole.value, m.decimals, language, m.unit)}</strong>
      {held !== null && <Tag tone={held ? "good" : "bad"}>{t(held ? "metrics.meets" : "metrics.misses")}</Tag>}
      {whole.before !== undefined && <Change of={whole} metric={m} />}
      <span className="quiet">{from && `${from} – ${to}`}{m.ratio && whole.of !== null && whole.per !== null && ` · ${number(whole.of)} / ${number(whole.per)}`}</span>
    </p>
  );
}

/** What a figure was, and by how much it is more or less. */
function Change({ of, metric: m }: { of: Figure; metric: One }) {
  const { t, language } = useSpeech();
  if (of.before === null || of.before === undefined || of.value === null) return <span className="quiet">–</span>;
  const good = better(of.value, of.before, m.direction);
  const by = of.value - of.before;
  return <Tag tone={good === null ? "plain" : good ? "good" : "warn"}>{`${by >= 0 ? "+" : ""}${figure(by, m.decimals, language)} (${t("metrics.was")} ${figure(of.before, m.decimals, language, m.unit)})`}</Tag>;
}

function Course({ of: m, route }: { of: One; route: Route }) {
  const { t, word, language, number } = useSpeech();
  const { items, grain, compare } = m.figures;
  if (!grain) return null;
  const series = [{ name: word(m.label), values: items.map((i) => i.value) }, ...(compare ? [{ name: t(`metrics.compare.${compare}` as Key), values: items.map((i) => i.before ?? null), dashed: true }] : [])];
  const rows = (i: Item, part?: string) => `${link("metrics", m.name, "rows")}${query({ from: i.period!, to: lastOf(i.period!, grain), part, where: route.search.getAll("where") })}`;
  const drills = !m.over.some((o) => o.startsWith("marts."));
  return (
    <>
      <Chart periods={items.map((i) => i.period!)} grain={grain} series={series} bars={m.additive} target={m.target} decimals={m.decimals} unit={m.unit} label={`${word(m.label)}: ${t("metrics.course")}`} targetLabel={t("metrics.target")} language={language} />
      <Table<Item> fit label={t("metrics.course")} rows={[...items].reverse()} id={(i) => i.period ?? ""} columns={[
        { name: "period", title: t("metrics.period"), width: 120, show: (i) => called(i.period, grain) },
        { name: "value", title: t("metrics.value"), align: "right", width: 130, show: (i) => <strong>{figure(i.value, m.decimals, language, m.unit)}</strong> },
        { name: "of", title: m.ratio ? t("metrics.of") : t("metrics.rows"), align: "right", width: 130, show: (i) => (drills ? <a href={rows(i)}>{i.of === null ? "–" : number(i.of)}</a> : i.of === null ? "–" : number(i.of)) },
        ...(m.ratio ? [{ name: "per", title: t("metrics.per"), align: "right" as const, width: 130, show: (i: Item) => (drills ? <a href={rows(i, "per")}>{i.per === null ? "–" : number(i.per)}</a> : i.per === null ? "–" : number(i.per)) }] : []),
        ...(compare ? [{ name: "change", title: t(`metrics.compare.${compare}` as Key), width: 200, show: (i: Item) => <Change of={i} metric={m} /> }] : []),
      ]} />
    </>
  );
}

/** The figures of the whole span, told apart by a dimension. */
function Apart({ of: m, route, where }: { of: One; route: Route; where: string[] }) {
  const { t, word, language, number } = useSpeech();
  const by = m.dimensions.find((d) => d.name === route.search.get("by")) ?? m.dimensions[0]!;
  const span = m.periods ? { period: "whole", from: m.figures.from, to: m.figures.to } : {};
  const asked = useAsk<One>(`/metrics/${m.name}${query({ ...span, by: by.name, where })}`);
  const found = asked.data?.figures;
  const most = Math.max(0, ...(found?.items.map((i) => Math.abs(i.value ?? 0)) ?? []));
  const worst = m.ratio && m.direction !== "none"; // of what is judged, the worst is looked for; of what adds up, the most
  const sorted = [...(found?.items ?? [])].sort((a, b) => (worst ? (m.direction === "up" ? 1 : -1) : -1) * ((a.value ?? END[m.direction]) - (b.value ?? END[m.direction])) || (b.per ?? 0) - (a.per ?? 0));
  const [all, setAll] = useState(false);
  const rows = all ? sorted : sorted.slice(0, FIRST);
  const named = (i: Item): string => { const v = i.by[by.name]; return v === null || v === undefined ? t("metrics.unknown") : word(found?.names[by.name]?.[String(v)]) || String(v); };
  return (
    <Panel title={t("metrics.apart")}>
      <div className="bar">
        <Select style={{ width: 200 }} aria-label={t("metrics.dimension")} value={by.name} onChange={(v: string) => go(withSearch(route, { by: v }))} options={m.dimensions.map((d: Dimension) => ({ value: d.name, label: word(d.label) }))} />
      </div>
      <Problem of={asked.problem} retry={asked.reload} />
      {!asked.problem && <Table<Item> fit label={t("metrics.apart")} rows={rows} id={(i) => String(i.by[by.name])} loading={asked.loading} empty={<Nothing />} columns={[
        { name: "by", title: word(by.label), width: 230, show: (i) => (i.by[by.name] === null ? <span className="quiet">{named(i)}</span>
          : <a href={withSearch(route, { where: `${by.name}:eq:${String(i.by[by.name])}` })}>{named(i)}</a>) },
        { name: "bar", title: t("metrics.size"), width: 190, show: (i) => <span className="meter" style={{ display: "block" }} aria-hidden="true"><span style={{ width: `${most ? (Math.abs(i.value ?? 0) / most) * 100 : 0}%` }} /></span> },
        { name: "value", title: t("metrics.value"), align: "right", width: 120, show: (i) => <strong>{figure(i.value, m.decimals, language, m.unit)}</strong> },
        ...(m.ratio ? [{ name: "of", title: t("metrics.of"), align: "right" as const, width: 100, show: (i: Item) => (i.of === null ? "–" : number(i.of)) }, { name: "per", title: t("metrics.per"), align: "right" as const, width: 100, show: (i: Item) => (i.per === null ? "–" : number(i.per)) }] : []),
      ]} />}
      {sorted.length > rows.length && <p className="bar end"><Button onClick={() => setAll(true)}>{t("rest.show", { n: number(sorted.length - rows.length) })}</Button></p>}
    </Panel>
  );
}
