import { useState } from "react";
import { useAsk } from "../api";
import { useSpeech, type Key } from "../i18n";
import { link } from "../shell/route";
import { Button, Checkbox, Input, Problem, Quiet, Tag, Waiting } from "../ui";
import type { One, Weighed } from "./model";
import { show, worded } from "./model";
import type { AlikeFound, Answer } from "./request";

type Values = Record<string, unknown>;
export type Answers = Record<string, { same: boolean; reason: string }>;
export const keyOf = (a: { golden_id?: string | null; request?: number | null }) => a.golden_id ?? `#${a.request}`;

/** What has to be answered for before a request is approved: golden records, and other requests that were approved. */
export const toAnswer = (of: AlikeFound) => [...of.golden.map((g) => keyOf(g)), ...of.beside.filter((b) => b.status === "approved").map((b) => keyOf(b))];

export const asAnswers = (said: Answers, of: AlikeFound): Omit<Answer, "name">[] => toAnswer(of).map((k) => ({
  golden_id: k.startsWith("#") ? null : k, request: k.startsWith("#") ? Number(k.slice(1)) : null, same: said[k]?.same ?? false, reason: said[k]?.reason ?? "",
}));

/** What is like a request, the likeliest first, each to be looked at side by side; with `answers` each is said to be this one or another. */
export function Alike({ entity, of, values, answers, onAnswers }: { entity: string; of: AlikeFound; values: Values; answers?: Answers; onAnswers?: (said: Answers) => void }) {
  const { t } = useSpeech();
  const [open, setOpen] = useState<string>();
  const say = (key: string, said: Partial<Answers[string]>) => answers && onAnswers?.({ ...answers, [key]: { same: false, reason: "", ...answers[key], ...said } });
  const nothing = of.golden.length === 0 && of.beside.length === 0 && of.unseen === 0;
  return (
    <div role="status" className="alike">
      {nothing && <Quiet>{t("asked.alike.none")}</Quiet>}
      {of.unseen > 0 && <p role="note"><Tag tone="warn">{t("asked.alike.unseen", { n: of.unseen })}</Tag></p>}
      <ul className="plain">
        {of.golden.map((g) => (
          <li key={g.golden_id} className="like">
            <div><a href={link("masters", entity, g.golden_id)} target="_blank" rel="noreferrer">{g.name}</a> <Tag tone={g.exact || g.sure ? "bad" : "warn"}>{t(g.exact ? "asked.exact" : g.sure ? "asked.sure" : "check.perhaps")}</Tag> <span className="mono quiet break">{g.golden_id} · {g.codes}</span></div>
            <Evidence of={g.parts} score={g.score} />
            <Button size="small" aria-expanded={open === g.golden_id} onClick={() => setOpen(open === g.golden_id ? undefined : g.golden_id)}>{t("steward.beside")}</Button>
            {open === g.golden_id && <SideBySide entity={entity} id={g.golden_id} values={values} />}
            {answers && !g.exact && <Answering of={answers[g.golden_id]} what={g.name} onSay={(said) => say(g.golden_id, said)} />}
          </li>
        ))}
        {of.beside.map((b) => (
          <li key={b.request} className="like">
            <div><a href={link("masters", entity, "requests", String(b.request))} target="_blank" rel="noreferrer">{t("asked.one", { id: b.request })}</a> <Tag tone="warn">{t(`asked.status.${b.status}` as Key)}</Tag> {b.code && <span className="mono quiet">{b.code}</span>}</div>
            <Evidence of={b.parts} score={b.score} />
            {answers && b.status === "approved" && <Answering of={answers[keyOf(b)]} what={t("asked.one", { id: b.request })} onSay={(said) => say(keyOf(b), said)} />}
          </li>
        ))}
      </ul>
    </div>
  );
}

function Evidence({ of, score }: { of: Weighed[]; score: number }) {
  const { word } = useSpeech();
  return <div>{of.filter((p) => p.weight !== 0).map((p) => <Tag key={p.what} tone={p.weight > 0 ? "good" : "bad"}>{word(p.label)} {p.weight > 0 ? "+" : ""}{p.weight.toFixed(0)}</Tag>)} <span className="quiet">{score.toFixed(0)}</span></div>;
}

function Answering({ of, what, onSay }: { of: Answers[string] | undefined; what: string; onSay: (said: Partial<Answers[string]>) => void }) {
  const { t } = useSpeech();
  return (
    <div className="answering">
      <Checkbox checked={of?.same ?? false} onChange={(e) => onSay({ same: e.target.checked })}>{t("asked.same")}</Checkbox>
      {!of?.same && <Input aria-label={`${t("asked.other")}: ${what}`} placeholder={t("asked.other")} maxLength={2000} value={of?.reason ?? ""} onChange={(e) => onSay({ reason: e.target.value })} />}
    </div>
  );
}

function SideBySide({ entity, id, values }: { entity: string; id: string; values: Values }) {
  const { t, word } = useSpeech();
  const asked = useAsk<One>(`/masters/${entity}/${encodeURIComponent(id)}`);
  if (asked.problem) return <Problem of={asked.problem} retry={asked.reload} />;
  if (!asked.data) return <Waiting />;
  const fields = asked.data.fields.filter((f) => f.value !== null || (values[f.name] ?? "") !== "");
  return (
    <div className="compare" tabIndex={0} role="region" aria-label={t("steward.beside")}>
      <table>
        <thead><tr><th scope="col">{t("field")}</th><th scope="col">{t("asked.this")}</th><th scope="col">{t("masters.golden")}</th></tr></thead>
        <tbody>
          {fields.map((f) => {
            const [mine, theirs] = [worded(f, values[f.name], word), worded(f, f.value, word)];
            return <tr key={f.name}><th scope="row">{word(f.label)}</th><td>{mine}</td><td className={mine !== theirs && show(values[f.name]) !== "–" && show(f.value) !== "–" ? "clash" : undefined}>{theirs}</td></tr>;
          })}
        </tbody>
      </table>
    </div>
  );
}
