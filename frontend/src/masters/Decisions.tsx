import { useState } from "react";
import { send } from "../api";
import { useSpeech, type Key } from "../i18n";
import { useInbox } from "../shell/inbox";
import { link } from "../shell/route";
import { Reasoned } from "../shell/Reasoned";
import { useMay } from "../shell/session";
import { Button, Checkbox, Modal, Quiet, Table, Tag } from "../ui";
import { recordOf, show, TONES, type Decision } from "./model";

export type Step = "grant" | "refuse" | "end";
const LABELS = { grant: "steward.grant", refuse: "refuse", end: "steward.end" } as const;
const NAMED = 3; // records of a side that are named
const PAIR = 2;

/** Decisions with their history, and what may be done about each by whoever looks. */
export function DecisionTable({ of, onChange, empty, loading }: { of: Decision[]; onChange: () => void; empty: string; loading?: boolean }) {
  const { t, word } = useSpeech();
  const [step, setStep] = useState<{ what: Decision; step: Step }>();
  const [shown, setShown] = useState<typeof step>(); // keeps its words while the dialog closes
  const start = (what: Decision, to: Step) => { setStep({ what, step: to }); setShown({ what, step: to }); };
  if (of.length === 0 && !loading) return <Quiet>{empty}</Quiet>;
  return (
    <>
      <Table<Decision> fit label={t("steward.decisions")} rows={of} id={(d) => String(d.id)} loading={loading} columns={[
        { name: "what", title: t("steward.decision"), width: 120, show: (d) => <><strong>{t(`steward.kind.${kindOf(d)}` as Key)}</strong><div className="quiet">{word(d.label)} #{d.id}</div></> },
        { name: "about", title: t("subject"), width: 300, show: (d) => <About of={d} /> },
        { name: "status", title: t("status"), width: 110, show: (d) => <Tag tone={TONES[d.status]}>{t(`steward.status.${d.status}`)}</Tag> },
        { name: "history", title: t("steward.history"), width: 300, show: (d) => <History of={d} /> },
        { name: "do", title: t("action"), width: 150, show: (d) => <Steps of={d} onStep={(to) => start(d, to)} /> },
      ]} />
      <Modal open={!!step} title={shown && `${t(LABELS[shown.step])}: ${t(`steward.kind.${kindOf(shown.what)}` as Key)} ${namesOf(shown.what).join(" + ")}`} footer={null} onCancel={() => setStep(undefined)} destroyOnHidden>
        {step && <Taking of={step.what} step={step.step} onDone={() => { setStep(undefined); onChange(); }} />}
      </Modal>
    </>
  );
}

const kindOf = (d: Decision) => (d.kind === "split" && d.golden.length > 1 ? "apart" : d.kind);
const namesOf = (d: Decision) => d.golden.map((g) => d.names[g] ?? g);

/** The reason for a step, and the step. */
export function Taking({ of, step, onDone }: { of: { id: number }; step: Step; onDone: () => void }) {
  const { t } = useSpeech();
  const inbox = useInbox();
  const [run, setRun] = useState(false);
  const path = `/stewardship/decisions/${of.id}`;
  return (
    <>
      <p>{t(`steward.${step}.about` as Key)}</p>
      {step === "grant" && <p><Checkbox checked={run} onChange={(e) => setRun(e.target.checked)}>{t("steward.run")}</Checkbox></p>}
      <Reasoned label={t(LABELS[step])} onDone={() => { inbox.reload(); onDone(); }}
        decide={(reason) => (step === "end" ? send("POST", `${path}/end`, { reason }) : send("POST", `${path}/approval`, { grant: step === "grant", reason, run }))} />
    </>
  );
}

/** Whether somebody may take a decision back: one that took two persons is ended by who may approve. */
export const mayEnd = (d: Pick<Decision, "status" | "asked_by" | "decided_by">, decides: boolean, approves: boolean) =>
  decides && (d.status === "asked" || (d.status === "in_force" && (d.decided_by === d.asked_by || approves)));

function Steps({ of: d, onStep }: { of: Decision; onStep: (step: Step) => void }) {
  const { t } = useSpeech();
  const decides = useMay("masters:decide");
  const approves = useMay("masters:approve");
  return (
    <span className="bar steps-of">
      {approves && !d.mine && d.status === "asked" && <>
        <Button size="small" type="primary" onClick={() => onStep("grant")}>{t("steward.grant")}</Button>
        <Button size="small" onClick={() => onStep("refuse")}>{t("refuse")}</Button>
      </>}
      {mayEnd(d, decides, approves) && <Button size="small" onClick={() => onStep("end")}>{t("steward.end")}</Button>}
    </span>
  );
}

function About({ of: d }: { of: Decision }) {
  const { word, t, language, number } = useSpeech();
  const comma = language === "en" ? ", " : "、";
  return (
    <>
      {d.golden.map((g, n) => <span key={g}>{n > 0 && " + "}<a href={link("masters", d.entity, g)}>{d.names[g] ?? <span className="mono">{g}</span>}</a></span>)}
      {d.status === "asked" && d.golden.length === PAIR && <div><a href={link("masters", d.entity, "pairs", ...d.golden)}>{t("steward.beside")}</a></div>}
      {d.kind === "split" && d.golden.length === 1 && d.sides.map((s) => <div key={s[0]} className="quiet mono break">{s.slice(0, NAMED).map(recordOf).join(comma)}{s.length > NAMED ? " …" : ""}</div>)}
      {d.stated.map((v) => <div key={v.field}><span className="quiet">{word(v.label)}:</span> {v.code ? word(v.code) : v.value === null ? t("steward.empty") : show(v.value)}</div>)}
      {d.until && <div className="quiet">{t("hierarchy.until")}: <span className="moment">{d.until}</span></div>}
      {d.kind === "setting" && <><a href={link("masters", d.entity, "matching")}>{t("matching.title")}</a>{d.impact.effect && <div className="quiet">{t("matching.told", { merged: number(d.impact.effect.merged), parted: number(d.impact.effect.parted), moved: number(d.impact.effect.moved) })}</div>}</>}
      {d.impact.references > 0 && <div className="quiet">{t("steward.hangs", { n: number(d.impact.references) })}</div>}
    </>
  );
}

/** Who asked, who decided, who ended it, when and why. */
export function History({ of: d }: { of: Decision }) {
  const { t, moment } = useSpeech();
  const second = d.decided_by && d.decided_by !== d.asked_by;
  const lines: [Key, string, string, string][] = [["steward.asked", d.asker_name ?? d.asked_by, d.at, d.reason]];
  if (second) lines.push([d.status === "refused" ? "steward.refused" : "steward.granted", d.decider_name ?? d.decided_by!, d.decided_at ?? "", d.decision ?? ""]);
  if (d.ended_by) lines.push(["steward.ended", d.ender_name ?? d.ended_by, d.ended_at ?? "", d.ended_why ?? ""]);
  return (
    <ul className="plain">
      {lines.map(([what, who, at, why]) => <li key={what}>{t(what, { who })} <span className="quiet moment">{moment(at)}</span><div className="break">{why}</div></li>)}
    </ul>
  );
}
