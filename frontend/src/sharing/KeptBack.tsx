import type { Label } from "../api";
import { useSpeech } from "../i18n";
import { Tag } from "../ui";

export type Kept = { rule: string; label: Label; effect: string; clause: string; basis: string | null; fields: string[]; records: number };

/** Which sharing rules kept something of an answer back: what they say, on which clause, which fields and how many records. */
export function KeptBack({ of, fields }: { of: Kept[] | undefined; fields: { name: string; label: Label }[] }) {
  const { t, word, language, number } = useSpeech();
  if (!of?.length) return null;
  const called = (names: string[]) => names.map((n) => word(fields.find((f) => f.name === n)?.label) || n).join(language === "en" ? ", " : "、");
  return (
    <div className="panel" role="note" aria-label={t("sharing.kept")}>
      <strong>{t("sharing.kept")}</strong>
      <ul className="objections">
        {of.map((k) => (
          <li key={k.rule}>
            <span className="rule">{word(k.label)}</span> <Tag tone="warn">{t(k.effect === "mask" ? "sharing.masked" : "sharing.refused")}</Tag>
            <p className="quiet">{k.clause}{k.fields.length > 0 && <> · {called(k.fields)}</>}{k.records > 0 && <> · {t("sharing.records", { n: number(k.records) })}</>}</p>
          </li>
        ))}
      </ul>
    </div>
  );
}

/** The rule that keeps one field of a row back, if any does. */
export const withheldIn = (row: Record<string, unknown> | undefined, field: string): string | undefined =>
  (row?._withheld as Record<string, string> | undefined)?.[field];
