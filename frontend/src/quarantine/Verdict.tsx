import { useSpeech } from "../i18n";
import { Tag } from "../ui";
import type { Tried } from "./model";

/** What would become of rows with their new values: how many pass, and which rules the others still break. */
export function Verdict({ of }: { of: Tried }) {
  const { t, word, number } = useSpeech();
  const still = new Map(of.items.flatMap((i) => i.rules).map((r) => [r.id, r]));
  const all = of.passing === of.tried;
  return (
    <div className="verdict" role="status">
      <Tag tone={all ? "good" : "warn"}>{of.tried === 1 && all ? t("held.would.pass") : t("held.would.pass.of", { n: number(of.passing), of: number(of.tried) })}</Tag>
      {of.rows > of.tried && <span className="quiet"> {t("held.tried.first", { n: number(of.tried), of: number(of.rows) })}</span>}
      {still.size > 0 && <ul>{[...still.values()].map((r) => <li key={r.id}>{word(r.label)} <span className="mono quiet">{r.id}</span></li>)}</ul>}
    </div>
  );
}
