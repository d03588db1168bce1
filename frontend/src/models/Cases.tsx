import { useState } from "react";
import { asProblem, send, type Problem as ProblemError } from "../api";
import { useSpeech } from "../i18n";
import { useMay } from "../shell/session";
import { Button, Problem, Quiet, Tag } from "../ui";
import type { Case, One, Tried } from "./model";

type Rows = Record<string, unknown>[];

/** Cases of a model: rows given, rows expected; whoever may bring it into force may try them. */
export function Cases({ of }: { of: One }) {
  const { t, word } = useSpeech();
  const may = useMay("models:apply");
  const [tried, setTried] = useState<Tried[]>();
  const [problem, setProblem] = useState<ProblemError>();
  const [busy, setBusy] = useState(false);
  const attempt = async () => {
    setBusy(true);
    setProblem(undefined);
    try {
      setTried((await send<{ items: Tried[] }>("POST", `/models/${encodeURIComponent(of.name)}/cases/try`)).items);
    } catch (error) {
      setTried(undefined);
      setProblem(asProblem(error));
    }
    setBusy(false);
  };
  if (of.cases_fault) return <div className="problem" role="alert"><strong>{of.cases_fault.message}</strong><p>{of.cases_fault.hint}</p></div>;
  if (of.cases.length === 0) return <Quiet>{t("models.cases.none", { name: of.name })}</Quiet>;
  const held = tried?.filter((x) => x.holds).length ?? 0;
  return (
    <>
      <div className="bar">
        {may && <Button type="primary" loading={busy} onClick={() => void attempt()}>{t("models.cases.try")}</Button>}
        <span role="status">{tried && <Tag tone={held === tried.length ? "good" : "bad"}>{t("models.cases.held", { n: held, total: tried.length })}</Tag>}</span>
      </div>
      <Problem of={problem} />
      <ol className="cases">
        {of.cases.map((c, n) => <li key={n}><strong>{word(c.label)}</strong> <Went of={tried?.[n]} /><Said of={c} table={of.table} /></li>)}
      </ol>
    </>
  );
}

function Went({ of }: { of: Tried | undefined }) {
  const { t } = useSpeech();
  if (!of) return null;
  return (
    <>
      <Tag tone={of.holds ? "good" : "bad"}>{t(of.holds ? "models.case.holds" : "models.case.fails")}</Tag>
      {of.error && <p className="broken">{of.error}</p>}
      {of.missing.length > 0 && <p className="broken">{t("models.case.missing")} {of.missing.map((r) => <del key={r} className="was mono">{r}</del>)}</p>}
      {of.extra.length > 0 && <p className="broken">{t("models.case.extra")} {of.extra.map((r) => <ins key={r} className="is mono">{r}</ins>)}</p>}
    </>
  );
}

function Said({ of, table }: { of: Case; table: string }) {
  const { t } = useSpeech();
  return (
    <details>
      <summary>{t("models.case.rows")}</summary>
      {Object.entries(of.given).map(([name, rows]) => <Given key={name} title={t("models.case.given", { table: name })} rows={rows} />)}
      <Given title={t("models.case.expect", { table })} rows={of.expect} />
    </details>
  );
}

const shown = (value: unknown): string => (value === null || value === undefined ? "–" : typeof value === "object" ? JSON.stringify(value) : String(value));

function Given({ title, rows }: { title: string; rows: Rows }) {
  const { t } = useSpeech();
  const names = [...new Set(rows.flatMap((r) => Object.keys(r)))];
  return (
    <section className="compare" tabIndex={0} aria-label={title}>
      <p className="quiet">{title}</p>
      {rows.length === 0 ? <Quiet>{t("models.case.no.rows")}</Quiet> : (
        <table className="mono">
          <thead><tr>{names.map((n) => <th key={n} scope="col">{n}</th>)}</tr></thead>
          <tbody>{rows.map((r, i) => <tr key={i}>{names.map((n) => <td key={n}>{shown(r[n])}</td>)}</tr>)}</tbody>
        </table>
      )}
    </section>
  );
}
