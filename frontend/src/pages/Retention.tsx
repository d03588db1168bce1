import { useState } from "react";
import { useAsk, type Label } from "../api";
import { GovernedBy } from "../changes/Governed";
import { PeriodForm } from "../changes/forms";
import { useSpeech } from "../i18n";
import { Destruction } from "../retention/Destruction";
import { Outlook } from "../retention/Outlook";
import { Standing, type Destroyed } from "../retention/standing";
import { go, link, withSearch, type Route } from "../shell/route";
import { useMay } from "../shell/session";
import { Button, Drawer, Head, Input, Nothing, Panel, Problem, Quiet, Segmented, Table, Tabs, Tag } from "../ui";

export type Rule = {
  entity: string; label: Label; home: string; rule: Label; basis: string; forever: boolean; can_be_due: boolean;
  inputs: { name: string; label: Label | null; where: Label; path: string }[]; lacking: { name: string; label: Label | null }[];
};
const ENDS = ["all", "ends", "kept"] as const;
type End = (typeof ENDS)[number];

/** How long records are kept, what is proposed for destruction, what was destroyed. */
export default function Retention({ route }: { route: Route }) {
  const { t } = useSpeech();
  const chosen = route.path[1];
  if (chosen) return <Destruction key={chosen} id={chosen} />;
  return (
    <>
      <Head title={t("nav.retention")} about={t("retention.about")} />
      <Tabs activeKey={route.search.get("tab") ?? "destructions"} onChange={(tab) => go(withSearch(route, { tab: tab === "destructions" ? null : tab, entity: null }))} items={[
        { key: "destructions", label: t("retention.destructions"), children: <Destructions /> },
        { key: "rules", label: t("retention.rules"), children: <Rules route={route} /> },
      ]} />
    </>
  );
}

function Destructions() {
  const { t, word, number, moment } = useSpeech();
  const asked = useAsk<{ items: Destroyed[] }>("/retention/destructions");
  const proposes = useMay("retention:propose");
  const items = asked.data?.items ?? [];
  return (
    <Panel>
      <Quiet>{t("retention.destructions.about")}</Quiet>
      <Problem of={asked.problem} retry={asked.reload} />
      <Table<Destroyed> fit label={t("retention.destructions")} rows={items} id={(d) => d.id} loading={asked.loading}
        empty={<Nothing>{t("retention.destructions.none")} {proposes && <span className="subject"><a href="#/retention?tab=rules">{t("retention.rules.go")}</a></span>}</Nothing>} columns={[
          { name: "what", title: t("retention.kind"), show: (d) => <><a href={link("retention", d.id)}>{word(d.label) || d.entity}</a><div className="quiet">{t("retention.until", { day: d.due_by })}</div></> },
          { name: "status", title: t("status"), width: 130, show: (d) => <Standing of={d.status} /> },
          { name: "going", title: t("retention.going"), align: "right", width: 90, show: (d) => number(d.counts.proposed ?? d.records ?? 0) },
          { name: "spared", title: t("retention.spared"), align: "right", width: 90, show: (d) => number(d.counts.spared ?? 0) },
          { name: "by", title: t("retention.proposed.by"), show: (d) => <>{d.proposed_by} <div className="quiet moment">{moment(d.proposed_at)}</div></> },
          { name: "decided", title: t("retention.decided.by"), show: (d) => (d.decided_by ? <>{d.decided_by} <div className="quiet">{d.reason}</div></> : "–") },
        ]} />
    </Panel>
  );
}

function Rules({ route }: { route: Route }) {
  const { t, word } = useSpeech();
  const asked = useAsk<{ items: Rule[] }>("/retention/rules");
  const [text, setText] = useState("");
  const [end, setEnd] = useState<End>("all");
  const rules = asked.data?.items ?? [];
  const shown = rules.filter((r) => (end === "all" || r.can_be_due === (end === "ends")) && `${word(r.label)} ${r.entity} ${word(r.rule)}`.toLowerCase().includes(text.trim().toLowerCase()));
  const open = rules.find((r) => r.entity === route.search.get("entity"));
  const look = (entity: string | null) => go(withSearch(route, { entity }));
  return (
    <Panel>
      <Quiet>{t("retention.rules.about")}</Quiet>
      <div className="bar">
        <Input type="search" style={{ width: 280 }} allowClear value={text} aria-label={t("retention.find")} placeholder={t("retention.find")} onChange={(e) => setText(e.target.value)} />
        <Segmented<End> aria-label={t("retention.end")} value={end} onChange={setEnd} options={ENDS.map((e) => ({ value: e, label: t(`retention.end.${e}`) }))} />
        <span className="quiet">{t("retention.count", { n: shown.length })}</span>
      </div>
      <Problem of={asked.problem} retry={asked.reload} />
      <Table<Rule> fit label={t("retention.rules")} rows={shown} id={(r) => r.entity} loading={asked.loading} empty={<Nothing>{t("nothing.found")}</Nothing>} columns={[
        { name: "label", title: t("retention.kind"), width: 190, show: (r) => <a href={link("entities", r.entity)}>{word(r.label)}</a> },
        { name: "rule", title: t("retention.rule"), show: (r) => word(r.rule) },
        { name: "from", title: t("retention.from"), show: (r) => <From of={r} /> },
        { name: "due", title: t("retention.due"), width: 120, show: (r) => <Button size="small" onClick={() => look(r.entity)} aria-label={t("retention.look.at", { what: word(r.label) })}>{t("retention.look")}</Button> },
      ]} />
      <Drawer open={!!open} title={open && t("retention.look.of", { what: word(open.label) })} onClose={() => look(null)} size="large" destroyOnHidden>
        {open && <Outlook rule={open} />}
        {open && <GovernedBy key={open.entity} kind="retention" subject={`retention:${open.entity}`} label={t("changes.period")} form={(now, close) => <PeriodForm now={now} title={`${t("changes.period")} · ${word(open.label)}`} onClose={close} />} />}
      </Drawer>
    </Panel>
  );
}

/** Where each moment that a rule counts from is found, and which nobody tells. */
function From({ of }: { of: Rule }) {
  const { t, word } = useSpeech();
  if (of.forever) return <Tag>{t("retention.forever")}</Tag>;
  return (
    <>
      {of.inputs.map((i) => <div key={i.name}><span className="quiet">{word(i.label)}:</span> <span title={i.path}>{word(i.where)}</span></div>)}
      {of.lacking.length > 0 && <Tag tone="warn">{t("retention.lacking", { what: of.lacking.map((l) => word(l.label) || l.name).join(", ") })}</Tag>}
    </>
  );
}
