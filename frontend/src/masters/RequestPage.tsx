import { useState } from "react";
import { asProblem, send, useAsk, type EntityMeta, type Problem as ProblemError } from "../api";
import { useSpeech, type Key } from "../i18n";
import { Reasoned } from "../shell/Reasoned";
import { link } from "../shell/route";
import { useMay } from "../shell/session";
import { Button, Facts, Head, Modal, Panel, Problem, Tag, Waiting } from "../ui";
import { Alike, asAnswers, keyOf, toAnswer, type Answers } from "./Alike";
import { TONE_OF, type MasterRequest } from "./request";
import { show } from "./model";

/** One request: what is asked for, what is like it, what became of it, and what may be done about it by whoever looks. */
export function RequestPage({ entity, number }: { entity: string; number: string }) {
  const { t, word, moment } = useSpeech();
  const path = `/stewardship/${entity}/requests/${number}`;
  const asked = useAsk<MasterRequest>(path);
  const meta = useAsk<EntityMeta>(`/meta/${entity}`);
  const problem = asked.problem ?? meta.problem;
  const back = <p><a href={link("masters", entity, "requests")}>← {t("asked.title")}</a></p>;
  if (problem) return <>{back}<Head title={t("asked.one", { id: number })} /><Problem of={problem} retry={() => { asked.reload(); meta.reload(); }} /></>;
  if (!asked.data || !meta.data) return <Waiting />;
  const r = asked.data;
  const shown = meta.data.fields.filter((f) => !f.key && (r.values[f.name] ?? "") !== "");
  const valueOf = (f: EntityMeta["fields"][number]) => { const choice = f.choices?.find((c) => c.code === r.values[f.name]); return choice ? word(choice.label) : show(r.values[f.name]); };
  return (
    <>
      {back}
      <Head title={r.name || t("asked.one", { id: number })} about={<><Tag tone={TONE_OF[r.status]}>{t(`asked.status.${r.status}` as Key)}</Tag> {t("asked.one", { id: number })}</>} />
      <Doing key={r.status} of={r} path={path} onDone={asked.reload} />
      <Panel title={t("asked.this")}>
        <Facts of={[
          ...(r.code ? [[t("asked.code"), <span className="mono">{r.code}</span>] as [string, React.ReactNode]] : []),
          ...(r.golden_id ? [[t("masters.golden"), <a href={link("masters", entity, r.golden_id)}>{r.golden_name ?? r.golden_id}</a>] as [string, React.ReactNode]] : []),
          ...(r.same_as ? [[t("asked.same_as"), <a href={link("masters", entity, "requests", String(r.same_as))}>{t("asked.one", { id: r.same_as })}</a>] as [string, React.ReactNode]] : []),
          ...shown.map((f): [string, React.ReactNode] => [word(f.label), valueOf(f)]),
          [t("asked.why"), r.reason],
          [t("asked.by"), `${r.asker_name ?? r.asked_by} · ${moment(r.submitted_at ?? r.at)}`],
          ...(r.decided_by ? [[t("asked.decided"), `${r.decider_name ?? r.decided_by} · ${moment(r.decided_at!)} · ${r.decision ?? ""}`] as [string, React.ReactNode]] : []),
        ]} />
        {r.status === "approved" && <p className="quiet">{t("asked.next")}</p>}
      </Panel>
      {r.answers.length > 0 && (
        <Panel title={t("asked.answers")}>
          <ul className="plain">{r.answers.map((a) => <li key={keyOf(a)}>{a.golden_id ? <a href={link("masters", entity, a.golden_id)}>{a.name ?? a.golden_id}</a> : t("asked.one", { id: a.request ?? 0 })}: {a.same ? t("asked.same") : a.reason}</li>)}</ul>
        </Panel>
      )}
      {r.alike && r.mine && <Panel title={t("asked.alike")}><Alike entity={entity} of={r.alike} values={r.values} /></Panel>}
    </>
  );
}

function Doing({ of: r, path, onDone }: { of: MasterRequest; path: string; onDone: () => void }) {
  const { t } = useSpeech();
  const asks = useMay("masters:request");
  const approves = useMay("masters:approve");
  const [doing, setDoing] = useState<"withdraw" | "refuse" | "grant">();
  const [answers, setAnswers] = useState<Answers>({});
  const [problem, setProblem] = useState<ProblemError>();
  const submit = async () => {
    setProblem(undefined);
    try { await send("POST", `${path}/submission`); onDone(); } catch (error) { setProblem(asProblem(error)); }
  };
  const decides = approves && !r.mine && r.status === "submitted";
  const open = r.mine && asks && (r.status === "draft" || r.status === "submitted");
  const missing = r.alike ? toAnswer(r.alike).filter((k) => !answers[k]?.same && (answers[k]?.reason.trim().length ?? 0) < 2) : [];
  const same = Object.values(answers).some((a) => a.same);
  const close = () => setDoing(undefined);
  const done = () => { close(); onDone(); };
  return (
    <>
      <Problem of={problem} />
      {open && (
        <div className="bar">
          {r.status === "draft" && <Button type="primary" onClick={() => void submit()}>{t("asked.submit")}</Button>}
          <Button href={link("masters", r.entity, "requests", String(r.id), "change")}>{t("edit")}</Button>
          <Button onClick={() => setDoing("withdraw")}>{t("asked.withdraw")}</Button>
        </div>
      )}
      {decides && r.alike && (
        <Panel title={t("asked.alike")}>
          <p>{t("asked.alike.answer")}</p>
          <Alike entity={r.entity} of={r.alike} values={r.values} answers={answers} onAnswers={setAnswers} />
          <div className="bar">
            <Button type="primary" disabled={missing.length > 0 || r.alike.golden.some((g) => g.exact)} onClick={() => setDoing("grant")}>{t(same ? "asked.use" : "steward.grant")}</Button>
            <Button onClick={() => setDoing("refuse")}>{t("refuse")}</Button>
            {missing.length > 0 && <span className="quiet" role="status">{t("asked.missing", { n: missing.length })}</span>}
          </div>
        </Panel>
      )}
      <Modal open={doing === "withdraw"} title={t("asked.withdraw")} footer={null} onCancel={close} destroyOnHidden>
        <Reasoned label={t("asked.withdraw")} onDone={done} decide={(reason) => send("POST", `${path}/withdrawal`, { reason })} />
      </Modal>
      <Modal open={doing === "refuse"} title={t("refuse")} footer={null} onCancel={close} destroyOnHidden>
        <Reasoned label={t("refuse")} onDone={done} decide={(reason) => send("POST", `${path}/approval`, { grant: false, reason })} />
      </Modal>
      <Modal open={doing === "grant"} title={t(same ? "asked.use" : "steward.grant")} footer={null} onCancel={close} destroyOnHidden>
        <p>{t(same ? "asked.use.about" : "asked.grant.about")}</p>
        <Reasoned label={t(same ? "asked.use" : "steward.grant")} onDone={done} decide={(reason) => send("POST", `${path}/approval`, { grant: true, reason, answers: r.alike ? asAnswers(answers, r.alike) : [] })} />
      </Modal>
    </>
  );
}
