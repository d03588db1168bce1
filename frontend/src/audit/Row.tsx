import { useEffect, useState } from "react";
import { useAsk, type Label } from "../api";
import { useSpeech, type Key } from "../i18n";
import { doer } from "../record/case";
import { RecordLink, useNames } from "../shell/names";
import { Drawer, Facts, oneOf, Part, Problem, Tag, Waiting, type Tone } from "../ui";
import { Changes, changesOf, useLabels } from "./Changes";
import { walk, type Proof, type Walked } from "./proof";

type Values = Record<string, unknown>;
export type Event = {
  id: number; at: string; actor: string; action: string; subject: string; outcome: string; reason: string | null; leaf: number | null;
  number: string | null; label: Label | null; kind_label: Label | null; detail: { before?: Values; after?: Values; detail?: Values };
};
export type Log = {
  origin: string | null; algorithm: string | null; size: number; checkpoint: { size: number; at: string; note: string } | null;
  waiting: number; oldest: number; keys: string[]; copied: boolean; alarms: { code: string; label: Label }[];
};

const TONES: Record<string, Tone> = { done: "good", refused: "bad", read: "warn" };

export function Outcome({ of }: { of: string }) {
  const { t, has } = useSpeech();
  return <Tag tone={TONES[of] ?? "plain"}>{has(`outcome.${of}`) ? t(`outcome.${of}` as Key) : of}</Tag>;
}

/** One audit row whole: what changed, what else was written down, and the proof that it is in the log. */
export function RowDrawer({ id, keys, onClose }: { id: string | null; keys: string[]; onClose: () => void }) {
  const { t } = useSpeech();
  return (
    <Drawer open={id !== null} title={t("audit.row", { id: id ?? "" })} onClose={onClose} size="large" destroyOnHidden>
      {id !== null && <One id={id} keys={keys} />}
    </Drawer>
  );
}

/** What was done, in words, with the log's own name for it. */
export function Act({ of }: { of: Event }) {
  const { word } = useSpeech();
  return of.label ? <>{word(of.label)} <span className="quiet mono">{of.action}</span></> : <span className="mono">{of.action}</span>;
}

/** What it was done to: a record by its number and as a link, else by what kind of thing it is. */
export function About({ of }: { of: Event }) {
  const { word } = useSpeech();
  const linked = useNames().has(of.subject.split("/")[0] ?? "");
  if (linked || !of.kind_label) return <RecordLink of={of.subject} number={of.number} />;
  return <>{word(of.kind_label)} <span className="mono">{of.subject.slice(of.subject.indexOf("/") + 1)}</span></>;
}

function One({ id, keys }: { id: string; keys: string[] }) {
  const { t, language } = useSpeech();
  const asked = useAsk<{ item: Event; proof: Proof | null }>(`/audit/${encodeURIComponent(id)}`);
  const labels = useLabels(asked.data?.item.subject.split("/")[0] ?? "");
  if (asked.problem) return <Problem of={asked.problem} retry={asked.reload} />;
  if (!asked.data) return <Waiting />;
  const { item, proof } = asked.data;
  const changes = changesOf(item.detail.before, item.detail.after);
  return (
    <>
      <Facts of={[
        [t("at"), <span className="mono">{item.at}</span>], [t("by"), <span title={item.actor}>{doer(item.actor, t)}</span>], [t("action"), <Act of={item} />],
        [t("subject"), <About of={item} />], [t("outcome"), <Outcome of={item.outcome} />], [t("reason"), item.reason ? oneOf(item.reason, language) : "–"],
      ]} />
      {changes.length > 0 && <Part title={t("audit.changes")}><Changes of={changes} labels={labels} /></Part>}
      {item.detail.detail && <Part title={t("audit.beside")}><pre className="raw mono">{JSON.stringify(item.detail.detail, null, 2)}</pre></Part>}
      <Part title={t("audit.proof")}>{proof ? <Proven of={proof} keys={keys} /> : <p className="quiet">{t("audit.proof.waits")}</p>}</Part>
    </>
  );
}

function Proven({ of, keys }: { of: Proof; keys: string[] }) {
  const { t } = useSpeech();
  const [walked, setWalked] = useState<Walked | undefined>();
  useEffect(() => {
    let current = true;
    walk(of, keys).then((w) => current && setWalked(w), () => current && setWalked({ proven: false, signed: false }));
    return () => { current = false; };
  }, [of, keys]);
  return (
    <>
      <p role="status">
        {walked === undefined ? t("loading") : walked === null ? <Tag tone="warn">{t("audit.proof.unchecked")}</Tag>
          : !walked.proven || walked.signed === false ? <Tag tone="bad">{t("audit.proof.broken")}</Tag>
            : <Tag tone="good">{t(walked.signed ? "audit.proof.good" : "audit.proof.unsigned")}</Tag>}
      </p>
      <Facts of={[
        [t("audit.leaf"), t("audit.leaf.of", { index: of.index, size: of.size })], [t("audit.hash"), <span className="mono">{of.algorithm}:{of.leaf}</span>],
        [t("audit.checkpoint"), <pre className="raw mono">{of.checkpoint}</pre>],
      ]} />
      <details><summary>{t("audit.path", { n: of.path.length })}</summary><pre className="raw mono">{of.path.join("\n")}</pre></details>
      <details><summary>{t("audit.text")}</summary>{of.record === null ? <p className="quiet">{t("audit.text.masked")}</p> : <pre className="raw mono">{of.record}</pre>}</details>
    </>
  );
}
