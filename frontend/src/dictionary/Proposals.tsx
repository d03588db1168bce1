import { useState } from "react";
import { asProblem, query, send, useAsk, type Problem as ProblemError } from "../api";
import { useSpeech, type Key } from "../i18n";
import { ImpactOf } from "../changes/Impact";
import { Diff } from "../models/texts";
import type { Proof } from "../shell/InPerson";
import { Reasoned } from "../shell/Reasoned";
import { link } from "../shell/route";
import { Button, Facts, Head, Modal, Nothing, Panel, Problem, Table, Tag, Waiting } from "../ui";
import { EffectOf } from "../metrics/Beside";
import { Difference } from "./History";
import { STATES, type Proposal } from "./model";

type Listed = { items: Proposal[]; proposes: boolean; decides: boolean };

/** What was proposed, what waits first. */
export function Proposals({ round, kind = "" }: { round: number; kind?: string }) {
  const asked = useAsk<Listed>(`/definition-changes${query({ kind })}`, round);
  if (asked.problem) return <Problem of={asked.problem} retry={asked.reload} />;
  if (!asked.data) return <Waiting />;
  return <ProposalTable of={asked.data.items} />;
}

/** Proposals, each with what it is about and who decided. */
export function ProposalTable({ of }: { of: Proposal[] }) {
  const { t, number } = useSpeech();
  return (
    <Table<Proposal> fit label={t("glossary.proposals")} rows={of} id={(p) => p.proposal} empty={<Nothing>{t("glossary.none")}</Nothing>} columns={[
      { name: "proposal", title: t("glossary.proposal"), width: 160, show: (p) => <><a className="mono" href={link("changes", p.proposal)}>{p.proposal}</a><div>{p.kinds.map((k) => <Tag key={k}>{t(`changes.kind.${k}` as Key)}</Tag>)}</div></> },
      { name: "state", title: t("status"), width: 110, show: (p) => <><Tag tone={STATES[p.state]}>{t(`glossary.state.${p.state}` as Key)}</Tag>{p.undone && <Tag tone="warn">{t("glossary.undone")}</Tag>}</> },
      { name: "what", title: t("glossary.what"), width: 220, show: (p) => <>{number(p.changes)} · <span className="mono break">{p.subjects.slice(0, 3).join(", ")}{p.changes > 3 ? " …" : ""}</span></> },
      { name: "reason", title: t("reason"), width: 150, show: (p) => p.reason }, { name: "from", title: t("glossary.from"), width: 100, show: (p) => p.effective_from },
      { name: "by", title: t("glossary.proposer"), width: 110, show: (p) => p.proposer_name ?? p.proposed_by }, { name: "decided", title: t("glossary.decider"), width: 110, show: (p) => p.decider_name ?? p.decided_by ?? "–" },
    ]} />
  );
}

type Item = { kind: string; subject: string; before: unknown; after: unknown; diff: string[] | null; breaking: boolean; kept_back: boolean };
type Signature = { signer: string; printed_name: string; signed_at: string; content_hash: string; stands: boolean };
type Whole = Proposal & { items: Item[]; signs: boolean; shown: string | null; signature: Signature | null; breaking: boolean };
type Doing = "approve" | "refuse" | "undo";

/** One proposal: every change of it, and its decision as a whole. */
export function ProposalPage({ id }: { id: string }) {
  const { t, moment } = useSpeech();
  const [doing, setDoing] = useState<Doing>();
  const [problem, setProblem] = useState<ProblemError>();
  const asked = useAsk<Whole>(`/definition-changes/${encodeURIComponent(id)}`);
  const may = useAsk<Listed>("/definition-changes?state=proposed");
  if (asked.problem) return <><Head title={t("nav.changes")} /><Problem of={asked.problem} retry={asked.reload} /></>;
  if (!asked.data) return <Waiting />;
  const p = asked.data;
  const done = () => { setDoing(undefined); asked.reload(); };
  const withdraw = async () => {
    try {
      await send("DELETE", `/definition-changes/${id}`);
      asked.reload();
    } catch (error) {
      setProblem(asProblem(error));
    }
  };
  const signs = (what: Doing) => p.signs && what === "approve";
  const decide = (what: Doing, reason: string, proof?: Proof) => (what === "undo" ? send("POST", `/definition-changes/${id}/undo`, { reason })
    : send("POST", `/definition-changes/${id}/decision`, { approve: what === "approve", reason, ...(signs(what) ? { shown: p.shown, ...proof } : {}) }));
  return (
    <>
      <p><a href="#/changes">← {t("nav.changes")}</a></p>
      <Head title={t("glossary.proposal")} about={<span className="mono">{p.proposal}</span>}>
        <Tag tone={STATES[p.state]}>{t(`glossary.state.${p.state}` as Key)}</Tag>
        {p.breaking && <Tag tone="bad">{t("changes.breaking")}</Tag>}
        {p.state === "proposed" && may.data?.decides && !p.mine && <><Button type="primary" onClick={() => setDoing("approve")}>{t("glossary.approve")}</Button><Button onClick={() => setDoing("refuse")}>{t("refuse")}</Button></>}
        {p.state === "proposed" && p.mine && <Button danger onClick={() => void withdraw()}>{t("glossary.withdraw")}</Button>}
        {p.state === "approved" && may.data?.proposes && <Button onClick={() => setDoing("undo")}>{t("glossary.undo")}</Button>}
      </Head>
      <Problem of={problem} />
      <Panel><Facts of={[
        [t("reason"), p.reason], [t("glossary.from"), p.effective_from], [t("glossary.proposer"), `${p.proposed_by} · ${moment(p.at)}`],
        [t("glossary.decider"), p.decided_by ? `${p.decided_by}${p.decided_at ? ` · ${moment(p.decided_at)}` : ""}${p.decision ? ` · ${p.decision}` : ""}` : "–"],
        ...(p.signature ? [[t("changes.signed"), <>{p.signature.printed_name} · {moment(p.signature.signed_at)} <Tag tone={p.signature.stands ? "good" : "bad"}>{t(p.signature.stands ? "changes.signed.stands" : "changes.signed.broken")}</Tag><div className="mono quiet break">{p.signature.content_hash}</div></>] as [string, React.ReactNode]] : []),
        ...(p.undoes ? [[t("glossary.undoes"), <a href={link("changes", p.undoes)}>{p.undoes}</a>] as [string, React.ReactNode]] : []),
      ]} /></Panel>
      <Panel title={t("glossary.what")}>
        <Table fit label={t("glossary.what")} rows={p.items} id={(c) => c.subject} columns={[
          { name: "subject", title: t("technical"), width: 200, show: (c) => (c.diff || c.kept_back ? <span className="mono break">{c.subject}</span> : c.kind === "code" ? <a className="mono break" href={`${link("codes")}?tab=known`}>{c.subject}</a> : c.after === null && c.kind === "term" ? <span className="mono">{c.subject}</span> : <a className="mono break" href={link("dictionary", c.subject)}>{c.subject}</a>) },
          { name: "what", title: t("glossary.what"), width: 500, show: (c) => (c.kept_back ? <span className="quiet">{t("models.kept_back")}</span> : c.diff ? <Diff of={c.diff} label={c.subject} /> : <Difference before={c.before} after={c.after} />) },
        ]} />
      </Panel>
      {p.items.some((c) => c.diff) && p.state === "proposed" && <ImpactOf proposal={id} />}
      {p.items.filter((c) => c.kind === "metric").map((c) => <Panel key={c.subject} title={`${t("metrics.effect")}: ${c.subject.replace(/^metric:/, "")}`}><EffectOf subject={c.subject} content={c.after} /></Panel>)}
      <Modal open={!!doing} title={doing && t(doing === "refuse" ? "refuse" : `glossary.${doing}`)} footer={null} onCancel={() => setDoing(undefined)} destroyOnHidden>
        {doing && <Reasoned label={t(doing === "refuse" ? "refuse" : `glossary.${doing}`)} onDone={doing === "undo" ? () => { window.location.hash = "#/changes"; } : done} inPerson={signs(doing)} decide={(reason, proof) => decide(doing, reason, proof)} />}
      </Modal>
    </>
  );
}
