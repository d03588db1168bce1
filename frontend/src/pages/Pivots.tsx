import { address, query, useAsk, type Label } from "../api";
import { useSpeech, type Key } from "../i18n";
import { Conditions, FilterMaker, wordsOf } from "../meta/Filters";
import { PivotTable } from "../reading/PivotTable";
import { filterable, GRAINS, isMoment, MEASURES, takes, type Column, type Pivot } from "../reading/model";
import { KeptBack } from "../sharing/KeptBack";
import { go, link, type Route } from "../shell/route";
import { Button, Head, InputNumber, Nothing, Panel, Problem, Select, Waiting } from "../ui";

type Wanted = { row: string[]; column: string[]; measure: string[]; filter: string[]; top: string | null };
const MOST_AXES = 4;

/** Pivots on any table that is served; the address holds what is asked, so that it can be sent and kept. */
export default function Pivots({ route }: { route: Route }) {
  const { t, word } = useSpeech();
  const table = route.path[1];
  const known = useAsk<{ items: { name: string; label: Label }[] }>("/pivots");
  return (
    <>
      <Head title={t("nav.pivots")} about={t("pivots.about")} />
      <Panel>
        <Problem of={known.problem} retry={known.reload} />
        <div className="bar">
          <Select style={{ width: 420 }} aria-label={t("table")} placeholder={t("pivots.choose")} value={table} loading={known.loading} showSearch={{ optionFilterProp: "label" }} onChange={(v: string) => go(link("pivots", v))}
            options={known.data?.items.map((i) => ({ value: i.name, label: `${word(i.label)} · ${i.name}` }))} />
        </div>
        {table ? <OfTable key={table} table={table} route={route} /> : <Nothing>{t("pivots.first")}</Nothing>}
      </Panel>
    </>
  );
}

function OfTable({ table, route }: { table: string; route: Route }) {
  const asked = useAsk<{ columns: Column[] }>(`/pivots/${encodeURIComponent(table)}/columns`);
  if (asked.problem) return <Problem of={asked.problem} retry={asked.reload} />;
  return asked.data ? <Asking table={table} columns={asked.data.columns} route={route} /> : <Waiting />;
}

function Asking({ table, columns, route }: { table: string; columns: Column[]; route: Route }) {
  const { t, word } = useSpeech();
  const s = route.search;
  const wanted: Wanted = { row: s.getAll("row"), column: s.getAll("column"), measure: s.getAll("measure"), filter: s.getAll("filter"), top: s.get("top") };
  const move = (changes: Partial<Wanted>) => go(`${link("pivots", table)}${query({ ...wanted, ...changes })}`);
  const asks = wanted.row.length + wanted.column.length > 0;
  const path = `/pivots/${encodeURIComponent(table)}`;
  const asked = useAsk<Pivot>(asks ? `${path}${query(wanted)}` : null);
  const fields = filterable(columns);
  return (
    <>
      <Axes label={t("pivots.rows")} of={wanted.row} columns={columns} taken={[...wanted.row, ...wanted.column]} onChange={(row) => move({ row })} />
      <Axes label={t("pivots.columns")} of={wanted.column} columns={columns} taken={[...wanted.row, ...wanted.column]} onChange={(column) => move({ column })} />
      <Measures of={wanted.measure} columns={columns} onChange={(measure) => move({ measure })} />
      <div className="bar">
        <FilterMaker fields={fields} onAdd={(f) => move({ filter: [...wanted.filter, f] })} />
        <Conditions of={wanted.filter} words={(f) => wordsOf(f, fields, t, word)} onRemove={(f) => move({ filter: wanted.filter.filter((x) => x !== f) })} />
        {wanted.row.length > 0 && <label>{t("pivots.top")} <InputNumber aria-label={t("pivots.top")} min={1} max={100} value={wanted.top ? Number(wanted.top) : null} onChange={(v) => move({ top: v ? String(v) : null })} /></label>}
        {asks && <><Button href={`${address(`${path}/as.csv`)}${query(wanted)}`}>CSV</Button><Button href={`${address(`${path}/as.xlsx`)}${query(wanted)}`}>XLSX</Button></>}
      </div>
      <Problem of={asked.problem} retry={asked.reload} />
      {!asks ? <Nothing>{t("pivots.ask")}</Nothing> : asked.data ? (
        <>
          <KeptBack of={asked.data.sharing} fields={[]} />
          <PivotTable of={asked.data} filters={wanted.filter} />
          {asked.data.release && <p className="quiet">{t("reading.release")} <span className="mono">{asked.data.release}</span></p>}
        </>
      ) : !asked.problem && <Waiting />}
    </>
  );
}

/** What rows or columns are told apart by; a moment by day, month and so on. */
function Axes({ label, of, columns, taken, onChange }: { label: string; of: string[]; columns: Column[]; taken: string[]; onChange: (axes: string[]) => void }) {
  const { t, word } = useSpeech();
  const free = columns.filter((c) => !c.masked && c.kind && !taken.some((x) => x.split(":")[0] === c.name));
  const said = (axis: string): string => { const [name, grain] = axis.split(":"); const c = columns.find((x) => x.name === name); return `${word(c?.label) || name}${grain ? ` · ${t(`metrics.period.${grain}` as Key)}` : ""}`; };
  const replace = (axis: string, by: string) => onChange(of.map((x) => (x === axis ? by : x)));
  return (
    <div className="bar">
      <span style={{ width: 60 }}>{label}</span>
      {of.map((axis) => {
        const [name = "", grain = ""] = axis.split(":");
        const c = columns.find((x) => x.name === name);
        return (
          <span key={axis} className="bar" style={{ marginBottom: 0, gap: 4 }}>
            <Button size="small" aria-label={t("pivots.without", { what: said(axis) })} onClick={() => onChange(of.filter((x) => x !== axis))}>{word(c?.label) || name} ×</Button>
            {c && isMoment(c) && <Select size="small" style={{ width: 90 }} aria-label={t("pivots.grain", { what: word(c.label) })} value={grain} onChange={(g: string) => replace(axis, g ? `${name}:${g}` : name)}
              options={[{ value: "", label: t("pivots.grain.none") }, ...GRAINS.map((g) => ({ value: g, label: t(`metrics.period.${g}` as Key) }))]} />}
          </span>
        );
      })}
      {of.length < MOST_AXES && <Select size="small" style={{ width: 180 }} aria-label={t("pivots.add", { what: label })} placeholder={t("pivots.add", { what: label })} value={null} showSearch={{ optionFilterProp: "label" }}
        onChange={(name: string | null) => { const c = columns.find((x) => x.name === name); if (c) onChange([...of, isMoment(c) ? `${c.name}:month` : c.name]); }} options={free.map((c) => ({ value: c.name, label: word(c.label) }))} />}
    </div>
  );
}

function Measures({ of, columns, onChange }: { of: string[]; columns: Column[]; onChange: (measures: string[]) => void }) {
  const { t, word } = useSpeech();
  const shown = of.length ? of : ["count"];
  const words = (m: string): string => { const [kind = "", name] = m.split(":"); return name ? `${word(columns.find((c) => c.name === name)?.label) || name} · ${t(`pivots.measure.${kind}` as Key)}` : t("pivots.measure.count"); };
  const offered = MEASURES.flatMap((kind) => (kind === "count" ? ["count"] : takes(kind, columns).map((c) => `${kind}:${c.name}`))).filter((m) => !shown.includes(m));
  return (
    <div className="bar">
      <span style={{ width: 60 }}>{t("pivots.measures")}</span>
      {shown.map((m) => <Button key={m} size="small" disabled={!of.length} aria-label={t("pivots.without", { what: words(m) })} onClick={() => onChange(shown.filter((x) => x !== m))}>{words(m)}{of.length ? " ×" : ""}</Button>)}
      {shown.length < 6 && <Select size="small" style={{ width: 220 }} aria-label={t("pivots.add", { what: t("pivots.measures") })} placeholder={t("pivots.add", { what: t("pivots.measures") })} value={null} showSearch={{ optionFilterProp: "label" }}
        onChange={(m: string | null) => m && onChange([...shown, m])} options={offered.map((m) => ({ value: m, label: words(m) }))} />}
    </div>
  );
}
