import { useState } from "react";
import { address, query, useAsk, type Label } from "../api";
import { ThresholdForm } from "../changes/forms";
import { useSpeech } from "../i18n";
import { go, withSearch, type Route } from "../shell/route";
import { useMay } from "../shell/session";
import { Button, Nothing, Panel, Problem, Select, Table, Tag } from "../ui";
import { Way, type Point } from "./Way";

type Part = { name: string; label: Label; index: number; checked: number; broken: number; rules: number; target: number | null; meets: boolean | null; trend: Point[] };
const BY = ["domain", "entity", "field", "source"] as const;
// From a part one goes to what it is made of, and from there to its rules.
const DOWN: Record<string, string> = { domain: "entity", source: "entity", entity: "field" };

/** The index of each part of the data, the worst first, with its target and its way over the last days. */
export function Parts({ route }: { route: Route }) {
  const { t, word, number } = useSpeech();
  const by = route.search.get("by") ?? "domain";
  const of = route.search.get("of");
  const wanted = query({ by, of, days: 30 });
  const asked = useAsk<{ items: Part[] }>(`/quality/index${wanted}`);
  const proposes = useMay("definitions:propose");
  const [aiming, setAiming] = useState<Part>();
  const aimed = (p: Part) => `threshold:quality.targets.${by === "domain" || by === "source" ? `${by}:` : ""}${p.name}`;
  const open = (part: Part) => (DOWN[by] ? go(withSearch(route, { by: DOWN[by]!, of: part.name })) : go(withSearch(route, { rules: part.name })));
  return (
    <Panel title={t("quality.parts")}>
      <div className="bar">
        <Select style={{ width: 150 }} aria-label={t("quality.by")} value={by} onChange={(v: string) => go(withSearch(route, { by: v, of: null }))}
          options={BY.map((b) => ({ value: b, label: t(`quality.by.${b}`) }))} />
        {of && <Button size="small" onClick={() => go(withSearch(route, { of: null }))}>{of} ×</Button>}
        <Button href={address(`/quality/index.csv${wanted}`)}>{t("export")}</Button>
      </div>
      <Problem of={asked.problem} retry={asked.reload} />
      {!asked.problem && (
        <Table<Part> fit label={t("quality.parts")} rows={asked.data?.items ?? []} id={(p) => p.name} loading={asked.loading} empty={<Nothing>{t("quality.parts.none")}</Nothing>} columns={[
          { name: "name", title: t("name"), width: 230, show: (p) => <><Button type="link" className="inline" onClick={() => open(p)}>{word(p.label)}</Button><div className="mono quiet break">{p.name}</div></> },
          { name: "index", title: t("home.index"), align: "right", width: 110, show: (p) => <strong>{`${p.index.toFixed(2)}%`}</strong> },
          { name: "target", title: t("quality.target"), width: 190, show: (p) => <>{p.target === null ? "–" : <Tag tone={p.meets ? "good" : "bad"}>{`${t(p.meets ? "quality.target.met" : "quality.target.missed")} ${p.target}%`}</Tag>}{proposes && <> <Button size="small" onClick={() => setAiming(p)} aria-label={`${t("changes.propose.short")} ${t("changes.target")} ${word(p.label)}`}>{t("changes.propose.short")}</Button></>}</> },
          { name: "trend", title: t("quality.trend"), width: 140, show: (p) => <Way of={p.trend} label={`${word(p.label)} ${t("quality.trend")}`} /> },
          { name: "rules", title: t("rules"), align: "right", width: 70, show: (p) => number(p.rules) },
          { name: "checked", title: t("checked"), align: "right", width: 100, show: (p) => number(p.checked) },
          { name: "broken", title: t("failed"), align: "right", width: 90, show: (p) => number(p.broken) },
        ]} />
      )}
      {aiming && <ThresholdForm subject={aimed(aiming)} value={aiming.target} title={`${t("changes.target")} · ${word(aiming.label)}`} onClose={(proposed) => { setAiming(undefined); if (proposed) go("#/changes"); }} />}
    </Panel>
  );
}
