import { address, query, useAsk, type Label, type Rule } from "../api";
import { useSpeech } from "../i18n";
import { useCalled } from "../shell/names";
import { go, withSearch, type Route } from "../shell/route";
import { Button, Head, Nothing, Pager, Panel, Problem, Select, Table, Tag } from "../ui";
import { usePages } from "../ui/usePages";

type Held = { id: string; entity: string; source: string; table: string; file: string; row: number; key: string | null; rules: Rule[]; raw: Record<string, unknown>; at: string };
type Summed = { rule: string; label: Label; entity: string; count: number };
const FILTERS = { rule: "rule", entity: "entity", source: "source", load: "file" } as const;
const ASKED = Object.keys(FILTERS) as (keyof typeof FILTERS)[];

export default function Quarantine({ route }: { route: Route }) {
  const { t, word, number } = useSpeech();
  const called = useCalled();
  const wanted = Object.fromEntries(ASKED.map((f) => [f, route.search.get(f)]));
  const summary = useAsk<{ items: Summed[] }>("/quarantine/summary");
  const { asked, trail, setTrail } = usePages<Held>(`/quarantine${query({ ...wanted, limit: 30 })}`);
  const active = ASKED.filter((f) => wanted[f]);
  return (
    <>
      <Head title={t("nav.quarantine")} about={t("quarantine.about")}>
        <Button href={address(`/quarantine.csv${query(wanted)}`)}>{t("export")}</Button>
      </Head>
      <Panel>
        <div className="bar">
          <Select style={{ width: 420 }} aria-label={t("rule")} value={wanted.rule ?? ""} onChange={(v: string) => go(withSearch(route, { rule: v || null }))}
            showSearch={{ optionFilterProp: "label" }}
            options={[{ value: "", label: t("rule.all") }, ...(summary.data?.items ?? []).map((s) => ({ value: s.rule, label: `${word(s.label)} · ${s.rule} · ${number(s.count)}` }))]} />
          {active.filter((f) => f !== "rule").map((f) => (
            <Button key={f} size="small" onClick={() => go(withSearch(route, { [f]: null }))}>{t(FILTERS[f])}: {f === "entity" ? called(wanted[f]!) : wanted[f]} ×</Button>
          ))}
        </div>
        <Problem of={asked.problem} retry={asked.reload} />
        {!asked.problem && <Table<Held> fit label={t("nav.quarantine")} rows={asked.data?.items ?? []} id={(h) => h.id} loading={asked.loading}
          empty={<Nothing>{active.length ? t("nothing.found") : t("quarantine.none")}</Nothing>}
          detail={(h) => <Raw of={h.raw} />}
          columns={[
            { name: "rules", title: t("rules"), show: (h) => h.rules.map((r) => <div key={r.id} className="broken"><Tag tone="warn">{word(r.label)}</Tag> <span className="mono quiet">{r.id}</span></div>) },
            { name: "entity", title: t("entity"), show: (h) => called(h.entity) },
            { name: "key", title: t("key"), show: (h) => <span className="mono break">{h.key ?? "–"}</span> },
            { name: "file", title: t("file"), show: (h) => <span className="mono break">{h.file}</span> },
            { name: "row", title: t("row"), align: "right", show: (h) => number(h.row) },
          ]} />}
        <Pager trail={trail} next={asked.data?.next ?? null} total={asked.data?.total} shown={asked.data?.items.length ?? 0} onTrail={setTrail} />
      </Panel>
    </>
  );
}

const Raw = ({ of }: { of: Record<string, unknown> }) => (
  <dl className="facts">{Object.entries(of).map(([name, value]) => [<dt key={`n${name}`}>{name}</dt>, <dd key={`v${name}`} className="mono">{value === null ? "∅" : String(value)}</dd>])}</dl>
);
