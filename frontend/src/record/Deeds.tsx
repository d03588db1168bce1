import { useState } from "react";
import { useAsk, type EntityMeta } from "../api";
import { useSpeech } from "../i18n";
import { Button, Due, Modal, Part, Problem, Quiet, Table, Tag, Waiting } from "../ui";
import { doer, stateOf, type Case, type Content, type Limit, type Signature, type Step } from "./case";
import { SignedContent } from "./SignedContent";

/** What was done to the record, and what was signed. */
export function Deeds({ of, meta, id }: { of: Case; meta: EntityMeta; id: string }) {
  const { t, word, moment } = useSpeech();
  const [opened, setOpened] = useState<Signature>();
  const labels = new Map(meta.fields.map((f) => [f.name, word(f.label)]));
  return (
    <>
      <Part title={t("case.signatures")}>
        {of.signatures.length === 0 ? <Quiet>{t("case.signatures.none")}</Quiet> : <Table<Signature> label={t("case.signatures")} rows={of.signatures} id={(s) => s.id} columns={[
          { name: "who", title: t("signature.who"), show: (s) => <>{s.printed_name} <span className="quiet mono">{s.signer}</span>{s.on_behalf_of && <div className="quiet">{t("act.behalf", { who: s.on_behalf_of })}</div>}</> },
          { name: "meaning", title: t("signature.meaning"), show: (s) => <strong>{word(s.meaning_label)}</strong> },
          { name: "act", title: t("signature.act"), show: (s) => word(s.label) || s.action },
          { name: "at", title: t("at"), show: (s) => <time dateTime={s.signed_at} title={s.signed_at}>{moment(s.signed_at, s.zone)} <span className="quiet">{s.zone}</span></time> },
          { name: "reason", title: t("reason"), show: (s) => s.reason ?? "–" },
          { name: "of", title: t("signature.of"), show: (s) => (
            <>
              {t("signature.revision", { n: s.revision })}{" "}
              {s.changed.length === 0 ? <Tag tone="good">{t("signature.unchanged")}</Tag>
                : <Tag tone="warn">{t("signature.changed", { what: s.changed.map((n) => labels.get(n) ?? n).join(", ") })}</Tag>}
            </>
          ) },
          { name: "hash", title: t("action"), show: (s) => <Button size="small" onClick={() => setOpened(s)}>{t("signature.look")}</Button> },
        ]} />}
      </Part>
      <Modal open={!!opened} title={opened && `${word(opened.meaning_label)} · ${opened.printed_name} · ${moment(opened.signed_at, opened.zone)} ${opened.zone}`} footer={null} width={720} onCancel={() => setOpened(undefined)} destroyOnHidden>
        {opened && <Looked path={`/entities/${meta.name}/${encodeURIComponent(id)}/signatures/${opened.id}`} meta={meta} />}
      </Modal>
      <Part title={t("case.steps")}>
        {of.steps.length > 0 && <Table<Step> label={t("case.steps")} rows={[...of.steps].reverse()} id={(s) => `${s.at}${s.action}${s.actor}`} columns={[
          { name: "at", title: t("at"), show: (s) => moment(s.at) },
          { name: "act", title: t("action"), show: (s) => <>{word(s.label) || s.action} {s.void && <Tag>{t("step.void")}</Tag>}</> },
          { name: "move", title: t("status"), show: (s) => s.to_state ? `${word(stateOf(of.states, s.from_state))} → ${word(stateOf(of.states, s.to_state))}` : <Tag tone="busy">{t("step.waiting")}</Tag> },
          { name: "who", title: t("by"), show: (s) => <>{s.printed_name ?? doer(s.actor, t)} <span className="quiet">{word(s.role_label)}</span>{s.on_behalf_of && <div className="quiet">{t("act.behalf", { who: s.on_behalf_of })}</div>}</> },
          { name: "reason", title: t("reason"), show: (s) => s.reason ?? "–" },
        ]} />}
        <p className="quiet">{t("case.opened", { who: doer(of.opened_by_name, t), at: moment(of.opened_at) })} · {word(of.label)} {t("case.version", { n: of.version })}</p>
        {of.clauses.length > 0 && <p className="quiet">{of.clauses.join(" · ")}</p>}
      </Part>
    </>
  );
}

type Kept = { content: Content; content_hash: string; algorithm: string; key: string; factors: string[]; stands: boolean };

/** What a signature is bound to, as it was then, and whether it stands. */
function Looked({ path, meta }: { path: string; meta: EntityMeta }) {
  const { t } = useSpeech();
  const asked = useAsk<Kept>(path);
  if (asked.problem) return <Problem of={asked.problem} retry={asked.reload} />;
  if (!asked.data) return <Waiting />;
  const kept = asked.data;
  return (
    <div className="act-dialog">
      <p><Tag tone={kept.stands ? "good" : "bad"}>{t(kept.stands ? "signature.stands" : "signature.broken")}</Tag></p>
      <SignedContent meta={meta} content={kept.content} item={{}} given={new Set()} />
      <p className="quiet mono hash">{kept.content_hash}<br />{kept.algorithm} · {kept.factors.join(" + ")} · {kept.key}</p>
    </div>
  );
}

/** Every limit of the record: those that run, and how those that ended were met. */
export function Limits({ of }: { of: Limit[] }) {
  const { t, word, moment } = useSpeech();
  if (of.length === 0) return <Quiet>{t("case.deadlines.none")}</Quiet>;
  return (
    <Table<Limit> label={t("case.deadlines")} rows={of} id={(d) => d.clock + d.started_at} columns={[
      { name: "label", title: t("name"), show: (d) => <>{word(d.label) || d.clock} {d.statutory && <Tag tone="warn">{t("limit.statutory")}</Tag>}</> },
      { name: "state", title: t("status"), show: (d) => d.met_at === null ? <Due at={d.due_at} />
        : d.met_at > d.due_at ? <Tag tone="bad">{t("limit.late")}</Tag> : <Tag tone="good">{t("limit.met")}</Tag> },
      { name: "started", title: t("started"), show: (d) => moment(d.started_at) },
      { name: "due", title: t("limit.due"), show: (d) => moment(d.due_at) },
      { name: "met", title: t("limit.met.at"), show: (d) => d.met_at ? moment(d.met_at) : "–" },
      { name: "basis", title: t("limit.basis"), show: (d) => d.basis || "–" },
    ]} />
  );
}
