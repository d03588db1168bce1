import { useState } from "react";
import { asProblem, send, useAsk, type Label, type Problem as ProblemError } from "../api";
import { useSpeech } from "../i18n";
import { useCalled } from "../shell/names";
import { Reasoned } from "../shell/Reasoned";
import { link } from "../shell/route";
import { Button, Head, InputNumber, Modal, Panel, Problem, Quiet, Table, Tag, Waiting } from "../ui";
import { EffectOf } from "./EffectOf";
import type { Effect, Impact } from "./model";

type Figure = { name: string; label: Label; value: number; declared: number };
type Matched = { lines: Figure[]; respects: { what: string; label: Label; cases: Figure[] }[]; decides: boolean };
export type Tried = Effect & { values: Record<string, number>; names: Record<string, string>; impact: Impact };
const HEAVIEST = 200;

/** What a master is matched by: changed on trial, seen what it would do, and asked for. */
export function Matching({ entity }: { entity: string }) {
  const { t } = useSpeech();
  const called = useCalled();
  const asked = useAsk<Matched>(`/stewardship/${entity}/matching`);
  return (
    <>
      <p><a href={link("masters", entity)}>← {t("masters.list")}</a></p>
      <Head title={t("matching.title")} about={`${called(entity)} · ${t("matching.about")}`}>
        <Button href={`${link("masters", "decisions")}?status=all&entity=${entity}`}>{t("steward.decisions")}</Button>
        <Button href={link("masters", entity, "samples")}>{t("samples.title")}</Button>
      </Head>
      <Problem of={asked.problem} retry={asked.reload} />
      {!asked.data && !asked.problem && <Waiting />}
      {asked.data && <Trying key={JSON.stringify(asked.data)} entity={entity} of={asked.data} onAsked={asked.reload} />}
    </>
  );
}

function Trying({ entity, of, onAsked }: { entity: string; of: Matched; onAsked: () => void }) {
  const { t, word } = useSpeech();
  const [given, setGiven] = useState<Record<string, number>>({});
  const [tried, setTried] = useState<Tried>();
  const [problem, setProblem] = useState<ProblemError>();
  const [busy, setBusy] = useState(false);
  const [asking, setAsking] = useState(false);
  const [asked, setAsked] = useState<number>();
  const changed = Object.keys(given).length > 0;
  const put = (f: Figure, to: number | null) => {
    setTried(undefined);
    setAsked(undefined);
    setGiven(({ [f.name]: _, ...rest }) => (to === null || to === f.value ? rest : { ...rest, [f.name]: to }));
  };
  const attempt = async () => {
    setBusy(true);
    setProblem(undefined);
    try {
      setTried(await send<Tried>("POST", `/stewardship/${entity}/matching/simulation`, given));
    } catch (error) {
      setProblem(asProblem(error));
    }
    setBusy(false);
  };
  const figure = (f: Figure, label: string) => (
    <>
      <InputNumber aria-label={label} min={-HEAVIEST} max={HEAVIEST} step={1} value={given[f.name] ?? f.value} disabled={!of.decides} onChange={(v) => put(f, v)} onPressEnter={() => changed && void attempt()} />
      {f.value !== f.declared && <> <Tag tone="busy">{t("matching.declared", { n: f.declared })}</Tag></>}
    </>
  );
  const rows = of.respects.flatMap((r) => r.cases.map((c, n) => ({ ...c, respect: r.label, first: n === 0 })));
  return (
    <>
      {asked !== undefined && <p role="status"><Tag tone="good">{t("matching.asked", { id: asked })}</Tag> <a href={link("masters", "decisions")}>{t("steward.decisions")}</a></p>}
      <Panel title={t("matching.lines")}>
        {of.lines.map((l) => <div key={l.name} className="bar"><span>{word(l.label)}</span> {figure(l, word(l.label))}</div>)}
        <p className="quiet">{t("matching.lines.about")}</p>
      </Panel>
      <Panel title={t("matching.weights")}>
        <Table fit label={t("matching.weights")} rows={rows} id={(c) => c.name} columns={[
          { name: "respect", title: t("matching.respect"), width: 140, show: (c) => (c.first ? <strong>{word(c.respect)}</strong> : "") },
          { name: "case", title: t("matching.case"), show: (c) => word(c.label) },
          { name: "weight", title: t("matching.weight"), width: 260, show: (c) => figure(c, `${word(c.respect)}: ${word(c.label)}`) },
        ]} />
        <p className="quiet">{t("matching.weights.about")}</p>
      </Panel>
      {of.decides && (
        <Panel title={t("matching.trial")}>
          <Problem of={problem} />
          <div className="bar">
            <Button type={tried ? "default" : "primary"} disabled={!changed} loading={busy} onClick={() => void attempt()}>{t("matching.try")}</Button>
            <Button type={tried ? "primary" : "default"} disabled={!tried} onClick={() => setAsking(true)}>{t("matching.ask")}</Button>
            <Button disabled={!changed} onClick={() => { setGiven({}); setTried(undefined); }}>{t("matching.reset")}</Button>
          </div>
          {tried ? <EffectOf entity={entity} of={tried} /> : <Quiet>{t(changed ? "matching.trial.next" : "matching.trial.none")}</Quiet>}
        </Panel>
      )}
      <Modal open={asking} title={t("matching.ask")} footer={null} onCancel={() => setAsking(false)} destroyOnHidden>
        <p>{t("matching.ask.about")}</p>
        <Reasoned label={t("matching.ask")} onDone={() => { setAsking(false); onAsked(); }}
          decide={async (reason) => setAsked((await send<{ id: number }>("POST", `/stewardship/${entity}/matching`, { values: given, reason })).id)} />
      </Modal>
    </>
  );
}
