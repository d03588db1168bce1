import { useAsk, type Label } from "../api";
import { useSpeech, type Key } from "../i18n";
import { useCalled } from "../shell/names";
import { go, link, withSearch, type Route } from "../shell/route";
import { useMay } from "../shell/session";
import { Button, Nothing, Panel, Problem, Select, Table, Tag } from "../ui";
import { GATES, STATES, TONES, stateOf, type Listed } from "./rule";

const ORIGINS = ["software", "workspace"] as const;

/** Every rule that was tried or is the company's own: what it guards, what it does, how it stands. */
export function RuleList({ route, dimensions }: { route: Route; dimensions: { name: string; label: Label }[] }) {
  const { t, word, number } = useSpeech();
  const called = useCalled();
  const looks = useMay("quarantine:read");
  const asked = useAsk<{ items: Listed[] }>("/quality/rules");
  const [dimension, state, origin, about] = ["dimension", "state", "origin", "rules"].map((name) => route.search.get(name) ?? "") as [string, string, string, string];
  const choose = (name: string) => (value: string) => go(withSearch(route, { [name]: value || null }));
  const [entity, field] = [about.split(".")[0], about.split(".")[1]];
  const items = asked.data?.items ?? [];
  const found = items
    .filter((r) => (!dimension || r.dimension === dimension) && (!state || stateOf(r) === state) && (!origin || r.origin === origin)
      && (!about || ((r.entity === entity || r.asset === about) && (!field || r.field === field || r.asset === about))))
    .sort((a, b) => STATES.indexOf(stateOf(a)) - STATES.indexOf(stateOf(b)) || b.broken - a.broken || a.id.localeCompare(b.id));
  return (
    <Panel title={t("rules")}>
      <div className="bar">
        <Select style={{ width: 150 }} aria-label={t("dimension")} value={dimension} onChange={choose("dimension")}
          options={[{ value: "", label: t("dimension.all") }, ...dimensions.map((d) => ({ value: d.name, label: word(d.label) }))]} />
        <Select style={{ width: 150 }} aria-label={t("quality.state")} value={state} onChange={choose("state")}
          options={[{ value: "", label: t("quality.state.any") }, ...STATES.map((s) => ({ value: s, label: `${t(`quality.state.${s}`)} ${items.filter((r) => stateOf(r) === s).length}` }))]} />
        <Select style={{ width: 150 }} aria-label={t("models.origin")} value={origin} onChange={choose("origin")}
          options={[{ value: "", label: t("quality.origin.any") }, ...ORIGINS.map((o) => ({ value: o, label: t(`quality.origin.${o}`) }))]} />
        {about && <Button size="small" onClick={() => choose("rules")("")}>{about} ×</Button>}
      </div>
      <Problem of={asked.problem} retry={asked.reload} />
      {!asked.problem && (
        <Table<Listed> fit label={t("rules")} rows={found} id={(r) => `${r.id} ${r.asset}`} loading={asked.loading} empty={<Nothing>{t("quality.rules.none")}</Nothing>} columns={[
          { name: "label", title: t("rule"), width: 280, show: (r) => <><a href={link("quality", r.id)}>{word(r.label)}</a><div className="mono quiet break">{r.id}</div></> },
          { name: "asset", title: t("quality.asset"), width: 160, show: (r) => (r.entity ? <a href={link("dictionary", r.entity)}>{called(r.entity)}</a> : <span className="mono break">{r.asset}</span>) },
          { name: "at", title: t("quality.at"), width: 90, show: (r) => t(`quality.at.${r.at}` as Key) },
          { name: "gate", title: t("gate"), width: 80, show: (r) => <Tag tone={GATES[r.gate] ?? "plain"}>{t(`gate.${r.gate}` as Key)}</Tag> },
          { name: "state", title: t("quality.state"), width: 110, show: (r) => <Tag tone={TONES[stateOf(r)]}>{t(`quality.state.${stateOf(r)}`)}</Tag> },
          { name: "owner", title: t("owner"), width: 90, show: (r) => word(r.owner_label) },
          { name: "checked", title: t("checked"), align: "right", width: 90, show: (r) => number(r.checked) },
          { name: "failed", title: t("failed"), align: "right", width: 90, show: (r) => (r.broken && looks && r.at === "intake" ? <a href={`${link(r.gate === "correct" ? "corrections" : "quarantine")}?rule=${encodeURIComponent(r.id)}`}>{number(r.broken)}</a> : number(r.broken)) },
        ]} />
      )}
    </Panel>
  );
}
