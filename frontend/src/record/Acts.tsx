import { useAsk, type Objection } from "../api";
import { useSpeech } from "../i18n";
import { Button, Objections } from "../ui";
import type { Act, Obstacles } from "./case";

/** What may be done next, asked anew each `turn` the record was read. What cannot be done here says who does it, or what stands in the way. */
export function Acts({ entity, id, turn, acts, onAct }: { entity: string; id: string; turn: number; acts: Act[]; onAct: (act: Act) => void }) {
  const { t } = useSpeech();
  const asked = useAsk<Obstacles>(acts.length ? `/entities/${entity}/${encodeURIComponent(id)}/obstacles` : null, turn);
  const shown = acts.filter((a) => !a.system);
  if (shown.length === 0) return null;
  const first = shown.find((a) => a.mine && !a.bound);
  const ordered = [...shown.filter((a) => a.mine), ...shown.filter((a) => !a.mine)];
  return (
    <ul className="acts" aria-label={t("case.acts")}>
      {ordered.map((a) => <Entry key={a.action} act={a} first={a === first} objections={asked.data?.acts[a.action] ?? []} onAct={onAct} />)}
    </ul>
  );
}

function Entry({ act, first, objections, onAct }: { act: Act; first: boolean; objections: Objection[]; onAct: (act: Act) => void }) {
  const { t, word } = useSpeech();
  const notes = useNotes(act);
  return (
    <li>
      <Button type={first && objections.length === 0 ? "primary" : "default"} disabled={!act.mine || !!act.bound} onClick={() => onAct(act)} aria-describedby={`why-${act.action}`}>
        {word(act.label)}{act.all_sign && act.signed.length > 0 ? ` ${act.signed.length}/${act.who.length}` : ""}
      </Button>
      <div id={`why-${act.action}`} className="why">
        {notes.map((n) => <span key={n}>{n}</span>)}
        {objections.length > 0 && <><strong className="unmet">■ {t("act.unmet")}</strong><Objections of={objections} /></>}
      </div>
    </li>
  );
}

function useNotes(act: Act): string[] {
  const { t, word, language } = useSpeech();
  const comma = language === "en" ? ", " : "、";
  const names = act.who.map((w) => word(w.label)).join(act.all_sign ? " + " : " / ");
  const notes = [];
  if (act.bound) notes.push(t("act.bound", { action: word(act.bound.label), by: act.bound.by.join(comma) }));
  else if (!act.mine && act.signed.length === 0) notes.push(t(act.all_sign ? "act.by.all" : "act.by", { who: names }));
  if (act.signed.length > 0) {
    notes.push(t("act.signed", { who: act.signed.map((s) => `${word(s.label)} ${s.name ?? ""}`).join(comma) }));
    notes.push(t("act.awaits", { who: act.who.filter((w) => !act.signed.some((s) => s.role === w.role)).map((w) => word(w.label)).join(comma) }));
  }
  if (act.on_behalf_of) notes.push(t("act.behalf", { who: act.on_behalf_of }));
  return notes;
}
