import { useState } from "react";
import { asProblem, send, useAsk, type Problem as ProblemError } from "../api";
import { useSpeech, type Key } from "../i18n";
import { TONES } from "../quality/rule";
import { link } from "../shell/route";
import { useMay } from "../shell/session";
import { Button, Nothing, Panel, Problem, Select, Table, Tag, Waiting } from "../ui";
import { percent, type Suggested, type Tried } from "./model";

const GATES = ["warn", "quarantine", "block"] as const;

/** Rules that the profile suggests: what all rows say of each, a trial, and taking it over. */
export function Suggestions({ table, round }: { table: string; round: number }) {
  const { t } = useSpeech();
  const asked = useAsk<{ items: Suggested[] }>(`/profiles/${encodeURIComponent(table)}/suggestions`, round);
  const [taken, setTaken] = useState<string[]>([]);
  if (asked.problem) return <Panel title={t("profiles.suggestions")}><Problem of={asked.problem} retry={asked.reload} /></Panel>;
  if (!asked.data) return <Waiting />;
  const items = asked.data.items;
  return (
    <Panel title={t("profiles.suggestions")}>
      <p className="quiet">{t(table.startsWith("raw.") ? "profiles.suggestions.raw" : "profiles.suggestions.about")}</p>
      {taken.length > 0 && <p role="status"><Tag tone="good">{t("profiles.accepted")}</Tag> {taken.map((n) => <span key={n} className="mono">rules/{n}.yaml </span>)}<a href={link("quality")}>{t("nav.quality")}</a></p>}
      <Table<Suggested> fit label={t("profiles.suggestions")} rows={items} id={(s) => s.name} empty={<Nothing>{t("profiles.suggestions.none")}</Nothing>} detail={(s) => <pre className="mono break">{s.text}</pre>} columns={[
        { name: "rule", title: t("rule"), width: 300, show: (s) => <Said of={s} /> },
        { name: "evidence", title: t("profiles.evidence"), width: 210, show: (s) => <Evidence of={s} /> },
        { name: "dimension", title: t("dimension"), width: 90, show: (s) => t(`quality.dimension.${s.dimension}` as Key) },
        { name: "act", title: t("profiles.act"), width: 240, show: (s) => <Act table={table} of={s} onTaken={() => { setTaken([...taken, s.name]); asked.reload(); }} /> },
      ]} />
    </Panel>
  );
}

function Said({ of }: { of: Suggested }) {
  const { word } = useSpeech();
  return <><strong>{word(of.label)}</strong><div className="mono quiet break">{of.name}</div><div>{word(of.why)}</div></>;
}

function Evidence({ of }: { of: Suggested }) {
  const { t, number } = useSpeech();
  return (
    <>
      <Tag tone={of.broken ? "warn" : "good"}>{percent(of.checked - of.broken, of.checked)}</Tag> <span className="quiet">{number(of.checked - of.broken)} / {number(of.checked)}</span>
      {of.rows.length > 0 && <ul className="plain mono break">{of.rows.map((r) => <li key={r}>{r}</li>)}</ul>}
      {of.kept_back && <div className="quiet">{t("models.kept_back")}</div>}
    </>
  );
}

function Act({ table, of, onTaken }: { table: string; of: Suggested; onTaken: () => void }) {
  const { t, number } = useSpeech();
  const may = useMay("models:apply");
  const [gate, setGate] = useState(of.gate);
  const [busy, setBusy] = useState<"try" | "accept">();
  const [tried, setTried] = useState<Tried>();
  const [proposal, setProposal] = useState<string>();
  const [problem, setProblem] = useState<ProblemError>();
  const ask = async <T,>(what: "try" | "accept", keep: (found: T) => void) => {
    setBusy(what);
    setProblem(undefined);
    try {
      keep(await send<T>("POST", `/profiles/${encodeURIComponent(table)}/suggestions/${of.name}/${what}`, { gate }));
    } catch (error) {
      setProblem(asProblem(error));
    } finally {
      setBusy(undefined);
    }
  };
  return (
    <>
      <div className="bar tight">
        {may && <Select size="small" style={{ width: 92 }} aria-label={`${t("gate")} ${of.name}`} value={gate} onChange={(v: string) => setGate(v)}
          options={GATES.filter((g) => g !== "quarantine" || of.at === "intake").map((g) => ({ value: g, label: t(`gate.${g}`) }))} />}
        <Button size="small" loading={busy === "try"} onClick={() => void ask<Tried>("try", setTried)}>{t("profiles.try")}</Button>
        {may && <Button size="small" loading={busy === "accept"} onClick={() => void ask<{ proposal: string | null }>("accept", (done) => (done.proposal ? setProposal(done.proposal) : onTaken()))}>{t("profiles.accept")}</Button>}
      </div>
      {tried && <div role="status"><Tag tone={TONES[tried.state]}>{t(`quality.state.${tried.state}`)}</Tag> {number(tried.broken)} / {number(tried.checked)}{tried.message && <div className="quiet break">{tried.message}</div>}</div>}
      {proposal && <p role="status">{t("codes.proposed")} <a href={link("changes", proposal)}>{proposal}</a></p>}
      <Problem of={problem} />
    </>
  );
}
