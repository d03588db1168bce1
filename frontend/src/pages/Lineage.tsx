import { lazy, Suspense } from "react";
import { address, query, useAsk } from "../api";
import { useSpeech, type Key } from "../i18n";
import { canWalk, named, type Contradiction, type Gap, type Happened, type Place, type Step, type Walked } from "../lineage/lineage";
import { Jobs } from "../lineage/Jobs";
import { Search } from "../meta/EntityList";
import { go, link, withSearch, type Route } from "../shell/route";
import { Button, Head, Nothing, Panel, Problem, Select, Table, Tag, Waiting } from "../ui";

const LineageGraph = lazy(() => import("../lineage/LineageGraph"));
const THROUGH = ["all", "value", "influence"] as const;
const DIRECTIONS = ["both", "up", "down"] as const;

export default function Lineage({ route }: { route: Route }) {
  const field = route.search.get("field");
  return field ? <Field key={field} name={field} route={route} /> : <Find route={route} />;
}

const to = (name: string): string => `${link("lineage")}?field=${encodeURIComponent(name)}`;
/** Of a table or job as a whole no values are told. */
const at = (p: Place): string => (p.column ? to(named(p)) : whole(named(p)));
const whole = (name: string): string => `${to(name)}&through=all`;

function Find({ route }: { route: Route }) {
  const { t, word, number } = useSpeech();
  const q = route.search.get("q") ?? "";
  const asked = useAsk<{ items: Place[]; known: number; columns: number; gaps: Gap[]; contradictions: Contradiction[] }>(`/lineage${query({ q })}`);
  return (
    <>
      <Head title={t("nav.lineage")} about={t("lineage.about")} />
      <Panel>
        <div className="bar"><Search value={q} label={t("lineage.search")} onSearch={(text) => go(`${link("lineage")}${query({ q: text })}`)} /></div>
        <Problem of={asked.problem} retry={asked.reload} />
        {q ? (
          <Table<Place> fit label={t("nav.lineage")} rows={asked.data?.items ?? []} id={named} loading={asked.loading} columns={[
            { name: "column", title: t("field"), show: (p) => <a className="mono" href={at(p)}>{p.column || p.table}</a> },
            { name: "table", title: t("table"), show: (p) => <span className="mono">{p.table}</span> },
            { name: "label", title: t("name"), show: (p) => word(p.label ?? (p.column ? null : p.called)) },
          ]} />
        ) : <Nothing>{t("lineage.empty")}</Nothing>}
      </Panel>
      <Jobs route={route} />
      {asked.data && asked.data.contradictions.length > 0 && <Panel title={t("lineage.contradictions")}><Contradictions of={asked.data.contradictions.slice(0, 200)} /></Panel>}
      {asked.data && (
        <Panel title={t("lineage.known", { n: number(asked.data.known), m: number(asked.data.columns) })}>
          <Gaps of={asked.data.gaps.slice(0, 200)} />
        </Panel>
      )}
    </>
  );
}

function Field({ name, route }: { name: string; route: Route }) {
  const { t, word } = useSpeech();
  const through = route.search.get("through") ?? "value";
  const direction = route.search.get("direction") ?? "both";
  const wanted = query({ name, through, direction });
  const asked = useAsk<Walked>(`/lineage/field${wanted}`);
  if (asked.problem) return <><Head title={t("nav.lineage")} /><Problem of={asked.problem} retry={asked.reload} /></>;
  if (!asked.data) return <Waiting />;
  const of = asked.data;
  return (
    <>
      <p><a href="#/lineage">← {t("nav.lineage")}</a></p>
      <Head title={<span className="mono">{named(of.field)}</span>} about={[word(of.field.label), of.word ? t(`lineage.word.${of.word}` as Key) : ""].filter(Boolean).join(" · ")}>
        <Button href={address(`/lineage/field.csv${wanted}`)}>{t("export")}</Button>
      </Head>
      <Panel>
        <div className="bar">
          <Select style={{ width: 170 }} aria-label={t("lineage.direction")} value={direction} onChange={(v: string) => go(withSearch(route, { direction: v === "both" ? null : v }))}
            options={DIRECTIONS.map((d) => ({ value: d, label: t(`lineage.direction.${d}`) }))} />
          <Select style={{ width: 170 }} aria-label={t("lineage.through")} value={through} onChange={(v: string) => go(withSearch(route, { through: v === "value" ? null : v }))}
            options={THROUGH.map((d) => ({ value: d, label: t(`lineage.through.${d}`) }))} />
        </div>
        {of.steps.length ? <Suspense fallback={<Waiting />}><LineageGraph of={of} /></Suspense> : <Nothing>{t("lineage.alone")}</Nothing>}
      </Panel>
      {(["up", "down"] as const).filter((d) => of.steps.some((s) => s.direction === d)).map((d) => (
        <Panel key={d} title={t(`lineage.direction.${d}`)}><Steps of={of.steps.filter((s) => s.direction === d)} label={t(`lineage.direction.${d}`)} /></Panel>
      ))}
      {of.contradictions.length > 0 && <Panel title={t("lineage.contradictions")}><Contradictions of={of.contradictions} /></Panel>}
      {of.gaps.length > 0 && <Panel title={t("lineage.gaps")}><Gaps of={of.gaps} /></Panel>}
      <Lately of={of.lately} />
    </>
  );
}

function Steps({ of, label }: { of: Step[]; label: string }) {
  const { t, number } = useSpeech();
  const far = (s: Step) => (s.direction === "up" ? s.from : s.to);
  const near = (s: Step) => (s.direction === "up" ? s.to : s.from);
  return (
    <Table<Step> fit label={label} rows={of} id={(s) => `${named(s.from)}>${named(s.to)}>${s.how}`} columns={[
      { name: "depth", title: t("lineage.depth"), width: 64, show: (s) => number(s.depth) },
      { name: "field", title: t("field"), show: (s) => (canWalk(far(s)) ? <a className="mono break" href={at(far(s))}>{named(far(s))}</a> : <Reader of={far(s)} />) },
      { name: "flow", title: t("lineage.flow"), width: 92, show: (s) => <Tag tone={s.flow === "value" ? "busy" : "plain"}>{t(`lineage.through.${s.flow}`)}</Tag> },
      { name: "how", title: t("how"), width: 110, show: (s) => t(`lineage.how.${s.how}` as Key) },
      { name: "by", title: t("lineage.by"), show: (s) => (s.job ? <a className="mono break" href={whole(s.job)}>{s.job.replace(/^job:/, "")}</a> : t(`lineage.by.${s.by}` as Key)) },
      { name: "near", title: t("lineage.near"), show: (s) => <span className="mono break">{named(near(s))}</span> },
    ]} />
  );
}

/** Who only reads, by what people call it. */
function Reader({ of }: { of: Place }) {
  const { word } = useSpeech();
  return of.called ? <span>{word(of.called)} <span className="mono quiet break">{named(of)}</span></span> : <span className="mono break">{named(of)}</span>;
}

function Contradictions({ of }: { of: Contradiction[] }) {
  const { t } = useSpeech();
  return (
    <Table<Contradiction> fit label={t("lineage.contradictions")} rows={of} id={(c) => `${named(c.from)}>${named(c.to)}>${c.job ?? ""}`} columns={[
      { name: "to", title: t("field"), show: (c) => <a className="mono" href={at(c.to)}>{named(c.to)}</a> },
      { name: "from", title: t("lineage.contradictions.says"), show: (c) => <span className="mono break">{named(c.from)}</span> },
      { name: "job", title: t("lineage.job"), show: (c) => (c.job ? <a className="mono" href={whole(c.job)}>{c.job.replace(/^job:/, "")}</a> : "") },
      { name: "why", title: t("lineage.why"), show: (c) => c.why },
    ]} />
  );
}

function Gaps({ of }: { of: Gap[] }) {
  const { t } = useSpeech();
  return (
    <Table<Gap> fit label={t("lineage.gaps")} rows={of} id={(g) => `${g.table}.${g.column}.${g.why}`} columns={[
      { name: "field", title: t("field"), show: (g) => <span className="mono">{g.table}.{g.column}</span> },
      { name: "why", title: t("lineage.why"), show: (g) => g.why },
    ]} />
  );
}

type Line = Happened & { table: string };

function Lately({ of }: { of: Record<string, Happened[]> }) {
  const { t, moment } = useSpeech();
  const rows: Line[] = Object.entries(of).flatMap(([table, happened]) => happened.map((h) => ({ ...h, table })));
  if (!rows.length) return null;
  const told = (h: Line) => Object.entries(h).filter(([k, v]) => !["what", "at", "table"].includes(k) && v !== null).map(([k, v]) => `${t(`lineage.fact.${k}` as Key)} ${k === "state" ? t(`lineage.state.${String(v)}` as Key) : String(v)}`).join(" · ");
  return (
    <Panel title={t("lineage.lately")}>
      <Table<Line> fit label={t("lineage.lately")} rows={rows} id={(h) => `${h.table}.${h.what}.${String(h.rule ?? "")}.${String(h.field ?? "")}`} columns={[
        { name: "table", title: t("table"), show: (h) => <span className="mono">{h.table}</span> },
        { name: "what", title: t("lineage.what"), show: (h) => t(`lineage.what.${h.what}` as Key) },
        { name: "at", title: t("lineage.at"), show: (h) => (h.at ? moment(h.at) : "") },
        { name: "told", title: t("lineage.facts"), show: told },
      ]} />
    </Panel>
  );
}
