import { useSpeech, type Key } from "../i18n";
import { link } from "../shell/route";
import { Nothing, Table, Tag } from "../ui";
import { STATES, type Change } from "./model";

/** Every change of an entry: what was said before and after, by whom, approved by whom. */
export function History({ of }: { of: Change[] }) {
  const { t, moment } = useSpeech();
  return (
    <Table<Change> fit label={t("dictionary.history")} rows={of} id={(c) => String(c.seq)} empty={<Nothing>{t("dictionary.unchanged")}</Nothing>} columns={[
      { name: "at", title: t("glossary.from"), width: 110, show: (c) => <a href={link("changes", c.proposal)}>{c.effective_from}</a> },
      { name: "state", title: t("status"), width: 90, show: (c) => <Tag tone={STATES[c.state]}>{t(`glossary.state.${c.state}` as Key)}</Tag> },
      { name: "what", title: t("glossary.what"), width: 300, show: (c) => <Difference before={c.before} after={c.after} /> },
      { name: "reason", title: t("reason"), width: 140, show: (c) => c.reason },
      { name: "by", title: t("glossary.proposer"), width: 130, show: (c) => <>{c.proposer_name ?? c.proposed_by}<div className="quiet">{moment(c.at)}</div></> },
      { name: "decided", title: t("glossary.decider"), width: 130, show: (c) => (c.decided_by ? <>{c.decider_name ?? c.decided_by}<div className="quiet">{c.decision}</div></> : "–") },
    ]} />
  );
}

const said = (value: unknown): string => {
  if (value === null || value === undefined || value === "") return "–";
  if (Array.isArray(value)) return value.join("; ") || "–";
  return typeof value === "object" ? Object.values(value).filter(Boolean).join(" | ") || "–" : String(value);
};

/** What differs between two contents, name by name. */
export function Difference({ before, after }: { before: unknown; after: unknown }) {
  const { t, has } = useSpeech();
  const [old, now] = [(before ?? {}) as Record<string, unknown>, (after ?? {}) as Record<string, unknown>];
  const names = [...new Set([...Object.keys(old), ...Object.keys(now)])].filter((n) => said(old[n]) !== said(now[n]));
  const called = (n: string) => (has(`glossary.word.${n}`) ? t(`glossary.word.${n}` as Key) : n);
  if (after === null) return <Tag tone="warn">{t("glossary.back")}</Tag>;
  return <ul className="plain">{names.map((n) => <li key={n}><span className="quiet">{called(n)}: </span>{before !== null && <><del>{said(old[n])}</del> → </>}{said(now[n])}</li>)}</ul>;
}
