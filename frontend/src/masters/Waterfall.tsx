import { useSpeech } from "../i18n";
import type { Lines, Weighed } from "./model";

type Step = { key: string; about: string; label: string; weight: number; from: number; to: number };

/** How a score comes about, respect by respect: each bar begins where the one before ended; the last is the sum, against the two lines. */
export function Waterfall({ of, score, lines }: { of: Weighed[]; score: number; lines: Lines | null }) {
  const { t, word } = useSpeech();
  let sum = 0;
  const steps: Step[] = of.filter((p) => p.weight !== 0).map((p) => ({ key: p.what, about: word(p.about), label: word(p.label), weight: p.weight, from: sum, to: (sum += p.weight) }));
  const ends = [0, score, ...steps.map((s) => s.to), ...(lines ? [lines.review, lines.auto] : [])];
  const [low, high] = [Math.min(...ends), Math.max(...ends) * 1.04];
  const at = (value: number) => `${(100 * (value - low)) / (high - low || 1)}%`;
  return (
    <table className="fall">
      <caption className="unseen">{t("masters.evidence")}</caption>
      <tbody>
        {steps.map((s) => <Bar key={s.key} of={s} at={at} lines={lines} />)}
        <Bar of={{ key: "total", about: t("steward.total"), label: lines ? t(standing(score, lines)) : "", weight: score, from: 0, to: score }} at={at} lines={lines} total />
      </tbody>
      {lines && <tfoot><tr><td colSpan={4} className="quiet">{t("steward.lines", { review: lines.review, auto: lines.auto })}</td></tr></tfoot>}
    </table>
  );
}

const standing = (score: number, lines: Lines) => (score >= lines.auto ? "steward.above" as const : score >= lines.review ? "steward.between" as const : "steward.below" as const);

function Bar({ of: s, at, lines, total = false }: { of: Step; at: (value: number) => string; lines: Lines | null; total?: boolean }) {
  const [left, right] = [at(Math.min(s.from, s.to)), at(Math.max(s.from, s.to))];
  const tone = total ? "sum" : s.weight > 0 ? "for" : "against";
  return (
    <tr className={total ? "total" : undefined}>
      <th scope="row">{s.about}</th>
      <td>{s.label}</td>
      <td className="track" aria-hidden>
        {lines && <><i className="line" style={{ left: at(lines.review) }} /><i className="line auto" style={{ left: at(lines.auto) }} /></>}
        <i className={`bar-of ${tone}`} style={{ left, width: `calc(${right} - ${left})` }} />
      </td>
      <td className="number">{!total && s.weight > 0 ? "+" : ""}{s.weight.toFixed(1).replace("-", "−")}</td>
    </tr>
  );
}
