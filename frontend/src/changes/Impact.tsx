import { useAsk } from "../api";
import { useSpeech, type Key } from "../i18n";
import { Nothing, Panel, Problem, Table, Tag, Waiting } from "../ui";
import type { Figure, Impact } from "./model";

/** What a proposal would do, reckoned anew each time it is looked at. */
export function ImpactOf({ proposal }: { proposal: string }) {
  const { t } = useSpeech();
  const asked = useAsk<{ items: Impact[] }>(`/definition-changes/${encodeURIComponent(proposal)}/impact`);
  if (asked.problem) return <Panel title={t("changes.impact")}><Problem of={asked.problem} retry={asked.reload} /></Panel>;
  if (!asked.data) return <Panel title={t("changes.impact")}><Waiting /></Panel>;
  if (!asked.data.items.length) return null;
  return <Panel title={t("changes.impact")}><p className="quiet">{t("changes.impact.about")}</p><Impacts of={asked.data.items} /></Panel>;
}

/** Each change with its figures before and after, and who reads it downstream. */
export function Impacts({ of }: { of: Impact[] }) {
  return <>{of.map((i) => <OneImpact key={i.subject} of={i} />)}</>;
}

function OneImpact({ of }: { of: Impact }) {
  const { t, language } = useSpeech();
  const shown = useShown();
  const other = language === "en" ? "rule_zh" : "rule_en";
  return (
    <section aria-label={of.subject}>
      <p><span className="mono break">{of.subject}</span> {of.breaking && <Tag tone="bad">{t("changes.breaking")}</Tag>}{of.breaking === false && <Tag tone="good">{t("changes.not_breaking")}</Tag>}</p>
      {of.refused ? <p role="alert"><Tag tone="bad">{t("changes.refused")}</Tag> {of.refused}</p> : (
        <>
          <Table<Figure> fit label={`${t("changes.figures")} ${of.subject}`} rows={of.figures.filter((f) => f.name !== other)} id={(f) => `${f.name} ${f.of}`} empty={<Nothing>{t(of.kept_back ? "models.kept_back" : "changes.figures.none")}</Nothing>} columns={[
            { name: "name", title: t("changes.figure"), width: 220, show: (f) => <>{t(`changes.figure.${f.name}` as Key)}{f.of && (f.name === "below" ? <div className="quiet">{t(`quality.by.${f.of}` as Key)}</div> : <div className="mono quiet break">{f.of}</div>)}</> },
            { name: "before", title: t("changes.before"), width: 200, show: (f) => <span className="break">{shown(f, f.before)}</span> },
            { name: "after", title: t("changes.after"), width: 200, show: (f) => <strong className="break">{shown(f, f.after)}</strong> },
          ]} />
          {of.readers.length > 0 && (
            <details>
              <summary>{t("changes.readers", { n: of.readers.length + of.more })}</summary>
              <ul className="plain mono break">{of.readers.map((r) => <li key={r}>{r}</li>)}</ul>
            </details>
          )}
        </>
      )}
    </section>
  );
}

function useShown() {
  const { t, number, has } = useSpeech();
  return (figure: Figure, value: unknown): string => {
    if (value === null || value === undefined || value === "") return "–";
    if (typeof value === "boolean") return t(value ? "yes" : "no");
    if (figure.name === "state") return t(`quality.state.${value as "holds"}`);
    if (figure.name === "severity" && has(`quality.severity.${String(value)}`)) return t(`quality.severity.${String(value)}` as Key);
    if (figure.name === "tolerance") return `${(Number(value) * 100).toFixed(2)}%`;
    return typeof value === "number" ? number(value) : String(value);
  };
}
