import type { Rule } from "../api";
import { useSpeech } from "../i18n";

/** Rules in words, one below the other. */
export const RuleWords = ({ rules }: { rules: Rule[] }) => {
  const { word } = useSpeech();
  return <ul style={{ margin: 0, paddingLeft: 16 }}>{rules.map((r) => <li key={r.id}>{word(r.label)}</li>)}</ul>;
};
