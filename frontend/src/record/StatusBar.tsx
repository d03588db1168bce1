import { useSpeech } from "../i18n";
import type { Case } from "./case";

/** Where the record stands among the states of its process: those it went through, the one it is in, those that may come. */
export function StatusBar({ of }: { of: Case }) {
  const { t, word } = useSpeech();
  const been = new Set(of.steps.filter((s) => s.to_state && !s.void).flatMap((s) => [s.from_state, s.to_state]));
  return (
    <ol className="states" aria-label={t("case.states")}>
      {of.states.map((s) => {
        const current = s.name === of.state;
        const kind = current ? "current" : been.has(s.name) ? "been" : s.terminal ? "terminal" : "coming";
        return (
          <li key={s.name} className={kind} aria-current={current ? "step" : undefined}>
            {kind === "been" && <span aria-hidden="true">✓ </span>}{word(s.label)}
            {kind === "been" && <span className="unseen"> {t("case.been")}</span>}
          </li>
        );
      })}
    </ol>
  );
}
