import { useState, type ReactNode } from "react";
import { query, useAsk } from "../api";
import { useSpeech, type Key } from "../i18n";
import { link } from "../shell/route";
import { Button, Panel, Problem, Tag } from "../ui";
import type { Governing, Kind, Standing } from "./model";

/** Whose word holds of a subject: a file's, or an approval's; what waits, what is in trouble; and proposing something else. */
export function GovernedBy({ kind, subject, round = 0, label, title, form }: {
  kind: Kind; subject: string; round?: number; label: string; title?: string; form: (now: Standing, close: (proposed: boolean) => void) => ReactNode;
}) {
  const { t } = useSpeech();
  const [open, setOpen] = useState(false);
  const asked = useAsk<Governing>(`/governed${query({ kind, subject })}`, round);
  if (asked.problem) return <Problem of={asked.problem} retry={asked.reload} />;
  const now = asked.data?.items[0];
  if (!asked.data || !now) return null;
  const note = asked.data.notes.find((n) => n.subject === subject);
  return (
    <Panel title={title ?? t("changes.governed")}>
      <div className="bar">
        <span>{now.proposal
          ? <>{t("changes.approved.by", { who: now.approved_by ?? "", since: now.since ?? "" })} <a className="mono" href={link("changes", now.proposal)}>{now.proposal}</a></>
          : <span className="quiet">{t(`changes.declared.${kind}` as Key)}</span>}</span>
        {note && <Tag tone={note.trouble === "unusable" ? "bad" : "warn"}>{t(`changes.trouble.${note.trouble}`)}</Tag>}
        {now.waiting && <Button href={link("changes", now.waiting)}>{t("dictionary.waits")}</Button>}
        {asked.data.proposes && !now.waiting && <Button onClick={() => setOpen(true)}>{label}</Button>}
      </div>
      {note?.why && <p className="quiet">{note.why}</p>}
      {open && form(now, (proposed) => { setOpen(false); if (proposed) asked.reload(); })}
    </Panel>
  );
}
