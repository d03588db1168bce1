import { useState } from "react";
import { send, useAsk, type Label } from "../api";
import { Differences, Verdict as Broken } from "../contracts/Differences";
import { useSpeech } from "../i18n";
import type { Change, Column, Plan } from "../models/model";
import { Diff } from "../models/texts";
import { Verdict } from "../models/Versions";
import { Reasoned } from "../shell/Reasoned";
import { go, link } from "../shell/route";
import { useMay } from "../shell/session";
import { Button, Head, Modal, Nothing, Panel, Part, Problem, Table, Tag, Waiting } from "../ui";

/** What the files of models would change of what is in force, told before it is done. */
export default function ModelPlan() {
  const { t } = useSpeech();
  const asked = useAsk<Plan>("/model-plan");
  const may = useMay("models:apply");
  const [asking, setAsking] = useState(false);
  const plan = asked.data;
  const some = plan !== undefined && plan.changes.length + plan.remade.length > 0;
  const apply = async (reason: string) => {
    const { run_id } = await send<{ run_id: string }>("POST", "/model-plan/apply", { reason, seen: plan?.seen });
    go(link("runs", run_id));
  };
  return (
    <>
      <p><a href="#/models">← {t("nav.models")}</a></p>
      <Head title={t("nav.model-plan")} about={t("plan.about")}>
        <Button onClick={asked.reload}>{t("plan.again")}</Button>
        {may && some && plan.faults.length === 0 && <Button type="primary" onClick={() => setAsking(true)}>{t("plan.apply")}</Button>}
      </Head>
      <Problem of={asked.problem} retry={asked.reload} />
      {!plan && !asked.problem && <Waiting />}
      {plan && <Told of={plan} some={some} />}
      <Modal open={asking} title={t("plan.apply")} footer={null} onCancel={() => setAsking(false)} destroyOnHidden>
        <p>{t("plan.apply.about")}</p>
        {plan && <Losing of={plan} />}
        <Reasoned label={t("plan.apply")} decide={apply} onDone={() => setAsking(false)} />
      </Modal>
    </>
  );
}

function Told({ of, some }: { of: Plan; some: boolean }) {
  const { t } = useSpeech();
  return (
    <>
      {of.faults.length > 0 && (
        <div className="problem" role="alert">
          <strong>{t("plan.faults")}</strong>
          {of.faults.map((f) => <p key={f.message} className="long break">{f.message}{f.hint && <><br />{f.hint}</>}</p>)}
        </div>
      )}
      {!some && of.faults.length === 0 && <Panel><Nothing>{t("plan.nothing")}</Nothing></Panel>}
      {some && <p role="status">{t("plan.sum", { changes: of.changes.length, remade: of.remade.length, seconds: of.seconds.toFixed(1) })}</p>}
      {of.changes.map((c) => <Changed key={c.model} of={c} labels={of.labels} />)}
      {of.contracts.length > 0 && <Contracts of={of} />}
      {of.remade.length > 0 && <Remade of={of} />}
    </>
  );
}

/** What becomes of what was promised, and which consumers it breaks. */
function Contracts({ of }: { of: Plan }) {
  const { t } = useSpeech();
  return (
    <Panel title={t("plan.contracts")}>{of.contracts.map((c) => (
      <Part key={c.subject} title={<><a className="mono" href={link("contracts", c.subject)}>{c.subject}</a> <span className="mono quiet">{c.version}</span> <Broken of={c.verdict} /></>}>
        {c.consumers.map((who) => <p key={who.name}><Tag tone="bad">{t("plan.contracts.loses", { name: who.name, fields: who.fields.join(", ") })}</Tag></p>)}
        <Differences of={c.differences} label={c.subject} />
      </Part>
    ))}</Panel>
  );
}

/** Who loses what, said once more before it is done. */
function Losing({ of }: { of: Plan }) {
  const { t, word } = useSpeech();
  const losing = of.changes.flatMap((c) => c.readers.filter((r) => r.broken.length).map((r) => ({ change: c.model, ...r })));
  if (of.verdict !== "breaking") return null;
  return (
    <div className="problem">
      <strong>{t("plan.breaks")}</strong>
      {losing.map((r) => <p key={`${r.change} ${r.name}`}>{word(of.labels[r.name]) || r.name}: {t("plan.loses", { fields: r.broken.join(", ") })}</p>)}
    </div>
  );
}

function Changed({ of, labels }: { of: Change; labels: Record<string, Label> }) {
  const { t, word, number } = useSpeech();
  const { before, after } = of.grain;
  const regrained = before && after && before.join() !== after.join();
  const name = word(labels[of.model]) || of.model;
  return (
    <Panel title={<>{of.kind === "added" ? name : <a href={link("models", of.model)}>{name}</a>} <span className="mono quiet">{of.model}</span></>}>
      <p className="bar">
        <Tag>{t(`plan.kind.${of.kind}`)}</Tag><Verdict of={of.verdict} />
        {of.rows !== null && <span className="quiet">{t("plan.rows.now", { n: number(of.rows) })}</span>}
      </p>
      {regrained && <p>{t("models.grain")}: <del className="was mono">{before.join(", ") || "–"}</del> → <ins className="is mono">{after.join(", ") || "–"}</ins></p>}
      {of.kind === "changed" && of.columns.length > 0 && <Part title={t("plan.columns")}><ColumnsChanged of={of.columns} /></Part>}
      {of.readers.length > 0 && (
        <Part title={t("models.readers")}>
          <ul className="plain stayed">
            {of.readers.map((r) => (
              <li key={`${r.kind} ${r.name}`}>
                {r.kind === "model" ? <a href={link("models", r.name)}>{word(labels[r.name]) || r.name}</a> : word(labels[r.name]) || r.name}{" "}
                {r.fields === null ? <span className="quiet">{t("models.fields.unknown")}</span> : r.fields.length ? <span className="mono quiet break">{r.fields.filter((f) => !r.deciding.includes(f)).join(", ")}</span> : <span className="quiet">{t("plan.indirect")}</span>}{" "}
                {r.deciding.length > 0 && <span className="quiet break">{t("plan.deciding", { fields: r.deciding.join(", ") })}</span>}{" "}
                {r.broken.length > 0 && <Tag tone="bad">{t("plan.loses", { fields: r.broken.join(", ") })}</Tag>}
              </li>
            ))}
          </ul>
        </Part>
      )}
      {of.diff.length > 0 && <details className="text"><summary>{t("plan.text")}</summary><Diff of={of.diff} label={t("plan.text")} /></details>}
    </Panel>
  );
}

function ColumnsChanged({ of }: { of: Column[] }) {
  const { t } = useSpeech();
  return (
    <Table<Column> fit label={t("plan.columns")} rows={of} id={(c) => c.name} columns={[
      { name: "name", title: t("name"), show: (c) => <span className="mono">{c.name}</span> },
      { name: "before", title: t("models.before"), show: (c) => <span className="mono">{c.before ?? "–"}</span> },
      { name: "after", title: t("models.after"), show: (c) => <span className="mono">{c.after ?? "–"}</span> },
      { name: "breaks", title: t("models.verdict"), show: (c) => <Tag tone={c.breaks ? "bad" : "good"}>{t(c.breaks ? "plan.column.breaks" : "plan.column.harmless")}</Tag> },
    ]} />
  );
}

function Remade({ of }: { of: Plan }) {
  const { t, word, number } = useSpeech();
  return (
    <Panel title={t("plan.remade")}>
      <Table<Plan["remade"][number]> fit label={t("plan.remade")} rows={of.remade} id={(r) => r.model} columns={[
        { name: "model", title: t("models.model"), show: (r) => <>{word(of.labels[r.model]) || r.model}<div className="mono quiet break">{r.model}</div></> },
        { name: "because", title: t("plan.because"), show: (r) => (r.because.length ? <span className="mono break">{r.because.join(", ")}</span> : t("plan.because.text")) },
        { name: "rows", title: t("rows"), align: "right", show: (r) => (r.rows === null ? "–" : number(r.rows)) },
        { name: "seconds", title: t("seconds"), align: "right", width: 130, show: (r) => (r.seconds === 0 && !r.guessed ? t("plan.ready") : `${r.guessed ? "≈ " : ""}${r.seconds.toFixed(1)}`) },
      ]} />
    </Panel>
  );
}
