import { useSpeech } from "../i18n";
import { Nothing, Table, Tag } from "../ui";
import { TONES, type Check, type Difference, type Verdict as Found } from "./model";

export function Verdict({ of }: { of: Found }) {
  const { t } = useSpeech();
  return <Tag tone={TONES[of]}>{t(`contracts.verdict.${of}`)}</Tag>;
}

/** What differs between two contracts: where, whether it breaks, and why. */
export function Differences({ of, label }: { of: Difference[]; label: string }) {
  const { t, word } = useSpeech();
  return (
    <Table<Difference> fit label={label} rows={of} id={(d) => `${d.kind} ${d.at}`} empty={<Nothing>{t("contracts.same")}</Nothing>} columns={[
      { name: "verdict", title: t("contracts.verdict"), width: 110, show: (d) => <Verdict of={d.verdict} /> },
      { name: "at", title: t("contracts.at"), width: 220, show: (d) => <span className="mono break">{d.at}</span> },
      { name: "why", title: t("contracts.why"), width: 260, show: (d) => word(d.label) },
      { name: "values", title: t("contracts.values"), width: 260, show: (d) => (d.before === null && d.after === null ? "" : <span className="break"><del>{d.before ?? "–"}</del> → {d.after ?? "–"}</span>) },
    ]} />
  );
}

/** How a contract of others stands, field by field or column by column; what holds is not told one by one. */
export function Checked({ of }: { of: Check }) {
  const { t, word } = useSpeech();
  const found = [
    ...of.fields.flatMap((f) => f.differences.filter((d) => d.verdict !== "description").map((d) => ({ id: `${f.field} ${d.kind} ${d.at}`, place: f.field ?? t("contracts.whole"), verdict: d.verdict, label: d.label, detail: d.before === null && d.after === null ? "" : `${d.before ?? "–"} → ${d.after ?? "–"}` }))),
    ...of.columns.map((c, n) => ({ id: `${n}`, place: [c.column, c.field].filter(Boolean).join(" → ") || t("contracts.whole"), verdict: c.verdict, label: c.label, detail: c.detail ?? "" })),
  ];
  const good = of.fields.filter((f) => f.verdict === "compatible" || f.verdict === "description").length;
  return (
    <>
      {of.fault && <p role="alert" className="problem">{of.fault}</p>}
      {of.fields.length > 0 && <p className="quiet">{t("contracts.satisfied", { good, all: of.fields.filter((f) => f.field).length })}</p>}
      <Table fit label={t("contracts.check")} rows={found} id={(f) => f.id} empty={<Nothing>{t("contracts.agrees")}</Nothing>} columns={[
        { name: "verdict", title: t("contracts.verdict"), width: 110, show: (f) => <Verdict of={f.verdict} /> }, { name: "place", title: t("field"), width: 200, show: (f) => <span className="mono break">{f.place}</span> },
        { name: "why", title: t("contracts.why"), width: 300, show: (f) => word(f.label) }, { name: "detail", title: t("contracts.asked"), width: 220, show: (f) => <span className="break">{f.detail}</span> },
      ]} />
    </>
  );
}
