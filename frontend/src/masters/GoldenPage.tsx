import { useState } from "react";
import { query, useAsk, type Paged } from "../api";
import { useSpeech, type Key } from "../i18n";
import { link } from "../shell/route";
import { useMay } from "../shell/session";
import { Button, Head, Modal, Nothing, Panel, Problem, Table, Tag, Waiting } from "../ui";
import { Belonging, type Linking_ } from "./Belonging";
import { Became } from "./Deciding";
import { DecisionTable, mayEnd, Taking } from "./Decisions";
import { Linking } from "./Linking";
import { recordOf, titleOf, type Decision, type Made, type Match, type One, type Pair } from "./model";
import { Parting } from "./Parting";
import { Past } from "./Past";
import { Sides } from "./Sides";
import { Stating } from "./Stating";

/** A golden record: its records side by side, what may be the same, why it is one, what was decided about it. */
export function GoldenPage({ entity, id }: { entity: string; id: string }) {
  const { t } = useSpeech();
  const asked = useAsk<One>(`/masters/${entity}/${encodeURIComponent(id)}`);
  if (asked.problem) return <><Head title={t("nav.masters")} /><Problem of={asked.problem} retry={asked.reload} /></>;
  if (!asked.data) return <Waiting />;
  return <Known entity={entity} of={asked.data} />;
}

function Known({ entity, of }: { entity: string; of: One }) {
  const { t, word } = useSpeech();
  const decides = useMay("masters:decide");
  const said = useAsk<Paged<Decision>>(`/stewardship/decisions${query({ entity, golden: of.golden_id, limit: 50 })}`);
  const pairs = useAsk<Paged<Pair>>(`/stewardship/${entity}/pairs${query({ golden: [of.golden_id], limit: 20 })}`);
  const [doing, setDoing] = useState<"part" | { state: string | undefined } | { end: Decision }>();
  const [linking, setLinking] = useState<Linking_>();
  const [became, setBecame] = useState<Made>();
  const [round, setRound] = useState(0); // of asking again: something was said
  const decisions = said.data?.items ?? [];
  const done = (made?: Made) => { setDoing(undefined); setLinking(undefined); setBecame(made); said.reload(); setRound((n) => n + 1); };
  const start = (what: typeof doing) => { setBecame(undefined); setDoing(what); };
  const stating = typeof doing === "object" && "state" in doing ? doing : undefined;
  const ending = typeof doing === "object" && "end" in doing ? doing.end : undefined;
  return (
    <>
      <p><a href={link("masters", entity)}>← {t("masters.list")}</a></p>
      <Head title={titleOf(of)} about={<span className="mono">{of.golden_id}</span>}>
        {decides && <Button onClick={() => start({ state: undefined })}>{t("steward.state")}</Button>}
        {decides && of.records.length > 1 && <Button onClick={() => start("part")}>{t("steward.part")}</Button>}
        <Button href={link("entities", entity, of.golden_id)}>{t("masters.object")}</Button>
      </Head>
      <Became of={became} />
      {of.merged_from && <p role="note"><Tag tone="busy">{t("masters.moved", { from: of.merged_from })}</Tag></p>}
      <Panel title={t("masters.side")}>
        <Sides entity={entity} of={[of]} stated={(f) => <Stated of={decisions.find((d) => d.id === f.decision)} onEnd={(d) => start({ end: d })} />}
          act={(f) => decides && f.stateable && <Button size="small" type="link" style={{ padding: 0 }} onClick={() => start({ state: f.name })} aria-label={`${t("steward.state")}: ${word(f.label)}`}>{t("steward.state")}</Button>} />
        <p className="quiet">{t("masters.side.about")}</p>
      </Panel>
      {pairs.data && pairs.data.items.length > 0 && <Alike entity={entity} id={of.golden_id} of={pairs.data.items} />}
      <Belonging entity={entity} id={of.golden_id} name={titleOf(of)} round={round} onSay={(what) => { setBecame(undefined); setLinking(what); }} />
      <Why of={of.edges} />
      <Panel title={t("steward.decisions")}>
        <Problem of={said.problem} retry={said.reload} />
        {!said.problem && <DecisionTable of={decisions} loading={said.loading} onChange={said.reload} empty={t("steward.none.of")} />}
      </Panel>
      <Past entity={entity} id={of.golden_id} fields={of.fields} />
      <Linking of={linking} entity={entity} onClose={() => setLinking(undefined)} onDone={done} />
      <Parting open={doing === "part"} entity={entity} of={of} onClose={() => setDoing(undefined)} onDone={done} />
      <Stating open={!!stating} first={stating?.state} entity={entity} of={of} onClose={() => setDoing(undefined)} onDone={done} />
      <Modal open={!!ending} title={t("steward.end")} footer={null} onCancel={() => setDoing(undefined)} destroyOnHidden>
        {ending && <Taking of={ending} step="end" onDone={() => done()} />}
      </Modal>
    </>
  );
}

/** Who stated a value, when and why. */
function Stated({ of, onEnd }: { of: Decision | undefined; onEnd: (of: Decision) => void }) {
  const { t, moment } = useSpeech();
  const decides = useMay("masters:decide");
  const approves = useMay("masters:approve");
  return (
    <div className="stated">
      <Tag tone="busy">{t("steward.stated")}</Tag>
      {of && <div className="quiet break">{of.asker_name ?? of.asked_by} <span className="moment">{moment(of.at)}</span>: {of.reason}</div>}
      {of?.status === "ended" && <div className="quiet">{t("steward.ended.next")}</div>}
      {of && mayEnd(of, decides, approves) && <Button size="small" onClick={() => onEnd(of)}>{t("steward.end")}</Button>}
    </div>
  );
}

/** Golden records that may be the same as this one. */
function Alike({ entity, id, of }: { entity: string; id: string; of: Pair[] }) {
  const { t } = useSpeech();
  return (
    <Panel title={t("steward.alike")}>
      <Table<Pair> fit label={t("steward.alike")} rows={of} id={(p) => p.id} columns={[
        { name: "name", title: t("name"), show: (p) => { const other = p.sides.find((s) => s.golden_id !== id) ?? p.sides[1]; return <a href={link("masters", entity, "pairs", id, other.golden_id)}>{other.name || other.golden_id}</a>; } },
        { name: "codes", title: t("masters.codes"), show: (p) => <span className="mono break">{(p.sides.find((s) => s.golden_id !== id) ?? p.sides[1]).codes}</span> },
        { name: "score", title: t("masters.score"), align: "right", show: (p) => p.score.toFixed(1) },
        { name: "status", title: t("status"), show: (p) => (p.decision ? <Tag tone="busy">{t(`steward.kind.${p.decision.kind === "split" ? "apart" : p.decision.kind}` as Key)} · {t(p.decision.status === "asked" ? "steward.status.asked" : "steward.next")}</Tag> : <Tag tone={p.kind === "conflict" ? "warn" : "plain"}>{t(`steward.which.${p.kind}` as Key)}</Tag>) },
      ]} />
    </Panel>
  );
}

/** The evidence that put its records together. */
function Why({ of }: { of: Match[] }) {
  const { t, word } = useSpeech();
  return (
    <Panel title={t("masters.why")}>
      {of.length === 0 ? <Nothing>{t("masters.alone")}</Nothing> : (
        <Table<Match> label={t("masters.why")} rows={of} id={(e) => e.a + e.b} columns={[
          { name: "a", title: t("masters.record.a"), show: (e) => <span className="mono">{recordOf(e.a)}</span> },
          { name: "b", title: t("masters.record.b"), show: (e) => <span className="mono">{recordOf(e.b)}</span> },
          { name: "tier", title: t("masters.tier"), show: (e) => <Tag tone={e.tier === "key" ? "good" : "busy"}>{t(`tier.${e.tier}` as Key)}</Tag> },
          { name: "score", title: t("masters.score"), align: "right", show: (e) => e.score.toFixed(1) },
          { name: "parts", title: t("masters.evidence"), show: (e) => e.parts.filter((p) => p.weight !== 0).map((p) => (
            <Tag key={p.what} tone={p.weight > 0 ? "good" : "bad"}>{word(p.label)} {p.weight > 0 ? "+" : ""}{p.weight.toFixed(1)}</Tag>
          )) },
        ]} />
      )}
    </Panel>
  );
}
