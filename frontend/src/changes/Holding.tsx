import { useState } from "react";
import { query, useAsk } from "../api";
import { useSpeech, type Key } from "../i18n";
import { go, link, withSearch, type Route } from "../shell/route";
import { Button, DayInput, Nothing, Problem, Select, Table, Tag } from "../ui";
import { TextForm, ThresholdForm } from "./forms";
import { KINDS, type Governing, type Kind, type Standing } from "./model";

const THRESHOLDS = ["quality.target", "quality.review_within", "quality.corrects_from", "quality.verdict_days", "masters.second_person_from"];

/** What holds of every rule, mapping, threshold or period on a day, and by whose word. */
export function Holding({ route, onProposed }: { route: Route; onProposed: () => void }) {
  const { t, has } = useSpeech();
  const kind = (KINDS.find((k) => k === route.search.get("of")) ?? "quality_rule") as Kind;
  const on = route.search.get("on");
  const [changing, setChanging] = useState<{ subject: string; value: unknown }>();
  const [adding, setAdding] = useState(false);
  const asked = useAsk<Governing>(`/governed${query({ kind, on })}`);
  const told = asked.data;
  const items = told?.items ?? [];
  const missing = kind === "threshold" ? THRESHOLDS.map((n) => `threshold:${n}`).filter((s) => items.every((i) => i.subject !== s)) : [];
  const rows = [...items, ...missing.map((subject): Standing => ({ subject, content: null, text: "", proposal: null, since: null, proposed_by: null, approved_by: null, notes: [], waiting: null }))];
  const named = (s: Standing) => (has(`changes.threshold.${s.subject.split(":")[1]}`) ? t(`changes.threshold.${s.subject.split(":")[1]}` as Key) : null);
  const close = (proposed: boolean) => { setChanging(undefined); setAdding(false); if (proposed) onProposed(); };
  return (
    <>
      <div className="bar">
        <Select style={{ width: 180 }} aria-label={t("kind")} value={kind} onChange={(v: string) => go(withSearch(route, { of: v }))} options={KINDS.map((k) => ({ value: k, label: t(`changes.kind.${k}`) }))} />
        <span className="quiet">{t("dictionary.on")}</span><span style={{ width: 160 }}><DayInput value={on ?? told?.on ?? null} aria-label={t("dictionary.on")} onChange={(v: unknown) => go(withSearch(route, { on: v ? String(v) : null }))} /></span>
        {told?.proposes && (kind === "quality_rule" || kind === "mapping") && <Button onClick={() => setAdding(true)}>{t(`changes.new.${kind}`)}</Button>}
      </div>
      {told && !told.files_hold && <p role="status"><Tag tone="warn">{t("changes.strict")}</Tag> {t("changes.strict.about")}</p>}
      <Problem of={asked.problem} retry={asked.reload} />
      {!asked.problem && (
        <Table<Standing> fit label={t("changes.holding")} rows={rows} id={(s) => s.subject} loading={asked.loading} empty={<Nothing>{t("changes.holding.none")}</Nothing>} detail={(s) => <pre className="mono break">{s.text || "–"}</pre>} columns={[
          { name: "subject", title: t("changes.subject"), width: 260, show: (s) => <>{named(s) && <div>{named(s)}</div>}<span className="mono break">{s.subject.slice(kind.length + 1)}</span></> },
          ...(kind === "threshold" ? [{ name: "value", title: t("changes.value"), width: 150, show: (s: Standing) => (s.content ? String(s.content.value) : s.subject in (told?.defaults ?? {}) ? <span className="quiet">{String(told?.defaults[s.subject])} · {t("changes.default")}</span> : "–") }] : []),
          { name: "by", title: t("changes.word"), width: 260, show: (s) => (s.proposal ? <><a className="mono" href={link("changes", s.proposal)}>{s.proposal}</a><div className="quiet">{s.since} · {s.proposed_by} → {s.approved_by}</div></> : <span className="quiet">{s.content ? t("changes.by.file") : "–"}</span>) },
          { name: "state", title: t("status"), width: 170, show: (s) => <>{s.notes.map((n) => <Tag key={n} tone={n === "unusable" ? "bad" : "warn"}>{t(`changes.trouble.${n}` as Key)}</Tag>)}{s.waiting && <a href={link("changes", s.waiting)}>{t("dictionary.waits")}</a>}</> },
          ...(kind === "threshold" && told?.proposes ? [{ name: "act", title: t("profiles.act"), width: 110, show: (s: Standing) => !s.waiting && <Button size="small" onClick={() => setChanging({ subject: s.subject, value: s.content?.value })} aria-label={`${t("changes.propose")} ${s.subject}`}>{t("changes.propose")}</Button> }] : []),
        ]} />
      )}
      {changing && <ThresholdForm subject={changing.subject} value={changing.value} title={`${t("changes.propose")} · ${changing.subject}`} onClose={close} />}
      {adding && <TextForm kind={kind as "quality_rule" | "mapping"} subject={`${kind}:`} text={TEMPLATES[kind as "quality_rule" | "mapping"]} title={t(`changes.new.${kind as "quality_rule" | "mapping"}`)} onClose={close} />}
    </>
  );
}

const TEMPLATES = {
  quality_rule: "name: lot_number_form\nzh: 批号写法\nen: Form of lot numbers\ndimension: validity\nowner: quality\nseverity: major\ngate: warn\ntolerance: 0.01\nat: intake\non: {entity: lot, field: lot_no}\ncheck: {pattern: \"[A-Z0-9-]{4,20}\"}\n",
  mapping: "name: new_source\nzh: 新来源\nen: New source\nowner: it\norg: DEMO\ntables:\n  item:\n    files: \"new/item*.csv\"\n    format: csv\n    feeds:\n      - entity: item\n        fields: {code: code, name: name}\n",
};
