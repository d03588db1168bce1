import { useAsk, type Label } from "../api";
import { useSpeech, type Key } from "../i18n";
import { Search } from "../meta/EntityList";
import { MetricPage } from "../metrics/MetricPage";
import { Rows } from "../metrics/Rows";
import { figure, type Line } from "../metrics/model";
import { go, link, withSearch, type Route } from "../shell/route";
import { Head, Nothing, Panel, Problem, Select, Table, Tag } from "../ui";

export default function Metrics({ route }: { route: Route }) {
  const [, name, what] = route.path;
  if (!name) return <Catalogue route={route} />;
  return what === "rows" ? <Rows key={route.raw} name={name} route={route} /> : <MetricPage key={name} name={name} route={route} />;
}

type Told = { message: string; hint: string };

function Catalogue({ route }: { route: Route }) {
  const { t, word, language } = useSpeech();
  const asked = useAsk<{ items: Line[]; faults: Told[] }>("/metrics");
  const [q, domain] = [route.search.get("q") ?? "", route.search.get("domain") ?? ""];
  const items = asked.data?.items ?? [];
  const domains = [...new Set(items.map((m) => m.domain))];
  const needle = q.toLowerCase();
  const has = (label: Label) => label.zh.toLowerCase().includes(needle) || label.en.toLowerCase().includes(needle);
  const found = items.filter((m) => (!domain || m.domain === domain) && (has(m.label) || has(m.meaning) || has(m.owner_label) || m.name.includes(needle)));
  const called = (d: string) => (d ? t(`metrics.domain.${d}` as Key) : t("metrics.domain.own"));
  return (
    <>
      <Head title={t("nav.metrics")} about={t("metrics.about")} />
      {asked.data?.faults.map((f) => <div key={f.message} className="problem" role="alert"><strong>{f.message}</strong><p>{f.hint}</p></div>)}
      <Panel>
        <div className="bar">
          <Search value={q} label={t("metrics.search")} onSearch={(text) => go(withSearch(route, { q: text || null }))} />
          <Select style={{ width: 170 }} aria-label={t("metrics.domain")} value={domain} onChange={(v: string) => go(withSearch(route, { domain: v || null }))}
            options={[{ value: "", label: t("metrics.domain.any") }, ...domains.map((d) => ({ value: d, label: called(d) }))]} />
        </div>
        <Problem of={asked.problem} retry={asked.reload} />
        {!asked.problem && (
          <Table<Line> fit label={t("nav.metrics")} rows={found} id={(m) => m.name} loading={asked.loading} empty={<Nothing />} columns={[
            { name: "name", title: t("name"), width: 220, show: (m) => <><a href={link("metrics", m.name)}>{word(m.label)}</a>{m.unit && <span className="quiet"> {m.unit}</span>}<div className="mono quiet break">{m.name}</div></> },
            { name: "meaning", title: t("definition"), width: 300, show: (m) => word(m.meaning) },
            { name: "domain", title: t("metrics.domain"), width: 100, show: (m) => called(m.domain) },
            { name: "target", title: t("metrics.target"), align: "right", width: 90, show: (m) => (m.target === null ? "–" : figure(m.target, m.decimals, language, m.unit)) },
            { name: "dimensions", title: t("metrics.dimensions"), width: 170, show: (m) => m.dimensions.map((d) => <Tag key={d.name}>{word(d.label)}</Tag>) },
            { name: "owner", title: t("owner"), width: 90, show: (m) => word(m.owner_label) },
          ]} />
        )}
      </Panel>
    </>
  );
}
