import { useSpeech } from "../i18n";
import { Nothing, Table, Tag } from "../ui";
import type { Asked } from "./model";

/** What is asked of a table, and how it went: rows that fail are named where the reader may know them. */
export function Findings({ of, label }: { of: Asked[]; label: string }) {
  const { t, number } = useSpeech();
  return (
    <Table<Asked> fit label={label} rows={of} id={(a) => `${a.blocks} ${a.condition}`} empty={<Nothing>{t("models.tests.none")}</Nothing>} columns={[
      { name: "condition", title: t("models.condition"), width: 320, show: (a) => <span className="mono break">{a.condition}</span> },
      { name: "result", title: t("models.result"), width: 130, show: (a) => <Result of={a} /> },
      { name: "effect", title: t("models.effect"), width: 130, show: (a) => t(a.blocks ? "models.effect.blocks" : "models.effect.warns") },
      { name: "failed", title: t("failed"), align: "right", width: 80, show: (a) => (a.failed === null ? "–" : number(a.failed)) },
      { name: "rows", title: t("models.failing"), width: 220, show: (a) => (a.rows.length ? <Rows of={a} /> : a.kept_back ? <span className="quiet">{t("models.kept_back")}</span> : null) },
    ]} />
  );
}

function Result({ of }: { of: Asked }) {
  const { t } = useSpeech();
  if (of.failed === null) return <Tag>{t("models.result.unasked")}</Tag>;
  if (of.failed === 0) return <Tag tone="good">{t("models.result.met")}</Tag>;
  return <Tag tone={of.blocks ? "bad" : "warn"}>{t("models.result.failed")}</Tag>;
}

function Rows({ of }: { of: Asked }) {
  const { t, number } = useSpeech();
  const rest = (of.failed ?? 0) - of.rows.length;
  return (
    <ul className="plain mono break">
      {of.rows.map((r) => <li key={r}>{r}</li>)}
      {rest > 0 && of.failed !== 1 && <li className="quiet">{t("more", { n: number(rest) })}</li>}
    </ul>
  );
}
